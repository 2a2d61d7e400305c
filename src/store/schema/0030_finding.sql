-- Findings: one problem on one asset, whoever noticed it.  unit_n NULL: nobody's yet (待认领), the office's pool.
CREATE TABLE findings (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,
	unit_n      BIGINT,
	seen_unit_n BIGINT,                    -- the asset's unit when last seen: only when that changes, unit_n follows
	asset_n     BIGINT,
	software_n  BIGINT,                    -- what the remedy is applied to
	kind        TEXT NOT NULL,
	key         TEXT NOT NULL,             -- what makes it the same finding again: the CVE id, or a source's own
	vuln_id     TEXT NOT NULL DEFAULT '',
	title       TEXT NOT NULL,
	severity    TEXT NOT NULL,             -- critical high medium low none
	score       BIGINT,                    -- CVSS in tenths
	text        TEXT NOT NULL DEFAULT '',
	address     TEXT NOT NULL DEFAULT '',
	source      TEXT NOT NULL DEFAULT '',
	source_number TEXT NOT NULL DEFAULT '',
	source_due  BIGINT,
	priority    BIGINT NOT NULL DEFAULT 0, -- 0 … 1000
	terms       TEXT NOT NULL DEFAULT '{}',
	kev         BIGINT NOT NULL DEFAULT 0,
	epss        BIGINT NOT NULL DEFAULT 0, -- parts per 100,000
	first_seen  BIGINT NOT NULL,
	last_seen   BIGINT NOT NULL,
	recurrences BIGINT NOT NULL DEFAULT 0,
	accepted_until BIGINT,
	closed_at   BIGINT,
	order_n     BIGINT,                    -- the order that asks for its removal now
	explanation TEXT NOT NULL DEFAULT '{}',
	UNIQUE (asset_n, kind, key)
);
-- Lists walk one of these by key without touching the table: scope (unit_n) and the usual filters stand in the index.
CREATE INDEX findings_priority ON findings (priority, n, unit_n, kind);
CREATE INDEX findings_unit ON findings (unit_n, priority, n, state, severity, kind);
CREATE INDEX findings_state ON findings (state, priority, n, unit_n, kind);
CREATE INDEX findings_severity ON findings (severity, priority, n, unit_n, kind);
CREATE INDEX findings_state_severity ON findings (state, severity, priority, n, unit_n, kind);
CREATE INDEX findings_kev ON findings (kev, priority, n, unit_n, state, severity, kind);
CREATE INDEX findings_vuln ON findings (vuln_id, priority, n);
CREATE INDEX findings_order ON findings (order_n) WHERE order_n IS NOT NULL;
CREATE INDEX findings_accepted ON findings (accepted_until) WHERE accepted_until IS NOT NULL;

-- Weights of the priority: rule data.  Points add up to 1000; epss and score are scaled by the value, the others are
-- given whole (importance medium: half).
CREATE TABLE priority_rules (
	version     TEXT PRIMARY KEY,
	effective_at BIGINT NOT NULL,
	source      TEXT NOT NULL,
	confirmed   BIGINT NOT NULL,           -- 0: a proposal of this program that no authority has confirmed
	kev         BIGINT NOT NULL,
	epss        BIGINT NOT NULL,
	exposure    BIGINT NOT NULL,
	importance  BIGINT NOT NULL,
	score       BIGINT NOT NULL
);
INSERT INTO priority_rules (version, effective_at, source, confirmed, kev, epss, exposure, importance, score)
VALUES ('2026.1', 0, '本程序默认权重，未经确认；因素参照 CISA KEV、FIRST EPSS、CVSS', 0, 300, 200, 150, 100, 250);

-- Evidence and attachments of any record; the content is a blob.
CREATE TABLE attachments (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	resource    TEXT NOT NULL,
	record_n    BIGINT NOT NULL,
	blob        TEXT NOT NULL,             -- SHA-256 of the content
	name        TEXT NOT NULL,
	type        TEXT NOT NULL,
	size        BIGINT NOT NULL,
	at          BIGINT NOT NULL,
	user_n      BIGINT NOT NULL,
	actor       TEXT NOT NULL
);
CREATE INDEX attachments_record ON attachments (resource, record_n, n);
