-- What is counted again and again.  Open findings by unit, severity and age are one walk over an index that is as
-- long as what is open, not as what there ever was (COALESCE keeps the walk off the indexes that begin with the
-- state); whether a unit has let a time to acknowledge pass is one seek; orders of some states come in the order of
-- what is due next; and facets by age and by what is known exploited need no row beside their index.
CREATE INDEX findings_open ON findings (unit_n, severity, first_seen, state)
	WHERE COALESCE(state, '') IN ('new', 'confirmed', 'ordered', 'fixed');
DROP INDEX findings_first_seen;
CREATE INDEX findings_first_seen ON findings (first_seen, n, state, severity, unit_n, kind, kev);
DROP INDEX findings_kev;
CREATE INDEX findings_kev ON findings (kev, priority, n, unit_n, state, severity, kind, first_seen);
CREATE INDEX orders_silent ON orders (unit_n, acknowledge_due) WHERE state = 'sent';
CREATE INDEX orders_state_due ON orders (state, COALESCE(CASE state WHEN 'sent' THEN acknowledge_due
	WHEN 'handling' THEN answer_due WHEN 'partly_answered' THEN answer_due END, 253402300799999));
