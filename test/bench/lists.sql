-- A million findings over the 100,000 hosts (ten each), an order for each fifth host.
PRAGMA synchronous = OFF;
PRAGMA cache_size = -1000000;
BEGIN;
CREATE TEMP TABLE ten (i INTEGER);
INSERT INTO ten VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TEMP TABLE made AS
SELECT a.n AS asset_n, a.unit_n, i, (a.n * 10 + i) * 2654435761 % 4294967296 AS r, a.n % 5 = 0 AND i < 4 AS ordered
FROM assets a, ten WHERE a.kind = 'host';
INSERT INTO findings (id, version, created_at, updated_at, state, unit_n, seen_unit_n, asset_n, kind, key, vuln_id, title,
	severity, score, source, priority, terms, kev, epss, first_seen, last_seen, order_n, explanation)
SELECT printf('0190a000-0000-7000-8000-%012x', asset_n * 10 + i), 1, 1790000000000 + r % 1000000, 1790000000000,
	CASE WHEN ordered THEN 'ordered' WHEN r / 7 % 100 < 60 THEN 'closed' WHEN r / 7 % 100 < 90 THEN 'new'
		WHEN r / 7 % 100 < 96 THEN 'confirmed' ELSE 'risk_accepted' END,
	unit_n, unit_n, asset_n, 'vulnerability', 'CVE-20' || (10 + i) || '-' || (1000 + r % 500),
	'CVE-20' || (10 + i) || '-' || (1000 + r % 500), 'CVE-20' || (10 + i) || '-' || (1000 + r % 500) || ' 漏洞',
	CASE WHEN r / 11 % 100 < 10 THEN 'critical' WHEN r / 11 % 100 < 45 THEN 'high' WHEN r / 11 % 100 < 90 THEN 'medium'
		ELSE 'low' END,
	r / 13 % 101, 'match', r / 17 % 1001, '{"kev":0,"epss":20,"exposure":0,"importance":50,"score":200}', r / 19 % 50 = 0,
	r / 23 % 100000, 1790000000000 + r % 1000000, 1790000000000 + r / 3 % 1000000, CASE WHEN ordered THEN asset_n END,
	'{"configuration":0,"criteria":"cpe:2.3:a:vendor:product:*:*:*:*:*:*:*:*","inventory":"cpe:2.3:a:vendor:product:1.2:*:*:*:*:*:*:*"}'
FROM made;
INSERT INTO orders (n, id, version, created_at, updated_at, state, number, kind, unit_n, issuer_n, title, severity, template,
	template_version, acknowledge_due, answer_due, findings)
SELECT asset_n, printf('0190b000-0000-7000-8000-%012x', asset_n), 1, 1790000000000, 1790000000000,
	CASE asset_n / 5 % 4 WHEN 0 THEN 'sent' WHEN 1 THEN 'handling' WHEN 2 THEN 'answered' ELSE 'archived' END,
	'湛网交〔2026〕' || asset_n || '号', 'finding', unit_n, 1, '整改隐患', 'high', 'default', '2026.1', 1790000000000 + r % 1000000,
	1790000000000 + r % 10000000, 4
FROM made WHERE ordered AND i = 0;
INSERT INTO items (n, id, order_n, state, title, kind, severity, asset_n, findings)
SELECT asset_n, printf('0190c000-0000-7000-8000-%012x', asset_n), asset_n, 'open', 'Product 升级 · 4 个漏洞，最高高危', 'vulnerability',
	'high', asset_n, 4
FROM made WHERE ordered AND i = 0;
INSERT INTO item_findings (item_n, finding_n) SELECT asset_n, n FROM findings WHERE state = 'ordered';
COMMIT;
SELECT COUNT(*) FROM findings;
