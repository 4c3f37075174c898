-- A denial waits to be told as a request waits to be verified: so that it is found again when its message is lost.

CREATE TABLE hub_requests_with_denials (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mode TEXT NOT NULL CHECK (mode IN ('subscribe', 'unsubscribe', 'denied')),
  topic_url TEXT NOT NULL,
  callback TEXT NOT NULL,
  host TEXT NOT NULL,
  secret TEXT,
  -- Asked for by who subscribes.
  lease_seconds INTEGER NOT NULL DEFAULT 0 CHECK (mode <> 'subscribe' OR lease_seconds >= 1),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT;

INSERT INTO hub_requests_with_denials (id, mode, topic_url, callback, host, secret, lease_seconds, attempts, due_at)
SELECT id, mode, topic_url, callback, host, secret, lease_seconds, attempts, due_at FROM hub_requests;

DROP TABLE hub_requests;
ALTER TABLE hub_requests_with_denials RENAME TO hub_requests;

CREATE INDEX hub_requests_due ON hub_requests (due_at);
CREATE INDEX hub_requests_by_callback ON hub_requests (callback);
