-- Times are integers, epoch seconds, bound by the caller; never CURRENT_TIMESTAMP.
-- Articles, sources, topics and feeds are never deleted: a guid, a slug or an address once used stays
-- what it was.

CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  uuid TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  home_page_url TEXT NOT NULL,
  description TEXT,
  language TEXT,
  icon TEXT,
  rights TEXT,
  license TEXT,
  -- Whether corrections stand as notes at the end of the bodies in its feeds.
  append_corrections INTEGER NOT NULL DEFAULT 0 CHECK (append_corrections IN (0, 1)),
  secret_generation INTEGER NOT NULL DEFAULT 1 CHECK (secret_generation >= 1),
  secret_rotated_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;

CREATE TABLE topics (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT,
  language TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- Other names of a topic: a tag whose slug stands here means that topic.
CREATE TABLE topic_aliases (
  slug TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  topic_id INTEGER NOT NULL REFERENCES topics (id)
) STRICT, WITHOUT ROWID;

-- To list a topic's aliases, and to replace them.
CREATE INDEX topic_aliases_by_topic ON topic_aliases (topic_id);

-- The body stands last, so that a query which leaves it out need not walk its overflow pages.
CREATE TABLE articles (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  guid TEXT NOT NULL UNIQUE,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  external_id TEXT NOT NULL,
  -- Only what is published stands in feeds. Scheduled: its date lies ahead. Expired: its time is over.
  status TEXT NOT NULL CHECK (status IN ('published', 'scheduled', 'expired', 'retracted')),
  -- Grows by one with each change. A commit that was decided on an older revision than the stored
  -- one writes 0 here, which breaks this rule and so takes its whole batch back (src/articles/change-store.ts).
  revision INTEGER NOT NULL CONSTRAINT revision_follows CHECK (revision >= 1),
  published_at INTEGER NOT NULL,
  utc_offset_minutes INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL,
  -- The newest revision the publisher told us of; an older one that arrives late is stale. Of a
  -- retracted article: when it was retracted.
  version_at INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  expires_at INTEGER,
  retraction_note TEXT,
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  language TEXT,
  authors TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(authors)),
  topics TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(topics)),
  image TEXT CHECK (json_valid(image)),
  attachments TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(attachments)),
  via TEXT CHECK (json_valid(via)),
  rights TEXT,
  license TEXT,
  corrections TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(corrections)),
  -- 64 bits in hexadecimal: alike for texts that are alike (src/lib/simhash.ts); null for short ones.
  simhash TEXT,
  content_html TEXT NOT NULL
) STRICT;

-- To tell a publisher that two of its articles have one address.
CREATE INDEX articles_by_url ON articles (url) WHERE status = 'published';
-- To find whose time has come.
CREATE INDEX articles_scheduled ON articles (published_at) WHERE status = 'scheduled';
-- To retract those of a source that stand in no feed.
CREATE INDEX articles_unlisted ON articles (source_id) WHERE status IN ('scheduled', 'expired');
CREATE INDEX articles_expiring ON articles (expires_at)
  WHERE status IN ('published', 'scheduled') AND expires_at IS NOT NULL;

-- The quarters of the simhashes: two that differ in at most 3 bits have one quarter in common.
CREATE TABLE simhash_quarters (
  quarter INTEGER NOT NULL CHECK (quarter BETWEEN 0 AND 3),
  bits TEXT NOT NULL,
  article_id INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (quarter, bits, article_id)
) STRICT, WITHOUT ROWID;

-- A feed is known by its path: '' is everything, '/sources/a', '/topics/x', '/sources/a/topics/x'.
CREATE TABLE feeds (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  uuid TEXT NOT NULL UNIQUE,
  source_id INTEGER REFERENCES sources (id),
  topic_id INTEGER REFERENCES topics (id),
  -- Grows by one with each change of what the feed's documents say.
  revision INTEGER NOT NULL CHECK (revision >= 0),
  changed_at INTEGER NOT NULL,
  -- How often it changed in that second: a reader's If-Modified-Since cannot tell two of them apart.
  changes_in_second INTEGER NOT NULL DEFAULT 1 CHECK (changes_in_second >= 1),
  gone_at INTEGER
) STRICT;

-- To find what a change of a source touches.
CREATE INDEX feeds_by_source ON feeds (source_id, topic_id);
-- To find what a change of a topic touches.
CREATE INDEX feeds_by_topic ON feeds (topic_id);

-- Which articles a feed lists, in the order of its documents: newest first, ties by uuid, so that
-- the order of arrival never shows.
CREATE TABLE feed_articles (
  feed_id INTEGER NOT NULL REFERENCES feeds (id),
  published_at INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  article_id INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (feed_id, published_at DESC, uuid)
) STRICT, WITHOUT ROWID;

-- That an article was in a feed and was taken back: told to the feed's readers for 30 days.
CREATE TABLE feed_deletions (
  feed_id INTEGER NOT NULL REFERENCES feeds (id),
  uuid TEXT NOT NULL,
  guid TEXT NOT NULL,
  deleted_at INTEGER NOT NULL,
  note TEXT,
  -- When we learned of it, which may be long after.
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (feed_id, uuid)
) STRICT, WITHOUT ROWID;

-- To tell of the newest.
CREATE INDEX feed_deletions_by_feed ON feed_deletions (feed_id, recorded_at DESC, uuid);
-- To forget the oldest.
CREATE INDEX feed_deletions_by_time ON feed_deletions (recorded_at);

-- What was answered to each post: the same webhook-id again gets the same answer, and the operator sees
-- how a source is doing.
CREATE TABLE posts (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  webhook_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  -- webhook-timestamp less our own clock, in seconds.
  clock_offset INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
  answer TEXT NOT NULL CHECK (json_valid(answer)),
  PRIMARY KEY (source_id, webhook_id)
) STRICT, WITHOUT ROWID;

-- To list the newest, and to forget the oldest.
CREATE INDEX posts_by_source ON posts (source_id, received_at, webhook_id);
CREATE INDEX posts_by_time ON posts (received_at);

-- Refused posts, without their bodies. Those that were not signed by the source are counted by the
-- hour under an empty webhook_id, so that a stranger adds no more than a row an hour.
CREATE TABLE refusals (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  received_at INTEGER NOT NULL,
  webhook_id TEXT NOT NULL,
  code TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 400 AND 599),
  detail TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 1),
  PRIMARY KEY (source_id, received_at, webhook_id, code)
) STRICT, WITHOUT ROWID;

-- To forget the oldest.
CREATE INDEX refusals_by_time ON refusals (received_at);

-- The feed of everything is there from the start.
INSERT INTO feeds (id, path, uuid, revision, changed_at)
SELECT 1, '', lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8'
  || substr(h, 18, 3) || '-' || substr(h, 21, 12)), 1, 0
FROM (SELECT hex(randomblob(16)) AS h);
