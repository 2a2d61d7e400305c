-- What a leader wants done about a record; the duty officers' list.
CREATE TABLE instructions (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	state      TEXT NOT NULL,              -- open done
	subject    TEXT NOT NULL,              -- order finding notice
	subject_id TEXT NOT NULL,
	subject_name TEXT NOT NULL,            -- number or title when it was given
	unit_n     BIGINT,                     -- of the subject, for scope; NULL: only who sees the whole city
	text       TEXT NOT NULL,
	leader     TEXT NOT NULL,              -- account of who gave it
	until_at   BIGINT,
	result     TEXT NOT NULL DEFAULT '',   -- what was done, in words
	done_by    TEXT NOT NULL DEFAULT '',
	done_at    BIGINT
);
CREATE INDEX instructions_state ON instructions (state, n, unit_n);
CREATE INDEX instructions_unit ON instructions (unit_n, n);
CREATE INDEX instructions_subject ON instructions (subject, subject_id);
-- Handing over a shift: what is open at that moment, and the next one's word that it was taken over.
CREATE TABLE shift_notes (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	state      TEXT NOT NULL,              -- open acknowledged
	unit_n     BIGINT,                     -- the office; NULL: before there is one
	text       TEXT NOT NULL,
	writer     TEXT NOT NULL,
	writer_n   BIGINT REFERENCES users (n),
	next_n     BIGINT REFERENCES persons (n),
	snapshot   TEXT NOT NULL,              -- JSON: counts and ids
	taken_by   TEXT NOT NULL DEFAULT '',
	taken_at   BIGINT
);
CREATE INDEX shift_notes_state ON shift_notes (state, n, unit_n);
CREATE INDEX shift_notes_unit ON shift_notes (unit_n, n);
