-- The newest articles by source, topic, language and words: what composed feeds are read from.

-- Where an article stands in the order of all: by date, ties by uuid, in one integer
-- (src/articles/search-store.ts). Null where it is in no index.
ALTER TABLE articles ADD COLUMN search_key INTEGER;
CREATE UNIQUE INDEX articles_by_search_key ON articles (search_key) WHERE search_key IS NOT NULL;

-- Whether it is still to be indexed, or anew. Posts index at once; this is for what stood here before,
-- and for a source whose language changed.
ALTER TABLE articles ADD COLUMN is_search_due INTEGER NOT NULL DEFAULT 1
  CHECK (is_search_due IN (0, 1));
CREATE INDEX articles_search_due ON articles (id)
  WHERE is_search_due = 1 AND status IN ('published', 'scheduled');

-- The words are folded and parted before they get here, and each search term is a token of ours
-- (src/articles/search-terms.ts): the tokenizer has nothing to do but to split at spaces.
CREATE VIRTUAL TABLE article_search USING fts5 (
  terms, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '-'"
);
