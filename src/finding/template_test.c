#include "finding/template.h"

#include "base/test.h"
#include "os/clock.h"

struct desk {
	struct store *store;
	struct arena *arena;
	struct op op;
};

static void open_desk(struct desk *d)
{
	static const struct resource *const all[] = { &template_resource };
	char path[300];
	struct err err = { 0 };
	hash_start();
	clock_start();
	resource_register(all, COUNT(all));
	snprintf(path, sizeof path, "%s/template", test_folder());
	*d = (struct desk){ .arena = arena_new(64u << 20, 256u << 20) };
	if (!store_open(path, STORE_CREATE, &d->store, &err)) {
		printf("Bail out! %s\n", err.en);
		exit(1);
	}
	d->op = (struct op){ .store = d->store, .actor = &actor_local, .arena = d->arena, .zh = true };
}

static void checks(void)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{ "没有占位符", NULL },
		{ "{单位}：于{期限}前，{清单}{编号}{标题}{等级}{来文}", NULL },
		{ "{{\"key\": 1}", NULL },
		{ "{ 单位 }", "{ 单位 }" },
		{ "请{姓名}", "{姓名}" },
		{ "{}", "{}" },
		{ "未完{单位", "没有闭合" },
		{ "{单{单位}", "{单{单位}" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		test_case("check %s", cases[i].text);
		CHECK(template_check(span_of(cases[i].text), "text", &err) == !cases[i].problem);
		CHECK(!cases[i].problem || (strstr(err.zh, cases[i].problem) && !strcmp(err.field, "text")));
	}
}

static void puts_words(struct desk *d)
{
	static const struct {
		const char *text, *want;
		struct template_words words;
	} cases[] = {
		{ "{单位}于{期限}前", "甲于明日前", { .unit = { "甲", 3 }, .due = { "明日", 6 } } },
		{ "{单位}{编号}", "甲{编号}", { .unit = { "甲", 3 } } },
		{ "{单位}{编号}", "甲", { .unit = { "甲", 3 }, .number = { "", 0 } } },
		{ "{{{单位}", "{甲", { .unit = { "甲", 3 } } },
		{ "{标题}", "{单位}", { .title = { "{单位}", 8 }, .unit = { "甲", 3 } } }, /* once only */
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct span got = { NULL, 0 };
		test_case("put %s", cases[i].text);
		CHECK_OK(template_put(span_of(cases[i].text), &cases[i].words, d->arena, &got, &err), err);
		CHECK_SPAN(got, cases[i].want);
	}
	static char big[TEMPLATE_TEXT_MAX];
	memset(big, 'x', sizeof big);
	struct err err = { 0 };
	struct span got;
	test_case("a long list is cut, and says so");
	CHECK_OK(template_put(SPAN("{清单}"), &(struct template_words){ .list = { big, sizeof big } },
			 d->arena, &got, &err),
		err);
	CHECK(got.n < TEMPLATE_LIST_MAX && strstr(got.p, "清单较长"));
	test_case("what grows too long is refused");
	CHECK_ERR(template_put(SPAN("{单位}{单位}"), &(struct template_words){ .unit = { big, sizeof big } },
			  d->arena, &got, &err),
		err, ERR_TOO_LARGE);
}

static void shipped(struct desk *d)
{
	static const struct {
		const char *of, *kind;
	} wanted[] = { { "finding", "vulnerability" }, { "finding", "weak_password" },
		{ "finding", "exposed_service" }, { "finding", "page_tamper" }, { "finding", "other" },
		{ "order", "finding" }, { "order", "task" }, { "order", "declaration" },
		{ "order", "notice" }, { "notice", "warning" }, { "notice", "hazard" },
		{ "notice", "incident" }, { "notice", "tip" } };
	struct err err = { 0 };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		struct template_parts p = { 0 };
		test_case("shipped: %s %s", wanted[i].of, wanted[i].kind);
		CHECK_OK(template_find(&d->op,
				 &(struct template_which){
					 .of = wanted[i].of, .kind = span_of(wanted[i].kind) },
				 &p, &err),
			err);
		CHECK(p.found && p.title.n && (p.remedy.n || p.text.n));
	}
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = true;
	test_case("every shipped text is one that could be saved");
	CHECK_OK(db_query(op_db(&d->op), SQL("SELECT title, problem, harm, remedy, text, problem_en, harm_en,"
					     " remedy_en FROM templates"),
			 V0, &r, &err),
		err);
	while (db_next(r, &row, &err) && row)
		for (int i = 0; i < db_col_count(r); i++)
			CHECK_OK(template_check(db_col_text(r, i), "text", &err), err);
	struct template_parts other = { 0 };
	test_case("a kind without a template of its own is spoken of in general; an order's is not");
	CHECK_OK(template_find(&d->op, &(struct template_which){ "finding", SPAN("odd"), { NULL, 0 } },
			 &other, &err),
		err);
	CHECK(other.found);
	CHECK_OK(template_find(&d->op, &(struct template_which){ "order", SPAN("odd"), { NULL, 0 } }, &other,
			 &err),
		err);
	CHECK(!other.found);
	struct span text = { "x", 1 };
	CHECK_OK(template_fill(&d->op, "order", SPAN("odd"), &(struct template_words){ 0 }, &text, &err),
		err);
	CHECK(text.p == NULL);
	CHECK_OK(template_fill(&d->op, "order", SPAN("task"),
			 &(struct template_words){ .unit = SPAN("甲"), .due = SPAN("明日"),
				 .title = SPAN("普查"), .list = SPAN("") },
			 &text, &err),
		err);
	CHECK(span_starts(text, SPAN("甲：\n请按要求完成“普查”，于明日前")));
	test_case("read in English where there are two languages");
	d->op.zh = false;
	CHECK_OK(template_find(&d->op,
			 &(struct template_which){ "finding", SPAN("weak_password"), { NULL, 0 } }, &other,
			 &err),
		err);
	CHECK(span_starts(other.harm, SPAN("Attackers")));
	d->op.zh = true;
}

static bool write_one(struct desk *d, const char *id, const char *json, struct err *err)
{
	json_t *j = NULL;
	struct record made;
	*err = (struct err){ 0 };
	bool ok = json_parse(span_of(json), 0, &j, err) && op_begin(&d->op, err) &&
		(id ? resource_change(&d->op, &template_resource,
			      &(struct resource_request){ .id = span_of(id), .in = j }, &made, err)
		    : resource_create(&d->op, &template_resource, j, &made, err)) &&
		op_commit(&d->op, err);
	op_rollback(&d->op);
	json_decref(j);
	return ok;
}

static void versions(struct desk *d)
{
	struct err err = { 0 };
	struct span id, old;
	int64_t n = 0;
	bool found;
	test_case("a change makes a new version, the old one stays");
	CHECK_OK(db_text(op_db(&d->op), SQL("SELECT id FROM templates WHERE of='order' AND kind='task'"), V0,
			 d->arena, &id, &err),
		err);
	CHECK_OK(write_one(d, id.p, "{\"text\":\"{单位}：请办理{标题}\"}", &err), err);
	CHECK_OK(db_int(op_db(&d->op),
			 SQL("SELECT count(*) FROM template_versions v JOIN templates t ON t.n=v.template_n"
			     " WHERE t.id=?"),
			 V(db_t(id)), &n, &found, &err),
		err);
	CHECK_INT(n, 2);
	CHECK_OK(db_text(op_db(&d->op),
			 SQL("SELECT v.text FROM template_versions v JOIN templates t ON t.n=v.template_n"
			     " WHERE t.id=? AND v.version=1"),
			 V(db_t(id)), d->arena, &old, &err),
		err);
	CHECK(span_starts(old, SPAN("{单位}：\n请按要求完成")));
	static const struct {
		const char *name, *json;
		enum err_code want;
	} refused[] = {
		{ "an unknown placeholder",
			"{\"of\":\"order\",\"kind\":\"task\",\"name\":\"b\",\"text\":\"{张三}\"}",
			ERR_INVALID },
		{ "nothing to say", "{\"of\":\"order\",\"kind\":\"task\",\"name\":\"b\",\"text\":\" \"}",
			ERR_INVALID },
		{ "a name taken", "{\"of\":\"order\",\"kind\":\"task\",\"text\":\"x\"}", ERR_DUPLICATE },
	};
	for (size_t i = 0; i < COUNT(refused); i++) {
		test_case("refused: %s", refused[i].name);
		CHECK_ERR(write_one(d, NULL, refused[i].json, &err), err, refused[i].want);
	}
	test_case("another of the same kind, by its name");
	CHECK_OK(write_one(d, NULL,
			 "{\"of\":\"order\",\"kind\":\"task\",\"name\":\"普查\",\"text\":\"请普查\"}", &err),
		err);
	test_case("what it is for stays");
	CHECK_ERR(write_one(d, id.p, "{\"kind\":\"declaration\"}", &err), err, ERR_INVALID);
}

static void dues(struct desk *d)
{
	test_case("a time as documents write it");
	CHECK_SPAN(template_due(d->arena, INT64_C(1795395600000)), "2026年11月23日9时");
	CHECK_SPAN(template_due(d->arena, INT64_C(1795395600000) + 9 * TIME_HOUR + 30 * TIME_MINUTE),
		"2026年11月23日18时30分");
}

int main(void)
{
	struct desk d;
	open_desk(&d);
	checks();
	puts_words(&d);
	shipped(&d);
	versions(&d);
	dues(&d);
	store_close(d.store);
	arena_free(d.arena);
	return test_end();
}
