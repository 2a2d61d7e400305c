/* Before it is sent: drafts, submitting, approval by a second person or on paper, sending back. */
#include "order/room.h"

/* ---- the findings an unsent order holds ---- */

static bool held_findings(struct op *op, int64_t item_n, int64_t **ret, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(int64_t) ns = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op), SQL("SELECT finding_n FROM item_findings WHERE item_n=? ORDER BY finding_n"),
		    V(db_i(item_n)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&ns, db_col_int(r, 0));
	}
	*ret = ns.p;
	*ret_n = ns.n;
	return true;
}

/* What was judged, closed or given to another unit while the order waited is no longer asked for. */
static bool still_to_order(const struct finding_row *f, const struct record *o)
{
	return f->unit_n == record_int(o, "unit_id") &&
		(strcmp(f->state, "new") == 0 || strcmp(f->state, "confirmed") == 0);
}

static bool order_finding(struct op *op, const struct record *o, struct finding_row *f, struct err *err)
{
	struct finding_how how = { .reason = record_text(o, "text"), .order_n = o->n };
	return (strcmp(f->state, "new") != 0 || finding_move(op, f, "confirm", &how, err)) &&
		finding_move(op, f, "order", &how, err);
}

/* Orders the findings of one item; how many are left is *ret_left. */
static bool order_item_findings(
	struct op *op, const struct record *o, const struct item *it, int64_t *ret_left, struct err *err)
{
	int64_t *ns;
	size_t n;
	*ret_left = 0;
	if (!held_findings(op, it->n, &ns, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct finding_row f;
		bool found;
		if (!finding_load(op, ns[i], &f, &found, err))
			return false;
		if (found && still_to_order(&f, o)) {
			if (!order_finding(op, o, &f, err))
				return false;
			++*ret_left;
		} else if (!db_exec(op_db(op),
		    SQL("DELETE FROM item_findings WHERE item_n=? AND finding_n=?"),
				   V(db_i(it->n), db_i(ns[i])), err)) {
			return false;
		}
	}
	return db_exec(
		op_db(op), SQL("UPDATE items SET findings=? WHERE n=?"), V(db_i(*ret_left), db_i(it->n)),
		err);
}

/* Items without anything left go; an order without items is sent to nobody. */
static bool order_held(struct op *op, struct record *o, struct err *err)
{
	struct items items;
	int64_t all = 0, left;
	if (!span_is(record_text(o, "kind"), "finding"))
		return true;
	if (!items_load(op, o->n, &items, err))
		return false;
	for (size_t i = 0; i < items.n; i++) {
		if (!order_item_findings(op, o, &items.at[i], &left, err))
			return false;
		all += left;
		if (left == 0 &&
			!db_exec(op_db(op), SQL("DELETE FROM items WHERE n=?"), V(db_i(items.at[i].n)), err))
			return false;
	}
	record_set(o, "findings", db_i(all));
	return all > 0 ||
		err_set(err, ERR_CONFLICT, "本单的隐患都已另行处理，请撤回",
			"all findings of this order were dealt with otherwise: withdraw it");
}

/* ---- verbs ---- */

static bool send_it(struct op *op, struct record *o, struct err *err)
{
	struct order_terms t;
	int64_t county_n, due = record_int(o, "due_wanted");
	if (due && due <= op_now(op))
		return err_set(err, ERR_CONFLICT, "拟定的时限已过，请退回修改",
			"the due time given has passed: send it back");
	return order_terms_of(op, o, &t, err) && order_held(op, o, err) &&
		order_take_number(op, o, &t, err) &&
		order_check_number(op, o, err) && order_begin_clocks(op, o, &t, err) &&
		resource_county(op, record_int(o, "unit_id"), &county_n, err) &&
		order_begin_items(op, o, county_n, err);
}

bool order_submit(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	bool approval = json_get_bool(args, "approval", false);
	if (!order_birth(op, o, approval ? ORDER_APPROVAL : ORDER_NOW, ret_to, err))
		return false;
	return strcmp(*ret_to, "sent") != 0 || send_it(op, o, err);
}

/* Whoever drafted, changed or submitted it. */
static bool wrote_it(struct op *op, const struct record *o, bool *ret, struct err *err)
{
	const struct store_actor *who = &op->actor->who;
	int64_t one;
	return db_int(op_db(op),
		SQL("SELECT 1 FROM steps WHERE resource='order' AND record_n=? AND verb IN ('draft', "
		"'revise',"
		    " 'submit') AND ((?<>0 AND (actor_user_n=? OR actor_user_n IN (SELECT u.n FROM users u "
		    "WHERE"
		    " u.person_n=?))) OR (?=0 AND actor_user_n=0 AND actor=?)) LIMIT 1"),
		V(db_i(o->n), db_i(who->user_n), db_i(who->user_n),
			who->person_n ? db_i(who->person_n) : db_null(), db_i(who->user_n),
			db_t(who->name)),
		&one, ret, err);
}

/* Is it the name of somebody who drafted, changed or submitted it? */
static bool names_drafter(struct op *op, const struct record *o, struct span person, bool *ret,
	struct err *err)
{
	int64_t one;
	return db_int(op_db(op),
		SQL("SELECT 1 FROM steps s JOIN users u ON u.n=s.actor_user_n JOIN persons p ON "
		"p.n=u.person_n"
		    " WHERE s.resource='order' AND s.record_n=? AND s.verb IN ('draft', 'revise', 'submit')"
		    " AND p.name=? LIMIT 1"),
		V(db_i(o->n), db_t(person)), &one, ret, err);
}

/* Approved on paper: by whom and when; the scan is an attachment. */
static bool check_paper(struct op *op, const struct record *o, const json_t *paper, struct err *err)
{
	bool drafter;
	struct span person = span_trim(json_get_text(paper, "person")), at = json_get_text(paper, "at");
	int64_t when;
	if (!json_is_object(paper) || !person.n || utf8_count(person) > 100)
		return err_field(err, "paper", "纸质审批须写明审批人（person）", "an approval on paper names its person");
	if ((!time_parse(at, &when) && !time_parse_date(at, TIME_CHINA, &when)) || when > op_now(op))
		return err_field(err, "paper", "纸质审批须写明已经过去的时间（at）",
			"an approval on paper has a time (at) in the past");
	return names_drafter(op, o, person, &drafter, err) &&
		(!drafter ||
			err_field(err, "paper", "审批人应为拟稿人以外的人",
				"whoever approves must not be the drafter"));
}

bool order_approve(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	const json_t *paper = json_object_get(args, "paper");
	bool mine, may;
	(void)ret_to;
	if (paper && !json_is_null(paper))
		return check_paper(op, o, paper, err) && send_it(op, o, err);
	if (!actor_may(op->actor, op_db(op), PERM_ORDER_APPROVE_SELF, record_int(o, "unit_id"), &may, err) ||
		!wrote_it(op, o, &mine, err))
		return false;
	if (!may)
		return err_field(err, "paper", "由领导审批；已在纸上审批的，请写明 paper（person、at）",
			"a leader approves; what was approved on paper is recorded with paper (person, at)");
	if (mine)
		return err_set(err, ERR_FORBIDDEN, "本单由您拟稿，须由他人审批",
			"you drafted this order: somebody else approves it");
	return send_it(op, o, err);
}

bool order_send_back(struct op *op, struct record *o, const json_t *args, const char **ret_to,
	struct err *err)
{
	(void)op;
	(void)o;
	(void)args;
	(void)ret_to;
	(void)err;
	return true;
}

enum { TITLE_MAX = 300, TEXT_MAX = 20000, NUMBER_MAX = 100 };

static bool revise_due(struct op *op, struct record *o, const json_t *args, struct err *err)
{
	int64_t due;
	if (!json_object_get(args, "due"))
		return true;
	if (!order_read_due(args, "due", &due, err))
		return false;
	if (due && due <= op_now(op))
		return err_field(err, "due", "时限应晚于现在", "due must be in the future");
	record_set(o, "due_wanted", due ? db_i(due) : db_null());
	return true;
}

bool order_revise(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	static const struct {
		const char *name, *field;
		size_t max;
	} texts[] = { { "title", "title", TITLE_MAX }, { "text", "text", TEXT_MAX },
		{ "number", "number_wanted", NUMBER_MAX } };
	(void)ret_to;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct span text = json_get_text(args, texts[i].name);
		bool lines = strcmp(texts[i].name, "text") == 0;
		size_t at;
		if (!text.p)
			continue;
		if (utf8_count(text) > texts[i].max || utf8_has_control(text) ||
			(!lines && span_find(text, '\n', &at)) || (i == 0 && !span_trim(text).n))
			return err_field(err, texts[i].name, "“%s”无效", "%s is not valid", texts[i].name);
		record_set(o, texts[i].field, db_t(text));
	}
	return revise_due(op, o, args, err);
}
