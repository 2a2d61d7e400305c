-- Notices: numbered, approved documents to many units, each of which gets an order.
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
CREATE UNIQUE INDEX notices_number ON notices (issuer_n, number) WHERE number <> '';
CREATE INDEX notices_issuer ON notices (issuer_n, n);
CREATE INDEX notices_state ON notices (state, n, issuer_n);

-- Before it is issued: who was added or taken out by hand.  Issued: who gets it, in what order, and which order was made.
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

INSERT INTO number_formats (unit_n, kind, prefix, pattern) VALUES (0, 'notice', '湛网通', '{prefix}〔{year}〕{serial}号');
