-- The vulnerability corpus: what the feeds say, kept as one state per import.  Natural keys: CVE ids.

-- One vulnerability record.  configurations and refs: JSON arrays, plain or as a zstd frame (RFC 8878).
CREATE TABLE corpus.vulns (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,     -- CVE id
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	published    BIGINT NOT NULL,          -- milliseconds UTC; 0: the record does not say
	modified     BIGINT NOT NULL,
	status       TEXT NOT NULL,            -- vulnStatus of NVD, '' if the record has none
	severity     TEXT NOT NULL,            -- critical high medium low none
	score        BIGINT NOT NULL,          -- computed from the vector, in tenths; -1: none
	cvss_version TEXT NOT NULL,            -- of the vector shown: 2.0 3.0 3.1 4.0, ''
	vector       TEXT NOT NULL,
	cwe          TEXT NOT NULL,            -- CWE ids, commas between
	description  TEXT NOT NULL,            -- English
	configurations BLOB NOT NULL,
	refs         BLOB NOT NULL,
	content_hash TEXT NOT NULL             -- first 16 bytes of SHA-256 over all of the above from published on
);
CREATE INDEX corpus.vulns_published ON vulns (published, n);
CREATE INDEX corpus.vulns_modified ON vulns (modified, n);
CREATE INDEX corpus.vulns_severity ON vulns (severity, n);
CREATE INDEX corpus.vulns_score ON vulns (score, n);

-- CISA's catalogue of known exploited vulnerabilities; also of CVEs that are not in vulns.
CREATE TABLE corpus.kev (
	cve          TEXT PRIMARY KEY,
	vendor       TEXT NOT NULL,
	product      TEXT NOT NULL,
	name         TEXT NOT NULL,
	added        TEXT NOT NULL,            -- dates as YYYY-MM-DD
	due          TEXT NOT NULL,
	description  TEXT NOT NULL,
	action       TEXT NOT NULL,
	ransomware   BIGINT NOT NULL,          -- 1: known use in ransomware campaigns
	notes        TEXT NOT NULL,
	cwe          TEXT NOT NULL
);

-- FIRST's exploit prediction scores, in parts per 100,000; also of CVEs that are not in vulns.
CREATE TABLE corpus.epss (
	cve          TEXT PRIMARY KEY,
	score        BIGINT NOT NULL,
	percentile   BIGINT NOT NULL,
	model        TEXT NOT NULL,            -- scores compare only within one model
	date         TEXT NOT NULL             -- score date of the file that brought this value
);

-- One row per imported file.
CREATE TABLE corpus.feeds (
	n            INTEGER PRIMARY KEY,
	kind         TEXT NOT NULL,            -- nvd kev epss
	file         TEXT NOT NULL,
	sha256       TEXT NOT NULL,            -- of the file as it was; '' when it was no regular file
	imported_at  BIGINT NOT NULL,
	rows_read    BIGINT NOT NULL,
	rows_new     BIGINT NOT NULL,
	rows_changed BIGINT NOT NULL,
	rows_unchanged BIGINT NOT NULL,
	rows_refused BIGINT NOT NULL
);

-- generation: rises with every import that changed vulns; the matching index names the one it was built from.
CREATE TABLE corpus.facts (
	name         TEXT PRIMARY KEY,
	value        BIGINT NOT NULL
);
INSERT INTO corpus.facts (name, value) VALUES ('generation', 0);
