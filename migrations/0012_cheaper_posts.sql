-- The other 48 bits of the simhash, beside each of its quarters: so whoever shares a quarter by chance is told
-- from whoever is alike without a look at the article. Null for articles of before, of which the hash itself is
-- looked at: four rows of each are too many to be filled in by one statement.
ALTER TABLE simhash_quarters ADD COLUMN other_bits INTEGER;

-- To find which feeds have too much for their subscription documents: none, but within the commit that brings it
-- (src/feeds/archive-store.ts).
CREATE INDEX feeds_overfull ON feeds (id) WHERE json_array_length(unarchived) >= 100
  OR (unarchived_bytes > 1000000 AND json_array_length(unarchived) > 1);
