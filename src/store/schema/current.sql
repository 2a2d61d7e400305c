-- Made by tools/schema_dump.sh from all migrations together: do not edit.

-- store/seawall.db

CREATE TABLE assets (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	unit_n       BIGINT,                   -- the unit responsible; NULL: not yet claimed
	kind         TEXT NOT NULL,            -- system host site service device dataset
	name         TEXT NOT NULL,
	address      TEXT NOT NULL,            -- IP address or host name in its canonical form, '' if unknown
	parent_n     BIGINT,                   -- host: its system; service: its host
	operator_n   BIGINT,
	hosting_n    BIGINT,
	importance   TEXT NOT NULL,            -- high medium low
	exposure     TEXT NOT NULL,            -- internet internal
	mlps_level   BIGINT NOT NULL,          -- level of protection 1 to 5, 0: not graded
	record_number TEXT NOT NULL,           -- number of the filing, ''
	note         TEXT NOT NULL,
	source       TEXT NOT NULL,            -- csv, person, declaration …
	seen_first   BIGINT NOT NULL,
	seen_last    BIGINT NOT NULL,          -- when a source last said something new about it
	retired_at   BIGINT,
	inventory    BIGINT NOT NULL DEFAULT 0 -- stamp of the last change of its software; ascends in commit order; 0: none
, url TEXT NOT NULL DEFAULT '', hosting TEXT NOT NULL DEFAULT '', hosting_party TEXT NOT NULL DEFAULT '', operator_party TEXT NOT NULL DEFAULT '', unknown TEXT NOT NULL DEFAULT '[]', confirmed_at BIGINT, confirmed_by TEXT NOT NULL DEFAULT '');

CREATE INDEX assets_address ON assets (address, n) WHERE address <> '';

CREATE UNIQUE INDEX assets_identity ON assets (unit_n, kind, name);

CREATE INDEX assets_inventory ON assets (inventory, n) WHERE inventory > 0;

CREATE INDEX assets_kind ON assets (kind, n, unit_n, exposure, importance);

CREATE INDEX assets_name ON assets (name, n);

CREATE INDEX assets_parent ON assets (parent_n) WHERE parent_n IS NOT NULL;

CREATE INDEX assets_unit ON assets (unit_n, n, kind);

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
, step_n BIGINT, on_behalf BIGINT NOT NULL DEFAULT 0);

CREATE INDEX attachments_record ON attachments (resource, record_n, n);

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

CREATE TABLE change_head (
	n        INTEGER PRIMARY KEY CHECK (n = 1),
	change_n BIGINT NOT NULL,
	hash     TEXT NOT NULL
);

CREATE TABLE change_values (
	change_n BIGINT PRIMARY KEY,
	body     TEXT NOT NULL,
	purged_at BIGINT
);

CREATE TABLE changes (
	n           INTEGER PRIMARY KEY,       -- the sequence: commit order
	id          TEXT NOT NULL UNIQUE,
	at          BIGINT NOT NULL,
	resource    TEXT NOT NULL,
	record_n    BIGINT NOT NULL,
	record_id   TEXT NOT NULL,
	version     BIGINT NOT NULL,
	verb        TEXT NOT NULL,
	unit_before_n BIGINT NOT NULL,
	unit_after_n  BIGINT NOT NULL,
	actor_user_n  BIGINT NOT NULL,
	actor       TEXT NOT NULL,
	address     TEXT NOT NULL,
	request     TEXT NOT NULL,
	values_hash TEXT NOT NULL,             -- SHA-256 of the attachment, '' without one
	hash        TEXT NOT NULL              -- SHA-256 over the row and the hash before it
);

CREATE INDEX changes_record ON changes (resource, record_n, n);

CREATE INDEX changes_unit ON changes (unit_after_n, n);

CREATE TABLE checkpoints (
	n         INTEGER PRIMARY KEY,
	at        BIGINT NOT NULL,
	change_n  BIGINT NOT NULL,
	hash      TEXT NOT NULL,
	key_id    TEXT NOT NULL,
	signature TEXT NOT NULL
);

CREATE TABLE clock_marks (
	n           INTEGER PRIMARY KEY,
	boot_id     TEXT NOT NULL,
	wall        BIGINT NOT NULL,
	boot        BIGINT NOT NULL,
	alarm_at    BIGINT
);

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

CREATE INDEX clocks_record ON clocks (resource, record_n, n);

CREATE INDEX clocks_running ON clocks (due_at)
	WHERE met_at IS NULL AND missed_at IS NULL AND paused_at IS NULL AND ended_at IS NULL;

CREATE INDEX clocks_uncertain ON clocks (calendar, n)
	WHERE confirmed = 0 AND met_at IS NULL AND missed_at IS NULL AND paused_at IS NULL AND ended_at IS NULL;

CREATE TABLE counters (
	series TEXT PRIMARY KEY,
	value  BIGINT NOT NULL
);

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

CREATE TABLE declarations (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	state        TEXT NOT NULL,            -- draft submitted returned accepted superseded
	unit_n       BIGINT NOT NULL,
	order_n      BIGINT,                   -- the order it answers; NULL: declared unasked
	says         TEXT NOT NULL,            -- system none unchanged
	name         TEXT NOT NULL,
	url          TEXT NOT NULL,
	address      TEXT NOT NULL,
	mlps_level   TEXT NOT NULL,            -- '' ungraded 1 2 3 4 5
	record_number TEXT NOT NULL,
	hosting      TEXT NOT NULL,            -- '' own_room government_cloud cloud colocation
	hosting_party TEXT NOT NULL,
	operator     TEXT NOT NULL,
	importance   TEXT NOT NULL,            -- '' high medium low
	exposure     TEXT NOT NULL,            -- '' internal internet
	software     TEXT NOT NULL,            -- JSON array
	unknown      TEXT NOT NULL,            -- JSON array of the names above
	note         TEXT NOT NULL,
	asset_n      BIGINT,                   -- the system it is about, once it is known
	host_n       BIGINT,
	reason       TEXT,                     -- why it was returned
	declared_by  TEXT NOT NULL,
	declared_at  BIGINT,
	on_behalf    TEXT NOT NULL,            -- JSON {"channel","person","at"}
	decided_by   TEXT NOT NULL,
	decided_at   BIGINT,
	user_n       BIGINT NOT NULL DEFAULT 0 -- who submitted it: four eyes
);

CREATE INDEX declarations_asset ON declarations (asset_n, n) WHERE asset_n IS NOT NULL;

CREATE INDEX declarations_host ON declarations (host_n, n) WHERE host_n IS NOT NULL;

CREATE INDEX declarations_order ON declarations (order_n, n) WHERE order_n IS NOT NULL;

CREATE INDEX declarations_state ON declarations (state, n, unit_n);

CREATE INDEX declarations_unit ON declarations (unit_n, n);

CREATE TABLE divisions (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	code       TEXT NOT NULL UNIQUE,       -- GB/T 2260 (6 digits), GB/T 10114 (9), or a local code of a functional zone
	name       TEXT NOT NULL,
	level      TEXT NOT NULL,
	parent_n   BIGINT REFERENCES divisions (n),
	gb_code    TEXT NOT NULL               -- of a zone: the code that stands for it outside; else the code itself
);

CREATE INDEX divisions_parent ON divisions (parent_n, n);

CREATE TABLE duties (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	person_n   BIGINT NOT NULL REFERENCES persons (n),
	unit_n     BIGINT NOT NULL REFERENCES units (n),
	kind       TEXT NOT NULL,
	from_date  TEXT NOT NULL,              -- '': always was
	to_date    TEXT NOT NULL               -- from this day on no longer; '': no end known
);

CREATE INDEX duties_person ON duties (person_n, unit_n);

CREATE INDEX duties_unit ON duties (unit_n, n);

CREATE TABLE facts (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

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

CREATE INDEX findings_accepted ON findings (accepted_until) WHERE accepted_until IS NOT NULL;

CREATE INDEX findings_first_seen ON findings (first_seen, n, state, severity, unit_n, kind, kev);

CREATE INDEX findings_kev ON findings (kev, priority, n, unit_n, state, severity, kind, first_seen);

CREATE INDEX findings_kind ON findings (kind, priority, n, unit_n, state, severity) WHERE kind <> 'vulnerability';

CREATE INDEX findings_open ON findings (unit_n, severity, first_seen, state)
	WHERE COALESCE(state, '') IN ('new', 'confirmed', 'ordered', 'fixed');

CREATE INDEX findings_order ON findings (order_n) WHERE order_n IS NOT NULL;

CREATE INDEX findings_priority ON findings (priority, n, unit_n, kind);

CREATE INDEX findings_severity ON findings (severity, priority, n, unit_n, kind);

CREATE INDEX findings_state ON findings (state, priority, n, unit_n, kind);

CREATE INDEX findings_state_severity ON findings (state, severity, priority, n, unit_n, kind);

CREATE INDEX findings_unit ON findings (unit_n, priority, n, state, severity, kind);

CREATE INDEX findings_vuln ON findings (vuln_id, priority, n);

CREATE TABLE grants (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	user_n     BIGINT NOT NULL REFERENCES users (n),
	role       TEXT NOT NULL,
	unit_n     BIGINT NOT NULL REFERENCES units (n),
	tree       TEXT NOT NULL,              -- parent, supervisor
	from_at    BIGINT,
	to_at      BIGINT
);

CREATE INDEX grants_unit ON grants (unit_n, n);

CREATE INDEX grants_user ON grants (user_n, n);

CREATE TABLE idempotency (
	actor     TEXT NOT NULL,
	key       TEXT NOT NULL,
	request_hash TEXT NOT NULL,
	status    BIGINT NOT NULL,
	body      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (actor, key)
);

CREATE INDEX idempotency_age ON idempotency (at);

CREATE TABLE import_plan_rows (
	plan_n       BIGINT NOT NULL,
	ordinal      BIGINT NOT NULL,          -- from 1
	action       TEXT NOT NULL,            -- new changed
	line         BIGINT NOT NULL,
	unit_n       BIGINT NOT NULL,
	name         TEXT NOT NULL,
	system_name  TEXT NOT NULL,            -- '' in these four: not said, kept as it is
	address      TEXT NOT NULL,
	importance   TEXT NOT NULL,
	exposure     TEXT NOT NULL,
	software     TEXT NOT NULL,            -- JSON array of arrays: product, vendor, version, CPE
	PRIMARY KEY (plan_n, ordinal)
);

CREATE TABLE import_plans (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	kind         TEXT NOT NULL,            -- assets
	state        TEXT NOT NULL,            -- received building ready refused applying applied cancelled
	actor        TEXT NOT NULL,
	user_n       BIGINT NOT NULL,
	unit_n       BIGINT,                   -- for row scope: where who uploaded it may write; NULL: the whole city
	scope        TEXT NOT NULL,            -- '*', or the numbers of the units it may touch, with commas around
	file         TEXT NOT NULL,            -- SHA-256 of the uploaded blob, '' when read from a local file
	rows_read    BIGINT NOT NULL,
	rows_new     BIGINT NOT NULL,
	rows_changed BIGINT NOT NULL,
	rows_unchanged BIGINT NOT NULL,
	rows_refused BIGINT NOT NULL,
	removed      BIGINT NOT NULL,          -- software that vanishes
	hosts        BIGINT NOT NULL,          -- rows of the plan
	applied      BIGINT NOT NULL,          -- rows of the plan done so far
	problems     TEXT NOT NULL             -- JSON array, at most 100
, options TEXT NOT NULL DEFAULT '{}', rows_asked BIGINT NOT NULL DEFAULT 0, columns TEXT NOT NULL DEFAULT '[]', name TEXT NOT NULL DEFAULT '', bytes BIGINT NOT NULL DEFAULT 0, kept TEXT NOT NULL DEFAULT 'all');

CREATE INDEX import_plans_file ON import_plans (file) WHERE file <> '';

CREATE INDEX import_plans_kept ON import_plans (state, updated_at) WHERE kept <> 'none' OR file <> '';

CREATE INDEX import_plans_open ON import_plans (n) WHERE state IN ('building', 'applying');

CREATE INDEX import_plans_user ON import_plans (user_n, state);

CREATE TABLE import_shapes (
	kind         TEXT NOT NULL,
	shape        TEXT NOT NULL,            -- SHA-256 of the headings
	unit_n       BIGINT NOT NULL,          -- whose habit it is; 0: the city's
	mapping      TEXT NOT NULL,            -- JSON object: heading to field
	updated_at   BIGINT NOT NULL,
	PRIMARY KEY (kind, shape, unit_n)
);

CREATE TABLE import_sheet_rows (
	plan_n       BIGINT NOT NULL,
	ordinal      BIGINT NOT NULL,          -- from 1, in order of the file
	line         BIGINT NOT NULL,
	action       TEXT NOT NULL,            -- unchanged new changed refused question
	mark         TEXT NOT NULL,            -- the gravest of its faults: '' repaired proposed fault question
	target_n     BIGINT NOT NULL,          -- the record it is about, 0: a new one
	cells        TEXT NOT NULL,            -- JSON array: as read, by column of the file
	vals         TEXT NOT NULL,            -- JSON object: by column of the kind, as they go in
	faults       TEXT NOT NULL,            -- JSON array of {column, mark, zh, en, proposal}
	decision     TEXT NOT NULL,            -- '' new same:CODE
	data         TEXT NOT NULL,            -- what the kind keeps between comparing and writing
	PRIMARY KEY (plan_n, ordinal)
);

CREATE INDEX import_sheet_rows_action ON import_sheet_rows (plan_n, action, ordinal);

CREATE INDEX import_sheet_rows_mark ON import_sheet_rows (plan_n, mark, ordinal);

CREATE TABLE instructions (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	state      TEXT NOT NULL,              -- open done
	subject    TEXT NOT NULL,              -- order finding notice
	subject_id TEXT NOT NULL,
	subject_name TEXT NOT NULL,            -- number or title when it was given
	unit_n     BIGINT,                     -- of the subject, for scope; NULL: only who sees the whole city
	text       TEXT NOT NULL,
	leader     TEXT NOT NULL,              -- account of who gave it
	until_at   BIGINT,
	result     TEXT NOT NULL DEFAULT '',   -- what was done, in words
	done_by    TEXT NOT NULL DEFAULT '',
	done_at    BIGINT
);

CREATE INDEX instructions_state ON instructions (state, n, unit_n);

CREATE INDEX instructions_subject ON instructions (subject, subject_id);

CREATE INDEX instructions_unit ON instructions (unit_n, n);

CREATE TABLE item_findings (
	item_n      BIGINT NOT NULL,
	finding_n   BIGINT NOT NULL,
	PRIMARY KEY (item_n, finding_n)
);

CREATE INDEX item_findings_finding ON item_findings (finding_n);

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

CREATE TABLE jobs (
	n          INTEGER PRIMARY KEY,
	kind       TEXT NOT NULL,
	key        TEXT NOT NULL,
	lane       BIGINT NOT NULL,
	state      TEXT NOT NULL,              -- waiting, running, failed; a job that is done is deleted
	run_at     BIGINT NOT NULL,
	lease      BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	attempts   BIGINT NOT NULL,
	argument   TEXT NOT NULL,
	reason     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at   BIGINT
);

CREATE INDEX jobs_due ON jobs (lane, run_at) WHERE state = 'waiting';

CREATE INDEX jobs_lease ON jobs (lane, lease_until) WHERE state = 'running';

CREATE INDEX jobs_running ON jobs (kind, key) WHERE state = 'running';

CREATE UNIQUE INDEX jobs_waiting ON jobs (kind, key) WHERE state = 'waiting';

CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL);

CREATE TABLE notice_recipients (
	n           INTEGER PRIMARY KEY,
	notice_n    BIGINT NOT NULL REFERENCES notices (n),
	unit_n      BIGINT NOT NULL,
	mark        TEXT NOT NULL,             -- '' by the rule, added, removed
	part        TEXT NOT NULL,             -- main support copy
	reason      TEXT NOT NULL,
	own_rows    TEXT NOT NULL,             -- what concerns this unit alone, one a line
	order_n     BIGINT,
	failure     TEXT NOT NULL,             -- why no order could be made
	at          BIGINT NOT NULL,
	actor       TEXT NOT NULL,
	UNIQUE (notice_n, unit_n)
);

CREATE INDEX notice_recipients_waiting ON notice_recipients (notice_n, n) WHERE order_n IS NULL;

CREATE TABLE notices (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	state       TEXT NOT NULL,             -- draft to_approve approved issued recalled discarded
	number      TEXT NOT NULL,             -- '' until it is issued, unless it was typed
	kind        TEXT NOT NULL,             -- warning hazard incident tip
	issuer_n    BIGINT REFERENCES units (n), -- the office whose notice it is
	title       TEXT NOT NULL,
	text        TEXT NOT NULL,
	vulns       TEXT NOT NULL,             -- JSON list of the vulnerabilities it speaks of
	severity    TEXT NOT NULL,
	colour      TEXT NOT NULL,             -- of a warning: blue yellow orange red; none
	tlp         TEXT NOT NULL,             -- FIRST TLP 2.0: clear green amber amber+strict red
	reply       TEXT NOT NULL,             -- none acknowledge answer
	due         BIGINT,
	recipients  TEXT NOT NULL,             -- JSON: by which rule
	source      TEXT NOT NULL,
	source_number TEXT NOT NULL,
	template    TEXT NOT NULL,             -- kind/name/version of the words it began with
	approved_by TEXT NOT NULL,
	approved_at BIGINT,
	paper       TEXT NOT NULL,             -- JSON {"person","at"}: approved on paper
	issued_by   BIGINT NOT NULL DEFAULT 0, -- user, in whose name what is left is sent
	issued_at   BIGINT,
	recalled_at BIGINT
);

CREATE INDEX notices_issuer ON notices (issuer_n, n);

CREATE UNIQUE INDEX notices_number ON notices (issuer_n, number) WHERE number <> '';

CREATE INDEX notices_state ON notices (state, n, issuer_n);

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

CREATE TABLE "orders" (
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
, topic TEXT NOT NULL DEFAULT '', number_wanted TEXT NOT NULL DEFAULT '', due_wanted BIGINT, on_behalf_count BIGINT NOT NULL DEFAULT 0, calls BIGINT NOT NULL DEFAULT 0, last_call TEXT NOT NULL DEFAULT '', last_call_at BIGINT, last_call_text TEXT NOT NULL DEFAULT '', last_note TEXT NOT NULL DEFAULT '', last_note_at BIGINT, redirected_from_n BIGINT);

CREATE INDEX orders_answer_due ON orders (answer_due, n);

CREATE INDEX orders_batch ON orders (batch, n) WHERE batch <> '';

CREATE INDEX orders_main ON orders (main_n) WHERE main_n IS NOT NULL;

CREATE INDEX orders_next_due ON orders (COALESCE(CASE state WHEN 'sent' THEN acknowledge_due
	WHEN 'handling' THEN answer_due WHEN 'partly_answered' THEN answer_due END, 253402300799999));

CREATE INDEX orders_notice ON orders (notice_n) WHERE notice_n IS NOT NULL;

CREATE UNIQUE INDEX orders_number ON orders (issuer_n, number) WHERE number <> '';

CREATE INDEX orders_redirected ON orders (redirected_from_n) WHERE redirected_from_n IS NOT NULL;

CREATE INDEX orders_silent ON orders (unit_n, acknowledge_due) WHERE state = 'sent';

CREATE INDEX orders_state ON orders (state, n, unit_n);

CREATE INDEX orders_state_due ON orders (state, COALESCE(CASE state WHEN 'sent' THEN acknowledge_due
	WHEN 'handling' THEN answer_due WHEN 'partly_answered' THEN answer_due END, 253402300799999));

CREATE INDEX orders_unit ON orders (unit_n, n);

CREATE INDEX orders_unsent ON orders (issuer_n, n) WHERE sent_at IS NULL;

CREATE INDEX orders_verified ON orders (verified_at) WHERE state = 'verified';

CREATE TABLE persons (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	unit_n     BIGINT NOT NULL REFERENCES units (n),   -- where the person belongs; duties may be elsewhere too
	name       TEXT NOT NULL,
	post       TEXT NOT NULL,
	phone      TEXT NOT NULL,
	mail       TEXT NOT NULL,
	note       TEXT NOT NULL
, phone_wrong_at BIGINT);

CREATE INDEX persons_name ON persons (name, n);

CREATE INDEX persons_unit ON persons (unit_n, n);

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

CREATE TABLE recovery_codes (
	n       INTEGER PRIMARY KEY,
	user_n  BIGINT NOT NULL REFERENCES users (n),
	hash    TEXT NOT NULL                  -- SHA-256; a code that was used is deleted
);

CREATE INDEX recovery_codes_user ON recovery_codes (user_n, hash);

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

CREATE VIRTUAL TABLE search_index
	USING fts5 (body, content='search_texts', content_rowid='n', columnsize=0, tokenize='ascii');

CREATE TABLE search_texts (
	n        INTEGER PRIMARY KEY,
	resource TEXT NOT NULL,
	record_n BIGINT NOT NULL,
	body     TEXT NOT NULL,
	UNIQUE (resource, record_n)
);

CREATE TABLE sessions (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	user_n     BIGINT NOT NULL REFERENCES users (n),
	token_hash TEXT NOT NULL UNIQUE,       -- SHA-256 of the cookie's value
	created_at BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	address    TEXT NOT NULL
);

CREATE INDEX sessions_user ON sessions (user_n, n);

CREATE TABLE settings (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE shift_notes (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	state      TEXT NOT NULL,              -- open acknowledged
	unit_n     BIGINT,                     -- the office; NULL: before there is one
	text       TEXT NOT NULL,
	writer     TEXT NOT NULL,
	writer_n   BIGINT REFERENCES users (n),
	next_n     BIGINT REFERENCES persons (n),
	snapshot   TEXT NOT NULL,              -- JSON: counts and ids
	taken_by   TEXT NOT NULL DEFAULT '',
	taken_at   BIGINT
);

CREATE INDEX shift_notes_state ON shift_notes (state, n, unit_n);

CREATE INDEX shift_notes_unit ON shift_notes (unit_n, n);

CREATE TABLE sign_in_failures (
	key      TEXT PRIMARY KEY,
	failures BIGINT NOT NULL,
	last_at  BIGINT NOT NULL,
	until_at BIGINT NOT NULL               -- no attempt before
);

CREATE INDEX sign_in_failures_last ON sign_in_failures (last_at);

CREATE TABLE software (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	unit_n       BIGINT,                   -- that of its host, for row scope
	asset_n      BIGINT NOT NULL,
	source       TEXT NOT NULL,            -- csv, person, declaration …
	identity     TEXT NOT NULL,
	slot         BIGINT NOT NULL,
	part         TEXT NOT NULL,            -- a o h, '' if unknown
	vendor       TEXT NOT NULL,            -- the texts as given, or as the CPE name has them
	product      TEXT NOT NULL,
	product_version TEXT NOT NULL,
	patch        TEXT NOT NULL,
	cpe          TEXT NOT NULL,            -- CPE 2.3 formatted string, '' if none was given
	confidence   BIGINT NOT NULL,          -- 0 to 100
	seen_first   BIGINT NOT NULL,
	seen_last    BIGINT NOT NULL,
	removed_at   BIGINT
);

CREATE INDEX software_asset ON software (asset_n, n);

CREATE UNIQUE INDEX software_identity ON software (asset_n, source, identity, slot) WHERE removed_at IS NULL;

CREATE INDEX software_unit ON software (unit_n, n);

CREATE TABLE software_history (
	n            INTEGER PRIMARY KEY,
	software_n   BIGINT NOT NULL,
	asset_n      BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	verb         TEXT NOT NULL,            -- change remove
	source       TEXT NOT NULL,            -- who said so: csv, answer …
	product_version TEXT NOT NULL,
	patch        TEXT NOT NULL,
	cpe          TEXT NOT NULL
);

CREATE INDEX software_history_asset ON software_history (asset_n, n);

CREATE TABLE steps (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	resource    TEXT NOT NULL,
	record_n    BIGINT NOT NULL,
	from_state  TEXT NOT NULL,
	verb        TEXT NOT NULL,
	to_state    TEXT NOT NULL,
	happened_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	actor_user_n BIGINT NOT NULL,
	actor       TEXT NOT NULL,
	on_whose_word TEXT NOT NULL,
	text        TEXT NOT NULL,
	unit_n      BIGINT NOT NULL,
	county_n    BIGINT NOT NULL,
	severity    TEXT NOT NULL,
	exercise    BIGINT NOT NULL,
	body        TEXT NOT NULL
, subject TEXT NOT NULL DEFAULT '', issuer_n BIGINT NOT NULL DEFAULT 0, reply TEXT NOT NULL DEFAULT '', acknowledge_due BIGINT, answer_due BIGINT, actor_person_n BIGINT NOT NULL DEFAULT 0);

CREATE INDEX steps_order ON steps (resource, record_n, n, recorded_at, happened_at, from_state, verb, to_state, unit_n, subject,
	reply, acknowledge_due, answer_due, on_whose_word, exercise) WHERE resource = 'order';

CREATE INDEX steps_order_sent ON steps (resource, to_state, happened_at, record_n, recorded_at, from_state)
	WHERE resource = 'order' AND to_state = 'sent' AND from_state <> 'sent';

CREATE INDEX steps_order_unit ON steps (resource, unit_n, record_n) WHERE resource = 'order';

CREATE INDEX steps_record ON steps (resource, record_n, n);

CREATE INDEX steps_recorded ON steps (resource, recorded_at);

CREATE INDEX steps_time ON steps (resource, verb, happened_at);

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

CREATE INDEX targets_key ON targets (key, from_date, n);

CREATE INDEX targets_unit ON targets (unit_n, n);

CREATE TABLE template_versions (
	n           INTEGER PRIMARY KEY,
	template_n  BIGINT NOT NULL REFERENCES templates (n),
	version     BIGINT NOT NULL,
	at          BIGINT NOT NULL,
	actor       TEXT NOT NULL,             -- '' as shipped
	title       TEXT NOT NULL,
	problem     TEXT NOT NULL,
	harm        TEXT NOT NULL,
	remedy      TEXT NOT NULL,
	text        TEXT NOT NULL,
	problem_en  TEXT NOT NULL,
	harm_en     TEXT NOT NULL,
	remedy_en   TEXT NOT NULL,
	UNIQUE (template_n, version)
);

CREATE TABLE templates (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	of          TEXT NOT NULL,             -- finding order notice
	kind        TEXT NOT NULL,
	name        TEXT NOT NULL,             -- 'default', or another of the same kind, to be asked for by its name
	title       TEXT NOT NULL,
	problem     TEXT NOT NULL,
	harm        TEXT NOT NULL,
	remedy      TEXT NOT NULL,
	text        TEXT NOT NULL,
	problem_en  TEXT NOT NULL,             -- for readers of English; '' shows the Chinese
	harm_en     TEXT NOT NULL,
	remedy_en   TEXT NOT NULL
);

CREATE UNIQUE INDEX templates_name ON templates (of, kind, name);

CREATE TABLE tokens (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	user_n     BIGINT NOT NULL REFERENCES users (n),
	name       TEXT NOT NULL,
	scope      TEXT NOT NULL,              -- '' all that its user may, 'read', or names of permissions with commas
	expires_at BIGINT NOT NULL,
	last_used_at BIGINT,
	token_hash TEXT NOT NULL DEFAULT ''
);

CREATE UNIQUE INDEX tokens_hash ON tokens (token_hash) WHERE token_hash <> '';

CREATE INDEX tokens_user ON tokens (user_n, n);

CREATE TABLE unit_aliases (
	alias  TEXT NOT NULL,
	unit_n BIGINT NOT NULL REFERENCES units (n),
	PRIMARY KEY (alias, unit_n)
);

CREATE INDEX unit_aliases_unit ON unit_aliases (unit_n);

CREATE TABLE unit_tree (
	ancestor_n   BIGINT NOT NULL,
	descendant_n BIGINT NOT NULL,
	relation     BIGINT NOT NULL,
	PRIMARY KEY (ancestor_n, relation, descendant_n)
);

CREATE INDEX unit_tree_up ON unit_tree (descendant_n, relation, ancestor_n);

CREATE TABLE unit_tree_past (
	ancestor_n   BIGINT NOT NULL,
	descendant_n BIGINT NOT NULL,
	relation     BIGINT NOT NULL,
	from_at      BIGINT NOT NULL,          -- as known: when it was written
	to_at        BIGINT NOT NULL,          -- from this moment on no longer; 9223372036854775807: it still is so
	PRIMARY KEY (ancestor_n, relation, descendant_n, from_at)
);

CREATE INDEX unit_tree_past_up ON unit_tree_past (descendant_n, relation, ancestor_n);

CREATE TABLE units (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	code       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	short_name TEXT NOT NULL,
	kind       TEXT NOT NULL,
	sector     TEXT NOT NULL,
	parent_n     BIGINT REFERENCES units (n),
	supervisor_n BIGINT REFERENCES units (n),
	division_n   BIGINT REFERENCES divisions (n),
	uscc       TEXT NOT NULL,
	sort_order BIGINT NOT NULL,            -- protocol order
	aliases    TEXT NOT NULL,              -- JSON array of texts
	phone      TEXT NOT NULL,              -- watched day and night
	note       TEXT NOT NULL
, contacts_checked_at BIGINT, tags TEXT NOT NULL DEFAULT '[]', inventory TEXT NOT NULL DEFAULT 'unknown', inventory_at BIGINT);

CREATE INDEX units_name ON units (name, n);

CREATE INDEX units_order ON units (sort_order, n);

CREATE INDEX units_parent ON units (parent_n, n);

CREATE INDEX units_short_name ON units (short_name);

CREATE INDEX units_supervisor ON units (supervisor_n, n);

CREATE INDEX units_uscc ON units (uscc) WHERE uscc <> '';

CREATE TABLE users (
	n          INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	name       TEXT NOT NULL UNIQUE,
	person_n   BIGINT REFERENCES persons (n),
	disabled   BIGINT NOT NULL,
	last_sign_in_at BIGINT,
	password_hash   TEXT NOT NULL DEFAULT '',          -- argon2id as text; '': nobody can sign in with a password
	password_at     BIGINT NOT NULL DEFAULT 0
, code_hash TEXT NOT NULL DEFAULT '', code_until BIGINT NOT NULL DEFAULT 0, code_at BIGINT, totp_secret TEXT NOT NULL DEFAULT '', totp_pending TEXT NOT NULL DEFAULT '', totp_step BIGINT NOT NULL DEFAULT 0);

CREATE INDEX users_person ON users (person_n);

-- store/corpus.db, the schema corpus

CREATE TABLE epss (
	cve          TEXT PRIMARY KEY,
	score        BIGINT NOT NULL,
	percentile   BIGINT NOT NULL,
	model        TEXT NOT NULL,            -- scores compare only within one model
	date         TEXT NOT NULL             -- score date of the file that brought this value
);

CREATE TABLE facts (
	name         TEXT PRIMARY KEY,
	value        BIGINT NOT NULL
);

CREATE TABLE feeds (
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

CREATE TABLE kev (
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

CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL);

CREATE TABLE vulns (
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

CREATE INDEX vulns_modified ON vulns (modified, n);

CREATE INDEX vulns_published ON vulns (published, n);

CREATE INDEX vulns_score ON vulns (score, n);

CREATE INDEX vulns_severity ON vulns (severity, n);
