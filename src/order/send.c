/* One order for each recipient, in short transactions; a recipient's order holds its own rows only. */
#include <stdio.h>

#include "order/room.h"
#include "order/send.h"
#include "os/log.h"
#include "people/people.h"

enum { SEND_BATCH = 25, TITLE_MAX = 300, TEXT_MAX = 20000, NUMBER_MAX = 100 };

struct made {
	struct span id, number, unit_id, state;
};

struct sending {
	struct op *op;
	const struct order_send *s;
	struct order_terms terms;
	struct span batch;
	int64_t office_n, late, main_n;
	VEC(struct made) made;
	size_t told; /* of those made: their transaction is committed */
};

static bool one_of(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static bool check_words(const struct order_send *s, struct err *err)
{
	static const char *const kinds[] = { "notice", "task", "declaration", NULL };
	static const char *const replies[] = { "none", "acknowledge", "answer", NULL };
	static const char *const severities[] = { "none", "low", "medium", "high", "critical", NULL };
	if (!one_of(s->kind, kinds))
		return err_field(err, "kind", "“kind”应为 task 或 declaration",
			"kind must be task or declaration");
	if (!one_of(s->reply, replies))
		return err_field(err, "reply", "“reply”应为 none、acknowledge 或 answer",
			"reply must be none, acknowledge or answer");
	if (s->severity && !one_of(s->severity, severities))
		return err_field(err, "severity", "“severity”应为 none、low、medium、high 或 critical",
			"severity must be none, low, medium, high or critical");
	return true;
}

static bool check_text(struct span text, const char *name, size_t max, bool lines, struct err *err)
{
	size_t at;
	if (!utf8_valid(text) || utf8_has_control(text) || (!lines && span_find(text, '\n', &at)))
		return err_field(err, name, "“%s”不是有效的文字", "%s is no valid text", name);
	return utf8_count(text) <= max ||
		err_field(err, name, "“%s”最长 %zu 个字", "%s has at most %zu characters", name, max);
}

static bool check_input(struct op *op, const struct order_send *s, struct err *err)
{
	if (!check_words(s, err) || !check_text(s->title, "title", TITLE_MAX, false, err) ||
		!check_text(s->text, "text", TEXT_MAX, true, err) ||
		!check_text(s->number, "number", NUMBER_MAX, false, err) ||
		!check_text(s->source, "source", NUMBER_MAX, false, err) ||
		!check_text(s->source_number, "source_number", NUMBER_MAX, false, err))
		return false;
	if (!span_trim(s->title).n)
		return err_field(err, "title", "请写明标题（title）", "title must be given");
	if (s->n == 0)
		return err_field(err, "to", "没有符合条件的单位", "no unit is chosen");
	if (s->number.n && s->n > 1)
		return err_field(err, "number", "自定编号只能用于一张交办单，现有 %zu 个单位",
			"a number of one's own is for one order only, there are %zu units", s->n);
	if (s->due_at && s->due_at <= op_now(op))
		return err_field(err, "due", "时限应晚于现在", "due must be in the future");
	return true;
}

/* The common text, and this recipient's own rows as far as they fit. */
static struct span text_of(const struct sending *g, const struct order_recipient *to)
{
	struct span text = g->s->text.p ? g->s->text : SPAN(""), rows = to->rows;
	size_t left = TEXT_MAX - utf8_count(text);
	if (!rows.n || left < 10)
		return text;
	if (utf8_count(rows) > left - 5)
		rows = arena_printf(g->op->arena, SPAN_FMT "\n…", SPAN_ARG(utf8_cut(rows, left - 5)));
	struct str out = STR_IN(g->op->arena, 1 << 18);
	str_add(&out, text);
	str_addz(&out, text.n ? "\n\n" : "");
	str_add(&out, rows);
	return str_span(&out);
}

static struct db_value text_or_empty(struct span s)
{
	return db_t(s.p ? s : SPAN(""));
}

static bool make_row(struct sending *g, const struct order_recipient *to, struct record *o, struct err *err)
{
	const struct order_send *s = g->s;
	struct op *op = g->op;
	const char *state;
	bool copy = strcmp(to->part, "copy") == 0, main = strcmp(to->part, "main") == 0;
	if (!record_new(&order_resource, op->arena, o))
		return false;
	record_set(o, "unit_id", db_i(to->unit_n));
	record_set(o, "issuer_id", db_i(g->office_n));
	record_set(o, "kind", db_z(s->kind));
	record_set(o, "part", db_z(to->part));
	record_set(o, "main_id", !main && g->main_n ? db_i(g->main_n) : db_null());
	record_set(o, "reply", db_z(copy ? "none" : s->reply));
	record_set(o, "batch", db_t(g->batch));
	record_set(o, "number_wanted", text_or_empty(s->number));
	record_set(o, "due_wanted", s->due_at ? db_i(s->due_at) : db_null());
	record_set(o, "topic", text_or_empty(s->topic));
	record_set(o, "title", db_t(s->title));
	record_set(o, "text", db_t(text_of(g, to)));
	record_set(o, "severity", db_z(s->severity ? s->severity : "none"));
	record_set(o, "source", text_or_empty(s->source));
	record_set(o, "source_number", text_or_empty(s->source_number));
	record_set(o, "source_due", s->source_due ? db_i(s->source_due) : db_null());
	record_set(o, "template", db_z(g->terms.template.name));
	record_set(o, "template_version", db_z(g->terms.template.version));
	record_set(o, "returned_proposed", db_null());
	record_set(o, "extension_reason", db_null());
	if (!order_birth(op, o, order_intent(s->draft, s->approval), &state, err) ||
		(strcmp(state, "sent") == 0 && !order_take_number(op, o, &g->terms, err)))
		return false;
	o->state = span_of(state);
	if (!s->text.n) {
		struct span text;
		struct order_words_of of = { to->rows, s->words };
		if (!order_words(op, o, &g->terms, &of, &text, err))
			return false;
		if (text.p)
			record_set(o, "text", db_t(text));
	}
	return record_insert(op, o, err) || order_number_taken(o, err);
}

/* Notices live in a room to the right: no field, only the column. */
static bool note_notice(struct sending *g, const struct record *o, struct err *err)
{
	return !g->s->notice_n ||
		db_exec(op_db(g->op), SQL("UPDATE orders SET notice_n=? WHERE n=?"),
			V(db_i(g->s->notice_n), db_i(o->n)), err);
}

static bool make_item(struct sending *g, const struct record *o, struct err *err)
{
	struct item it = { .kind = record_text(o, "kind"), .title = record_text(o, "title") };
	int64_t n;
	snprintf(it.severity, sizeof it.severity, SPAN_FMT, SPAN_ARG(record_text(o, "severity")));
	return !span_is(record_text(o, "reply"), "answer") || order_item_new(g->op, o, &it, &n, err);
}

static bool send_now(struct sending *g, struct record *o, struct err *err)
{
	struct op *op = g->op;
	int64_t county_n;
	return order_begin_clocks(op, o, &g->terms, err) &&
		db_exec(op_db(op), SQL("UPDATE orders SET acknowledge_due=?, answer_due=? WHERE n=?"),
			V(record_get(o, "acknowledge_due"), record_get(o, "answer_due"), db_i(o->n)), err) &&
		resource_county(op, record_int(o, "unit_id"), &county_n, err) &&
		order_begin_items(op, o, county_n, err);
}

/* One whole order inside the open transaction. */
static bool send_one(struct sending *g, const struct order_recipient *to, struct err *err)
{
	struct op *op = g->op;
	struct record o;
	struct str values = STR_IN(op->arena, 1 << 16);
	struct span unit_id;
	if (!make_row(g, to, &o, err) || !note_notice(g, &o, err) || !make_item(g, &o, err) ||
		(span_is(o.state, "sent") && !send_now(g, &o, err)))
		return false;
	if (to->reason.n) {
		str_addz(&values, "{\"why\":");
		str_add_json(&values, to->reason);
		str_addc(&values, '}');
	}
	if (!order_born(op, &o, str_span(&values), err) ||
		!db_text(op_db(op), SQL("SELECT id FROM units WHERE n=?"), V(db_i(to->unit_n)), op->arena,
		&unit_id,
			err))
		return false;
	if (!g->main_n && strcmp(to->part, "main") == 0)
		g->main_n = o.n;
	g->late += order_later_than_source(&o);
	vec_push(&g->made, (struct made){ o.id, record_text(&o, "number"), unit_id, o.state });
	return true;
}

static bool send_batch(struct sending *g, const struct order_recipient *to, size_t n, struct err *err)
{
	struct op *op = g->op;
	bool own = !op->tx, ok = !own || op_begin(op, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = send_one(g, &to[i], err);
	if (own) {
		ok = ok && op_commit(op, err);
		op_rollback(op);
	}
	if (ok)
		g->told = g->made.n;
	return ok;
}

static void add_made(struct str *out, const struct made *m)
{
	str_addz(out, "{\"id\":");
	str_add_json(out, m->id);
	str_addz(out, ",\"number\":");
	str_add_json(out, m->number);
	str_addz(out, ",\"unit_id\":");
	str_add_json(out, m->unit_id);
	str_addz(out, ",\"state\":");
	str_add_json(out, m->state);
	str_addc(out, '}');
}

/* Later batches that failed are told; `why` is how. */
static void tell(struct sending *g, const struct err *why, struct str *out)
{
	struct op *op = g->op;
	bool warned = false;
	str_addz(out, "{\"orders\":[");
	for (size_t i = 0; i < g->told; i++) {
		str_addz(out, i ? "," : "");
		add_made(out, &g->made.p[i]);
	}
	str_addz(out, "],\"warnings\":[");
	if (g->late) {
		str_add_json(out, order_warning_late(op, g->late));
		warned = true;
	}
	if (why->code != ERR_NONE) {
		str_addz(out, warned ? "," : "");
		str_add_json(out,
			arena_printf(op->arena, op->zh ? "其余 %zu 个单位未发出：%s"
			: "%zu units were not sent to: %s",
				g->s->n - g->told, op->zh ? why->zh : why->en));
		log_error("order.send_cut", LOG_INT("units", g->s->n - g->told), LOG_Z("reason", why->en));
	}
	str_addz(out, "]}");
}

static bool load(struct sending *g, struct err *err)
{
	const struct order_send *s = g->s;
	struct span template = s->template.n ? s->template : span_of(s->kind);
	return check_input(g->op, s, err) &&
		order_terms_find(g->op, template, span_of(s->severity ? s->severity : "none"), &g->terms,
		err) &&
		order_office(g->op, &g->office_n, err);
}

bool order_send_due(struct op *op, const struct order_send *s, int64_t *ret, struct err *err)
{
	struct sending g = { .op = op, .s = s };
	const struct order_template *t = &g.terms.template;
	bool answer = strcmp(s->reply, "answer") == 0, published;
	if (!load(&g, err))
		return false;
	*ret = strcmp(s->reply, "none") == 0 ? 0
		: s->due_at                  ? s->due_at
					     : calendar_end(&g.terms.calendar, op_now(op),
						       answer ? t->answer : t->acknowledge,
						       answer ? t->answer_unit : t->acknowledge_unit,
						       &published);
	return true;
}

bool order_send_text(struct op *op, const struct order_send *s, struct span *ret, struct err *err)
{
	struct sending g = { .op = op, .s = s };
	struct record o;
	*ret = s->text;
	if (s->text.n || s->n == 0)
		return true;
	if (!load(&g, err) || !record_new(&order_resource, op->arena, &o))
		return false;
	o.state = SPAN("sent");
	record_set(&o, "unit_id", db_i(s->to->unit_n));
	record_set(&o, "kind", db_z(s->kind));
	record_set(&o, "title", db_t(s->title.p ? s->title : SPAN("")));
	record_set(&o, "severity", db_z(s->severity ? s->severity : "none"));
	record_set(&o, "source_number", text_or_empty(s->source_number));
	record_set(&o, "due_wanted", s->due_at ? db_i(s->due_at) : db_null());
	struct order_words_of of = { s->to->rows, s->words };
	return order_words(op, &o, &g.terms, &of, ret, err);
}

bool order_send(struct op *op, const struct order_send *s, struct str *out, struct err *err)
{
	struct sending g = { .op = op, .s = s, .batch = s->batch, .made = { .arena = op->arena } };
	struct err why = { 0 };
	char batch[UUID_TEXT];
	if (!load(&g, err))
		return false;
	if (!g.batch.n)
		g.batch = arena_span(op->arena, span_of(uuid_make(op_now(op), batch)));
	for (size_t i = 0; i < s->n; i += SEND_BATCH) {
		size_t n = s->n - i < SEND_BATCH ? s->n - i : SEND_BATCH;
		if (send_batch(&g, &s->to[i], n, &why))
			continue;
		if (op->tx || g.told == 0) {
			*err = why;
			return false;
		}
		break;
	}
	tell(&g, &why, out);
	return str_check(out, err);
}
