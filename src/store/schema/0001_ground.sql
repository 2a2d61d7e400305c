-- What every room stands on.  n is the internal key, id (UUIDv7) appears at borders.  Times are milliseconds UTC.
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
	state      TEXT NOT NULL,              -- waiting, running, done, failed
	run_at     BIGINT NOT NULL,
	lease      BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	attempts   BIGINT NOT NULL,
	argument   TEXT NOT NULL,
	reason     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at   BIGINT
);
CREATE INDEX jobs_due ON jobs (lane, run_at) WHERE state IN ('waiting', 'running');
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
