-- The home page shows the sources and the topics of which something changed last.
CREATE INDEX feeds_of_sources ON feeds (changed_at DESC)
  WHERE source_id IS NOT NULL AND topic_id IS NULL AND gone_at IS NULL;
CREATE INDEX feeds_of_topics ON feeds (changed_at DESC)
  WHERE source_id IS NULL AND topic_id IS NOT NULL AND gone_at IS NULL;
