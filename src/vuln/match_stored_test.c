/*
 * The whole way on real data: all NVD files, the first 200 hosts of the matching oracle as an inventory,
 * match run; the stored findings are the oracle's list A, host by host, and a second run changes nothing.
 */
#include "asset/asset.h"
#include "finding/finding.h"
#include "people/people.h"
#include "vuln/feed_testing.h"
#include "vuln/match_run.h"
#include "vuln/vuln.h"

enum { HOSTS = 200, UNITS = 7, ORACLE_BYTES = 64 << 20 };

static struct corpus_house h;

static void run_command(const struct command *commands, size_t n, const char *words, const char *path)
{
	struct err err = { .en = "no such command" };
	struct span word = span_of(path);
	bool done = false;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(commands[i].words, words) != 0)
			continue;
		FILE *out = fopen("/dev/null", "w");
		struct command_call c = {
			.op = &h.op, .folder = h.path, .words = &word, .n_words = 1, .out = out
		};
		done = commands[i].run(&c, &err);
		fclose(out);
	}
	corpus_must(done, &err);
}

/* An inventory of the oracle's hosts; *ret_hosts gets its lines as JSON. */
static void import_hosts(const char *shared, json_t **ret_hosts)
{
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct str units = STR_IN(h.arena, 1 << 20), assets = STR_IN(h.arena, 16 << 20);
	const char *path =
		arena_printf(h.arena, "%s/data/vuln/cpe-golden/match_oracle_hosts.ndjson.gz", shared).p;
	*ret_hosts = json_array();
	str_addz(&units, "code,name,parent,division,kind,sector,uscc\nA,office,,440800,office,government,\n");
	for (int i = 0; i < UNITS; i++)
		str_addf(&units, "U%d,unit %d,A,440800,public_body,water,\n", i, i);
	str_addz(&assets, "unit,system,host,address,exposure,importance,software,vendor,version,cpe\n");
	corpus_must(stream_open(path, ORACLE_BYTES, &s, &err), &err);
	for (size_t i = 0; i < HOSTS; i++) {
		struct span line;
		bool more = false;
		json_t *j = NULL;
		corpus_must(stream_line(s, ORACLE_BYTES, &line, &more, &err) && more &&
				json_parse(line, 0, &j, &err),
			&err);
		const json_t *cpes = json_object_get(j, "cpes");
		for (size_t k = 0; k < json_array_size(cpes); k++) {
			str_addf(&assets, "U%zu,,h%zu,,%s,high,,,,\"", i % UNITS, i,
				i % 2 ? "internet" : "internal");
			str_add(&assets, json_text(json_array_get(cpes, k)));
			str_addz(&assets, "\"\n");
		}
		json_array_append_new(*ret_hosts, j);
	}
	run_command(people_commands, people_commands_count, "import units",
		corpus_file(&h, "units.csv", str_span(&units)));
	run_command(asset_commands, asset_commands_count, "import assets",
		corpus_file(&h, "assets.csv", str_span(&assets)));
}

static void compare(size_t i, const json_t *host)
{
	struct err err = { 0 };
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	CLEANUP(map_free_p) struct map *want = map_new(1000000);
	const json_t *list = json_object_get(host, "A");
	size_t got = 0, strange = 0;
	bool row = true;
	for (size_t k = 0; k < json_array_size(list); k++)
		map_put(want, json_text(json_array_get(list, k)), 0, NULL);
	test_case("host %zu: %zu vulnerabilities", i, map_count(want));
	CHECK_OK(db_query(store_reader(h.store),
			 SQL("SELECT f.vuln_id FROM findings f JOIN assets a ON a.n=f.asset_n"
			     " WHERE a.name=? AND f.kind='vulnerability' AND f.state='new'"),
			 V(db_t(arena_printf(h.arena, "h%zu", i))), &r, &err),
		err);
	while (r && db_next(r, &row, &err) && row) {
		got++;
		strange += !map_find(want, db_col_text(r, 0));
	}
	CHECK_INT(got, map_count(want));
	CHECK_INT(strange, 0);
}

int main(void)
{
	static const struct resource *const all[] = { &division_resource, &unit_resource, &asset_resource,
		&software_resource, &import_resource, &finding_resource, &vuln_resource };
	const char *shared = test_shared();
	struct err err = { 0 };
	struct match_counts c;
	json_t *hosts;
	if (!shared) {
		test_skip("findings of 200 hosts", "the folder of shared test data is absent");
		return test_end();
	}
	clock_start();
	corpus_open(&h, "stored");
	static const struct import_kind *const imports[] = { &unit_import_kind, &asset_import_kind };
	import_register(imports, COUNT(imports));
	resource_register(all, COUNT(all));
	corpus_must(people_init(&h.op, &err), &err);
	test_case("all NVD files are imported, nothing is refused");
	const char *nvd = arena_printf(h.arena, "%s/data/vuln/nvd", shared).p;
	CHECK_STR(corpus_import(&h, "nvd", &nvd, 1), "213016 213016 0 0 0");
	import_hosts(shared, &hosts);
	test_case("match run stores findings");
	CHECK_OK(match_run(&h.op, NULL, &c, &err), err);
	CHECK(c.pairs.fresh > 20000 && c.pairs.read == c.pairs.fresh);
	for (size_t i = 0; i < json_array_size(hosts); i++)
		compare(i, json_array_get(hosts, i));
	test_case("a second run finds the same");
	int64_t fresh = c.pairs.fresh;
	CHECK_OK(match_run(&h.op, NULL, &c, &err), err);
	CHECK_INT(c.pairs.unchanged, fresh);
	CHECK_INT(c.pairs.read, fresh);
	json_decref(hosts);
	corpus_close(&h);
	return test_end();
}
