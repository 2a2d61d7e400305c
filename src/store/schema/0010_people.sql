-- Who there is: divisions, units in two trees, persons and their duties, accounts and what they may.
CREATE TABLE divisions (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	code       TEXT NOT NULL UNIQUE,       -- GB/T 2260 (6 digits), GB/T 10114 (9), or a local code of a functional zone
	name       TEXT NOT NULL,
	level      TEXT NOT NULL,
	parent_n   BIGINT REFERENCES divisions (n),
	gb_code    TEXT NOT NULL               -- of a zone: the code that stands for it outside; else the code itself
);
CREATE INDEX divisions_parent ON divisions (parent_n, n);
CREATE TABLE units (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	code       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	short_name TEXT NOT NULL,
	kind       TEXT NOT NULL,
	sector     TEXT NOT NULL,
	parent_n     BIGINT REFERENCES units (n),
	supervisor_n BIGINT REFERENCES units (n),
	division_n   BIGINT REFERENCES divisions (n),
	uscc       TEXT NOT NULL,
	sort_order BIGINT NOT NULL,            -- protocol order
	aliases    TEXT NOT NULL,              -- JSON array of texts
	phone      TEXT NOT NULL,              -- watched day and night
	note       TEXT NOT NULL
);
CREATE INDEX units_short_name ON units (short_name);
CREATE INDEX units_name ON units (name, n);
CREATE INDEX units_order ON units (sort_order, n);
CREATE INDEX units_parent ON units (parent_n, n);
CREATE INDEX units_supervisor ON units (supervisor_n, n);
CREATE INDEX units_uscc ON units (uscc) WHERE uscc <> '';       -- not unique: bodies of one legal person share it
CREATE TABLE unit_aliases (
	alias  TEXT NOT NULL,
	unit_n BIGINT NOT NULL REFERENCES units (n),
	PRIMARY KEY (alias, unit_n)
);
CREATE INDEX unit_aliases_unit ON unit_aliases (unit_n);
-- Every unit with itself and with everything above it; relation 0 by parent, 1 by supervisor.
CREATE TABLE unit_tree (
	ancestor_n   BIGINT NOT NULL,
	descendant_n BIGINT NOT NULL,
	relation     BIGINT NOT NULL,
	PRIMARY KEY (ancestor_n, relation, descendant_n)
);
CREATE INDEX unit_tree_up ON unit_tree (descendant_n, relation, ancestor_n);
CREATE TABLE persons (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	unit_n     BIGINT NOT NULL REFERENCES units (n),   -- where the person belongs; duties may be elsewhere too
	name       TEXT NOT NULL,
	post       TEXT NOT NULL,
	phone      TEXT NOT NULL,
	mail       TEXT NOT NULL,
	note       TEXT NOT NULL
);
CREATE INDEX persons_name ON persons (name, n);
CREATE INDEX persons_unit ON persons (unit_n, n);
CREATE TABLE duties (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	person_n   BIGINT NOT NULL REFERENCES persons (n),
	unit_n     BIGINT NOT NULL REFERENCES units (n),
	kind       TEXT NOT NULL,
	from_date  TEXT NOT NULL,              -- '': always was
	to_date    TEXT NOT NULL               -- from this day on no longer; '': no end known
);
CREATE INDEX duties_person ON duties (person_n, unit_n);
CREATE INDEX duties_unit ON duties (unit_n, n);
CREATE TABLE users (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	name       TEXT NOT NULL UNIQUE,
	person_n   BIGINT REFERENCES persons (n),
	disabled   BIGINT NOT NULL,
	last_sign_in_at BIGINT,
	password_hash   TEXT NOT NULL DEFAULT '',          -- argon2id as text; '': nobody can sign in with a password
	password_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX users_person ON users (person_n);
CREATE TABLE grants (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	user_n     BIGINT NOT NULL REFERENCES users (n),
	role       TEXT NOT NULL,
	unit_n     BIGINT NOT NULL REFERENCES units (n),
	tree       TEXT NOT NULL,              -- parent, supervisor
	from_at    BIGINT,
	to_at      BIGINT
);
CREATE INDEX grants_user ON grants (user_n, n);
CREATE INDEX grants_unit ON grants (unit_n, n);
CREATE TABLE sessions (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	user_n     BIGINT NOT NULL REFERENCES users (n),
	token_hash TEXT NOT NULL UNIQUE,       -- SHA-256 of the cookie's value
	created_at BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	address    TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_n, n);
CREATE TABLE tokens (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	user_n     BIGINT NOT NULL REFERENCES users (n),
	name       TEXT NOT NULL,
	scope      TEXT NOT NULL,              -- '' all that its user may, 'read', or names of permissions with commas
	expires_at BIGINT NOT NULL,
	last_used_at BIGINT,
	token_hash TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX tokens_hash ON tokens (token_hash) WHERE token_hash <> '';
CREATE INDEX tokens_user ON tokens (user_n, n);
-- Failed sign-ins, so that a restart forgives nothing.  key: "pair NAME ADDRESS", "user NAME", "address ADDRESS".
CREATE TABLE sign_in_failures (
	key      TEXT PRIMARY KEY,
	failures BIGINT NOT NULL,
	last_at  BIGINT NOT NULL,
	until_at BIGINT NOT NULL               -- no attempt before
);
CREATE INDEX sign_in_failures_last ON sign_in_failures (last_at);
CREATE TABLE settings (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
