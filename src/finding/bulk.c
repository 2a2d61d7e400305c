/* One verb on thousands of findings in one request, in short transactions; what cannot be done is listed with
 * its reason. */
#include "os/clock.h"
#include "os/log.h"
#include "finding/life.h"

enum { BULK_TX_NS = 40 * 1000 * 1000, SKIPPED_SHOWN = 10000 };

struct bulk {
	struct op *op;
	const char *verb;
	struct finding_how how;
	int64_t done, skipped, began_ns;
	struct str *list; /* of what was skipped */
	bool preview; /* says what it would do, and does nothing */
	int64_t units; /* that what is done belongs to */
	struct map *seen; /* units counted */
	int64_t unit_n; /* the last unit asked about, and the answer */
	bool unit_known, unit_may;
	struct finding_county county;
	struct { /* as it was at the last commit */
		size_t next, list_n; /* the first choice not yet committed; the end of the list */
		int64_t done, skipped;
	} kept;
};

static void skip(struct bulk *b, struct span id, struct span reason)
{
	if (b->skipped++ >= SKIPPED_SHOWN)
		return;
	str_addz(b->list, b->list->n ? ",{\"id\":" : "{\"id\":");
	str_add_json(b->list, id);
	str_addz(b->list, ",\"reason\":");
	str_add_json(b->list, reason);
	str_addc(b->list, '}');
}

static bool may(struct bulk *b, int64_t unit_n, struct err *err)
{
	if (b->unit_known && b->unit_n == unit_n)
		return true;
	b->unit_n = unit_n;
	b->unit_known = true;
	return actor_may(b->op->actor, op_db(b->op), PERM_FINDING_JUDGE, unit_n, &b->unit_may, err);
}

static bool commit(struct bulk *b, size_t next, struct err *err)
{
	if (b->op->tx && !op_commit(b->op, err))
		return false;
	b->kept.next = next;
	b->kept.list_n = b->list->n;
	b->kept.done = b->done;
	b->kept.skipped = b->skipped;
	return true;
}

static bool keep_short(struct bulk *b, size_t next, struct err *err)
{
	if (b->op->tx && clock_mono_ns() - b->began_ns > BULK_TX_NS && !commit(b, next, err))
		return false;
	if (b->op->tx)
		return true;
	b->began_ns = clock_mono_ns();
	return op_begin(b->op, err);
}

static void count_done(struct bulk *b, int64_t unit_n)
{
	bool fresh;
	b->done++;
	if (!unit_n)
		return;
	map_put(b->seen, arena_span(b->op->arena, (struct span){ (const char *)&unit_n, sizeof unit_n }), 0,
		&fresh);
	b->units += fresh;
}

static bool one(struct bulk *b, int64_t n, struct err *err)
{
	struct finding_row f;
	bool found;
	if (!finding_load(b->op, n, &f, &found, err) || (found && !may(b, f.unit_n, err)))
		return false;
	if (!found)
		return true;
	const struct transition *t = finding_transition(f.state, b->verb);
	if (!b->unit_may)
		skip(b, span_of(f.id),
			b->op->zh ? SPAN("没有对该单位隐患的研判权限") : SPAN("not permitted for this unit"));
	else if (!t || t->perm != PERM_FINDING_JUDGE)
		skip(b, span_of(f.id),
			arena_printf(b->op->arena,
				b->op->zh ? "当前状态是“" SPAN_FMT "”，不能办理"
					  : "not possible in state \"" SPAN_FMT "\"",
				SPAN_ARG(word_text(span_of(f.state), b->op->zh))));
	else if (!b->preview && !finding_move(b->op, &f, b->verb, &b->how, err))
		return false;
	else
		count_done(b, f.unit_n);
	return true;
}

static bool all(struct bulk *b, const struct finding_choice *choice, struct err *err)
{
	for (size_t i = 0; i < choice->n; i++)
		if ((!b->preview && !keep_short(b, i, err)) || !one(b, choice->ns[i], err))
			return false;
	return commit(b, choice->n, err);
}

/* What is committed must be told, whatever came after: what was not is listed with the reason.  False if
 * nothing was: then the error is the answer. */
static bool tell_rest(struct bulk *b, const struct finding_choice *choice, struct err *err)
{
	struct span reason = arena_span(b->op->arena, span_of(b->op->zh ? err->zh : err->en));
	if (b->kept.done == 0)
		return false;
	log_error(
		"finding.bulk_cut", LOG_INT("findings", choice->n - b->kept.next), LOG_Z("reason", err->en));
	b->done = b->kept.done;
	b->skipped = b->kept.skipped;
	b->list->n = b->kept.list_n;
	for (size_t i = b->kept.next; i < choice->n; i++) {
		struct finding_row f;
		struct err ignored = { 0 };
		bool found = false;
		if (b->skipped < SKIPPED_SHOWN && finding_load(b->op, choice->ns[i], &f, &found, &ignored) &&
			found)
			skip(b, span_of(f.id), reason);
		else
			b->skipped++;
	}
	*err = (struct err){ 0 };
	return true;
}

/* The verb must be one of people's, and what it needs must be there. */
static bool check_input(struct call *c, struct bulk *b, struct err *err)
{
	const struct transition *t = NULL;
	struct span verb = json_get_text(c->json, "verb");
	for (size_t i = 0; i < finding_life.n_rows && !t; i++)
		if (span_is(verb, finding_life.rows[i].verb))
			t = &finding_life.rows[i];
	if (!t)
		return err_field(err, "verb",
			"“verb”应为 confirm、false_positive、accept_risk、no_action 或 reopen",
			"verb must be confirm, false_positive, accept_risk, no_action or reopen");
	b->verb = t->verb;
	b->how.reason = json_get_text(c->json, "reason");
	if (!b->preview && (t->needs & NEED_REASON) && span_trim(b->how.reason).n == 0)
		return err_field(err, "reason", "请写明原因（reason）", "reason must be given");
	if (!json_object_get(c->json, "ids") && !json_object_get(c->json, "filter"))
		return err_field(err, "ids", "请给出“ids”或“filter”", "give ids or filter");
	return !(t->needs & NEED_UNTIL) || b->preview ||
		finding_parse_until(b->op, c->json, &b->how.until, err);
}

bool finding_bulk(struct call *c, struct err *err)
{
	struct str list = STR_IN(c->op->arena, 8 << 20);
	CLEANUP(map_free_p) struct map *seen = map_new(FINDING_CHOICE_MAX + 1);
	struct bulk b = { .op = c->op, .list = &list, .seen = seen,
		.preview = json_get_bool(c->json, "preview", false) };
	b.how.county = &b.county;
	struct finding_choice choice;
	if (!check_input(c, &b, err) ||
		!finding_choose(c->op, json_object_get(c->json, "ids"), json_object_get(c->json, "filter"),
			&choice, err))
		return false;
	for (size_t i = 0; i < choice.n_unknown; i++)
		skip(&b, choice.unknown[i], c->op->zh ? SPAN("没有这条隐患") : SPAN("no such finding"));
	bool ok = all(&b, &choice, err);
	op_rollback(c->op);
	if (!ok && !tell_rest(&b, &choice, err))
		return false;
	str_addf(c->out, "{\"done\":%lld,\"skipped\":[", (long long)b.done);
	str_add(c->out, str_span(&list));
	str_addf(c->out, "],\"skipped_count\":%lld", (long long)b.skipped);
	if (b.preview)
		str_addf(c->out, ",\"units\":%lld", (long long)b.units);
	str_addc(c->out, '}');
	return str_check(&list, err) && str_check(c->out, err);
}
