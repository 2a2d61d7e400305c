-- What every room stands on.  n is the internal key, id (UUIDv7) appears at borders.  Times are milliseconds UTC.

-- What this folder is: 'id' (UUIDv7 made by init), 'audit_key' (public key of the checkpoints, hex).
CREATE TABLE facts (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
CREATE TABLE counters (
	series TEXT PRIMARY KEY,
	value  BIGINT NOT NULL
);
CREATE TABLE changes (
	n           INTEGER PRIMARY KEY,       -- the sequence: commit order
	id          TEXT NOT NULL UNIQUE,
	at          BIGINT NOT NULL,
	resource    TEXT NOT NULL,
	record_n    BIGINT NOT NULL,
	record_id   TEXT NOT NULL,
	version     BIGINT NOT NULL,
	verb        TEXT NOT NULL,
	unit_before_n BIGINT NOT NULL,
	unit_after_n  BIGINT NOT NULL,
	actor_user_n  BIGINT NOT NULL,
	actor       TEXT NOT NULL,
	address     TEXT NOT NULL,
	request     TEXT NOT NULL,
	values_hash TEXT NOT NULL,             -- SHA-256 of the attachment, '' without one
	hash        TEXT NOT NULL              -- SHA-256 over the row and the hash before it
);
CREATE INDEX changes_record ON changes (resource, record_n, n);
CREATE INDEX changes_unit ON changes (unit_after_n, n);
-- The head of the chain: one row, written once per transaction that has changes.
CREATE TABLE change_head (
	n        INTEGER PRIMARY KEY CHECK (n = 1),
	change_n BIGINT NOT NULL,
	hash     TEXT NOT NULL
);
INSERT INTO change_head (n, change_n, hash) VALUES (1, 0, '');
CREATE TABLE change_values (
	change_n BIGINT PRIMARY KEY,
	body     TEXT NOT NULL,
	purged_at BIGINT
);
CREATE TABLE checkpoints (
	n         INTEGER PRIMARY KEY,
	at        BIGINT NOT NULL,
	change_n  BIGINT NOT NULL,
	hash      TEXT NOT NULL,
	key_id    TEXT NOT NULL,
	signature TEXT NOT NULL
);
CREATE TABLE steps (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	resource    TEXT NOT NULL,
	record_n    BIGINT NOT NULL,
	from_state  TEXT NOT NULL,
	verb        TEXT NOT NULL,
	to_state    TEXT NOT NULL,
	happened_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	actor_user_n BIGINT NOT NULL,
	actor       TEXT NOT NULL,
	on_whose_word TEXT NOT NULL,
	text        TEXT NOT NULL,
	unit_n      BIGINT NOT NULL,
	county_n    BIGINT NOT NULL,
	severity    TEXT NOT NULL,
	exercise    BIGINT NOT NULL,
	body        TEXT NOT NULL
);
CREATE INDEX steps_record ON steps (resource, record_n, n);
CREATE INDEX steps_time ON steps (resource, verb, happened_at);
CREATE TABLE jobs (
	n          INTEGER PRIMARY KEY,
	kind       TEXT NOT NULL,
	key        TEXT NOT NULL,
	lane       BIGINT NOT NULL,
	state      TEXT NOT NULL,              -- waiting, running, failed; a job that is done is deleted
	run_at     BIGINT NOT NULL,
	lease      BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	attempts   BIGINT NOT NULL,
	argument   TEXT NOT NULL,
	reason     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at   BIGINT
);
CREATE INDEX jobs_due ON jobs (lane, run_at) WHERE state = 'waiting';
CREATE INDEX jobs_lease ON jobs (lane, lease_until) WHERE state = 'running';
CREATE INDEX jobs_running ON jobs (kind, key) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_waiting ON jobs (kind, key) WHERE state = 'waiting';
CREATE TABLE idempotency (
	actor     TEXT NOT NULL,
	key       TEXT NOT NULL,
	request_hash TEXT NOT NULL,
	status    BIGINT NOT NULL,
	body      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (actor, key)
);
-- The names of records, split into pairs of characters, and the index over them.
CREATE TABLE search_texts (
	n        INTEGER PRIMARY KEY,
	resource TEXT NOT NULL,
	record_n BIGINT NOT NULL,
	body     TEXT NOT NULL,
	UNIQUE (resource, record_n)
);
CREATE VIRTUAL TABLE search_index
	USING fts5 (body, content='search_texts', content_rowid='n', columnsize=0, tokenize='ascii');
