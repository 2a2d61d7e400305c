-- Imports of sheets: what was said about a file, its rows with their faults, and how files of one shape are read.
ALTER TABLE import_plans ADD COLUMN options TEXT NOT NULL DEFAULT '{}';    -- query of the upload; mapping, decide, cells, accept
ALTER TABLE import_plans ADD COLUMN rows_asked BIGINT NOT NULL DEFAULT 0;  -- rows that wait for a decision
ALTER TABLE import_plans ADD COLUMN columns TEXT NOT NULL DEFAULT '[]';    -- JSON: [{"name","field"}] by column of the file
CREATE TABLE import_sheet_rows (
	plan_n       BIGINT NOT NULL,
	ordinal      BIGINT NOT NULL,          -- from 1, in order of the file
	line         BIGINT NOT NULL,
	action       TEXT NOT NULL,            -- unchanged new changed refused question
	mark         TEXT NOT NULL,            -- the gravest of its faults: '' repaired proposed fault question
	target_n     BIGINT NOT NULL,          -- the record it is about, 0: a new one
	cells        TEXT NOT NULL,            -- JSON array: as read, by column of the file
	vals         TEXT NOT NULL,            -- JSON object: by column of the kind, as they go in
	faults       TEXT NOT NULL,            -- JSON array of {column, mark, zh, en, proposal}
	decision     TEXT NOT NULL,            -- '' new same:CODE
	data         TEXT NOT NULL,            -- what the kind keeps between comparing and writing
	PRIMARY KEY (plan_n, ordinal)
);
CREATE INDEX import_sheet_rows_action ON import_sheet_rows (plan_n, action, ordinal);
CREATE INDEX import_sheet_rows_mark ON import_sheet_rows (plan_n, mark, ordinal);
CREATE TABLE import_shapes (
	kind         TEXT NOT NULL,
	shape        TEXT NOT NULL,            -- SHA-256 of the headings
	unit_n       BIGINT NOT NULL,          -- whose habit it is; 0: the city's
	mapping      TEXT NOT NULL,            -- JSON object: heading to field
	updated_at   BIGINT NOT NULL,
	PRIMARY KEY (kind, shape, unit_n)
);
