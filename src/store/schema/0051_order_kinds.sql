-- Orders of every kind.  A draft has no number yet, so the number is unique only where there is one.
CREATE TABLE orders_kinds (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,
	number      TEXT NOT NULL,             -- '' until it is sent
	kind        TEXT NOT NULL,             -- finding notice task declaration
	unit_n      BIGINT NOT NULL,
	issuer_n    BIGINT NOT NULL,           -- 0 while there is no office yet
	part        TEXT NOT NULL DEFAULT 'main', -- main support copy: what this unit has in it
	main_n      BIGINT,                    -- of support and copy: the order of the main unit
	batch       TEXT NOT NULL DEFAULT '',  -- the same for all orders sent by one action; a notice's orders: its id
	notice_n    BIGINT,
	reply       TEXT NOT NULL DEFAULT 'answer', -- none acknowledge answer
	title       TEXT NOT NULL,
	text        TEXT NOT NULL DEFAULT '',
	severity    TEXT NOT NULL,
	source      TEXT NOT NULL DEFAULT '',  -- who asked for it from above: the province, the police …
	source_number TEXT NOT NULL DEFAULT '',
	source_due  BIGINT,
	template    TEXT NOT NULL,             -- the deadlines it was issued under
	template_version TEXT NOT NULL,
	acknowledge_due BIGINT,
	answer_due  BIGINT,
	sent_at     BIGINT,
	seen_at     BIGINT,                    -- when the unit first opened it
	acknowledged_at BIGINT,
	answered_at BIGINT,
	reviewed_at BIGINT,                    -- pre-reviewed by the county
	verified_at BIGINT,
	returned_proposed TEXT,
	returns     BIGINT NOT NULL DEFAULT 0,
	urges       BIGINT NOT NULL DEFAULT 0,
	level       BIGINT NOT NULL DEFAULT 0, -- times escalated
	escalated_n BIGINT,                    -- the unit it has risen to
	extension_until BIGINT,                -- asked for and not decided yet
	extension_reason TEXT,
	findings    BIGINT NOT NULL DEFAULT 0
);
INSERT INTO orders_kinds (n, id, version, created_at, updated_at, state, number, kind, unit_n, issuer_n, title, text, severity,
	template, template_version, acknowledge_due, answer_due, sent_at, acknowledged_at, answered_at, verified_at,
	returned_proposed, returns, urges, level, escalated_n, extension_until, extension_reason, findings)
SELECT n, id, version, created_at, updated_at, state, number, kind, unit_n, issuer_n, title, text, severity,
	template, template_version, acknowledge_due, answer_due, created_at, acknowledged_at, answered_at, verified_at,
	returned_proposed, returns, urges, level, escalated_n, extension_until, extension_reason, findings
FROM orders;
DROP TABLE orders;
ALTER TABLE orders_kinds RENAME TO orders;
CREATE UNIQUE INDEX orders_number ON orders (issuer_n, number) WHERE number <> '';
CREATE INDEX orders_unit ON orders (unit_n, n);
CREATE INDEX orders_state ON orders (state, n, unit_n);
CREATE INDEX orders_answer_due ON orders (answer_due, n);
CREATE INDEX orders_verified ON orders (verified_at) WHERE state = 'verified';
CREATE INDEX orders_batch ON orders (batch, n) WHERE batch <> '';
CREATE INDEX orders_main ON orders (main_n) WHERE main_n IS NOT NULL;
CREATE INDEX orders_notice ON orders (notice_n) WHERE notice_n IS NOT NULL;
