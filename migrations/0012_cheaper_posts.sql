-- The other 48 bits of the simhash, beside each of its quarters: so whoever shares a quarter by chance is told
-- from whoever is alike without a look at the article. Null in what the Worker of before writes until it is replaced.
ALTER TABLE simhash_quarters ADD COLUMN other_bits INTEGER;
-- JSON5 reads hexadecimal numbers, SQLite's text does not.
UPDATE simhash_quarters SET other_bits = (
  SELECT ('0x' || substr(simhash, 1, quarter * 4) || substr(simhash, quarter * 4 + 5)) ->> '$'
  FROM articles WHERE articles.id = article_id);

-- To find which feeds have too much for their subscription documents: none, but within the commit that brings it
-- (src/feeds/archive-store.ts).
CREATE INDEX feeds_overfull ON feeds (id) WHERE json_array_length(unarchived) >= 100
  OR (unarchived_bytes > 1000000 AND json_array_length(unarchived) > 1);
