-- Times are integers, epoch seconds, bound by the caller; never CURRENT_TIMESTAMP.
-- Rows are never deleted but by the retention rules in src/cron.ts: a guid once minted stays taken.

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
  status TEXT NOT NULL CHECK (status IN ('published', 'retracted')),
  -- Grows by one with each change. A commit that was decided on an older revision than the stored
  -- one writes 0 here, which breaks this rule and so takes its whole batch back (src/ingest/store.ts).
  revision INTEGER NOT NULL CONSTRAINT revision_follows CHECK (revision >= 1),
  published_at INTEGER NOT NULL,
  utc_offset_minutes INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL,
  -- The newest revision the publisher told us of; an older one that arrives late is stale.
  version_at INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  retracted_at INTEGER,
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
  content_html TEXT NOT NULL,
  CHECK ((status = 'retracted') = (retracted_at IS NOT NULL))
) STRICT;

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

-- What was answered to each post, so that the same webhook-id again gets the same answer.
CREATE TABLE posts (
  source_id INTEGER NOT NULL REFERENCES sources (id),
  webhook_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (json_valid(answer)),
  PRIMARY KEY (source_id, webhook_id)
) STRICT, WITHOUT ROWID;

-- To forget the old ones.
CREATE INDEX posts_by_time ON posts (received_at);

-- The feed of everything is there from the start.
INSERT INTO feeds (id, path, uuid, revision, changed_at)
SELECT 1, '', lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8'
  || substr(h, 18, 3) || '-' || substr(h, 21, 12)), 1, 0
FROM (SELECT hex(randomblob(16)) AS h);
