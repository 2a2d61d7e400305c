-- A year of 100,000 orders with six steps each, over all units; every tenth late, every eighth returned, every seventh recorded
-- on behalf, every hundredth withdrawn.
WITH RECURSIVE o(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM o WHERE n < 100000)
INSERT INTO orders (n, id, version, created_at, updated_at, state, number, kind, unit_n, issuer_n, title, severity, template,
	template_version, sent_at)
SELECT n, printf('019b8000-0000-7000-8000-%012x', n), 1, 1767200400000 + n * 315000, 1767200400000 + n * 315000, 'verified',
	'测〔2026〕' || n || '号', 'finding', (SELECT MIN(u.n) FROM units u) + n % (SELECT COUNT(*) FROM units), 1,
	'网络安全隐患整改：' || n, 'high', 'default', '1', 1767200400000 + n * 315000
FROM o;
CREATE TEMP TABLE life (k INTEGER, verb TEXT, from_state TEXT, to_state TEXT, hours INTEGER);
INSERT INTO life VALUES (0, 'send', '', 'sent', 0), (1, 'acknowledge', 'sent', 'handling', 5), (2, 'urge', 'handling', 'handling', 30),
	(3, 'answer', 'handling', 'answered', 60), (4, 'verify', 'answered', 'verified', 80), (5, 'archive', 'verified', 'archived', 300);
INSERT INTO steps (id, resource, record_n, from_state, verb, to_state, happened_at, recorded_at, actor_user_n, actor, on_whose_word,
	text, unit_n, county_n, severity, exercise, body, subject, issuer_n, reply, acknowledge_due, answer_due)
SELECT printf('019b9000-0000-7000-8000-%06x%06x', o.n, l.k), 'order', o.n,
	CASE WHEN o.n % 8 = 0 AND l.k = 5 THEN 'answered' ELSE l.from_state END,
	CASE WHEN o.n % 8 = 0 AND l.k = 4 THEN 'return' WHEN o.n % 100 = 3 AND l.k = 4 THEN 'withdraw' ELSE l.verb END,
	CASE WHEN o.n % 8 = 0 AND l.k = 4 THEN 'handling' WHEN o.n % 100 = 3 AND l.k >= 4 THEN 'withdrawn' ELSE l.to_state END,
	o.sent_at + l.hours * 3600000, o.sent_at + l.hours * 3600000, 1, 'duty',
	CASE WHEN o.n % 7 = 0 AND l.k = 1 THEN '张某（电话）' ELSE '' END, '请于期限内整改', o.unit_n, 0, 'high', 0,
	'{"reason":"请于期限内完成整改并反馈","text":"请于期限内完成整改并反馈"}', 'finding', 1, 'answer', o.sent_at + 8 * 3600000,
	o.sent_at + CASE WHEN o.n % 10 = 0 THEN 50 ELSE 72 END * 3600000
FROM orders o, life l ORDER BY l.k, o.n;
UPDATE unit_tree_past SET from_at = 0;
ANALYZE;
