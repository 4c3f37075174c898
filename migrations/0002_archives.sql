-- Archives (RFC 5005 §4): what leaves a feed's subscription document stands in numbered documents that
-- stay as they are.

-- What the subscription document lists: the articles that are in no archive yet, as a JSON array of
-- ids; fifty and up to ninety-nine of them once there are so many, and never more than fit.
ALTER TABLE feeds ADD COLUMN unarchived TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(unarchived));
-- What they add to a document: at least as much as they really do, counted anew once it seems too much.
ALTER TABLE feeds ADD COLUMN unarchived_bytes INTEGER NOT NULL DEFAULT 0;
-- How many archives there are: the number of the newest.
ALTER TABLE feeds ADD COLUMN archives INTEGER NOT NULL DEFAULT 0 CHECK (archives >= 0);
-- Grows with each change of what all of its documents say: its title, a name of a source or topic.
ALTER TABLE feeds ADD COLUMN profile_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN profile_changed_at INTEGER NOT NULL DEFAULT 0;

-- The number of the archive an article stands in; 0 while it stands in none.
ALTER TABLE feed_articles ADD COLUMN archive INTEGER NOT NULL DEFAULT 0 CHECK (archive >= 0);

CREATE TABLE feed_archives (
  feed_id INTEGER NOT NULL REFERENCES feeds (id),
  number INTEGER NOT NULL CHECK (number >= 1),
  -- The articles it was published with, as a JSON array of ids. It lists those that still have a place
  -- in the feed under its number.
  articles TEXT NOT NULL CHECK (json_valid(articles)),
  revision INTEGER NOT NULL DEFAULT 1,
  changed_at INTEGER NOT NULL,
  changes_in_second INTEGER NOT NULL DEFAULT 1 CHECK (changes_in_second >= 1),
  PRIMARY KEY (feed_id, number)
) STRICT, WITHOUT ROWID;

-- Whatever is in a feed already stands in none. A feed that has too much is put in order by the next
-- minute's upkeep (src/cron.ts).
UPDATE feeds SET
  unarchived = (SELECT json_group_array(article_id) FROM feed_articles WHERE feed_id = feeds.id),
  unarchived_bytes = (
    SELECT coalesce(sum(size_bytes + 4 * length(CAST(corrections AS BLOB))), 0)
    FROM feed_articles JOIN articles ON articles.id = article_id WHERE feed_id = feeds.id);
