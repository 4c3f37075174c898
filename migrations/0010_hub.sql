-- The WebSub hub.

-- The outbox: a followed feed whose published_revision lies behind its revision has something to tell.
ALTER TABLE feeds ADD COLUMN published_revision INTEGER NOT NULL DEFAULT 0;
-- Whether anybody subscribed to a document that draws on it.
ALTER TABLE feeds ADD COLUMN is_followed INTEGER NOT NULL DEFAULT 0 CHECK (is_followed IN (0, 1));
-- Whether its documents name the hub; none does while the hub is broken.
ALTER TABLE feeds ADD COLUMN has_hub INTEGER NOT NULL DEFAULT 1 CHECK (has_hub IN (0, 1));

-- Every document changes: it names the hub from now on.
UPDATE feeds SET revision = revision + 1;
UPDATE feeds SET published_revision = revision;

CREATE INDEX feeds_unpublished ON feeds (id) WHERE is_followed = 1 AND published_revision < revision;

-- A document that somebody subscribed to, by its exact URL.
CREATE TABLE hub_topics (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  -- It is to be looked at while looked < marked: something it draws on has changed.
  marked INTEGER NOT NULL DEFAULT 0,
  looked INTEGER NOT NULL DEFAULT 0,
  -- One looks at a time, so that an older document never follows a newer one.
  locked_until INTEGER NOT NULL DEFAULT 0,
  -- Grows by one with each document that differs from the one before.
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  content_hash TEXT,
  -- When the oldest change not looked at was marked, and the same for the present version.
  changed_at_ms INTEGER NOT NULL DEFAULT 0,
  announced_at_ms INTEGER NOT NULL DEFAULT 0,
  -- Whether some subscriber may still wait for this version.
  is_open INTEGER NOT NULL DEFAULT 0 CHECK (is_open IN (0, 1)),
  -- The document of this version, kept while it is open.
  body TEXT
) STRICT;

CREATE INDEX hub_topics_marked ON hub_topics (id) WHERE looked < marked;
CREATE INDEX hub_topics_open ON hub_topics (id) WHERE is_open = 1;

-- Which feeds a topic draws on.
CREATE TABLE hub_topic_feeds (
  feed_id INTEGER NOT NULL REFERENCES feeds (id),
  topic_id INTEGER NOT NULL REFERENCES hub_topics (id),
  PRIMARY KEY (feed_id, topic_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX hub_topic_feeds_by_topic ON hub_topic_feeds (topic_id);

CREATE TABLE subscriptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topic_id INTEGER NOT NULL REFERENCES hub_topics (id),
  callback TEXT NOT NULL,
  host TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'unsubscribed', 'expired', 'gone', 'dropped')),
  -- AES-GCM, base64 (src/lib/cipher.ts).
  secret TEXT,
  verified_at INTEGER NOT NULL,
  -- No lease is for ever (WebSub §5.3.1).
  lease_expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  -- The newest version it was sent, or that was given up on.
  settled_version INTEGER NOT NULL,
  -- Not before this is it tried again; while a delivery is under way, when that counts as lost.
  due_at INTEGER NOT NULL DEFAULT 0,
  -- Failed ones since the last that succeeded.
  attempts INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER,
  last_attempt_at INTEGER,
  last_status INTEGER,
  UNIQUE (topic_id, callback)
) STRICT;

-- To find who waits for a version.
CREATE INDEX subscriptions_waiting ON subscriptions (topic_id, settled_version) WHERE state = 'active';
-- To list and to count those of a host.
CREATE INDEX subscriptions_by_host ON subscriptions (host, state);
-- To find whose lease is over.
CREATE INDEX subscriptions_by_lease ON subscriptions (lease_expires_at) WHERE state = 'active';
-- To forget those that ended long ago.
CREATE INDEX subscriptions_ended ON subscriptions (ended_at) WHERE state <> 'active';

-- What was asked for and is not verified yet.
CREATE TABLE hub_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mode TEXT NOT NULL CHECK (mode IN ('subscribe', 'unsubscribe')),
  topic_url TEXT NOT NULL,
  callback TEXT NOT NULL,
  host TEXT NOT NULL,
  secret TEXT,
  lease_seconds INTEGER NOT NULL CHECK (lease_seconds >= 1),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT;

CREATE INDEX hub_requests_due ON hub_requests (due_at);
CREATE INDEX hub_requests_by_callback ON hub_requests (callback);

-- How callbacks' hosts are doing, and how much was asked of them.
CREATE TABLE hub_hosts (
  host TEXT PRIMARY KEY NOT NULL,
  -- Requests that name the host, in the hour that begins at window_at.
  window_at INTEGER NOT NULL DEFAULT 0,
  requests INTEGER NOT NULL DEFAULT 0,
  -- In a row: timeouts, refused connections, 429 and 503.
  failures INTEGER NOT NULL DEFAULT 0,
  -- Nothing is sent to it before this.
  closed_until INTEGER NOT NULL DEFAULT 0,
  last_failed_at INTEGER,
  last_error TEXT
) STRICT, WITHOUT ROWID;

-- To say which hosts fail.
CREATE INDEX hub_hosts_failing ON hub_hosts (last_failed_at) WHERE failures > 0;

-- What was sent to each subscription in the last 30 days.
CREATE TABLE deliveries (
  subscription_id INTEGER NOT NULL,
  sent_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- 0 when there was no answer; then `error` says why.
  status INTEGER NOT NULL,
  error TEXT,
  took_ms INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, sent_at_ms)
) STRICT, WITHOUT ROWID;

-- How long it took from a change to its delivery, by the hour: bucket n is up to 2^(n/4) ms.
CREATE TABLE hub_latencies (
  hour_at INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (hour_at, bucket)
) STRICT, WITHOUT ROWID;

-- How the hub itself is doing: one row.
CREATE TABLE hub_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- When it last tried to reach itself, when it last did, and since when it has been trying in vain.
  tried_at INTEGER NOT NULL DEFAULT 0,
  round_trip_at INTEGER,
  failing_since INTEGER,
  is_advertised INTEGER NOT NULL DEFAULT 1 CHECK (is_advertised IN (0, 1)),
  -- What /health says, as of the last minute.
  summary TEXT CHECK (json_valid(summary))
) STRICT;

INSERT INTO hub_state (id) VALUES (1);
