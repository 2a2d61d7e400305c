#include <stdio.h>

#include "asset/asset.h"
#include "base/test.h"
#include "finding/finding.h"
#include "os/file.h"
#include "people/people.h"
#include "resource/sheet.h"

static struct op op;

static int64_t count(struct sql_literal sql)
{
	struct err err = { 0 };
	int64_t n = -1;
	bool found;
	return db_int(op_db(&op), sql, V0, &n, &found, &err) && found ? n : -1;
}

static bool exec(struct sql_literal sql, struct err *err)
{
	bool ok = op_begin(&op, err) && db_exec(op_db(&op), sql, V0, err) && op_commit(&op, err);
	op_rollback(&op);
	return ok;
}

/* Runs `import findings` over a text; what it printed is in the arena. */
static bool import(const char *csv, const char *option, struct span *ret_said, struct err *err)
{
	char path[400], *said = NULL;
	size_t n = 0;
	*err = (struct err){ 0 };
	snprintf(path, sizeof path, "%s/findings.csv", test_folder());
	if (!file_replace(path, span_of(csv), 0600, err))
		return false;
	struct span word = span_of(path);
	struct command_call c = { .op = &op, .words = &word, .n_words = 1, .out = open_memstream(&said, &n) };
	if (option)
		c.options[c.n_options++].name = option;
	bool ok = false;
	for (size_t i = 0; i < finding_commands_count; i++)
		if (strcmp(finding_commands[i].words, "import findings") == 0)
			ok = finding_commands[i].run(&c, err);
	fclose(c.out);
	*ret_said = span_trim(arena_span(op.arena, (struct span){ said, n }));
	free(said);
	return ok;
}

#define NESSUS \
	"Plugin ID,CVE,CVSS v2.0 Base Score,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution\n"
#define OPENVAS \
	"IP,Hostname,Port,Port Protocol,CVSS,Severity,Solution Type,NVT Name,Summary,NVT OID,CVEs,Solution\n"
#define CHINESE "绿盟扫描报告,,,,,,\n序号,IP地址,端口,漏洞名称,风险等级,CVE编号,解决办法\n"
#define LIST "责任单位,隐患名称,类型,等级,来源,文号,整改期限,网址\n"

static const struct {
	const char *what, *csv, *option, *said;
	bool bad;
} cases[] = {
	{ "Nessus: high, the same again, information only",
		NESSUS "1,CVE-2021-41773,7.5,High,192.0.2.10,tcp,80,Apache,\"two\nlines\",d,Upgrade\n"
		       "1,CVE-2021-41773,7.5,High,192.0.2.10,tcp,80,Apache,again,d,Upgrade\n"
		       "2,,,None,192.0.2.10,tcp,0,Scan information,i,,\n",
		NULL, "read 3, new 1, changed 0, unchanged 2, refused 0" },
	{ "OpenVAS", OPENVAS "192.0.2.10,web,443,tcp,5.3,Medium,Mitigation,TLS 1.0,s,1.3.6.1,,off\n"
			     "192.0.2.10,web,,,0.0,Log,,OS,s,1.3.6.2,,\n",
		NULL, "read 2, new 1, changed 0, unchanged 1, refused 0" },
	{ "Chinese scanner, below a title", CHINESE "1,192.0.2.10,22,OpenSSH 枚举,中,CVE-2018-15473,升级\n"
						    "2,192.0.2.10,3306,MySQL 弱口令,高,,改口令\n",
		NULL, "read 2, new 2, changed 0, unchanged 0, refused 0" },
	{ "the same report again", CHINESE "1,192.0.2.10,22,OpenSSH 枚举,中,CVE-2018-15473,升级\n", NULL,
		"read 1, new 0, changed 0, unchanged 1, refused 0" },
	{ "by unit, from above, with a due date",
		LIST "U1,首页被植入暗链,暗链,高危,省委网信办,粤网通〔2026〕8号,2026年12月1日,https://www.a.example/i.html\n", NULL,
		"read 1, new 1, changed 0, unchanged 0, refused 0" },
	{ "an address nobody has", NESSUS "3,,5.0,Medium,198.51.100.7,tcp,443,TLS,x,y,z\n", NULL,
		"read 1, new 0, changed 0, unchanged 0, refused 1", true },
	{ "an address nobody has, left unassigned", NESSUS "3,,5.0,Medium,198.51.100.7,tcp,443,TLS,x,y,z\n",
		"unassigned",
		"read 1, new 1, changed 0, unchanged 0, refused 0" },
	{ "no such unit", LIST "U9,x,其他,高,,,,\n", NULL, "read 1, new 0, changed 0, unchanged 0, refused 1",
		true },
	{ "no severity that anybody knows", LIST "U1,x,其他,红色,,,,\n", NULL,
		"read 1, new 0, changed 0, unchanged 0, refused 1", true },
	{ "no title", LIST "U1,,其他,高,,,,\n", NULL, "read 1, new 0, changed 0, unchanged 0, refused 1", true },
	{ "no address", LIST "U1,x,其他,高,,,,here and there\n", NULL,
		"read 1, new 0, changed 0, unchanged 0, refused 1",
		true },
};

static void test_stored(void)
{
	struct err err = { 0 };
	struct span said;
	test_case("what was stored");
	CHECK_INT(count(SQL("SELECT count(*) FROM findings")), 6);
	CHECK_INT(count(SQL("SELECT count(*) FROM findings WHERE kind='scan' AND key='CVE-2021-41773 :80' "
		"AND severity='high'"
			    " AND asset_n=1 AND unit_n=1 AND priority>0")), 1);
	CHECK_INT(count(SQL("SELECT count(*) FROM findings WHERE kind='weak_password' AND severity='high'")),
		1);
	CHECK_INT(count(SQL("SELECT count(*) FROM findings WHERE kind='dark_link' AND address='www.a.example'"
			    " AND source='省委网信办' AND source_number='粤网通〔2026〕8号' AND "
			    "source_due=1796140799000")), 1);
	CHECK_INT(count(SQL("SELECT count(*) FROM findings WHERE unit_n IS NULL")), 1);
	CHECK_INT(count(SQL("SELECT count(*) FROM steps WHERE resource='finding' AND verb='report'")), 6);
	test_case("what was closed and is reported again has come back");
	CHECK_OK(exec(SQL("UPDATE findings SET state='closed', closed_at=1 WHERE kind='dark_link'"), &err),
		err);
	CHECK_OK(import(cases[4].csv, NULL, &said, &err), err);
	CHECK_SPAN(said, "read 1, new 0, changed 1, unchanged 0, refused 0");
	CHECK_INT(count(SQL("SELECT count(*) FROM findings WHERE kind='dark_link' AND state='new' AND "
		"recurrences=1")), 1);
}

/* The unit of the second row is renamed once the first is in. */
static void test_changed_meanwhile(void)
{
	struct err err = { 0 };
	struct span said;
	test_case("a row that others spoil while it goes in is left out and named, the plan is done");
	CHECK_OK(exec(SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, short_name,"
		" "
			  "kind, sector, uscc, sort_order, aliases, phone, note) VALUES (2, 'u2', 1, 0, 0, "
			  "'U2', "
			  "'乙', '', 'operator', 'water', '', 0, '[]', '', '')"), &err), err);
	CHECK_OK(exec(SQL("CREATE TRIGGER renamed AFTER INSERT ON findings WHEN NEW.title='first' BEGIN "
		"UPDATE "
			  "units SET code='X', name='X' WHERE n=2; END"), &err), err);
	CHECK_ERR(import(LIST "U1,first,其他,高,,,,\nU2,second,其他,高,,,,\nU1,third,其他,高,,,,\n", NULL, &said,
			  &err), err, ERR_CONFLICT);
	CHECK_INT(count(SQL("SELECT count(*) FROM findings WHERE title IN ('first', 'third')")), 2);
	CHECK_INT(count(SQL("SELECT count(*) FROM findings WHERE title='second'")), 0);
	CHECK_INT(count(SQL("SELECT count(*) FROM import_plans WHERE state<>'applied'")), 0);
	CHECK_INT(count(SQL("SELECT rows_refused*10+rows_new FROM import_plans ORDER BY n DESC LIMIT 1")),
		12);
	CHECK_INT(count(SQL("SELECT count(*) FROM import_sheet_rows WHERE action='refused' AND line=3 AND "
			    "faults LIKE '%被改变%'")), 1);
}

int main(void)
{
	static const struct import_kind *const kinds[] = { &finding_import_kind };
	static const struct resource *const all[] =
		{ &unit_resource, &asset_resource, &software_resource, &finding_resource };
	CLEANUP(arena_free_p) struct arena *arena = arena_new(64u << 20, 512u << 20);
	CLEANUP(store_close_p) struct store *store = NULL;
	struct err err = { 0 };
	char path[300];
	hash_start();
	import_register(kinds, COUNT(kinds));
	resource_register(all, COUNT(all));
	snprintf(path, sizeof path, "%s/store", test_folder());
	test_case("a house with one unit and one host");
	CHECK_OK(store_open(path, STORE_CREATE, &store, &err), err);
	op = (struct op){ .store = store, .actor = &actor_local, .arena = arena };
	CHECK_OK(exec(SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, "
		"short_name, kind, sector,"
			  " uscc, sort_order, aliases, phone, note)"
			  " VALUES (1, 'u1', 1, 0, 0, 'U1', '甲', '', 'operator', 'water', '', 0, '[]', '', "
			  "'')"), &err), err);
	CHECK_OK(exec(SQL("INSERT INTO assets (n, id, version, created_at, updated_at, unit_n, kind, name, "
		"address, importance,"
			  " exposure, mlps_level, record_number, note, source, seen_first, seen_last, "
			  "inventory)"
			  " VALUES (1, 'a1', 1, 0, 0, 1, 'host', 'web', '192.0.2.10', 'high', 'internet', 0, "
			  "'', '', 'csv', 0, 0, 0)"),
			 &err), err);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span said;
		test_case("%s", cases[i].what);
		if (cases[i].bad)
			CHECK_ERR(import(cases[i].csv, cases[i].option, &said, &err), err, ERR_INVALID);
		else
			CHECK_OK(import(cases[i].csv, cases[i].option, &said, &err), err);
		CHECK_SPAN(said, cases[i].said);
	}
	test_stored();
	test_changed_meanwhile();
	return test_end();
}
