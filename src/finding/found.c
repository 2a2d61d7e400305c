#include "os/clock.h"
#include "finding/life.h"
#include "finding/priority.h"

enum { BATCH_NS = 40 * 1000 * 1000 };

static struct db_value int_or_null(int64_t v)
{
	return v ? db_i(v) : db_null();
}

static struct span or_empty(struct span s, const char *otherwise)
{
	return s.p ? s : span_of(otherwise);
}

static bool born(struct op *op, const struct finding_run *run, const struct finding_seen *s, struct err *err)
{
	char id[UUID_TEXT], text[1024];
	int64_t now = op_now(op), n = 0;
	bool found;
	if (!finding_county_of(op, s->unit_n, run->county, err))
		return false;
	struct str terms = { .p = text, .cap = sizeof text, .max = sizeof text - 1 };
	int64_t priority = finding_priority(run->weights, &s->terms, s->severity, &terms);
	if (!str_check(&terms, err) ||
		!db_int(op_db(op),
			SQL("INSERT INTO findings (id, version, created_at, updated_at, state, unit_n, "
			    "seen_unit_n, asset_n,"
			    " software_n, kind, key, vuln_id, title, severity, score, source, priority, "
			    "terms, kev, epss, first_seen,"
			    " last_seen, explanation) VALUES (?, 1, ?, ?, 'new', ?, ?, ?, ?, ?, ?, ?, ?, ?, "
			    "?, "
			    "?, ?, ?, ?, ?, ?, ?, ?)"
			    " RETURNING n"),
			V(db_z(uuid_make(now, id)), db_i(now), db_i(now), int_or_null(s->unit_n),
				int_or_null(s->unit_n), int_or_null(s->asset_n), int_or_null(s->software_n),
				db_t(s->kind), db_t(s->key), db_t(or_empty(s->vuln_id, "")), db_t(s->title),
				db_z(s->severity), s->terms.score >= 0 ? db_i(s->terms.score) : db_null(),
				db_t(or_empty(s->source, "")), db_i(priority), db_t(str_span(&terms)),
				db_i(s->terms.kev), db_i(s->terms.epss), db_i(now), db_i(now),
				db_t(or_empty(s->explanation, "{}"))),
			&n, &found, err))
		return false;
	struct store_step step = { .resource = "finding",
		.record_n = n,
		.from = "",
		.verb = "find",
		.to = "new",
		.unit_n = s->unit_n,
		.county_n = run->county->county_n,
		.severity = s->severity };
	struct store_change change = { .resource = "finding",
		.record_n = n,
		.record_id = span_of(id),
		.version = 1,
		.verb = "create",
		.unit_after_n = s->unit_n };
	return store_add_step(op->tx, &step, NULL, err) && store_add_change(op->tx, &change, NULL, err);
}

/* The row as it was when the fact was seen again. */
struct known {
	int64_t n, version, unit_n, seen_unit_n, closed_at, last_seen;
	bool in_order, closed;
	bool same_severity, same_derived;
};

static bool look_up(struct op *op, const struct finding_seen *s, struct span terms, struct known *ret,
	bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n, version, unit_n, closed_at, state, severity=?, terms=? AND explanation=?"
			" AND COALESCE(software_n, 0)=?, last_seen, seen_unit_n FROM findings"
			" WHERE asset_n=? AND kind=? AND key=?"),
		    V(db_z(s->severity), db_t(terms), db_t(or_empty(s->explanation, "{}")),
			    db_i(s->software_n), db_i(s->asset_n), db_t(s->kind), db_t(s->key)),
		    &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret_found = row;
	if (!row)
		return true;
	struct span state = db_col_text(r, 4);
	*ret = (struct known){ .n = db_col_int(r, 0),
		.version = db_col_int(r, 1),
		.unit_n = db_col_int(r, 2),
		.closed_at = db_col_int(r, 3),
		.last_seen = db_col_int(r, 7),
		.seen_unit_n = db_col_int(r, 8),
		.closed = span_is(state, "closed"),
		.in_order = span_is(state, "ordered") || span_is(state, "fixed"),
		.same_severity = db_col_int(r, 5) != 0,
		.same_derived = db_col_int(r, 6) != 0 };
	return true;
}

static bool matters(struct op *op, const struct known *k, const struct finding_seen *s, struct err *err)
{
	struct finding_row f;
	bool found;
	/* An order that stands keeps its unit: handing over is its own verb.  What a person or a ruling has
	   assigned stays until the asset itself changes hands. */
	bool moves = !k->in_order && s->unit_n != k->seen_unit_n;
	int64_t unit_n = moves ? s->unit_n : k->unit_n;
	if (!finding_load(op, k->n, &f, &found, err) ||
		!db_exec(op_db(op),
			SQL("UPDATE findings SET severity=?, unit_n=?, seen_unit_n=?, version=version+1,"
			    " updated_at=? WHERE n=?"),
			V(db_z(s->severity), int_or_null(unit_n),
				int_or_null(moves ? s->unit_n : k->seen_unit_n), db_i(op_now(op)),
				db_i(k->n)),
			err))
		return false;
	struct store_change change = { .resource = "finding",
		.record_n = k->n,
		.record_id = span_of(f.id),
		.version = k->version + 1,
		.verb = "change",
		.unit_before_n = k->unit_n,
		.unit_after_n = unit_n,
		.values = arena_printf(store_tx_arena(op->tx),
			"{\"before\":{\"severity\":\"%s\"},\"after\":{\"severity\":\"%s\"}}", f.severity,
			s->severity) };
	return store_add_change(op->tx, &change, NULL, err);
}

static bool again(struct op *op, const struct finding_run *run, const struct known *k, struct err *err)
{
	struct finding_row f;
	bool found;
	return finding_load(op, k->n, &f, &found, err) &&
		finding_move(op, &f, "recur",
			&(struct finding_how){ .county = run->county, .reason = SPAN("再次出现") }, err);
}

/* A closed one comes back by a fact newer than its closing; one that was closed only because nothing showed
 * it any more, by whatever shows it again. */
static bool comes_back(
	struct op *op, const struct known *k, const struct finding_seen *s, bool *ret, struct err *err)
{
	int64_t vanished = 0;
	bool found = false;
	*ret = k->closed && (s->observed_at ? s->observed_at : op_now(op)) > k->closed_at;
	if (!k->closed || *ret)
		return true;
	if (!db_int(op_db(op),
		    SQL("SELECT verb='vanish' FROM steps WHERE resource='finding' AND record_n=?"
			" ORDER BY n DESC LIMIT 1"),
		    V(db_i(k->n)), &vanished, &found, err))
		return false;
	*ret = found && vanished;
	return true;
}

bool finding_found_with(struct op *op, const struct finding_run *run, const struct finding_seen *s,
	enum finding_outcome *ret, struct err *err)
{
	char text[1024];
	struct str terms = { .p = text, .cap = sizeof text, .max = sizeof text - 1 };
	int64_t priority = finding_priority(run->weights, &s->terms, s->severity, &terms), now = op_now(op);
	struct known k;
	bool found;
	if (!str_check(&terms, err) || !look_up(op, s, str_span(&terms), &k, &found, err))
		return false;
	if (!found) {
		*ret = FINDING_FRESH;
		return born(op, run, s, err);
	}
	*ret = FINDING_SAME;
	if (!k.same_severity || (!k.in_order && k.seen_unit_n != s->unit_n)) {
		*ret = FINDING_CHANGED;
		if (!matters(op, &k, s, err))
			return false;
	}
	bool back;
	if (!comes_back(op, &k, s, &back, err))
		return false;
	if (back) {
		*ret = FINDING_BACK;
		if (!again(op, run, &k, err))
			return false;
	}
	if (k.same_derived)
		return k.last_seen >= now ||
			db_exec(op_db(op), SQL("UPDATE findings SET last_seen=? WHERE n=?"),
				V(db_i(now), db_i(k.n)), err);
	return db_exec(op_db(op),
		SQL("UPDATE findings SET last_seen=?, priority=?, terms=?, kev=?, epss=?, score=?, "
		    "software_n=?,"
		    " explanation=? WHERE n=?"),
		V(db_i(now), db_i(priority), db_t(str_span(&terms)), db_i(s->terms.kev), db_i(s->terms.epss),
			s->terms.score >= 0 ? db_i(s->terms.score) : db_null(), int_or_null(s->software_n),
			db_t(or_empty(s->explanation, "{}")), db_i(k.n)),
		err);
}

bool finding_found(struct op *op, const struct finding_seen *s, enum finding_outcome *ret, struct err *err)
{
	struct finding_weights w;
	struct finding_county county = { 0 };
	return finding_weights_load(op_db(op), op_now(op), &w, err) &&
		finding_found_with(op, &(struct finding_run){ &w, &county }, s, ret, err);
}

/* ---- many ---- */

static bool batch_open(struct finding_batch *b, struct err *err)
{
	if (b->op->tx && clock_mono_ns() - b->began_ns > BATCH_NS && !op_commit(b->op, err))
		return false;
	if (b->op->tx)
		return true;
	b->began_ns = clock_mono_ns();
	if (!op_begin(b->op, err))
		return false;
	/* Set back meanwhile, the clock would make what was just seen look older than the run. */
	if (op_now(b->op) < b->started_at)
		b->started_at = op_now(b->op);
	return true;
}

void finding_batch_begin(struct finding_batch *b, struct op *op)
{
	*b = (struct finding_batch){ .op = op, .started_at = clock_wall() };
}

static bool batch_weights(struct finding_batch *b, struct err *err)
{
	struct finding_weights *w = ARENA_NEW(b->op->arena, struct finding_weights);
	b->weights = w;
	return finding_weights_load(op_db(b->op), op_now(b->op), w, err);
}

bool finding_batch_add(struct finding_batch *b, const struct finding_seen *s, struct err *err)
{
	enum finding_outcome outcome;
	if (!batch_open(b, err) || (!b->weights && !batch_weights(b, err)) ||
		!finding_found_with(b->op, &(struct finding_run){ b->weights, &b->county }, s, &outcome, err))
		return false;
	b->fresh += outcome == FINDING_FRESH;
	b->same += outcome == FINDING_SAME;
	b->changed += outcome == FINDING_CHANGED;
	b->back += outcome == FINDING_BACK;
	return true;
}

bool finding_batch_gone(struct finding_batch *b, struct span kind, int64_t asset_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(int64_t) ns = { .arena = NULL };
	bool more = true,
	     ok = batch_open(b, err) &&
		db_query(op_db(b->op),
			SQL("SELECT n FROM findings WHERE asset_n=? AND kind=? AND last_seen<?"
			    " AND state IN ('new', 'confirmed', 'risk_accepted')"),
			V(db_i(asset_n), db_t(kind), db_i(b->started_at)), &r, err);
	while (ok && (ok = db_next(r, &more, err)) && more)
		vec_push(&ns, db_col_int(r, 0));
	for (size_t i = 0; ok && i < ns.n; i++) {
		struct finding_row f;
		ok = batch_open(b, err) && finding_load(b->op, ns.p[i], &f, &more, err) &&
			finding_move(b->op, &f, "vanish",
				&(struct finding_how){ .county = &b->county, .reason = SPAN("不再匹配") },
				err);
		b->gone += ok;
	}
	vec_done(&ns);
	return ok;
}

bool finding_batch_end(struct finding_batch *b, struct err *err)
{
	return !b->op->tx || op_commit(b->op, err);
}

void finding_batch_drop(struct finding_batch *b)
{
	op_rollback(b->op);
}
