/* The notice as a resource: its fields, what a draft must hold, and what each verb does. */
#include "notice/room.h"

#include "people/people.h"

static const char *const kinds[] = { "warning", "hazard", "incident", "tip", NULL };
static const char *const severities[] = { "none", "low", "medium", "high", "critical", NULL };
static const char *const colours[] = { "none", "blue", "yellow", "orange", "red", NULL };
static const char *const tlps[] = { "amber", "clear", "green", "amber+strict", "red", NULL };
static const char *const replies[] = { "answer", "acknowledge", "none", NULL };

enum { VULN_ID_MAX = 40, PERSON_MAX = 60 };

static const struct field fields[] = {
	{ "number", FIELD_TEXT, FILTER | SEARCH | LIST, 0, 100, .zh = "文号，签发时自动编号，也可填写",
		.en = "number, given when it is issued, or typed" },
	{ "kind", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = kinds,
		.zh = "种类，预警通报、隐患通报、事件通报或工作提示",
		.en = "kind, warning, hazard, incident or tip" },
	{ "issuer_id", FIELD_REF, READ_ONLY | FILTER | LIST, .ref = "unit", .zh = "发文单位",
		.en = "issuing office" },
	{ "title", FIELD_TEXT, REQUIRED | SEARCH | LIST, 1, 200, .zh = "标题", .en = "title" },
	{ "text", FIELD_LONG, 0, 0, 15000, .zh = "正文", .en = "text" },
	{ "vulns", FIELD_JSON, 0, .zh = "漏洞，所涉漏洞编号的列表",
		.en = "vulnerabilities, a list of the ids it speaks of" },
	{ "severity", FIELD_ENUM, FILTER | LIST, .values = severities, .zh = "等级", .en = "severity" },
	{ "colour", FIELD_ENUM, FILTER, .values = colours, .zh = "预警颜色，只用于预警通报",
		.en = "colour, of a warning only" },
	{ "tlp", FIELD_ENUM, FILTER, .values = tlps, .zh = "知悉范围，TLP 2.0",
		.en = "who may know, TLP 2.0" },
	{ "reply", FIELD_ENUM, FILTER, .values = replies, .zh = "回复要求，反馈、签收或不需",
		.en = "reply, answer, acknowledge or none" },
	{ "due", FIELD_TIME, FILTER, .zh = "反馈期限，空则按时限模板",
		.en = "due, by the template of deadlines if empty" },
	{ "to", FIELD_JSON, 0, .column = "recipients", .from_words = order_to_words,
		.zh = "主送，按什么选取单位", .en = "to, by which rule units are chosen" },
	{ "source", FIELD_TEXT, FILTER, 0, 100, .zh = "来源，上级或公安等来文单位",
		.en = "source, who asked for it from above" },
	{ "source_number", FIELD_TEXT, FILTER, 0, 100, .zh = "来文编号", .en = "number of the source" },
	{ "template", FIELD_TEXT, READ_ONLY, 0, 120, .zh = "所用模板", .en = "template it began with" },
	{ "approved_by", FIELD_TEXT, READ_ONLY, 0, 100, .zh = "审批人", .en = "approved by" },
	{ "approved_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "审批时间", .en = "approved" },
	{ "paper", FIELD_JSON, READ_ONLY, .zh = "纸质审批，何人何时", .en = "paper approval, who and when" },
	{ "issued_at", FIELD_TIME, READ_ONLY | FILTER | LIST, .zh = "签发时间", .en = "issued" },
	{ "recalled_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "撤回时间", .en = "recalled" },
};

bool notice_office_of(struct op *op, enum perm p, int64_t *ret_n, struct err *err)
{
	*ret_n = 0;
	if (!actor_whole(op->actor, p))
		for (size_t i = 0; i < op->actor->n_grants && !*ret_n; i++)
			if (role_has(op->actor->grants[i].role, p))
				*ret_n = op->actor->grants[i].unit_n;
	return *ret_n || unit_office(op, ret_n, err);
}

/* ---- what may be written ---- */

static bool vuln_id_good(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.", id.p[i]))
			return false;
	return id.n > 0 && id.n <= VULN_ID_MAX;
}

static bool check_vulns(struct record *after, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	struct span text = record_text(after, "vulns");
	if (!text.n || span_is(text, "null")) {
		record_set(after, "vulns", db_t(SPAN("[]")));
		return true;
	}
	if (!json_parse(text, 2, &list, err) || !json_is_array(list) ||
		json_array_size(list) > NOTICE_VULNS_MAX)
		return err_field(err, "vulns", "“vulns”应为至多 %d 个漏洞编号的列表",
			"vulns is a list of at most %d ids", (int)NOTICE_VULNS_MAX);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!vuln_id_good(json_text(json_array_get(list, i))))
			return err_field(err, "vulns", "第 %zu 个漏洞编号无效",
				"vulnerability id %zu is not valid", i + 1);
	return true;
}

static bool check_to(const struct record *after, struct err *err)
{
	struct span to = record_text(after, "to");
	return !to.n || span_is(to, "null") || to.p[0] == '{' ||
		err_field(err, "to", "“to”应为对象，例如 {\"units\":[…]}",
			"to must be an object such as {\"units\":[…]}");
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	int64_t office_n;
	if (before && !span_is(before->state, "draft"))
		return err_set(err, ERR_CONFLICT, "只有拟稿状态可以修改；已送审的请先退回",
			"only a draft can be changed: send it back first");
	if (!before) {
		if (!notice_office_of(op, PERM_NOTICE_WRITE, &office_n, err))
			return false;
		record_set(after, "issuer_id", office_n ? db_i(office_n) : db_null());
	}
	if (!span_is(record_text(after, "kind"), "warning") && !span_is(record_text(after, "colour"), "none"))
		return err_field(err, "colour", "只有预警通报有颜色", "only a warning has a colour");
	return check_vulns(after, err) && check_to(after, err) &&
		template_check(record_text(after, "title"), "title", err) &&
		template_check(record_text(after, "text"), "text", err) &&
		notice_number_check(op, after, record_text(after, "number"), err);
}

static const char *known_word(const struct record *r, const char *field, const char *const *values)
{
	for (; *values; values++)
		if (span_is(record_text(r, field), *values))
			return *values;
	return "";
}

static void facts(const struct record *r, struct store_step *step)
{
	step->subject = known_word(r, "kind", kinds);
	step->reply = known_word(r, "reply", replies);
	step->issuer_n = record_int(r, "issuer_id");
	step->answer_due = record_int(r, "due");
}

/* Its birth is the first step of its life. */
static bool after(struct op *op, const struct record *before, const struct record *r, struct err *err)
{
	if (before || !r)
		return true;
	struct store_step step = { .resource = "notice",
		.record_n = r->n,
		.from = "",
		.verb = "draft",
		.to = "draft",
		.unit_n = record_int(r, "issuer_id"),
		.severity = known_word(r, "severity", severities) };
	facts(r, &step);
	return resource_county(op, step.unit_n, &step.county_n, err) &&
		store_add_step(op->tx, &step, NULL, err);
}

/* ---- verbs ---- */

static bool submit(struct op *op, struct record *r, const json_t *args, struct err *err)
{
	struct notice_list list;
	(void)args;
	if (!span_trim(record_text(r, "text")).n)
		return err_field(err, "text", "通报还没有正文", "the notice has no text yet");
	if (!notice_recipients(op, r, &list, err))
		return false;
	return list.n > (size_t)list.removed ||
		err_field(err, "to", "请先写明发给哪些单位", "say first who is to get it");
}

/* Did this actor, or a second account of the same person, write or submit any of it? */
static bool is_drafter(struct op *op, const struct record *r, bool *ret, struct err *err)
{
	int64_t n;
	const struct store_actor *who = &op->actor->who;
	return db_int(op_db(op),
		SQL("SELECT n FROM changes WHERE resource='notice' AND record_n=? AND verb IN ('create', "
		    "'change', 'recipients', 'submit') AND ((?<>0 AND (actor_user_n=? OR actor_user_n IN "
		    "(SELECT u.n FROM users u WHERE u.person_n=?))) OR (?=0 AND actor_user_n=0 AND actor=?))"
		    " LIMIT 1"),
		V(db_i(r->n), db_i(who->user_n), db_i(who->user_n),
			who->person_n ? db_i(who->person_n) : db_null(), db_i(who->user_n),
			db_t(who->name)),
		&n, ret, err);
}

static bool names_drafter(struct op *op, const struct record *r, struct span person, bool *ret,
	struct err *err)
{
	int64_t n;
	return db_int(op_db(op),
		SQL("SELECT c.n FROM changes c JOIN users u ON u.n=c.actor_user_n JOIN persons p ON"
		    " p.n=u.person_n WHERE c.resource='notice' AND c.record_n=? AND c.verb IN ('create', "
		    "'change', 'recipients', 'submit') AND p.name=? LIMIT 1"),
		V(db_i(r->n), db_t(person)), &n, ret, err);
}

static bool on_paper(struct op *op, struct record *r, const json_t *paper, struct err *err)
{
	struct span person = span_trim(json_get_text(paper, "person")), at = json_get_text(paper, "at");
	struct str text = STR_IN(op->arena, 4096);
	int64_t when;
	bool drafter;
	if (!person.n || utf8_count(person) > PERSON_MAX || utf8_has_control(person))
		return err_field(err, "paper", "请写明纸质审批人（person）",
			"name the person who approved on paper (person)");
	if ((!time_parse(at, &when) && !time_parse_date(at, TIME_CHINA, &when)) || when > op_now(op))
		return err_field(err, "paper", "请写明纸质审批的时间（at），应为已经过去的时间或日期",
			"say when it was approved on paper (at): a time or date in the past");
	if (!names_drafter(op, r, person, &drafter, err))
		return false;
	if (drafter)
		return err_field(err, "paper", "审批人应为拟稿人以外的人",
			"whoever approves must not be the drafter");
	str_addz(&text, "{\"person\":");
	str_add_json(&text, person);
	str_addz(&text, ",\"at\":");
	str_add_json(&text, at);
	str_addz(&text, "}");
	record_set(r, "paper", db_t(str_span(&text)));
	record_set(r, "approved_by", db_t(arena_span(op->arena, person)));
	record_set(r, "approved_at", db_i(when));
	return str_check(&text, err);
}

static bool name_of_actor(struct op *op, struct span *ret, struct err *err)
{
	const struct store_actor *who = &op->actor->who;
	if (!db_text(op_db(op),
		    SQL("SELECT COALESCE(p.name, u.name) FROM users u LEFT JOIN persons p ON p.n=u.person_n"
			" WHERE u.n=?"),
		    V(db_i(who->user_n)), op->arena, ret, err))
		return false;
	if (!ret->n)
		*ret = who->name;
	return true;
}

static bool approve(struct op *op, struct record *r, const json_t *args, struct err *err)
{
	const json_t *paper = json_object_get(args, "paper");
	bool signs, drafter;
	struct span name;
	if (json_is_object(paper))
		return on_paper(op, r, paper, err);
	if (!actor_may(op->actor, op_db(op), PERM_NOTICE_SIGN, record_int(r, "issuer_id"), &signs, err) ||
		!is_drafter(op, r, &drafter, err))
		return false;
	if (!signs)
		return err_field(err, "paper", "请由领导审批；已在纸上审批的，请写明何人、何时（paper）",
			"a leader approves; if it was approved on paper, say by whom and when (paper)");
	if (drafter)
		return err_set(err, ERR_FORBIDDEN, "拟稿人不能审批自己的通报，请另一人审批",
			"whoever drafted it cannot approve it: a second person must");
	if (!name_of_actor(op, &name, err))
		return false;
	record_set(r, "paper", db_t(SPAN("null")));
	record_set(r, "approved_by", db_t(name));
	record_set(r, "approved_at", db_i(op_now(op)));
	return true;
}

static bool send_back(struct op *op, struct record *r, const json_t *args, struct err *err)
{
	(void)op, (void)args, (void)err;
	record_set(r, "paper", db_t(SPAN("null")));
	record_set(r, "approved_by", db_t(SPAN("")));
	record_set(r, "approved_at", db_null());
	return true;
}

static bool issue(struct op *op, struct record *r, const json_t *args, struct err *err)
{
	struct span number = span_trim(json_get_text(args, "number"));
	if (number.n > 300 || utf8_has_control(number) || utf8_count(number) > 100)
		return err_field(err, "number", "文号最长 100 个字", "a number has at most 100 characters");
	if (!number.n)
		number = record_text(r, "number");
	if (record_int(r, "due") && record_int(r, "due") <= op_now(op))
		return err_field(err, "due", "反馈期限已过，请退回修改", "due has passed: send it back and change it");
	if (number.n ? !notice_number_check(op, r, number, err) : !notice_number_next(op, r, &number, err))
		return false;
	record_set(r, "number", db_t(number));
	record_set(r, "issued_at", db_i(op_now(op)));
	return notice_fix_recipients(op, r, err) &&
		db_exec(op_db(op), SQL("UPDATE notices SET issued_by=? WHERE n=?"),
			V(db_i(op->actor->who.user_n), db_i(r->n)), err) &&
		notice_queue(op, "notice.issue", r->n, err);
}

static bool recall(struct op *op, struct record *r, const json_t *args, struct err *err)
{
	(void)args;
	record_set(r, "recalled_at", db_i(op_now(op)));
	return notice_queue(op, "notice.recall", r->n, err);
}

static bool discard(struct op *op, struct record *r, const json_t *args, struct err *err)
{
	(void)op, (void)r, (void)args, (void)err;
	return true;
}

static bool apply(struct op *op, struct record *r, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err)
{
	static const struct {
		const char *verb;
		bool (*run)(struct op *op, struct record *r, const json_t *args, struct err *err);
	} verbs[] = { { "submit", submit }, { "send_back", send_back }, { "approve", approve },
		{ "issue", issue }, { "recall", recall }, { "discard", discard } };
	(void)ret_to;
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (strcmp(verbs[i].verb, t->verb) == 0)
			return verbs[i].run(op, r, args, err);
	return err_set(err, ERR_INTERNAL, "没有操作 %s", "no verb %s", t->verb);
}

static bool show(struct op *op, const struct record *r, bool single, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	if (!single || (!span_is(r->state, "issued") && !span_is(r->state, "recalled")))
		return true;
	if (!db_query(op_db(op),
		    SQL("SELECT COUNT(order_n), COALESCE(SUM(CASE WHEN order_n IS NULL AND failure='' THEN 1"
			" ELSE 0 END), 0), COALESCE(SUM(CASE WHEN failure<>'' THEN 1 ELSE 0 END), 0) FROM"
			" notice_recipients WHERE notice_n=? AND mark<>'removed'"),
		    V(db_i(r->n)), &rows, err) ||
		!db_next(rows, &row, err))
		return false;
	str_addf(out, ",\"orders_sent\":%lld,\"orders_waiting\":%lld,\"orders_failed\":%lld",
		(long long)db_col_int(rows, 0), (long long)db_col_int(rows, 1),
		(long long)db_col_int(rows, 2));
	return true;
}

const struct resource notice_resource = {
	.name = "notice",
	.path = "notices",
	.table = "notices",
	.zh = "通报，发给许多单位的预警、隐患、事件通报和工作提示",
	.en = "notice, a warning, bulletin or tip to many units",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.issuer_n",
	.key = "number",
	.label = "number",
	.read = PERM_NOTICE_READ,
	.write = PERM_NOTICE_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.body_max = 512 * 1024,
	.life = &notice_life,
	.check = check,
	.after = after,
	.show = show,
	.apply = apply,
	.facts = facts,
	.show_schema = "\"orders_sent\":{\"type\":\"integer\"},\"orders_waiting\":{\"type\":\"integer\"},"
		       "\"orders_failed\":{\"type\":\"integer\"}",
	.args_schema = "\"number\":{\"type\":\"string\"},\"paper\":{\"type\":\"object\",\"required\":["
		       "\"person\",\"at\"],\"properties\":{\"person\":{\"type\":\"string\"},\"at\":{"
		       "\"type\":\"string\"}}}",
};
