-- What changes in a feed's archives, for documents that list articles of any age: composed feeds, pages.
ALTER TABLE feeds ADD COLUMN history_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN history_changed_at INTEGER NOT NULL DEFAULT 0;
