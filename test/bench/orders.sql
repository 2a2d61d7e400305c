-- Five findings on each host, of its two products.
INSERT INTO findings (id, version, created_at, updated_at, state, unit_n, seen_unit_n, asset_n, software_n, kind, key, vuln_id,
	title, severity, score, source, priority, first_seen, last_seen)
SELECT printf('0190a000-0000-7000-8000-%06x%06x', a.n, i), 1, 1790000000000, 1790000000000, 'new', a.unit_n, a.unit_n, a.n,
	(SELECT CASE i % 2 WHEN 0 THEN MIN(s.n) ELSE MAX(s.n) END FROM software s WHERE s.asset_n = a.n), 'vulnerability', 'CVE-2024-100' || i,
	'CVE-2024-100' || i, 'CVE-2024-100' || i || ' 漏洞', 'critical', 98, 'match', 700, 1790000000000, 1790000000000
FROM assets a, (SELECT 0 AS i UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)
WHERE a.kind = 'host';
