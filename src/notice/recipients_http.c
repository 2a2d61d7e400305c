/* The list of recipients: before issue who would get it and why, after it how far each has come. */
#include "codec/csv.h"
#include "notice/room.h"

enum { PAGE_MAX = 1000, REASON_MAX = 500, HAND_MAX = 1000, COLUMNS = 17 };

struct unit_words {
	struct span id, code, name, division;
};

static bool unit_words(struct op *op, int64_t unit_n, struct unit_words *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT u.id, u.code, u.name, COALESCE(d.name, '') FROM units u LEFT JOIN divisions "
		    "d ON"
			" d.n=u.division_n WHERE u.n=?"),
		    V(db_i(unit_n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret = (struct unit_words){ SPAN(""), SPAN(""), SPAN(""), SPAN("") };
	if (row)
		*ret = (struct unit_words){ arena_span(op->arena, db_col_text(r, 0)),
			arena_span(op->arena, db_col_text(r, 1)), arena_span(op->arena, db_col_text(r, 2)),
			arena_span(op->arena, db_col_text(r, 3)) };
	return true;
}

static void add_text(struct str *out, const char *name, struct span text)
{
	str_addf(out, "%s\"%s\":", out->n && out->p[out->n - 1] == '{' ? "" : ",", name);
	if (text.p)
		str_add_json(out, text);
	else
		str_addz(out, "null");
}

static void add_time(struct str *out, const char *name, int64_t at)
{
	char text[TIME_TEXT];
	add_text(out, name, at ? span_of(time_format(at, text)) : (struct span){ NULL, 0 });
}

static const char *yes_no(bool yes)
{
	return yes ? "true" : "false";
}

/* ---- one row, before and after ---- */

struct shown {
	struct unit_words unit;
	struct span part, reason, rows, mark, failure;
	bool no_liaison, ordered; /* ordered: there is an order, what follows is of it */
	struct span order_id, number, state;
	int64_t sent_at, seen_at, acknowledged_at, answered_at, verified_at;
	bool overdue, on_behalf;
};

static void show_one(struct str *out, const struct shown *s, bool issued)
{
	str_addz(out, "{");
	add_text(out, "unit_id", s->unit.id);
	add_text(out, "unit_code", s->unit.code);
	add_text(out, "unit_name", s->unit.name);
	add_text(out, "division", s->unit.division);
	add_text(out, "part", s->part);
	add_text(out, "reason", s->reason);
	add_text(out, "rows", s->rows);
	add_text(out, "mark", s->mark);
	str_addf(out, ",\"no_liaison\":%s", yes_no(s->no_liaison));
	if (issued) {
		add_text(out, "order_id", s->ordered ? s->order_id : (struct span){ NULL, 0 });
		add_text(out, "order_number", s->ordered ? s->number : (struct span){ NULL, 0 });
		add_text(out, "state", s->ordered ? s->state : (struct span){ NULL, 0 });
		add_time(out, "sent_at", s->sent_at);
		add_time(out, "seen_at", s->seen_at);
		add_time(out, "acknowledged_at", s->acknowledged_at);
		add_time(out, "answered_at", s->answered_at);
		add_time(out, "verified_at", s->verified_at);
		str_addf(out, ",\"overdue\":%s,\"on_behalf\":%s", yes_no(s->overdue), yes_no(s->on_behalf));
		add_text(out, "failure", s->failure.n ? s->failure : (struct span){ NULL, 0 });
	}
	str_addc(out, '}');
}

static void csv_head(struct call *c, bool issued)
{
	static const char *const zh[COLUMNS] = { "编码", "单位", "行政区划", "分工", "理由", "涉及内容", "调整",
		"无联络员", "交办单", "状态", "发出", "查看", "签收", "反馈", "办结", "超期", "代录" };
	static const char *const en[COLUMNS] = { "code", "unit", "division", "part", "reason", "rows", "mark",
		"no liaison", "order", "state", "sent", "seen", "acknowledged", "answered", "verified",
		"overdue", "on behalf" };
	struct span cells[COLUMNS];
	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = span_of(c->op->zh ? zh[i] : en[i]);
	csv_write_start(c->out);
	csv_write(c->out, cells, issued ? COLUMNS : 8);
	c->content_type = "text/csv; charset=utf-8";
	call_add_header(c, "Content-Disposition", SPAN("attachment; filename=\"recipients.csv\""));
}

static struct span cell_time(struct op *op, int64_t at)
{
	char text[TIME_TEXT];
	return at ? arena_span(op->arena, span_of(time_format(at, text))) : SPAN("");
}

static void csv_one(struct call *c, const struct shown *s, bool issued)
{
	struct op *op = c->op;
	struct span yes = op->zh ? SPAN("是") : SPAN("yes");
	struct span cells[COLUMNS] = { s->unit.code, s->unit.name, s->unit.division, s->part, s->reason,
		s->rows,
		s->mark, s->no_liaison ? yes : SPAN(""), s->number,
		s->ordered ? word_text(s->state, op->zh) : s->failure, cell_time(op, s->sent_at),
		cell_time(op, s->seen_at), cell_time(op, s->acknowledged_at), cell_time(op, s->answered_at),
		cell_time(op, s->verified_at), s->overdue ? yes : SPAN(""), s->on_behalf ? yes : SPAN("") };
	csv_write(c->out, cells, issued ? COLUMNS : 8);
}

/* Taking the list out is on record. */
static bool note_export(struct op *op, const struct record *notice, struct err *err)
{
	struct store_change change = { .resource = "notice",
		.record_n = notice->n,
		.record_id = notice->id,
		.version = notice->version,
		.verb = "export",
		.unit_before_n = record_int(notice, "issuer_id"),
		.unit_after_n = record_int(notice, "issuer_id") };
	bool ok = op_begin(op, err) && store_add_change(op->tx, &change, NULL, err) && op_commit(op, err);
	op_rollback(op);
	return ok;
}

/* ---- before issue ---- */

static bool shown_before(struct op *op, const struct notice_recipient *r, struct shown *ret, struct err *err)
{
	*ret = (struct shown){ .part = span_of(r->to.part), .reason = r->to.reason, .rows = r->to.rows,
		.mark = r->mark, .no_liaison = r->to.no_liaison };
	return unit_words(op, r->to.unit_n, &ret->unit, err);
}

static bool list_before(struct call *c, const struct record *notice, bool csv, struct err *err)
{
	struct finding_page page;
	struct notice_list list;
	struct shown s;
	if (!finding_page_read(c, PAGE_MAX, &page, err) || !notice_recipients(c->op, notice, &list, err))
		return false;
	if (!csv)
		str_addf(c->out,
			"{\"counts\":{\"units\":%lld,\"no_liaison\":%lld,\"removed\":%lld},\"items\":[",
			(long long)list.n - (long long)list.removed, (long long)list.no_liaison,
			(long long)list.removed);
	for (size_t i = csv ? 0 : (size_t)page.after_n; i < list.n; i++) {
		if (!shown_before(c->op, &list.at[i], &s, err))
			return false;
		if (csv) {
			csv_one(c, &s, false);
			continue;
		}
		if (!finding_page_add(&page, (int64_t)i + 1, c->out))
			break;
		show_one(c->out, &s, false);
	}
	return csv ? str_check(c->out, err) : finding_page_end(&page, c->out, err);
}

/* ---- after issue ---- */

#define DUE "CASE o.state WHEN 'sent' THEN o.acknowledge_due ELSE o.answer_due END"
#define LATE \
	"(o.state IN ('sent', 'handling', 'partly_answered') AND COALESCE(" DUE ", 0)<>0 AND " DUE "<?)"
#define BEHALF \
	"EXISTS (SELECT 1 FROM steps s WHERE s.resource='order' AND s.record_n=o.n AND s.on_whose_word<>'' " \
		"AND" \
	" s.verb IN ('acknowledge', 'answer'))"

static bool counts_after(struct op *op, const struct record *notice, struct str *out, struct err *err)
{
	static const char *const names[] = { "units", "removed", "orders", "seen", "acknowledged", "answered",
		"verified", "overdue", "on_behalf", "failed" };
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT COALESCE(SUM(CASE WHEN r.mark<>'removed' THEN 1 ELSE 0 END), 0),"
			" COALESCE(SUM(CASE WHEN r.mark='removed' THEN 1 ELSE 0 END), 0),"
			" COUNT(o.n), COUNT(o.seen_at), COUNT(o.acknowledged_at), COUNT(o.answered_at),"
			" COUNT(o.verified_at), COALESCE(SUM(CASE WHEN " LATE " THEN 1 ELSE 0 END), 0),"
			" COALESCE(SUM(CASE WHEN " BEHALF " THEN 1 ELSE 0 END), 0),"
			" COALESCE(SUM(CASE WHEN r.failure<>'' THEN 1 ELSE 0 END), 0) FROM notice_recipients "
			"r LEFT JOIN orders o ON"
			" o.n=r.order_n WHERE r.notice_n=?"),
		    V(db_i(op_now(op)), db_i(notice->n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	str_addz(out, "{\"counts\":{");
	for (size_t i = 0; i < COUNT(names); i++)
		str_addf(out, "%s\"%s\":%lld", i ? "," : "", names[i], (long long)db_col_int(r, (int)i));
	str_addz(out, "},\"items\":[");
	return true;
}

static struct shown shown_after(const struct db_rows *r)
{
	return (struct shown){
		.unit = { db_col_text(r, 1), db_col_text(r, 2), db_col_text(r, 3), db_col_text(r, 4) },
		.part = db_col_text(r, 5),
		.reason = db_col_text(r, 6),
		.rows = db_col_text(r, 7),
		.mark = db_col_text(r, 8),
		.failure = db_col_text(r, 9),
		.ordered = !db_col_null(r, 10),
		.order_id = db_col_text(r, 10),
		.number = db_col_text(r, 11),
		.state = db_col_text(r, 12),
		.sent_at = db_col_int(r, 13),
		.seen_at = db_col_int(r, 14),
		.acknowledged_at = db_col_int(r, 15),
		.answered_at = db_col_int(r, 16),
		.verified_at = db_col_int(r, 17),
		.overdue = db_col_int(r, 18),
		.on_behalf = db_col_int(r, 19),
	};
}

static bool list_after(struct call *c, const struct record *notice, bool csv, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct op *op = c->op;
	struct finding_page page;
	bool row;
	if (!finding_page_read(c, PAGE_MAX, &page, err) || (!csv && !counts_after(op, notice, c->out, err)))
		return false;
	if (!db_query(op_db(op),
		    SQL("SELECT r.n, u.id, u.code, u.name, COALESCE(d.name, ''), r.part, r.reason, "
		    "r.own_rows,"
			" r.mark, r.failure, o.id, o.number, o.state, o.sent_at, o.seen_at, "
			"o.acknowledged_at,"
			" o.answered_at, o.verified_at, CASE WHEN " LATE " THEN 1 ELSE 0 END, CASE "
			"WHEN " BEHALF " THEN 1 ELSE 0 END FROM"
			" notice_recipients r JOIN units u ON u.n=r.unit_n LEFT JOIN divisions d ON"
			" d.n=u.division_n LEFT JOIN orders o ON o.n=r.order_n WHERE r.notice_n=? AND r.n>? "
			"ORDER"
			" BY r.n LIMIT ?"),
		    V(db_i(op_now(op)), db_i(notice->n), db_i(page.after_n),
			    db_i(csv ? ORDER_RECIPIENTS_MAX : page.limit + 1)),
		    &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row || (!csv && !finding_page_add(&page, db_col_int(r, 0), c->out)))
			break;
		struct shown s = shown_after(r);
		if (csv)
			csv_one(c, &s, true);
		else
			show_one(c->out, &s, true);
	}
	return csv ? str_check(c->out, err) : finding_page_end(&page, c->out, err);
}

static bool is_issued(const struct record *notice)
{
	return span_is(notice->state, "issued") || span_is(notice->state, "recalled");
}

bool notice_recipients_get(struct call *c, struct err *err)
{
	struct record notice;
	bool csv = span_is(call_query(c, "format"), "csv");
	if (!resource_get(c->op, &notice_resource, c->params[0], &notice, err))
		return false;
	if (csv && !note_export(c->op, &notice, err))
		return false;
	if (csv)
		csv_head(c, is_issued(&notice));
	return is_issued(&notice) ? list_after(c, &notice, csv, err) : list_before(c, &notice, csv, err);
}

/* ---- by hand ---- */

struct by_hand {
	struct op *op;
	const struct record *notice;
	struct span reason;
	struct str done; /* JSON list of what was done */
};

static bool mark(struct by_hand *h, const json_t *one, const char *mark, struct err *err)
{
	struct op *op = h->op;
	struct order_recipients list = { 0 };
	struct span name = json_text(one);
	CLEANUP(json_free) json_t *to = json_pack("{s:[s%]}", "units", name.p ? name.p : "", name.n);
	if (!order_recipients(op, to, &list, err))
		return false;
	str_addf(&h->done, "%s{\"%s\":", h->done.n ? "," : "", mark);
	str_add_json(&h->done, name);
	str_addc(&h->done, '}');
	return db_exec(op_db(op),
		SQL("INSERT INTO notice_recipients (notice_n, unit_n, mark, part, reason, own_rows, failure, "
		"at,"
		    " actor) VALUES (?, ?, ?, 'main', ?, '', '', ?, ?) ON CONFLICT (notice_n, unit_n) DO "
		    "UPDATE"
		    " SET mark=excluded.mark, reason=excluded.reason, at=excluded.at, actor=excluded.actor"),
		V(db_i(h->notice->n), db_i(list.at[0].unit_n), db_z(mark), db_t(h->reason), db_i(op_now(op)),
			db_t(op->actor->who.name)),
		err);
}

/* As the office that issues it. */
static bool mark_as_office(struct by_hand *h, const json_t *one, const char *as, struct err *err)
{
	struct op *op = h->op;
	const struct actor *before = op->actor;
	struct notice_office office;
	if (!notice_as_office(op, h->notice, &office, err))
		return false;
	op->actor = &office.actor;
	bool ok = mark(h, one, as, err);
	op->actor = before;
	return ok;
}

static bool mark_all(struct by_hand *h, const json_t *list, const char *as, struct err *err)
{
	if (json_array_size(list) > HAND_MAX)
		return err_field(err, "add", "一次最多调整 %d 个单位", "at most %d units at once", (int)HAND_MAX);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!mark_as_office(h, json_array_get(list, i), as, err))
			return false;
	return true;
}

static bool may_mark(struct op *op, const struct record *notice, struct err *err)
{
	bool may;
	if (!actor_may(op->actor, op_db(op), PERM_NOTICE_WRITE, record_int(notice, "issuer_id"), &may, err))
		return false;
	if (!may)
		return err_set(err, ERR_FORBIDDEN, "没有修改的权限", "not permitted to change this");
	/* what is approved is sent to those it was approved for */
	return span_is(notice->state, "draft") ||
		err_set(err, ERR_CONFLICT, "只有拟稿状态可以改主送单位；已送审的请先退回",
			"only of a draft can it be changed who gets it: send it back first");
}

bool notice_recipients_post(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct record notice;
	const json_t *add = json_object_get(c->json, "add"), *remove = json_object_get(c->json, "remove");
	struct by_hand h = { .op = op, .notice = &notice,
		.reason = span_trim(json_get_text(c->json, "reason")), .done = STR_IN(op->arena, 1 << 20) };
	if (!resource_get(op, &notice_resource, c->params[0], &notice, err) || !may_mark(op, &notice, err))
		return false;
	if (json_array_size(add) + json_array_size(remove) == 0)
		return err_field(err, "add", "请写明增加（add）或去掉（remove）哪些单位",
			"say which units to add or to remove");
	if (!h.reason.n || utf8_count(h.reason) > REASON_MAX || utf8_has_control(h.reason))
		return err_field(err, "reason", "请写明理由，不超过 %d 个字",
			"give the reason, of at most %d characters", (int)REASON_MAX);
	if (!mark_all(&h, add, "added", err) || !mark_all(&h, remove, "removed", err))
		return false;
	struct store_change change = { .resource = "notice",
		.record_n = notice.n,
		.record_id = notice.id,
		.version = notice.version,
		.verb = "recipients",
		.unit_before_n = record_int(&notice, "issuer_id"),
		.unit_after_n = record_int(&notice, "issuer_id"),
		.values = arena_printf(op->arena, "{\"after\":{\"recipients\":[%s]}}", str_z(&h.done)) };
	return str_check(&h.done, err) && store_add_change(op->tx, &change, NULL, err) &&
		list_before(c, &notice, false, err);
}
