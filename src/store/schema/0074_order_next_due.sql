-- What is to be done next on an order: by when.  Lists of work are sorted by it; what is due at no time comes last.
CREATE INDEX orders_next_due ON orders (COALESCE(CASE state WHEN 'sent' THEN acknowledge_due
	WHEN 'handling' THEN answer_due WHEN 'partly_answered' THEN answer_due END, 253402300799999));
