-- Who reads: how many, by feed, day and reading program. No address is kept, and no cookie is set.

-- Days are counted from 1 January 1970, in UTC.
CREATE TABLE feed_readers (
  feed_id INTEGER NOT NULL REFERENCES feeds (id),
  day INTEGER NOT NULL,
  -- A name of src/readers/agent.ts.
  agent TEXT NOT NULL,
  -- What a service that reads for many calls the feed, '' where it says nothing: it may keep one feed
  -- under several ids, each with its subscribers.
  agent_feed TEXT NOT NULL,
  readers INTEGER NOT NULL CHECK (readers >= 0),
  PRIMARY KEY (feed_id, day, agent, agent_feed)
) STRICT, WITHOUT ROWID;

-- To forget the oldest.
CREATE INDEX feed_readers_by_day ON feed_readers (day);

-- That somebody read: a hash that tells two readers of a day apart and nothing else, since its salt is
-- thrown away when the day is over, and it with it.
CREATE TABLE reader_marks (
  day INTEGER NOT NULL,
  feed_id INTEGER NOT NULL REFERENCES feeds (id),
  agent TEXT NOT NULL,
  mark TEXT NOT NULL,
  PRIMARY KEY (day, feed_id, agent, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE reader_salts (
  day INTEGER PRIMARY KEY,
  salt TEXT NOT NULL
) STRICT;
