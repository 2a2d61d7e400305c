/* Declarations as a resource: fields, life, who may say what. */
#include "asset/declaration_room.h"
#include "resource/behalf.h"

static const char *const says[] = { "system", "none", "unchanged", NULL };
static const char *const levels[] = { "", "ungraded", "1", "2", "3", "4", "5", NULL };
static const char *const hostings[] = { "", "own_room", "government_cloud", "cloud", "colocation", NULL };
static const char *const importances[] = { "", "high", "medium", "low", NULL };
static const char *const exposures[] = { "", "internal", "internet", NULL };
static const char *const states[] = { "draft", "submitted", "returned", "accepted", "superseded", NULL };

static const struct field fields[] = {
	{ "unit_id", FIELD_REF, REQUIRED | FILTER | LIST, .ref = "unit", .zh = "单位，申报单位",
		.en = "unit, that declares" },
	{ "order_id", FIELD_REF, READ_ONLY | FILTER, .ref = "order", .zh = "交办单，空为主动申报",
		.en = "order, empty: declared unasked" },
	{ "says", FIELD_ENUM, FILTER | LIST, .values = says, .zh = "申报内容，系统、无信息系统或无变化",
		.en = "says, a system, that there is none, or that nothing has changed" },
	{ "name", FIELD_TEXT, FILTER | SEARCH | LIST, 0, 200, .zh = "系统名称", .en = "name of the system" },
	{ "url", FIELD_TEXT, FILTER, 0, 500, .zh = "网址", .en = "url" },
	{ "address", FIELD_TEXT, FILTER, 0, 253, .zh = "地址，IP 地址或主机名",
		.en = "address, an IP address or host name" },
	{ "mlps_level", FIELD_ENUM, FILTER | LIST, .values = levels, .zh = "等保级别，ungraded 为未定级",
		.en = "protection level (MLPS)" },
	{ "record_number", FIELD_TEXT, FILTER, 0, 60, .zh = "备案编号", .en = "filing number" },
	{ "hosting", FIELD_ENUM, FILTER, .values = hostings,
		.zh = "部署方式，自建机房、政务云、云服务商或托管",
		.en = "hosting, own room, government cloud, cloud or colocation" },
	{ "hosting_party", FIELD_TEXT, 0, 0, 200, .zh = "托管单位，云或机房的提供方",
		.en = "hosting party" },
	{ "operator", FIELD_TEXT, 0, 0, 200, .zh = "运维单位", .en = "operator" },
	{ "importance", FIELD_ENUM, FILTER, .values = importances, .zh = "重要程度",
		.en = "importance" },
	{ "exposure", FIELD_ENUM, FILTER, .values = exposures, .zh = "暴露面，互联网或内网",
		.en = "exposure, internet or internal" },
	{ "software", FIELD_JSON, 0, .zh = "主要软件，产品（选自清单）或名称，及版本",
		.en = "main software, product (of the pick list) or name, and version" },
	{ "unknown", FIELD_JSON, 0, .zh = "不清楚的项目", .en = "unknown, the questions answered so" },
	{ "note", FIELD_LONG, 0, 0, 2000, .zh = "备注", .en = "note" },
	{ "asset_id", FIELD_REF, FILTER, .ref = "asset", .zh = "资产，所指的系统",
		.en = "asset, the system it is about" },
	{ "host_id", FIELD_REF, READ_ONLY, .ref = "asset", .zh = "主机", .en = "host" },
	{ "reason", FIELD_LONG, READ_ONLY, .zh = "退回理由", .en = "reason why it was returned" },
	{ "declared_by", FIELD_TEXT, READ_ONLY, .zh = "申报人", .en = "declared by" },
	{ "declared_at", FIELD_TIME, READ_ONLY | FILTER | LIST, .zh = "申报时间", .en = "declared at" },
	{ "on_behalf", FIELD_JSON, READ_ONLY, .zh = "代录，何人、何种方式、何时",
		.en = "on behalf, whose word, by what channel, when" },
	{ "decided_by", FIELD_TEXT, READ_ONLY, .zh = "审核人", .en = "decided by" },
	{ "decided_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "审核时间", .en = "decided at" },
};

static const struct transition rows[] = {
	{ "draft", "submit", "submitted", PERM_DECLARE },
	{ "returned", "submit", "submitted", PERM_DECLARE },
	{ "submitted", "accept", "accepted", PERM_DECLARATION_REVIEW },
	{ "submitted", "return", "returned", PERM_DECLARATION_REVIEW, NEED_REASON },
};

const struct transition declaration_driven[] = {
	{ "draft", "supersede", "superseded", PERM_NONE },
	{ "returned", "supersede", "superseded", PERM_NONE }, /* not said again */
	{ "submitted", "supersede", "superseded", PERM_NONE },
	{ "accepted", "supersede", "superseded", PERM_NONE }, /* said anew */
};
const size_t declaration_driven_count = COUNT(declaration_driven);

static const struct life life = { .states = states, .rows = rows, .n_rows = COUNT(rows) };

static declaration_listener *listener;

void declaration_listen(declaration_listener *fn)
{
	listener = fn;
}

static bool tell(
	struct op *op, const struct record *row, const char *to, const json_t *args, struct err *err)
{
	struct declaration_news news = { record_int(row, "order_id"), row->n, to, args };
	if (!listener || !news.order_n || json_object_get(args, "order"))
		return true;
	return listener(op, &news, err);
}

bool declaration_supersede(struct op *op, int64_t row_n, struct span reason, struct err *err)
{
	struct record before, after;
	bool found;
	if (!resource_load(op, &declaration_resource, row_n, &before, &found, err))
		return false;
	if (!found || span_is(before.state, "superseded"))
		return true;
	after = record_copy(op, &before);
	after.state = SPAN("superseded");
	struct store_step step = { .resource = "declaration", .record_n = row_n,
		.from = arena_copy(op->arena, before.state), .verb = "supersede", .to = "superseded",
		.text = reason, .unit_n = record_int(&before, "unit_id"), .severity = "",
		.subject = "declaration" };
	return resource_county(op, step.unit_n, &step.county_n, err) &&
		record_update(op, &before, &after, "supersede", err) &&
		store_add_step(op->tx, &step, NULL, err);
}

/* ---- whose word ---- */

static bool submit(struct op *op, struct record *row, const json_t *args, struct err *err)
{
	struct behalf said;
	bool liaison;
	if (!actor_is_liaison(op->actor, op_db(op), record_int(row, "unit_id"), &liaison, err) ||
		!behalf_parse(op, args, 0, &said, err))
		return false;
	if (!liaison && !op->actor->local && !said.given)
		return err_field(err, "on_behalf", "代单位申报须写明代录（on_behalf：方式 channel、何人 person）",
			"declaring for a unit needs on_behalf (channel, person)");
	if (said.given && !actor_has(op->actor, PERM_DECLARATION_REVIEW))
		return err_set(err, ERR_FORBIDDEN, "只有网信办可以代录", "only an office records on behalf");
	record_set(row, "on_behalf", db_t(said.given ? said.json : SPAN("null")));
	record_set(row, "reason", db_null());
	record_set(row, "declared_by", db_t(op->actor->who.name.p ? op->actor->who.name : SPAN("")));
	record_set(row, "declared_at", db_i(said.given ? said.at : op_now(op)));
	return db_exec(op_db(op), SQL("UPDATE declarations SET user_n=? WHERE n=?"),
		V(db_i(op->actor->who.user_n), db_i(row->n)), err);
}

/* Whoever entered it, or a second account of the same person, does not accept it. */
static bool four_eyes(struct op *op, const struct record *row, struct err *err)
{
	const struct store_actor *who = &op->actor->who;
	int64_t user_n = 0, person_n = 0;
	bool found;
	if (!db_int(op_db(op),
		    SQL("SELECT d.user_n FROM declarations d WHERE d.n=?"), V(db_i(row->n)), &user_n, &found,
		    err) ||
		!db_int(op_db(op), SQL("SELECT COALESCE(person_n, 0) FROM users WHERE n=?"),
			V(db_i(user_n)), &person_n, &found, err))
		return false;
	bool same = who->user_n != 0 && user_n == who->user_n;
	same = same || (person_n != 0 && person_n == op->actor->who.person_n);
	same = same || (op->actor->local && span_starts(record_text(row, "on_behalf"), SPAN("{")) &&
		span_eq(record_text(row, "declared_by"), who->name));
	return !same ||
		err_set(err, ERR_FORBIDDEN, "“" SPAN_FMT "”由您录入，须由他人审核",
			"you entered \"" SPAN_FMT "\": somebody else must accept it",
			SPAN_ARG(utf8_cut(record_text(row, "name"), 40)));
}

static bool apply(struct op *op, struct record *row, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err)
{
	(void)ret_to;
	if (strcmp(t->verb, "submit") == 0)
		return submit(op, row, args, err) && tell(op, row, t->to, args, err);
	record_set(row, "decided_by", db_t(op->actor->who.name.p ? op->actor->who.name : SPAN("")));
	record_set(row, "decided_at", db_i(op_now(op)));
	if (strcmp(t->verb, "return") == 0) {
		record_set(row, "reason", db_t(json_get_text(args, "reason")));
		return tell(op, row, t->to, args, err);
	}
	return four_eyes(op, row, err) && declaration_adopt(op, row, err) && tell(op, row, t->to, args, err);
}

static void facts(const struct record *row, struct store_step *step)
{
	(void)row;
	step->subject = "declaration";
}

const struct resource declaration_resource = {
	.name = "declaration",
	.path = "declarations",
	.table = "declarations",
	.zh = "资产申报，单位申报的一个信息系统，或无信息系统、无变化",
	.en =
		"declaration, one system that a unit declares, or that it has none, or that nothing has "
		"changed",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.unit_n",
	.label = "name",
	.read = PERM_ASSET_READ,
	.write = PERM_DECLARE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.life = &life,
	.check = declaration_check,
	.apply = apply,
	.facts = facts,
};
