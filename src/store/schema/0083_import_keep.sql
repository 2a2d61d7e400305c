-- Imports are not kept for ever: how large their file is, what it was called, and how much of them is still there.
ALTER TABLE import_plans ADD COLUMN name TEXT NOT NULL DEFAULT '';     -- of the file, as its sender called it
ALTER TABLE import_plans ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;   -- of the file
ALTER TABLE import_plans ADD COLUMN kept TEXT NOT NULL DEFAULT 'all';  -- all; rest: rows that went in are without personal data; none
CREATE INDEX import_plans_user ON import_plans (user_n, state);
CREATE INDEX import_plans_file ON import_plans (file) WHERE file <> '';
CREATE INDEX import_plans_kept ON import_plans (state, updated_at) WHERE kept <> 'none' OR file <> '';
