-- Measures: how the trees of units were at any past time, the numbers that are rules, and targets.
CREATE TABLE unit_tree_past (
	ancestor_n   BIGINT NOT NULL,
	descendant_n BIGINT NOT NULL,
	relation     BIGINT NOT NULL,
	from_at      BIGINT NOT NULL,          -- as known: when it was written
	to_at        BIGINT NOT NULL,          -- from this moment on no longer; 9223372036854775807: it still is so
	PRIMARY KEY (ancestor_n, relation, descendant_n, from_at)
);
CREATE INDEX unit_tree_past_up ON unit_tree_past (descendant_n, relation, ancestor_n);
INSERT INTO unit_tree_past (ancestor_n, descendant_n, relation, from_at, to_at)
SELECT t.ancestor_n, t.descendant_n, t.relation,
	CASE WHEN a.created_at > d.created_at THEN a.created_at ELSE d.created_at END, 9223372036854775807
FROM unit_tree t JOIN units a ON a.n = t.ancestor_n JOIN units d ON d.n = t.descendant_n;

-- Orders sent before steps carried what measures need: they were about findings and asked for an answer.  The deadlines
-- are those that the order had at last.
UPDATE steps SET subject = 'finding', reply = 'answer',
	issuer_n = COALESCE((SELECT o.issuer_n FROM orders o WHERE o.n = steps.record_n), 0),
	acknowledge_due = (SELECT o.acknowledge_due FROM orders o WHERE o.n = steps.record_n),
	answer_due = (SELECT o.answer_due FROM orders o WHERE o.n = steps.record_n)
WHERE resource = 'order' AND subject = '';

-- All that a measure reads of an order's steps, so that a year of them is one walk along this index.
CREATE INDEX steps_order ON steps (resource, record_n, n, recorded_at, happened_at, from_state, verb, to_state, unit_n, subject,
	reply, acknowledge_due, answer_due, on_whose_word, exercise) WHERE resource = 'order';
CREATE INDEX steps_order_sent ON steps (resource, to_state, happened_at, record_n, recorded_at, from_state)
	WHERE resource = 'order' AND to_state = 'sent' AND from_state <> 'sent';
CREATE INDEX steps_order_unit ON steps (resource, unit_n, record_n) WHERE resource = 'order';

CREATE TABLE kpi_rules (
	name        TEXT NOT NULL,
	version     TEXT NOT NULL,
	value       BIGINT NOT NULL,
	effective_at BIGINT NOT NULL,
	source      TEXT NOT NULL,
	confirmed   BIGINT NOT NULL,
	PRIMARY KEY (name, version)
);
INSERT INTO kpi_rules (name, version, value, effective_at, source, confirmed)
VALUES
	('inventory_days', '2026.1', 365, 0, '本程序默认值：资产每年至少申报或确认一次，未经确认', 0),
	('contacts_days', '2026.1', 92, 0, '本程序默认值：联系人每季度核对一次，未经确认', 0);

-- What is aimed at.  Only added to: the newest row of the nearest unit counts, an empty value takes a target back.
CREATE TABLE targets (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	key        TEXT NOT NULL,
	unit_n     BIGINT,                     -- NULL: the whole city
	period     TEXT NOT NULL,              -- year quarter month any: what a count is aimed at for
	value      TEXT NOT NULL,              -- decimal number; '': none from this day on
	from_date  TEXT NOT NULL,
	note       TEXT NOT NULL
);
CREATE INDEX targets_unit ON targets (unit_n, n);
CREATE INDEX targets_key ON targets (key, from_date, n);
INSERT INTO targets (n, id, version, created_at, updated_at, key, unit_n, period, value, from_date, note)
VALUES
	(1, '019b0000-0000-7000-8000-000000000001', 1, 0, 0, 'bulletins_issued', NULL, 'year', '12', '2026-01-01',
		'部门整体预算绩效目标申报表：发布漏洞预警数量，未经确认'),
	(2, '019b0000-0000-7000-8000-000000000002', 1, 0, 0, 'handling_rate', NULL, 'any', '0.9', '2026-01-01',
		'部门整体预算绩效目标申报表：网络安全事件处置率，未经确认');
