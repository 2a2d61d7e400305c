-- What units declare: one row for a system, or one that says that there is none, or that nothing has changed.
-- A question answered 「不清楚」 is named in `unknown`, its column empty.
CREATE TABLE declarations (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	state        TEXT NOT NULL,            -- draft submitted returned accepted superseded
	unit_n       BIGINT NOT NULL,
	order_n      BIGINT,                   -- the order it answers; NULL: declared unasked
	says         TEXT NOT NULL,            -- system none unchanged
	name         TEXT NOT NULL,
	url          TEXT NOT NULL,
	address      TEXT NOT NULL,
	mlps_level   TEXT NOT NULL,            -- '' ungraded 1 2 3 4 5
	record_number TEXT NOT NULL,
	hosting      TEXT NOT NULL,            -- '' own_room government_cloud cloud colocation
	hosting_party TEXT NOT NULL,
	operator     TEXT NOT NULL,
	importance   TEXT NOT NULL,            -- '' high medium low
	exposure     TEXT NOT NULL,            -- '' internal internet
	software     TEXT NOT NULL,            -- JSON array
	unknown      TEXT NOT NULL,            -- JSON array of the names above
	note         TEXT NOT NULL,
	asset_n      BIGINT,                   -- the system it is about, once it is known
	host_n       BIGINT,
	reason       TEXT,                     -- why it was returned
	declared_by  TEXT NOT NULL,
	declared_at  BIGINT,
	on_behalf    TEXT NOT NULL,            -- JSON {"channel","person","at"}
	decided_by   TEXT NOT NULL,
	decided_at   BIGINT,
	user_n       BIGINT NOT NULL DEFAULT 0 -- who submitted it: four eyes
);
CREATE INDEX declarations_unit ON declarations (unit_n, n);
CREATE INDEX declarations_state ON declarations (state, n, unit_n);
CREATE INDEX declarations_order ON declarations (order_n, n) WHERE order_n IS NOT NULL;
CREATE INDEX declarations_asset ON declarations (asset_n, n) WHERE asset_n IS NOT NULL;
CREATE INDEX declarations_host ON declarations (host_n, n) WHERE host_n IS NOT NULL;

-- What was declared of an asset beyond what was known before; and when it was last declared or confirmed.
ALTER TABLE assets ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN hosting TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN hosting_party TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN operator_party TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN unknown TEXT NOT NULL DEFAULT '[]';
ALTER TABLE assets ADD COLUMN confirmed_at BIGINT;
ALTER TABLE assets ADD COLUMN confirmed_by TEXT NOT NULL DEFAULT '';

-- The state of a unit's inventory: nobody has said anything, it has systems, it says that it has none.
ALTER TABLE units ADD COLUMN inventory TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE units ADD COLUMN inventory_at BIGINT;
