-- Orders that nobody dispatches from findings: tasks, declarations, those of a notice; and what waits to be sent.
ALTER TABLE orders ADD COLUMN topic TEXT NOT NULL DEFAULT '';           -- contact_check …: what is done when it is answered
ALTER TABLE orders ADD COLUMN number_wanted TEXT NOT NULL DEFAULT '';   -- typed in; it becomes the number when it is sent
ALTER TABLE orders ADD COLUMN due_wanted BIGINT;                        -- given by a person; NULL: by the template
CREATE INDEX orders_unsent ON orders (issuer_n, n) WHERE sent_at IS NULL;
-- Tags of a unit, by which many are chosen at once: a JSON list of texts.
ALTER TABLE units ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
-- Deadlines of the other kinds; the severity of most is none.
INSERT INTO order_templates (name, version, severity, acknowledge_amount, acknowledge_unit, answer_amount, answer_unit,
	rework_amount, rework_unit, escalate_amount, escalate_unit, calendar, effective_at, source, confirmed)
SELECT k.name, '2026.1', t.severity,
	CASE t.severity WHEN 'critical' THEN 4 ELSE 1 END, CASE t.severity WHEN 'critical' THEN 'working_hour' ELSE 'working_day' END,
	CASE k.name WHEN 'declaration' THEN 15 ELSE 5 END, 'working_day', 3, 'working_day', 1, 'working_day',
	'cn', 0, '本程序默认时限，未经确认', 0
FROM order_templates t, (SELECT 'task' AS name UNION ALL SELECT 'declaration' UNION ALL SELECT 'notice') k
WHERE t.name = 'default' AND t.version = '2026.1';
