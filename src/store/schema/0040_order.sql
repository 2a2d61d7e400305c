-- Orders: what one unit owes another.  due times are copies of the running clock's, for lists.
CREATE TABLE orders (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,
	number      TEXT NOT NULL,
	kind        TEXT NOT NULL,
	unit_n      BIGINT NOT NULL,
	issuer_n    BIGINT NOT NULL,           -- 0 while there is no office yet
	title       TEXT NOT NULL,
	text        TEXT NOT NULL DEFAULT '',
	severity    TEXT NOT NULL,
	template    TEXT NOT NULL,             -- the deadlines it was issued under
	template_version TEXT NOT NULL,
	acknowledge_due BIGINT,
	answer_due  BIGINT,
	acknowledged_at BIGINT,
	answered_at BIGINT,
	verified_at BIGINT,
	returned_proposed TEXT,
	returns     BIGINT NOT NULL DEFAULT 0,
	urges       BIGINT NOT NULL DEFAULT 0,
	level       BIGINT NOT NULL DEFAULT 0, -- times escalated
	escalated_n BIGINT,                    -- the unit it has risen to
	extension_until BIGINT,                -- asked for and not decided yet
	extension_reason TEXT,
	findings    BIGINT NOT NULL DEFAULT 0,
	UNIQUE (issuer_n, number)
);
CREATE INDEX orders_unit ON orders (unit_n, n);
CREATE INDEX orders_state ON orders (state, n, unit_n);
CREATE INDEX orders_answer_due ON orders (answer_due, n);
CREATE INDEX orders_verified ON orders (verified_at) WHERE state = 'verified';

CREATE TABLE items (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	order_n     BIGINT NOT NULL,
	state       TEXT NOT NULL,             -- open answered returned disputed verified upheld withdrawn
	title       TEXT NOT NULL,
	kind        TEXT NOT NULL,
	severity    TEXT NOT NULL,
	asset_n     BIGINT,
	software_n  BIGINT,
	findings    BIGINT NOT NULL,
	claim       TEXT,
	text        TEXT,
	new_version TEXT,
	patch       TEXT,
	answered_at BIGINT,
	answered_by BIGINT NOT NULL DEFAULT 0,
	answered_name TEXT,
	on_behalf   TEXT,                      -- JSON {"channel","person","at"}
	contradiction TEXT                     -- why the proof speaks against the claim
);
CREATE INDEX items_order ON items (order_n, n);

-- Every finding an item ever held; which order asks for it now is findings.order_n.
CREATE TABLE item_findings (
	item_n      BIGINT NOT NULL,
	finding_n   BIGINT NOT NULL,
	PRIMARY KEY (item_n, finding_n)
);
CREATE INDEX item_findings_finding ON item_findings (finding_n);

-- One deadline of anything.  Running: neither met, ended nor paused; overdue is derived; missed_at is set once.
CREATE TABLE clocks (
	n           INTEGER PRIMARY KEY,
	resource    TEXT NOT NULL,
	record_n    BIGINT NOT NULL,
	kind        TEXT NOT NULL,             -- acknowledge, answer, escalate
	rule        TEXT NOT NULL,             -- template and version, calendar and version
	confirmed   BIGINT NOT NULL,           -- 0: counted over days whose calendar is not published yet
	calendar    TEXT NOT NULL,
	working     BIGINT NOT NULL,           -- counts working time only
	start_at    BIGINT NOT NULL,
	due_at      BIGINT NOT NULL,
	paused_at   BIGINT,
	remaining   BIGINT,                    -- milliseconds (of working time) left when paused
	met_at      BIGINT,
	missed_at   BIGINT,
	ended_at    BIGINT
);
CREATE INDEX clocks_running ON clocks (due_at)
	WHERE met_at IS NULL AND missed_at IS NULL AND paused_at IS NULL AND ended_at IS NULL;
CREATE INDEX clocks_record ON clocks (resource, record_n, n);

-- Wall and boot time as last seen together: when they part by more than an hour nothing fires.
CREATE TABLE clock_marks (
	n           INTEGER PRIMARY KEY,
	boot_id     TEXT NOT NULL,
	wall        BIGINT NOT NULL,
	boot        BIGINT NOT NULL,
	alarm_at    BIGINT
);

-- Deadlines by severity: rule data.  Units: hour, working_hour, day, working_day.  The newest version in effect counts.
CREATE TABLE order_templates (
	n           INTEGER PRIMARY KEY,
	name        TEXT NOT NULL,
	version     TEXT NOT NULL,
	severity    TEXT NOT NULL,
	acknowledge_amount BIGINT NOT NULL,
	acknowledge_unit TEXT NOT NULL,
	answer_amount BIGINT NOT NULL,
	answer_unit TEXT NOT NULL,
	rework_amount BIGINT NOT NULL,
	rework_unit TEXT NOT NULL,
	escalate_amount BIGINT NOT NULL,       -- after a missed deadline, to the next level up
	escalate_unit TEXT NOT NULL,
	calendar    TEXT NOT NULL,
	effective_at BIGINT NOT NULL,
	source      TEXT NOT NULL,
	confirmed   BIGINT NOT NULL,
	UNIQUE (name, version, severity)
);
INSERT INTO order_templates (name, version, severity, acknowledge_amount, acknowledge_unit, answer_amount, answer_unit,
	rework_amount, rework_unit, escalate_amount, escalate_unit, calendar, effective_at, source, confirmed)
VALUES
	('default', '2026.1', 'critical', 4, 'working_hour', 3, 'working_day', 1, 'working_day', 1, 'working_day', 'cn', 0, '本程序默认时限，未经确认', 0),
	('default', '2026.1', 'high', 1, 'working_day', 7, 'working_day', 3, 'working_day', 1, 'working_day', 'cn', 0, '本程序默认时限，未经确认', 0),
	('default', '2026.1', 'medium', 2, 'working_day', 15, 'working_day', 5, 'working_day', 3, 'working_day', 'cn', 0, '本程序默认时限，未经确认', 0),
	('default', '2026.1', 'low', 3, 'working_day', 30, 'working_day', 10, 'working_day', 5, 'working_day', 'cn', 0, '本程序默认时限，未经确认', 0),
	('default', '2026.1', 'none', 3, 'working_day', 30, 'working_day', 10, 'working_day', 5, 'working_day', 'cn', 0, '本程序默认时限，未经确认', 0);

-- Single numbers of this room that are rules, not constants.
CREATE TABLE order_rules (
	name        TEXT NOT NULL,
	version     TEXT NOT NULL,
	value       BIGINT NOT NULL,
	effective_at BIGINT NOT NULL,
	source      TEXT NOT NULL,
	confirmed   BIGINT NOT NULL,
	PRIMARY KEY (name, version)
);
INSERT INTO order_rules (name, version, value, effective_at, source, confirmed)
VALUES
	('archive_after_days', '2026.1', 7, 0, '本程序默认值，未经确认', 0),
	('mitigated_review_days', '2026.1', 90, 0, '本程序默认值，未经确认', 0);

-- A calendar: minutes of the local day in which the office works, and its zone.  Monday to Friday are working days
-- unless calendar_days says otherwise.
CREATE TABLE calendars (
	name        TEXT PRIMARY KEY,
	version     TEXT NOT NULL,
	offset_ms   BIGINT NOT NULL,
	morning_start BIGINT NOT NULL,
	morning_end BIGINT NOT NULL,
	afternoon_start BIGINT NOT NULL,
	afternoon_end BIGINT NOT NULL,
	source      TEXT NOT NULL,
	confirmed   BIGINT NOT NULL
);
INSERT INTO calendars (name, version, offset_ms, morning_start, morning_end, afternoon_start, afternoon_end, source, confirmed)
VALUES ('cn', '2026.1', 28800000, 510, 720, 870, 1050, '上班时间 8:30—12:00、14:30—17:30 为本程序默认值，未经确认；期间的计算依民法典第二百零一条、第二百零三条', 0);

-- Years whose published list is complete below; in any other year Monday to Friday are taken and the clock is marked.
CREATE TABLE calendar_years (
	calendar    TEXT NOT NULL,
	year        BIGINT NOT NULL,
	source      TEXT NOT NULL,
	PRIMARY KEY (calendar, year)
);
INSERT INTO calendar_years (calendar, year, source)
VALUES ('cn', 2026, '国务院办公厅关于2026年部分节假日安排的通知（2025年11月4日）');
CREATE TABLE calendar_days (
	calendar    TEXT NOT NULL,
	day         TEXT NOT NULL,             -- local date
	working     BIGINT NOT NULL,
	name        TEXT NOT NULL,
	PRIMARY KEY (calendar, day)
);
INSERT INTO calendar_days (calendar, day, working, name) VALUES
	('cn', '2026-01-01', 0, '元旦'), ('cn', '2026-01-02', 0, '元旦'), ('cn', '2026-01-03', 0, '元旦'),
	('cn', '2026-01-04', 1, '元旦调休'),
	('cn', '2026-02-14', 1, '春节调休'),
	('cn', '2026-02-15', 0, '春节'), ('cn', '2026-02-16', 0, '春节'), ('cn', '2026-02-17', 0, '春节'),
	('cn', '2026-02-18', 0, '春节'), ('cn', '2026-02-19', 0, '春节'), ('cn', '2026-02-20', 0, '春节'),
	('cn', '2026-02-21', 0, '春节'), ('cn', '2026-02-22', 0, '春节'), ('cn', '2026-02-23', 0, '春节'),
	('cn', '2026-02-28', 1, '春节调休'),
	('cn', '2026-04-04', 0, '清明节'), ('cn', '2026-04-05', 0, '清明节'), ('cn', '2026-04-06', 0, '清明节'),
	('cn', '2026-05-01', 0, '劳动节'), ('cn', '2026-05-02', 0, '劳动节'), ('cn', '2026-05-03', 0, '劳动节'),
	('cn', '2026-05-04', 0, '劳动节'), ('cn', '2026-05-05', 0, '劳动节'), ('cn', '2026-05-09', 1, '劳动节调休'),
	('cn', '2026-06-19', 0, '端午节'), ('cn', '2026-06-20', 0, '端午节'), ('cn', '2026-06-21', 0, '端午节'),
	('cn', '2026-09-20', 1, '国庆节调休'),
	('cn', '2026-09-25', 0, '中秋节'), ('cn', '2026-09-26', 0, '中秋节'), ('cn', '2026-09-27', 0, '中秋节'),
	('cn', '2026-10-01', 0, '国庆节'), ('cn', '2026-10-02', 0, '国庆节'), ('cn', '2026-10-03', 0, '国庆节'),
	('cn', '2026-10-04', 0, '国庆节'), ('cn', '2026-10-05', 0, '国庆节'), ('cn', '2026-10-06', 0, '国庆节'),
	('cn', '2026-10-07', 0, '国庆节'), ('cn', '2026-10-10', 1, '国庆节调休');

-- How an issuing office writes its numbers; an office without a row takes that of unit_n 0.
CREATE TABLE number_formats (
	unit_n      BIGINT NOT NULL,
	kind        TEXT NOT NULL,
	prefix      TEXT NOT NULL,
	pattern     TEXT NOT NULL,             -- {prefix} {year} {serial}
	PRIMARY KEY (unit_n, kind)
);
INSERT INTO number_formats (unit_n, kind, prefix, pattern)
VALUES (0, 'order', '湛网交', '{prefix}〔{year}〕{serial}号');
