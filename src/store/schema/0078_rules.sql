-- The rules of the house as records of their own: proposed, confirmed, and never changed after; a change is a further row.
-- In force is what is unconfirmed (came with the program) or confirmed, and has the latest effective_at that is past.
CREATE TABLE deadlines (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,             -- proposed unconfirmed confirmed withdrawn
	name        TEXT NOT NULL,             -- default task declaration notice, or one of the office's own
	severity    TEXT NOT NULL,
	edition     TEXT NOT NULL,             -- what an order and its clocks carry
	acknowledge_amount BIGINT NOT NULL,
	acknowledge_unit TEXT NOT NULL,
	answer_amount BIGINT NOT NULL,
	answer_unit TEXT NOT NULL,
	rework_amount BIGINT NOT NULL,
	rework_unit TEXT NOT NULL,
	escalate_amount BIGINT NOT NULL,       -- after a missed deadline, to the next level up
	escalate_unit TEXT NOT NULL,
	calendar    TEXT NOT NULL,
	effective_at BIGINT,                   -- NULL: of old, or from the moment it is confirmed
	source      TEXT NOT NULL,
	proposed_by TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at BIGINT,
	UNIQUE (name, severity, edition)
);
INSERT INTO deadlines (n, id, version, created_at, updated_at, state, name, severity, edition, acknowledge_amount,
	acknowledge_unit, answer_amount, answer_unit, rework_amount, rework_unit, escalate_amount, escalate_unit, calendar,
	effective_at, source, proposed_by, confirmed_by, confirmed_at)
SELECT n, '019b0000-0000-7000-8078-' || substr('000000000000' || n, -12), 1, 0, 0,
	CASE confirmed WHEN 0 THEN 'unconfirmed' ELSE 'confirmed' END, name, severity, version, acknowledge_amount,
	acknowledge_unit, answer_amount, answer_unit, rework_amount, rework_unit, escalate_amount, escalate_unit, calendar,
	CASE effective_at WHEN 0 THEN NULL ELSE effective_at END, source, '', '', NULL
FROM order_templates;
DROP TABLE order_templates;

-- Single numbers: how many days until something is done by itself, or counts no longer.
CREATE TABLE rules (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,
	name        TEXT NOT NULL,
	edition     TEXT NOT NULL,
	value       BIGINT NOT NULL,
	effective_at BIGINT,
	source      TEXT NOT NULL,
	proposed_by TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at BIGINT,
	UNIQUE (name, edition)
);
INSERT INTO rules (id, version, created_at, updated_at, state, name, edition, value, effective_at, source, proposed_by,
	confirmed_by, confirmed_at)
SELECT '019b0000-0000-7000-8079-' || substr('000000000000' || (SELECT count(*) FROM order_rules p
		WHERE p.name < r.name OR (p.name = r.name AND p.version <= r.version)), -12),
	1, 0, 0, CASE confirmed WHEN 0 THEN 'unconfirmed' ELSE 'confirmed' END, name, version, value,
	CASE effective_at WHEN 0 THEN NULL ELSE effective_at END, source, '', '', NULL
FROM order_rules r;
INSERT INTO rules (id, version, created_at, updated_at, state, name, edition, value, effective_at, source, proposed_by,
	confirmed_by, confirmed_at)
SELECT '019b0000-0000-7000-807a-' || substr('000000000000' || (SELECT count(*) FROM kpi_rules p
		WHERE p.name < r.name OR (p.name = r.name AND p.version <= r.version)), -12),
	1, 0, 0, CASE confirmed WHEN 0 THEN 'unconfirmed' ELSE 'confirmed' END, name, version, value,
	CASE effective_at WHEN 0 THEN NULL ELSE effective_at END, source, '', '', NULL
FROM kpi_rules r;
DROP TABLE order_rules;
DROP TABLE kpi_rules;

-- Office hours of a calendar, and its zone.
ALTER TABLE calendars RENAME TO calendars_old;
CREATE TABLE calendars (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,
	name        TEXT NOT NULL,
	edition     TEXT NOT NULL,
	zone        TEXT NOT NULL,             -- "+08:00"
	morning_start TEXT NOT NULL,           -- "08:30"
	morning_end TEXT NOT NULL,
	afternoon_start TEXT NOT NULL,
	afternoon_end TEXT NOT NULL,
	effective_at BIGINT,
	source      TEXT NOT NULL,
	proposed_by TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at BIGINT,
	UNIQUE (name, edition)
);
INSERT INTO calendars (id, version, created_at, updated_at, state, name, edition, zone, morning_start, morning_end,
	afternoon_start, afternoon_end, effective_at, source, proposed_by, confirmed_by, confirmed_at)
SELECT '019b0000-0000-7000-807b-' || substr('000000000000' || (SELECT count(*) FROM calendars_old p WHERE p.name <= c.name), -12),
	1, 0, 0, CASE confirmed WHEN 0 THEN 'unconfirmed' ELSE 'confirmed' END, name, version, '+08:00',
	substr('0' || (morning_start / 60), -2) || ':' || substr('0' || (morning_start % 60), -2),
	substr('0' || (morning_end / 60), -2) || ':' || substr('0' || (morning_end % 60), -2),
	substr('0' || (afternoon_start / 60), -2) || ':' || substr('0' || (afternoon_start % 60), -2),
	substr('0' || (afternoon_end / 60), -2) || ':' || substr('0' || (afternoon_end % 60), -2),
	NULL, source, '', '', NULL
FROM calendars_old c;
DROP TABLE calendars_old;

-- A year's holidays and worked weekends as the State Council publishes them; in a year without a list Monday to Friday are
-- taken, and clocks that reach into it are marked as not certain.
ALTER TABLE calendar_years RENAME TO calendar_years_old;
CREATE TABLE calendar_years (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,
	calendar    TEXT NOT NULL,
	year        BIGINT NOT NULL,
	edition     TEXT NOT NULL,
	days        TEXT NOT NULL,             -- a line each: "2026-01-01,off,元旦" or "2026-01-04,work,元旦调休"
	effective_at BIGINT,
	source      TEXT NOT NULL,
	proposed_by TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at BIGINT,
	UNIQUE (calendar, year, edition)
);
INSERT INTO calendar_years (id, version, created_at, updated_at, state, calendar, year, edition, days, effective_at, source,
	proposed_by, confirmed_by, confirmed_at)
SELECT '019b0000-0000-7000-807c-' || substr('000000000000' || (SELECT count(*) FROM calendar_years_old p
		WHERE p.calendar < y.calendar OR (p.calendar = y.calendar AND p.year <= y.year)), -12),
	1, 0, 0, 'unconfirmed', y.calendar, y.year,
	y.year || '.1', (SELECT group_concat(d.day || ',' || CASE d.working WHEN 0 THEN 'off' ELSE 'work' END || ',' || d.name,
		char(10)) FROM (SELECT * FROM calendar_days ORDER BY day) d
		WHERE d.calendar = y.calendar AND substr(d.day, 1, 4) = CAST(y.year AS TEXT)), NULL, y.source, '', '', NULL
FROM calendar_years_old y;
DROP TABLE calendar_years_old;
DROP TABLE calendar_days;

-- How numbers are written.
ALTER TABLE number_formats RENAME TO number_formats_old;
CREATE TABLE number_formats (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,
	unit_n      BIGINT REFERENCES units (n), -- NULL: every office without one of its own
	kind        TEXT NOT NULL,             -- order notice notice.warning notice.hazard notice.incident notice.tip
	edition     TEXT NOT NULL,
	prefix      TEXT NOT NULL,
	pattern     TEXT NOT NULL,             -- {prefix} {year} {serial}
	effective_at BIGINT,
	source      TEXT NOT NULL,
	proposed_by TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at BIGINT
);
CREATE UNIQUE INDEX number_formats_edition ON number_formats (kind, COALESCE(unit_n, 0), edition);
INSERT INTO number_formats (id, version, created_at, updated_at, state, unit_n, kind, edition, prefix, pattern, effective_at,
	source, proposed_by, confirmed_by, confirmed_at)
SELECT '019b0000-0000-7000-807d-' || substr('000000000000' || (SELECT count(*) FROM number_formats_old p
		WHERE p.kind < f.kind OR (p.kind = f.kind AND p.unit_n <= f.unit_n)), -12),
	1, 0, 0, 'unconfirmed', CASE unit_n WHEN 0 THEN NULL ELSE unit_n END, kind, '2026.1', prefix, pattern, NULL,
	'本程序默认字号，未经确认', '', '', NULL
FROM number_formats_old f;
DROP TABLE number_formats_old;
CREATE INDEX clocks_uncertain ON clocks (calendar, n)
	WHERE confirmed = 0 AND met_at IS NULL AND missed_at IS NULL AND paused_at IS NULL AND ended_at IS NULL;
