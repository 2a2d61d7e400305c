/*
 * Every route as every role, as a stranger, as an officer of another county and as a liaison of another unit,
 * compared with rights.tsv, which was written by hand: what one may not see is 404, what one may see but not
 * do 403, a list without the permission 403, everything without credentials 401.  A route without a line
 * there is a failure.
 */
#include "rights.h"

const char *const rights_actors[ACTORS] = { NULL, "duty", "analyst", "leader", "county", "liaison", "system",
	"security", "auditor", "county_b", "liaison_2" };

struct row {
	char method[8], path[160], with[32], body[400];
	int want[ACTORS];
	bool seen;
};

enum { ROWS_MAX = 400 };
static struct row rows[ROWS_MAX];
static size_t n_rows;

static bool read_row(char *line, struct row *r)
{
	char *fields[4 + ACTORS], *rest = line;
	size_t n = 0;
	line[strcspn(line, "\n")] = '\0';
	while (n < COUNT(fields) && rest)
		fields[n++] = strsep(&rest, "\t");
	if (n != COUNT(fields) || rest)
		return false;
	snprintf(r->method, sizeof r->method, "%s", fields[0]);
	snprintf(r->path, sizeof r->path, "%s", fields[1]);
	snprintf(r->with, sizeof r->with, "%s", fields[2]);
	snprintf(r->body, sizeof r->body, "%s", fields[3 + ACTORS]);
	for (size_t i = 0; i < ACTORS; i++)
		r->want[i] = (int)strtol(fields[3 + i], NULL, 10);
	return true;
}

static void read_table(const char *path)
{
	char line[2000];
	int number = 0;
	FILE *f = fopen(path, "re");
	test_case("rights.tsv can be read");
	CHECK(f != NULL);
	while (f && fgets(line, sizeof line, f)) {
		number++;
		if (line[0] == '#' || line[0] == '\n')
			continue;
		bool good = n_rows < ROWS_MAX && read_row(line, &rows[n_rows]);
		if (!good)
			printf("# line %d has not method, path, fixture, %d statuses and a body\n", number,
				ACTORS);
		CHECK(good);
		n_rows += good;
	}
	if (f)
		fclose(f);
}

/* "/api/v1/units/{unit}?x" and "/api/v1/units/{id}" are one route. */
static bool same_route(const char *a, const char *b)
{
	while (*a && *a != '?' && *b) {
		if (*b == '{') {
			a += *a == '{' ? strcspn(a, "}") : strcspn(a, "/?") - 1;
			b += strcspn(b, "}");
		} else if (*a != *b) {
			return false;
		}
		a++;
		b++;
	}
	return (*a == '\0' || *a == '?') && *b == '\0';
}

static void check_covered(struct story *s)
{
	const char *path, *method;
	json_t *item, *operation;
	struct answer api = { 0 };
	test_case("every route of openapi.json has its line in rights.tsv");
	CHECK_INT(house_ask(s, &(struct ask){ NULL, "GET", "/api/v1/openapi.json" }, &api), 200);
	CHECK(json_object_size(json_object_get(api.json, "paths")) > 20);
	json_object_foreach(json_object_get(api.json, "paths"), path, item)
		json_object_foreach(item, method, operation)
	{
		bool found = strcmp(method, "parameters") == 0;
		for (size_t i = 0; i < n_rows; i++)
			if (strcasecmp(rows[i].method, method) == 0 && same_route(rows[i].path, path))
				found = rows[i].seen = true;
		if (!found)
			printf("# no line for %s %s\n", method, path);
		CHECK(found);
	}
	answer_done(&api);
	test_case("every line of rights.tsv is a route of openapi.json");
	for (size_t i = 0; i < n_rows; i++) {
		if (!rows[i].seen)
			printf("# %s %s is no route\n", rows[i].method, rows[i].path);
		CHECK(rows[i].seen);
	}
}

/* A body that is not JSON is CSV, or an attachment's bytes. */
static long ask(struct story *s, const struct row *r, const char *actor, struct answer *ret)
{
	struct ask a = { actor, r->method, r->path };
	char stranger_body[] = "{}";
	if (r->body[0] == '{') {
		a.json = actor ? r->body : stranger_body;
	} else if (strcmp(r->body, "csv") == 0) {
		a.raw = "unit,host\nA1,rights-host\n";
		a.raw_n = 25;
		a.type = "text/csv";
	} else if (strcmp(r->body, "-") != 0) {
		a.raw = r->body;
		a.raw_n = strlen(r->body);
		a.type = "text/plain";
	}
	if (strstr(r->path, "/changes/stream"))
		a.until = ":";
	if (strstr(r->path, "/changes/stream") && actor) {
		a.header = "Last-Event-ID";
		a.value = "0";
	}
	if (strcmp(r->path, "/api/v1/session") == 0 && strcmp(r->method, "POST") == 0)
		a.json = "{\"username\":\"spare\",\"password\":\"{spare_password}\"}";
	return house_ask(s, &a, ret);
}

static void check_row(struct story *s, const struct row *r)
{
	bool changes = strcmp(r->method, "GET") != 0;
	test_case("%s %s (%s)", r->method, r->path, r->with);
	fixture_make(s, r->with);
	for (size_t i = 0; i < ACTORS; i++) {
		struct answer a = { 0 };
		long status = ask(s, r, rights_actors[i], &a);
		if (status != r->want[i])
			printf("# as %s: %ld, not %d: %.300s\n",
				rights_actors[i] ? rights_actors[i] : "stranger", status, r->want[i],
				a.body ? a.body : s->why);
		CHECK(status == r->want[i]);
		answer_done(&a);
		if (changes && status / 100 == 2)
			fixture_make(s, r->with);
		if (status == 204 && strcmp(r->path, "/api/v1/session") == 0)
			json_object_del(json_object_get(s->accounts, rights_actors[i]), "cookie");
	}
}

/* The one vulnerability that rights.tsv names. */
static void import_vuln(struct story *s)
{
	char path[240];
	snprintf(path, sizeof path, "%s/nvd.json", s->work);
	FILE *f = fopen(path, "we");
	HOUSE_NEED(f != NULL);
	if (!f)
		return;
	fputs("{\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2021-44228\",\"published\":\"2021-12-10T10:15:09."
	      "143\","
	      "\"lastModified\":\"2021-12-10T10:15:09.143\",\"vulnStatus\":\"Analyzed\",\"descriptions\":"
	      "[{\"lang\":\"en\",\"value\":\"a logger that looks things up\"}]}}]}\n",
		f);
	HOUSE_NEED(fclose(f) == 0 && house_run(s, NULL, NULL, "feed", "import", "nvd", path, NULL) == 0);
}

int main(int argc, char **argv)
{
	static struct story s;
	if (argc < 3) {
		fprintf(stderr, "usage: %s PROGRAM RIGHTS.TSV\n", argv[0]);
		return 2;
	}
	read_table(argv[2]);
	house_make(&s, argv[1], rights_accounts, rights_accounts_count);
	json_object_set(
		s.saved, "spare_password", json_object_get(json_object_get(s.accounts, "spare"), "password"));
	import_vuln(&s);
	house_serve(&s);
	check_covered(&s);
	for (size_t i = 0; i < n_rows; i++)
		check_row(&s, &rows[i]);
	HOUSE_END(&s);
	return test_end();
}
