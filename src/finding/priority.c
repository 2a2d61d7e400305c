#include "finding/priority.h"

#include <stdio.h>

bool finding_weights_load(struct db *db, int64_t at, struct finding_weights *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(db,
		    SQL("SELECT version, kev, epss, exposure, importance, score FROM priority_rules"
			" WHERE effective_at<=? ORDER BY effective_at DESC, version DESC LIMIT 1"),
		    V(db_i(at)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_CORRUPT, "没有生效的优先级权重规则",
			"no rule of priority weights is in effect");
	snprintf(ret->version, sizeof ret->version, SPAN_FMT, SPAN_ARG(db_col_text(r, 0)));
	ret->kev = db_col_int(r, 1);
	ret->epss = db_col_int(r, 2);
	ret->exposure = db_col_int(r, 3);
	ret->importance = db_col_int(r, 4);
	ret->score = db_col_int(r, 5);
	return true;
}

static const char *const levels[] = { "unknown", "low", "medium", "high" };

int64_t finding_priority(const struct finding_weights *w, const struct finding_terms *t, const char *severity,
	struct str *ret_terms)
{
	static const int by_severity[] = { 0, 20, 55, 80, 95 };
	int score = t->score >= 0 ? t->score : by_severity[finding_severity_rank(span_of(severity))];
	int64_t kev = t->kev ? w->kev : 0;
	int64_t epss = w->epss * t->epss / 100000;
	int64_t exposure = t->internet ? w->exposure : 0;
	int64_t importance = t->importance == FINDING_LEVEL_HIGH ? w->importance
		: t->importance == FINDING_LEVEL_MEDIUM          ? w->importance / 2
								 : 0;
	int64_t points = w->score * score / 100;
	int64_t sum = kev + epss + exposure + importance + points;
	str_addz(ret_terms, "{\"rule\":");
	str_add_json(ret_terms, span_of(w->version));
	str_addf(ret_terms, ",\"kev\":{\"value\":%s,\"points\":%lld}", t->kev ? "true" : "false",
		(long long)kev);
	str_addf(ret_terms, ",\"epss\":{\"value\":0.%05d,\"points\":%lld}", t->epss > 99999 ? 99999 : t->epss,
		(long long)epss);
	str_addf(ret_terms, ",\"exposure\":{\"value\":\"%s\",\"points\":%lld}",
		t->internet ? "internet" : "internal", (long long)exposure);
	str_addf(ret_terms, ",\"importance\":{\"value\":\"%s\",\"points\":%lld}", levels[t->importance],
		(long long)importance);
	str_addf(ret_terms, ",\"cvss\":{\"value\":%d.%d,\"points\":%lld%s}}", score / 10, score % 10,
		(long long)points, t->score >= 0 ? "" : ",\"from\":\"severity\"");
	return sum < 0 ? 0 : sum > 1000 ? 1000 : sum;
}

bool finding_set_terms(struct op *op, int64_t n, const struct finding_terms *t, struct err *err)
{
	struct finding_weights w;
	struct db *db = op_db(op);
	struct span severity;
	if (!finding_weights_load(db, op_now(op), &w, err) ||
		!db_text(db, SQL("SELECT severity FROM findings WHERE n=?"), V(db_i(n)), op->arena, &severity,
			err))
		return false;
	struct str terms = STR_IN(op->arena, 1024);
	int64_t priority = finding_priority(&w, t, arena_copy(op->arena, severity), &terms);
	return str_check(&terms, err) &&
		db_exec(db,
			SQL("UPDATE findings SET priority=?, terms=?, kev=?, epss=? WHERE n=? AND terms<>?"),
			V(db_i(priority), db_t(str_span(&terms)), db_i(t->kev), db_i(t->epss), db_i(n),
				db_t(str_span(&terms))),
			err);
}
