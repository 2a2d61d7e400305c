/*
 * The office's first month, told to the real program: a messy workbook of 300 units and 350 persons goes in,
 * 300 slips come out, 250 declarations are answered (100 by the units, 100 recorded on behalf, 50 late), two
 * notices, a task and findings of four kinds run to their end over four weeks.  At each week's end the
 * measures are what a second reckoning says that was kept beside (oracle.h); at the end each week's are asked
 * again and are the same.
 *
 *	first_week_test SEAWALL ROSTER.xlsx FAULTS.tsv TRUTH.tsv
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../support/house.h"
#include "oracle.h"

enum { UNITS = 300, FINDINGS = 40, WEEKS = 4 };

static struct story city;
static struct oracle oracle;

struct unit {
	char name[100], division[8], uscc[20], chief[40], deputy[40], liaison[40], phone[16], second[40],
		second_phone[16], id[40], code[60], account[80], bearer[120];
};
static struct unit units[UNITS];
static size_t n_units, n_persons;

/* ---- small things ---- */

static void at(const char *moment)
{
	struct tm tm = { 0 };
	struct timespec now;
	HOUSE_NEED(strptime(moment, "%Y-%m-%d %H:%M", &tm) != NULL);
	int64_t ms = ((int64_t)timegm(&tm) - 8 * 3600) * 1000; /* the city's zone */
	clock_gettime(CLOCK_REALTIME, &now);
	ms -= (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + city.clock[0];
	__atomic_add_fetch(&city.clock[0], ms, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&city.clock[1], ms, __ATOMIC_SEQ_CST);
	/* whoever was signed in has to do so again */
	const char *name;
	json_t *account;
	json_object_foreach(city.accounts, name, account)
		json_object_del(account, "cookie");
}

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + city.clock[0];
}

static const char *text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "";
}

/* "2026-03-13T09:30:00.000Z" in milliseconds; 0 for null. */
static int64_t moment_of(const json_t *o, const char *name)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text_of(o, name), "%Y-%m-%dT%H:%M:%S", &tm);
	if (!rest)
		return 0;
	return (int64_t)timegm(&tm) * 1000 + (*rest == '.' ? strtol(rest + 1, NULL, 10) : 0);
}

static const char *bearer_of(const char *account);

/* As one of the staff, or as a liaison by the token of the account. */
static json_t *ask(const char *as, const char *method, const char *path, json_t *body)
{
	struct answer a = { 0 };
	char *text = body ? json_dumps(body, 0) : NULL;
	const char *bearer = bearer_of(as);
	struct ask q = { .as = bearer ? NULL : as, .method = method, .path = path, .json = text,
		.header = bearer ? "Authorization" : NULL, .value = bearer };
	long status = house_ask(&city, &q, &a);
	json_t *got = a.json ? json_incref(a.json) : json_object();
	if (status / 100 != 2) {
		house_broken++;
		printf("# %s %s as %s: %ld %.600s\n#   sent %.300s\n", method, path, as ? as : "-", status,
			a.body ? a.body : city.why, text ? text : "");
	}
	free(text);
	json_decref(body);
	answer_done(&a);
	return got;
}

static const char *bearer_of(const char *account)
{
	for (size_t i = 0; i < n_units; i++)
		if (units[i].bearer[0] && strcmp(units[i].account, account) == 0)
			return units[i].bearer;
	return NULL;
}

static const char *path_of(const char *id)
{
	static char path[300];
	snprintf(path, sizeof path, "/api/v1/orders/%s", id);
	return path;
}

/* How many records a list has, page by page. */
static long count(const char *path)
{
	char page[700], cursor[400] = "";
	long n = 0;
	do {
		snprintf(page, sizeof page, "%s%slimit=1000%s%s", path, strchr(path, '?') ? "&" : "?",
			cursor[0] ? "&cursor=" : "", cursor);
		json_t *got = ask("duty", "GET", page, NULL);
		n += (long)json_array_size(json_object_get(got, "items"));
		snprintf(cursor, sizeof cursor, "%s", text_of(got, "next"));
		json_decref(got);
	} while (cursor[0]);
	return n;
}

/* ---- the roster ---- */

static const char *next_field(char **line)
{
	char *from = *line, *end = from ? strpbrk(from, "\t\n") : NULL;
	if (!from)
		return "";
	*line = end && *end == '\t' ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return from;
}

/* One line a person; the lines of a unit stand together. */
static void read_truth(const char *path)
{
	char text[512];
	FILE *f = fopen(path, "re");
	HOUSE_NEED(f != NULL);
	while (f && fgets(text, sizeof text, f) && n_units < UNITS + 1) {
		char *line = text;
		const char *name = next_field(&line), *division = next_field(&line),
			*uscc = next_field(&line);
		const char *person = next_field(&line), *duty = next_field(&line), *phone = next_field(&line);
		struct unit *u = n_units ? &units[n_units - 1] : NULL;
		n_persons++;
		if (!u || strcmp(u->name, name) != 0) {
			HOUSE_NEED(n_units < UNITS);
			u = &units[n_units++];
			snprintf(u->name, sizeof u->name, "%.90s", name);
			snprintf(u->division, sizeof u->division, "%.6s", division);
			snprintf(u->uscc, sizeof u->uscc, "%.18s", uscc);
		}
		const struct { const char *duty; char *name, *phone;
			} to[] = { { "liaison_a", u->liaison, u->phone },
			{ "liaison_b", u->second, u->second_phone }, { "chief", u->chief, NULL },
			{ "deputy", u->deputy, NULL } };
		for (size_t i = 0; i < COUNT(to); i++) {
			if (strcmp(duty, to[i].duty) != 0)
				continue;
			snprintf(to[i].name, sizeof u->liaison, "%.36s", person);
			if (to[i].phone)
				snprintf(to[i].phone, sizeof u->phone, "%.14s", phone);
		}
	}
	if (f)
		fclose(f);
}

/* The offices are known before: the city's, and one for each county. */
static const char offices[] =
	"code,name,parent,division,kind,sector,short_name\n"
	"wxb,湛江市网信办,,440800,office,government,市网信办\n"
	"wxb-802,赤坎区网信办,wxb,440802,office,government,\nwxb-803,霞山区网信办,wxb,440803,office,government,\n"
	"wxb-804,坡头区网信办,wxb,440804,office,government,\nwxb-811,麻章区网信办,wxb,440811,office,government,\n"
	"wxb-823,遂溪县网信办,wxb,440823,office,government,\nwxb-825,徐闻县网信办,wxb,440825,office,government,\n"
	"wxb-881,廉江市网信办,wxb,440881,office,government,\nwxb-882,雷州市网信办,wxb,440882,office,government,\n"
	"wxb-883,吴川市网信办,wxb,440883,office,government,\n";
enum { OFFICES = 10 };

static const struct house_account staff[] =
	{ { "duty", "duty_officer", "wxb" }, { "duty2", "duty_officer", "wxb" },
	{ "analyst", "analyst", "wxb" }, { "leader", "leader", "wxb" },
	{ "county", "county_officer", "wxb-881" } };

static void write_file(const char *name, const char *text, char ret_path[300])
{
	snprintf(ret_path, 300, "%s/%s", city.work, name);
	FILE *f = fopen(ret_path, "we");
	HOUSE_NEED(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void make_offices(const char *program)
{
	char path[300];
	house_begin(&city, program);
	at("2026-03-02 08:30");
	HOUSE_NEED(house_run(&city, NULL, NULL, "init", NULL) == 0);
	write_file("offices.csv", offices, path);
	test_case("the offices, by a clean file");
	CHECK_INT(house_run(&city, NULL, NULL, "import", "units", path, NULL), 0);
	for (size_t i = 0; i < COUNT(staff); i++) {
		json_t *step = json_pack("{ssssss}", "account", staff[i].name, "role", staff[i].role, "unit",
			staff[i].unit);
		HOUSE_NEED(account_step(&city, step));
		json_decref(step);
	}
}

/* 「第 12 行」, or among others 「第 7、12、73 行」. */
static bool names_row(const char *said, const char *row)
{
	size_t n = strlen(row);
	for (const char *at = strstr(said, row); at; at = strstr(at + 1, row)) {
		bool begins = at > said && (at[-1] == ' ' || strncmp(at - 3, "、", 3) == 0);
		bool ends = strncmp(at + n, " 行", 4) == 0 || strncmp(at + n, "、", 3) == 0;
		if (at - said >= 3 && begins && ends)
			return true;
	}
	return false;
}

/* Each fault that was put in must be named with its row, or be repaired without a question. */
static void check_faults(const char *path, const char *said)
{
	char text[600];
	int n = 0, named = 0;
	FILE *f = fopen(path, "re");
	HOUSE_NEED(f != NULL);
	while (f && fgets(text, sizeof text, f)) {
		char *line = text;
		const char *row = next_field(&line), *column = next_field(&line),
			*kind = next_field(&line);
		(void)column;
		bool needs_telling = strcmp(kind, "phone_scientific") == 0 ||
			strcmp(kind, "uscc_wrong") == 0 ||
			strcmp(kind, "name_near") == 0;
		n += needs_telling;
		bool told = names_row(said, row);
		named += needs_telling && told;
		if (needs_telling && !told)
			printf("# not told: row %s (%s)\n", row, kind);
	}
	if (f)
		fclose(f);
	CHECK_INT(named, n);
	CHECK_INT(n, 8);
}

/* The sheet as people send it: what is clean goes in, the rest comes back as a workbook. */
static void take_roster(const char *roster, const char *faults)
{
	char rest[300], *said = NULL;
	snprintf(rest, sizeof rest, "%s/rest.xlsx", city.work);
	test_case("the workbook is looked at: each fault is named with its row, and nothing goes in");
	house_run(&city, NULL, &said, "import", "units", roster, "--dry-run", NULL);
	check_faults(faults, said ? said : "");
	CHECK_INT(count("/api/v1/units"), OFFICES);
	free(said);
	test_case("the clean rows go in, the rest is given back as a workbook");
	int status = house_run(&city, NULL, &said, "import", "units", roster, "--clean", "--accept-repairs",
		"--rest", rest,
		NULL);
	long in = count("/api/v1/units") - OFFICES;
	printf("# exit %d, %ld units in\n", status, in);
	CHECK(in >= 280 && in < UNITS);
	CHECK(access(rest, R_OK) == 0);
	free(said);
}

static bool is_in(const json_t *page, const char *name)
{
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(page, "items"), i, one)
	{
		if (strcmp(text_of(one, "name"), name) == 0)
			return true;
	}
	return false;
}

/* What was asked of people they say in a small file: the numbers in full, and that namesakes are none. */
static void put_right(void)
{
	char path[300], *csv = NULL;
	size_t size, rows = 0;
	FILE *f = open_memstream(&csv, &size);
	json_t *page = ask("duty", "GET", "/api/v1/units?limit=1000", NULL);
	HOUSE_NEED(f != NULL);
	if (!f)
		return;
	fputs("单位名称,统一社会信用代码,所在县区,排序号,联络员A,联络员A手机,主要负责人,分管领导,联络员B,联络员B手机\n", f);
	for (size_t i = 0; i < n_units; i++) {
		const struct unit *u = &units[i];
		if (is_in(page, u->name))
			continue;
		rows++;
		fprintf(f, "%s,%s,%s,%zu,%s,%s,%s,%s,%s,%s\n", u->name, u->uscc, u->division, i + 1,
			u->liaison, u->phone,
			u->chief, u->deputy, u->second, u->second_phone);
	}
	fclose(f);
	json_decref(page);
	write_file("rest.csv", csv, path);
	free(csv);
	printf("# %zu rows were asked about\n", rows);
	test_case("what was asked is answered in a small file");
	CHECK(rows >= 7 && rows <= 25);
	char *said = NULL;
	int status = house_run(&city, NULL, &said, "import", "units", path, "--new-all", NULL);
	CHECK_INT(status, 0);
	if (status)
		printf("# %.1500s\n", said ? said : "");
	free(said);
}

static void read_units(void)
{
	json_t *page = ask("duty", "GET", "/api/v1/units?limit=1000&fields=code,name,uscc", NULL), *one;
	size_t i, found = 0;
	json_array_foreach(json_object_get(page, "items"), i, one)
	{
		for (size_t k = 0; k < n_units; k++)
			if (strcmp(units[k].name, text_of(one, "name")) == 0) {
				snprintf(units[k].id, sizeof units[k].id, "%s", text_of(one, "id"));
				snprintf(units[k].code, sizeof units[k].code, "%s", text_of(one, "code"));
				found += strcmp(units[k].uscc, text_of(one, "uscc")) == 0;
			}
	}
	CHECK_INT(found, n_units);
	json_decref(page);
}

static void check_persons(void)
{
	json_t *page = ask("duty", "GET", "/api/v1/persons?limit=1000", NULL), *one;
	size_t i, right = 0;
	json_array_foreach(json_object_get(page, "items"), i, one)
	{
		for (size_t k = 0; k < n_units; k++)
			right += strcmp(units[k].id, text_of(one, "unit_id")) == 0 &&
				strcmp(units[k].liaison, text_of(one, "name")) == 0 &&
				strstr(text_of(one, "phone"), units[k].phone) != NULL;
	}
	CHECK_INT(right, n_units);
	json_decref(page);
}

/* ---- accounts ---- */

/* Signs in with the code of a slip and sets a password.  Sessions end while the weeks pass: from then on a
 * program answers with a token of this account, which costs no password hash each time. */
static bool first_sign_in(struct unit *u, const char *code)
{
	struct answer a = { 0 };
	char *json = NULL, *said = NULL;
	if (asprintf(&json, "{\"username\":\"%s\",\"code\":\"%s\",\"new_password\":\"Chaosheng-%s-7k\"}",
	    u->account,
		    code, u->phone + 7) < 0)
		abort();
	struct ask q = { .method = "POST", .path = "/api/v1/session", .json = json };
	long status = house_ask(&city, &q, &a);
	if (status / 100 != 2)
		printf("# first sign-in of %s: %ld %.300s\n", u->account, status, a.body ? a.body : "");
	free(json);
	answer_done(&a);
	int made = house_run(&city, NULL, &said, "token", "add", u->account, "--days", "60", NULL);
	snprintf(u->bearer, sizeof u->bearer, "Bearer %.*s", said ? (int)strcspn(said, "\n") : 0,
		said ? said : "");
	HOUSE_NEED(made == 0 && u->bearer[7]);
	free(said);
	return status / 100 == 2;
}

enum { SIGNED_IN = 100 };

static void open_accounts(void)
{
	size_t i, slips = 0, codes = 0, in = 0;
	json_t *got = ask("duty", "POST", "/api/v1/users/issue",
		       json_pack("{sss[s]}", "under", "wxb", "duties", "liaison_a")),
	       *slip;
	test_case("300 slips come out");
	json_array_foreach(json_object_get(got, "items"), i, slip)
	{
		slips++;
		for (size_t k = 0; k < n_units; k++)
			if (strcmp(units[k].id, text_of(slip, "unit_id")) == 0) {
				snprintf(units[k].account, sizeof units[k].account, "%s",
					text_of(slip, "account"));
				codes++;
				if (k < SIGNED_IN)
					in += first_sign_in(&units[k], text_of(slip, "code"));
			}
	}
	CHECK_INT(slips, UNITS);
	CHECK_INT(codes, UNITS);
	test_case("a hundred liaisons sign in with their code and set a password");
	CHECK_INT(in, SIGNED_IN);
	json_decref(got);
}

/* ---- the work of four weeks ---- */

/* Who of the units does what: 0 … 99 themselves, 100 … 199 by telephone, 200 … 249 late. */
static struct unit *unit_by_id(const char *id)
{
	for (size_t i = 0; i < n_units; i++)
		if (strcmp(units[i].id, id) == 0)
			return &units[i];
	return NULL;
}

/* Orders just sent, into the oracle, with the deadlines that the program gave them. */
static void note_sent(const json_t *answer, const char *kind, int reply, struct order **ret, size_t max)
{
	const json_t *one;
	size_t i, n = 0;
	json_array_foreach(json_object_get(answer, "orders"), i, one)
	{
		json_t *o = ask("duty", "GET", path_of(text_of(one, "id")), NULL);
		struct unit *u = unit_by_id(text_of(o, "unit_id"));
		struct order *w = oracle_order(&oracle, text_of(o, "id"));
		HOUSE_NEED(u && w);
		if (u && w && n < max) {
			*w = (struct order){ .unit = (int)(u - units),
				.finding = strcmp(kind, "finding") == 0, .reply = reply,
				.sent = moment_of(o, "sent_at"),
				.acknowledge_due = moment_of(o, "acknowledge_due"),
				.answer_due = moment_of(o, "answer_due") };
			snprintf(w->id, sizeof w->id, "%s", text_of(o, "id"));
			ret[n++] = w;
		}
		json_decref(o);
	}
}

/* By the unit itself where its liaison has signed in, else by telephone, recorded by the duty officer. */
static void act(struct order *w, const char *verb, json_t *body)
{
	if (!w) { /* was not sent: told already */
		json_decref(body);
		return;
	}
	const struct unit *u = &units[w->unit];
	bool own = w->unit < SIGNED_IN;
	char path[120];
	snprintf(path, sizeof path, "/api/v1/orders/%s/%s", w->id, verb);
	if (!own) {
		json_object_set_new(body, "on_behalf",
			json_pack("{ssss}", "channel", "phone", "person", u->liaison));
		w->behalf = w->behalf ? w->behalf : now();
	}
	json_decref(ask(own ? u->account : "duty", "POST", path, body));
	if (!w->acknowledged)
		w->acknowledged = now();
}

static void acknowledge(struct order *w)
{
	act(w, "acknowledge", json_object());
}

static void answer(struct order *w, json_t *body)
{
	act(w, "answer", body);
	if (!w)
		return;
	if (!w->answered)
		w->answered = now();
	else
		w->answered_again = now();
}

static void verify(struct order *w)
{
	char path[120];
	if (!w)
		return;
	snprintf(path, sizeof path, "/api/v1/orders/%s/verify", w->id);
	json_decref(ask("analyst", "POST", path, json_object()));
	w->verified = now();
}

static void send_back(struct order *w)
{
	char path[120];
	if (!w)
		return;
	snprintf(path, sizeof path, "/api/v1/orders/%s/return", w->id);
	json_t *o = ask("analyst", "POST", path, json_pack("{ss}", "reason", "材料不全，请补充整改后的截图"));
	w->returned = now();
	w->answer_due_again = moment_of(o, "answer_due");
	json_decref(o);
}

static json_t *ids_of(size_t from, size_t n)
{
	json_t *ids = json_array();
	for (size_t i = from; i < from + n; i++)
		json_array_append_new(ids, json_string(units[i].id));
	return ids;
}

static struct order *declarations[250], *tasks[30], *warned[60], *told[30], *findings[FINDINGS];

static void ask_for_declarations(void)
{
	test_case("250 units are asked for their inventory");
	json_t *got = ask("duty", "POST", "/api/v1/orders",
		json_pack("{sssssss{so}ssss}", "kind", "declaration", "title", "2026年度网络资产申报", "text",
			"请于三月十三日前申报本单位信息系统；没有信息系统的，选择「本单位无信息系统」。", "to", "units", ids_of(0, 250),
			"due", "2026-03-13T17:30:00+08:00", "reply", "answer"));
	CHECK_INT(json_array_size(json_object_get(got, "orders")), 250);
	note_sent(got, "declaration", REPLY_ANSWER, declarations, 250);
	json_decref(got);
}

/* One in five has no system; what is not known is said to be not known. */
static json_t *declaration_of(const struct order *w)
{
	if (!w)
		return json_object();
	if (w->unit % 5 == 4)
		return json_pack("{sb}", "none", 1);
	char name[160], url[80];
	snprintf(name, sizeof name, "%s门户网站", units[w->unit].name);
	snprintf(url, sizeof url, "http://www.u%03d.example/", w->unit);
	return json_pack("{s[{ssss s[ss]}]}", "systems", "name", name, "url", url, "unknown", "mlps_level",
		"record_number");
}

static void send_task(void)
{
	test_case("a task to the thirty units of one district");
	json_t *got = ask("duty", "POST", "/api/v1/orders",
		json_pack("{sssssss{ss}ssss}", "kind", "task", "title", "两会期间网络安全保障自查", "text",
			"请完成自查并反馈结果，附自查表。", "to", "division", "440802", "due", "2026-03-10T17:30:00+08:00",
			"reply",
			"answer"));
	CHECK_INT(json_array_size(json_object_get(got, "orders")), 30);
	note_sent(got, "task", REPLY_ANSWER, tasks, 30);
	json_decref(got);
}

/* Drafted, submitted, approved by a second person, issued: orders to every recipient. */
static void issue_notice(const char *kind, const char *title, json_t *to, const char *reply,
	struct order **ret, size_t n)
{
	char path[120], id[40];
	json_t *draft = ask("duty", "POST", "/api/v1/notices",
		json_pack("{sssssssoss}", "kind", kind, "title", title, "text", "请立即排查并按要求处置。", "to", to,
		"reply", reply));
	snprintf(id, sizeof id, "%s", text_of(draft, "id"));
	json_decref(draft);
	static const struct { const char *as, *verb;
		} way[] = { { "duty", "submit" }, { "leader", "approve" }, { "duty", "issue" } };
	for (size_t i = 0; i < COUNT(way); i++) {
		snprintf(path, sizeof path, "/api/v1/notices/%s/%s", id, way[i].verb);
		json_decref(ask(way[i].as, "POST", path, json_object()));
	}
	oracle.issued[oracle.n_issued++] = now();
	snprintf(path, sizeof path, "/api/v1/orders?batch=%s&limit=1000", id);
	json_t *page = ask("duty", "GET", path, NULL), *answer = json_object();
	for (int tries = 0; json_array_size(json_object_get(page, "items")) < n && tries < 100; tries++) {
		nanosleep(&(struct timespec){ 0, 50000000 }, NULL); /* the rest is sent by a job */
		json_decref(page);
		page = ask("duty", "GET", path, NULL);
	}
	CHECK_INT(json_array_size(json_object_get(page, "items")), n);
	json_object_set(answer, "orders", json_object_get(page, "items"));
	note_sent(answer, "notice", strcmp(reply, "answer") == 0 ? REPLY_ANSWER : REPLY_ACKNOWLEDGE, ret, n);
	json_decref(answer);
	json_decref(page);
}

/* Four kinds, from a sheet as a testing firm sends it. */
static void import_findings(void)
{
	static const char *const kinds[][3] = { { "vulnerability", "Apache Log4j2 远程代码执行漏洞", "超危" },
		{ "弱口令", "后台管理员弱口令", "高危" }, { "exposure", "数据库端口暴露于互联网", "高危" },
		{ "暗链", "页面被植入暗链", "中危" } };
	char path[300], *csv = NULL, *said = NULL;
	size_t size;
	FILE *f = open_memstream(&csv, &size);
	fprintf(f, "单位,隐患类别,隐患名称,等级,来源,来源编号\n");
	for (int i = 0; i < FINDINGS; i++)
		fprintf(f, "%s,%s,%s,%s,市测评中心,CP-2026-%03d\n", units[i * 7].name, kinds[i % 4][0],
			kinds[i % 4][1],
			kinds[i % 4][2], i + 1);
	fclose(f);
	write_file("findings.csv", csv, path);
	free(csv);
	test_case("findings of four kinds from a sheet, an order to each unit");
	int status = house_run(&city, NULL, &said, "import", "findings", path, NULL);
	CHECK_INT(status, 0);
	if (status)
		printf("# %.1500s\n", said ? said : "");
	free(said);
	CHECK_INT(count("/api/v1/findings"), FINDINGS);
	json_t *got = ask("duty", "POST", "/api/v1/findings/order",
		json_pack("{s{ss}ss}", "filter", "state", "new", "text", "请按期整改并反馈。"));
	CHECK_INT(json_array_size(json_object_get(got, "orders")), FINDINGS);
	note_sent(got, "finding", REPLY_ANSWER, findings, FINDINGS);
	json_decref(got);
}

/* ---- measures against the oracle ---- */

static const char *const ends[WEEKS] = { "2026-03-08", "2026-03-15", "2026-03-22", "2026-03-29" };
static json_t *stored[WEEKS];

static int64_t end_of(const char *day)
{
	struct tm tm = { 0 };
	strptime(day, "%Y-%m-%d", &tm);
	return ((int64_t)timegm(&tm) + 16 * 3600) * 1000; /* midnight after it, in the city's zone */
}

static json_t *measures(const char *to)
{
	char path[200];
	snprintf(path, sizeof path, "/api/v1/kpi?from=2026-03-02&to=%s&asof=%s", to, to);
	return ask("duty", "GET", path, NULL);
}

static void check_week(size_t week)
{
	json_t *got = measures(ends[week]), *one;
	size_t i;
	stored[week] = got;
	test_case("week %zu: the measures are what was counted beside", week + 1);
	CHECK(json_array_size(json_object_get(got, "items")) >= 10);
	json_array_foreach(json_object_get(got, "items"), i, one)
	{
		struct fraction want;
		const char *key = text_of(one, "key");
		double numerator = json_number_value(json_object_get(one, "numerator"));
		double denominator = json_number_value(json_object_get(one, "denominator"));
		if (!oracle_measure(&oracle, key, end_of(ends[week]), &want))
			continue;
		bool same = fabs(numerator - want.numerator) < 0.02 &&
			fabs(denominator - want.denominator) < 0.02;
		if (!same)
			printf("# %s: %g of %g, counted beside %g of %g\n", key, numerator, denominator,
				want.numerator,
				want.denominator);
		CHECK(same);
		if (want.is_count)
			CHECK_INT(count(text_of(one, "records")), (long)(numerator + 0.5));
	}
}

static void check_again(void)
{
	for (size_t week = 0; week < WEEKS; week++) {
		json_t *again = measures(ends[week]);
		test_case("week %zu asked again at the end: the same", week + 1);
		CHECK(json_equal(stored[week], again));
		json_decref(again);
		json_decref(stored[week]);
	}
}

/* ---- the weeks ---- */

static void first_week(void)
{
	at("2026-03-03 09:00");
	ask_for_declarations();
	at("2026-03-03 10:00");
	send_task();
	test_case("a warning to the sixty units of two cities");
	issue_notice("warning", "关于防范Log4j2漏洞的预警通报", json_pack("{s[ss]}", "division", "440881", "440882"),
		"acknowledge",
		warned, 60);
	at("2026-03-03 11:00");
	for (size_t i = 0; i < 150; i++) /* in time, but for those who are told on Friday */
		acknowledge(declarations[i]);
	for (size_t i = 0; i < 30; i++)
		acknowledge(tasks[i]);
	at("2026-03-04 09:30");
	import_findings();
	at("2026-03-04 14:40");
	for (size_t i = 0; i < 50; i++)
		acknowledge(warned[i]);
	for (size_t i = 0; i < FINDINGS; i++)
		acknowledge(findings[i]);
	at("2026-03-06 15:00");
	for (size_t i = 150; i < 240; i++)
		acknowledge(declarations[i]);
	for (size_t i = 0; i < 60; i++)
		answer(declarations[i], declaration_of(declarations[i]));
	at("2026-03-09 00:00");
	check_week(0);
}

static void second_week(void)
{
	at("2026-03-09 09:00");
	for (size_t i = 0; i < 25; i++)
		answer(tasks[i], json_pack("{ssss}", "claim", "done", "text", "已完成自查，未发现问题。"));
	for (size_t i = 0; i < 10; i++)
		answer(findings[i], json_pack("{ssss}", "claim", "fixed", "text", "已整改，见附件。"));
	at("2026-03-10 16:00");
	for (size_t i = 60; i < 200; i++)
		answer(declarations[i], declaration_of(declarations[i]));
	for (size_t i = 0; i < 5; i++)
		send_back(findings[i]);
	for (size_t i = 5; i < 10; i++)
		verify(findings[i]);
	at("2026-03-11 10:00");
	for (size_t i = 0; i < 120; i++)
		verify(declarations[i]);
	at("2026-03-16 00:00");
	check_week(1);
}

static void third_week(void)
{
	at("2026-03-17 10:00");
	for (size_t i = 240; i < 250; i++)
		acknowledge(declarations[i]);
	for (size_t i = 200; i < 250; i++) /* fifty are late */
		answer(declarations[i], declaration_of(declarations[i]));
	for (size_t i = 25; i < 30; i++)
		answer(tasks[i], json_pack("{ssss}", "claim", "done", "text", "补报：已完成自查。"));
	for (size_t i = 10; i < FINDINGS; i++)
		answer(findings[i], json_pack("{ssss}", "claim", "fixed", "text", "已整改。"));
	test_case("a tip to all thirty units of one county, to be answered");
	issue_notice("tip", "关于做好清明假期值守的工作提示", json_pack("{ss}", "division", "440883"), "answer", told, 30);
	at("2026-03-18 09:00");
	for (size_t i = 0; i < 5; i++)
		answer(findings[i], json_pack("{ssss}", "claim", "fixed", "text", "已补充截图。"));
	for (size_t i = 120; i < 250; i++)
		verify(declarations[i]);
	at("2026-03-23 00:00");
	check_week(2);
}

static void fourth_week(void)
{
	at("2026-03-24 09:00");
	for (size_t i = 50; i < 60; i++)
		acknowledge(warned[i]);
	for (size_t i = 0; i < 30; i++)
		answer(told[i], json_pack("{ssss}", "claim", "done", "text", "已安排值守。"));
	at("2026-03-25 09:00");
	for (size_t i = 0; i < 30; i++) {
		verify(told[i]);
		verify(tasks[i]);
	}
	for (size_t i = 0; i < 5; i++)
		verify(findings[i]);
	for (size_t i = 10; i < FINDINGS; i++)
		verify(findings[i]);
	at("2026-03-30 00:00");
	check_week(3);
}

int main(int argc, char **argv)
{
	char roster[PATH_MAX];
	if (argc != 5 || !realpath(argv[2], roster)) /* commands run in a folder of their own */
		return 2;
	read_truth(argv[4]);
	make_offices(argv[1]);
	house_serve(&city);
	take_roster(roster, argv[3]);
	put_right();
	test_case("300 units and 350 persons, as they are");
	CHECK_INT(n_units, UNITS);
	CHECK_INT(n_persons, 350);
	CHECK_INT(count("/api/v1/units") - OFFICES, UNITS);
	CHECK_INT(count("/api/v1/persons"), 350);
	read_units();
	check_persons();
	open_accounts();
	first_week();
	second_week();
	third_week();
	fourth_week();
	check_again();
	test_case("the audit's chain is whole");
	CHECK_INT(house_run(&city, NULL, NULL, "audit", "verify", NULL), 0);
	HOUSE_END(&city);
	return test_end();
}
