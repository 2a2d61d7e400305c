-- Assets: one list of systems, hosts, sites, services, devices and datasets.  A host is unit + host name.
CREATE TABLE assets (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	unit_n       BIGINT,                   -- the unit responsible; NULL: not yet claimed
	kind         TEXT NOT NULL,            -- system host site service device dataset
	name         TEXT NOT NULL,
	address      TEXT NOT NULL,            -- IP address or host name in its canonical form, '' if unknown
	parent_n     BIGINT,                   -- host: its system; service: its host
	operator_n   BIGINT,
	hosting_n    BIGINT,
	importance   TEXT NOT NULL,            -- high medium low
	exposure     TEXT NOT NULL,            -- internet internal
	mlps_level   BIGINT NOT NULL,          -- level of protection 1 to 5, 0: not graded
	record_number TEXT NOT NULL,           -- number of the filing, ''
	note         TEXT NOT NULL,
	source       TEXT NOT NULL,            -- csv, person, declaration …
	seen_first   BIGINT NOT NULL,
	seen_last    BIGINT NOT NULL,          -- when a source last said something new about it
	retired_at   BIGINT,
	inventory    BIGINT NOT NULL DEFAULT 0 -- stamp of the last change of its software; ascends in commit order; 0: none
);
CREATE UNIQUE INDEX assets_identity ON assets (unit_n, kind, name);
-- Lists walk these by key without touching the table: scope and kind stand in the index.
CREATE INDEX assets_unit ON assets (unit_n, n, kind);
CREATE INDEX assets_kind ON assets (kind, n, unit_n, exposure, importance);
CREATE INDEX assets_name ON assets (name, n);
CREATE INDEX assets_address ON assets (address, n) WHERE address <> '';
CREATE INDEX assets_parent ON assets (parent_n) WHERE parent_n IS NOT NULL;
CREATE INDEX assets_inventory ON assets (inventory, n) WHERE inventory > 0;

-- Software instances on hosts.  One is host + source + identity (part, vendor and product) + slot: two versions of one
-- product stand in two slots.  What vanished stays, with removed_at.
CREATE TABLE software (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	unit_n       BIGINT,                   -- that of its host, for row scope
	asset_n      BIGINT NOT NULL,
	source       TEXT NOT NULL,            -- csv, person, declaration …
	identity     TEXT NOT NULL,
	slot         BIGINT NOT NULL,
	part         TEXT NOT NULL,            -- a o h, '' if unknown
	vendor       TEXT NOT NULL,            -- the texts as given, or as the CPE name has them
	product      TEXT NOT NULL,
	product_version TEXT NOT NULL,
	patch        TEXT NOT NULL,
	cpe          TEXT NOT NULL,            -- CPE 2.3 formatted string, '' if none was given
	confidence   BIGINT NOT NULL,          -- 0 to 100
	seen_first   BIGINT NOT NULL,
	seen_last    BIGINT NOT NULL,
	removed_at   BIGINT
);
CREATE UNIQUE INDEX software_identity ON software (asset_n, source, identity, slot) WHERE removed_at IS NULL;
CREATE INDEX software_asset ON software (asset_n, n);
CREATE INDEX software_unit ON software (unit_n, n);

-- What a software instance was before each change of it.
CREATE TABLE software_history (
	n            INTEGER PRIMARY KEY,
	software_n   BIGINT NOT NULL,
	asset_n      BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	verb         TEXT NOT NULL,            -- change remove
	source       TEXT NOT NULL,            -- who said so: csv, answer …
	product_version TEXT NOT NULL,
	patch        TEXT NOT NULL,
	cpe          TEXT NOT NULL
);
CREATE INDEX software_history_asset ON software_history (asset_n, n);

-- Imports: a file is compared on a reader into a plan; the plan is the durable intent that applying completes.
CREATE TABLE import_plans (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	kind         TEXT NOT NULL,            -- assets
	state        TEXT NOT NULL,            -- received building ready refused applying applied cancelled
	actor        TEXT NOT NULL,
	user_n       BIGINT NOT NULL,
	unit_n       BIGINT,                   -- for row scope: where who uploaded it may write; NULL: the whole city
	scope        TEXT NOT NULL,            -- '*', or the numbers of the units it may touch, with commas around
	file         TEXT NOT NULL,            -- SHA-256 of the uploaded blob, '' when read from a local file
	rows_read    BIGINT NOT NULL,
	rows_new     BIGINT NOT NULL,
	rows_changed BIGINT NOT NULL,
	rows_unchanged BIGINT NOT NULL,
	rows_refused BIGINT NOT NULL,
	removed      BIGINT NOT NULL,          -- software that vanishes
	hosts        BIGINT NOT NULL,          -- rows of the plan
	applied      BIGINT NOT NULL,          -- rows of the plan done so far
	problems     TEXT NOT NULL             -- JSON array, at most 100
);
CREATE INDEX import_plans_open ON import_plans (n) WHERE state IN ('building', 'applying');

-- One host that the plan makes or changes, with all software that the file gives it.
CREATE TABLE import_plan_rows (
	plan_n       BIGINT NOT NULL,
	ordinal      BIGINT NOT NULL,          -- from 1
	action       TEXT NOT NULL,            -- new changed
	line         BIGINT NOT NULL,
	unit_n       BIGINT NOT NULL,
	name         TEXT NOT NULL,
	system_name  TEXT NOT NULL,            -- '' in these four: not said, kept as it is
	address      TEXT NOT NULL,
	importance   TEXT NOT NULL,
	exposure     TEXT NOT NULL,
	software     TEXT NOT NULL,            -- JSON array of arrays: product, vendor, version, CPE
	PRIMARY KEY (plan_n, ordinal)
);
