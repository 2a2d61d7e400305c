/* What is kept of an import, how long, how many may wait, and one that cannot be completed. */
#include <fcntl.h>
#include <sys/stat.h>

#include "people/testing.h"
#include "resource/sheet_room.h"

#define UNITS "code,name,parent,kind,sector\nA,市网信办,,office,government\nW,市水务集团,A,operator,water\n"
#define PERSONS \
	"unit,name,duty,phone,办公室房间\nW,李四,联络员A,13800002001,八楼\nW,王五,liaison_b,13800002002,九楼\n" \
	"Q,赵六,,13800002003,十楼\n"

static struct house h;

static bool fail(struct op *op, struct sheet *s, struct err *err)
{
	(void)op, (void)s;
	return err_set(err, ERR_CORRUPT, "第 %d 行无法完成", "line %d cannot be completed", 7);
}

static struct sheet_kind failing_sheet;
static struct import_kind failing_kind;

static bool import_failing(struct command_call *c, struct err *err)
{
	return sheet_command(c, &failing_sheet, err);
}

static bool import_clean(struct command_call *c, struct err *err)
{
	c->options[c->n_options++].name = "clean";
	return person_import(c, err);
}

static bool run_job(const char *kind, int64_t plan_n, int attempts, struct err *err)
{
	struct store_job job = { .kind = span_of(kind),
		.argument = arena_printf(h.arena, "{\"plan\":%lld}", (long long)plan_n),
		.attempts = attempts };
	for (size_t i = 0; i < import_jobs_count; i++)
		if (strcmp(import_jobs[i].kind, kind) == 0)
			return import_jobs[i].run(&h.op, &job, err);
	return err_set(err, ERR_INTERNAL, "没有", "there is none");
}

static bool tick(struct err *err)
{
	int64_t next = 0;
	return import_ticks[0].run(&h.op, &next, err) && next > op_now(&h.op);
}

static int64_t last_plan(void)
{
	return house_int(&h, SQL("SELECT max(n) FROM import_plans"));
}

#define ROWS_WITH(text) \
	house_int(&h, \
		SQL("SELECT count(*) FROM import_sheet_rows WHERE cells LIKE '%" text "%' OR vals LIKE " \
		"'%" text \
			  "%' OR data LIKE '%" text "%' OR faults LIKE '%" text "%'"))

static void test_redacted(void)
{
	struct err err = { 0 };
	struct span said;
	test_case("of rows that went in no word about a person stays, of the others all, for a time");
	CHECK_OK(house_import(&h, unit_import, UNITS, false, &said, &err), err);
	CHECK_OK(house_import(&h, import_clean, PERSONS, false, &said, &err), err);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM persons WHERE phone='13800002001'")), 1);
	CHECK_INT(ROWS_WITH("13800002001"), 1);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM jobs WHERE kind='import.purge' AND state='waiting'")), 2);
	CHECK_OK(run_job("import.purge", last_plan(), 1, &err), err);
	CHECK_INT(ROWS_WITH("1380000200_"), 1);
	CHECK_INT(ROWS_WITH("13800002003"), 1);
	CHECK_INT(ROWS_WITH("李四"), 0);
	test_case("neither does what nobody knew the meaning of; the unit and the counts do");
	CHECK_INT(ROWS_WITH("八楼"), 0);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM import_sheet_rows WHERE action='new' AND vals LIKE "
		"'%\"unit\":\"W\"%'")), 2);
	CHECK_INT(house_int(&h, SQL("SELECT rows_new FROM import_plans ORDER BY n DESC LIMIT 1")), 2);
	CHECK_OK(run_job("import.purge", last_plan(), 1, &err), err);
	CHECK_OK(tick(&err), err);
	CHECK_INT(ROWS_WITH("13800002003"), 1);
	test_case("after its days nothing is left but the counts");
	CHECK(house_exec(&h, SQL("UPDATE import_plans SET updated_at = 1"), V0, &err));
	CHECK_OK(tick(&err), err);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM import_sheet_rows")), 0);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM import_plans WHERE kept='none' AND state='applied'")), 2);
}

/* A plan that waits, with a file. */
static int64_t waiting(const char *state, struct span file, int64_t bytes)
{
	struct err err = { 0 };
	struct import_plan p = { .kind = SPAN("persons"), .state = span_of(state), .scope = SPAN("*"),
		.file = file, .bytes = bytes };
	CHECK_OK(plan_new(&h.op, &p, &err), err);
	return p.n;
}

static void test_forgotten(void)
{
	struct err err = { 0 };
	char hash[STORE_BLOB_HEX], path[500];
	const struct timespec long_ago[2] = { { 1000000, 0 }, { 1000000, 0 } };
	test_case("what nobody applied in its days is given up, its file forgotten once no other is the "
		"same");
	CHECK_OK(store_blob_put(h.store, SPAN("unit,name\n"), hash, &err), err);
	snprintf(path, sizeof path, "%s/blobs/%.2s/%s", h.path, hash, hash + 2);
	int64_t one = waiting("ready", span_of(hash), 10), two = waiting("refused", span_of(hash), 10);
	CHECK(house_exec(&h, SQL("UPDATE import_plans SET updated_at = 1 WHERE n = ?"), V(db_i(one)), &err));
	CHECK_OK(tick(&err), err);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM import_plans WHERE state='cancelled' AND file=''")),
		1);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM import_plans WHERE state='refused' AND file<>''")),
		1);
	CHECK(house_exec(&h, SQL("UPDATE import_plans SET updated_at = 1 WHERE n = ?"), V(db_i(two)), &err));
	CHECK_OK(tick(&err), err);
	CHECK(file_exists(path));
	CHECK(utimensat(AT_FDCWD, path, long_ago, 0) == 0);
	CHECK_OK(tick(&err), err);
	CHECK(!file_exists(path));
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM import_plans WHERE file<>''")), 0);
}

static void test_room(void)
{
	struct err err = { 0 };
	struct actor somebody = actor_local;
	struct import_plan p = { .bytes = 2 << 20 };
	somebody.local = false;
	somebody.who.user_n = 77;
	h.op.actor = &somebody;
	test_case("so many imports of one person may wait, and so many bytes");
	CHECK_OK(import_room(&h.op, &p, &err), err);
	waiting("ready", SPAN(""), 3 << 20);
	waiting("failed", SPAN(""), 3 << 20);
	CHECK_OK(import_room(&h.op, &p, &err), err);
	CHECK(house_exec(&h,
		SQL("INSERT INTO settings (key, value) VALUES ('imports_pending_megabytes', '7')"), V0,
		&err));
	CHECK_ERR(import_room(&h.op, &p, &err), err, ERR_CONFLICT);
	CHECK(strstr(err.zh, "7 MB") != NULL);
	err = (struct err){ 0 };
	CHECK(house_exec(&h, SQL("INSERT INTO settings (key, value) VALUES ('imports_pending', '2')"), V0,
		&err));
	CHECK_ERR(import_room(&h.op, &(struct import_plan){ 0 }, &err), err, ERR_CONFLICT);
	CHECK(strstr(err.zh, "放弃") != NULL);
	err = (struct err){ 0 };
	somebody.who.user_n = 78;
	CHECK_OK(import_room(&h.op, &p, &err), err);
	h.op.actor = &actor_local;
}

static void test_failed(void)
{
	struct err err = { 0 };
	struct span said;
	test_case("an import that cannot be completed ends, and says why");
	CHECK_ERR(house_import(&h, import_failing, "unit,name\nW,陈七\n", false, &said, &err), err,
		ERR_CORRUPT);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM import_plans WHERE kind='failing' AND state='failed' AND"
				    " problems LIKE '%第 7 行无法完成%'")), 1);
	err = (struct err){ 0 };
	CHECK_OK(import_resume(&h.op, &err), err);
	test_case("as does one whose file is gone, at the first try; of other troubles after some");
	int64_t n = waiting("received", span_of("00"), 10);
	CHECK_OK(run_job("import.plan", n, 1, &err), err);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM import_plans WHERE state='refused' AND problems LIKE '%附件%'")), 1);
	n = waiting("received", SPAN("aa7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), 10);
	CHECK(!run_job("import.plan", n, 1, &err) || err.code == ERR_NONE);
	err = (struct err){ 0 };
	CHECK_OK(run_job("import.plan", n, 5, &err), err);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM import_plans WHERE state='refused' AND kind='persons'")), 2);
}

int main(void)
{
	house_open(&h, "import_keep");
	failing_sheet = *person_import_kind.sheet;
	failing_sheet.name = "failing";
	failing_sheet.finish = fail;
	failing_kind = person_import_kind;
	failing_kind.name = "failing";
	failing_kind.sheet = &failing_sheet;
	static const struct import_kind *const kinds[] =
		{ &unit_import_kind, &person_import_kind, &failing_kind };
	import_register(kinds, COUNT(kinds));
	test_redacted();
	test_forgotten();
	test_room();
	test_failed();
	house_close(&h);
	return test_end();
}
