-- What facets count: findings by age, and the few that are no vulnerabilities by kind.
CREATE INDEX findings_first_seen ON findings (first_seen, n, state, severity, unit_n, kind);
CREATE INDEX findings_kind ON findings (kind, priority, n, unit_n, state, severity) WHERE kind <> 'vulnerability';
