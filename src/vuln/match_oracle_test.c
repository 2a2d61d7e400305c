/*
 * The 1,000 hosts of the matching oracle against all of NVD, in the three modes: every list must agree
 * completely.
 */
#include "base/test.h"
#include "os/clock.h"
#include "vuln/matcher.h"
#include "vuln/nvd_load.h"

enum { HOSTS_MAX = 2000, PER_CASE = 100, LINE_MAX_BYTES = 4 * 1024 * 1024 };

struct oracle {
	json_t *host[HOSTS_MAX];
	size_t n;
};

static void read_oracle(const char *folder, struct oracle *o)
{
	char path[4096];
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct span line;
	bool more = true, ok = true;
	snprintf(path, sizeof path, "%s/data/vuln/cpe-golden/match_oracle_hosts.ndjson.gz", folder);
	test_case("reading the oracle's hosts");
	CHECK_OK(stream_open(path, 1u << 30, &s, &err), err);
	while (s && o->n < HOSTS_MAX && (ok = stream_line(s, LINE_MAX_BYTES, &line, &more, &err)) && more) {
		ok = json_parse(line, 0, &o->host[o->n], &err);
		o->n += ok;
	}
	CHECK_OK(ok, err);
	CHECK(o->n >= 1000);
}

static int by_text(const void *x, const void *y)
{
	const struct span *a = x, *b = y;
	return span_cmp(*a, *b);
}

/* The first differences are named. */
static void compare(const struct index *ix, const json_t *host, const char *list, struct matcher_answer got)
{
	static struct span want[100000];
	const json_t *cves = json_object_get(host, list);
	size_t n = json_array_size(cves), i = 0, k = 0, shown = 0;
	CHECK(n < COUNT(want));
	for (size_t j = 0; j < n; j++)
		want[j] = json_text(json_array_get(cves, j));
	qsort(want, n, sizeof *want, by_text);
	while ((i < n || k < got.n) && shown < 3) {
		struct span id = k < got.n ? index_id(ix, got.cves[k]) : (struct span){ "~", 1 };
		int order = i < n ? span_cmp(want[i], id) : 1;
		if (order != 0) {
			CHECK(order == 0);
			printf("# host %d, %s: %.*s is %s\n", (int)json_get_int(host, "host", -1), list,
			       SPAN_ARG(order < 0 ? want[i] : id), order < 0 ? "missing" : "too much");
			shown++;
		}
		i += order <= 0;
		k += order >= 0;
	}
}

static void run_host(
	const struct index *ix, struct matcher *m, const json_t *host, const char *list, uint64_t *pairs)
{
	uint32_t names[64];
	struct err err = { 0 };
	const json_t *cpes = json_object_get(host, "cpes");
	size_t n = json_array_size(cpes);
	CHECK(n <= COUNT(names));
	for (size_t i = 0; i < n && n <= COUNT(names); i++)
		CHECK_OK(matcher_name(m, json_text(json_array_get(cpes, i)), &names[i], &err), err);
	struct matcher_answer got = matcher_ask(m, names, n);
	*pairs += got.n;
	compare(ix, host, list, got);
}

/* Each answer explains itself: the evaluator agrees and names a vulnerable product. */
static void test_explanations(const struct index *ix, const struct oracle *o)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(256u << 20, 512u << 20);
	CLEANUP(matcher_free_p) struct matcher *m = matcher_new(ix, MATCH_STRICT);
	struct err err = { 0 };
	test_case("every answer of every tenth host explains itself");
	for (size_t h = 0; h < o->n; h += 10) {
		uint32_t names[64];
		const json_t *cpes = json_object_get(o->host[h], "cpes");
		size_t n = json_array_size(cpes);
		for (size_t i = 0; i < n && i < COUNT(names); i++)
			CHECK_OK(matcher_name(m, json_text(json_array_get(cpes, i)), &names[i], &err), err);
		struct matcher_answer got = matcher_ask(m, names, n);
		for (size_t i = 0; i < got.n; i++) {
			struct eval_result r;
			bool vulnerable = false;
			CHECK(matcher_explain(m, got.cves[i], names, n, a, &r));
			for (size_t k = 0; k < r.n; k++)
				vulnerable = vulnerable || r.hits[k].leaf->vulnerable;
			CHECK(vulnerable);
			arena_reset(a);
		}
	}
}

/* The same records through a file: the same bytes, and refused when altered. */
static void test_file(const struct index *ix)
{
	char path[4096];
	struct err err = { 0 };
	CLEANUP(index_close_p) struct index *again = NULL;
	snprintf(path, sizeof path, "%s/vuln.index", test_folder());
	test_case("the whole index as a file, mapped");
	CHECK_OK(index_write(ix, path, &err), err);
	int64_t start = clock_mono_ns();
	CHECK_OK(index_open(path, &again, &err), err);
	printf("# index %.1f MB, opened and verified in %.0f ms\n", (double)index_bytes(ix).n / 1e6,
	       (double)(clock_mono_ns() - start) / 1e6);
	CHECK(again && span_eq(index_bytes(again), index_bytes(ix)));
}

int main(void)
{
	static const char *const lists[] = { "A", "B", "C" };
	static struct oracle o;
	const char *folder = test_shared();
	CLEANUP(index_close_p) struct index *ix = NULL;
	struct err err = { 0 };
	struct nvd_counts counts = { 0 };
	char path[4096];
	hash_start();
	if (!folder) {
		test_skip("matching oracle", "no shared test data");
		return test_end();
	}
	read_oracle(folder, &o);
	snprintf(path, sizeof path, "%s/data/vuln/nvd", folder);
	test_case("all of NVD is read");
	const char *paths[] = { path };
	int64_t start = clock_mono_ns();
	CHECK_OK(nvd_load(&(struct nvd_load){ .paths = paths, .n = 1, .notes = stdout }, &ix, &counts, &err),
		err);
	if (!ix)
		return test_end();
	printf("# read %d, refused %d, rejected %d, in the index %d, %.1f s\n", (int)counts.read,
		(int)counts.refused, (int)counts.rejected, (int)index_count(ix),
		(double)(clock_mono_ns() - start) / 1e9);
	CHECK_INT(counts.read, 213016);
	CHECK_INT(counts.refused, 0);
	CHECK_INT(counts.rejected, 2460);
	for (int mode = 0; mode < 3; mode++) {
		uint64_t pairs = 0;
		start = clock_mono_ns();
		CLEANUP(matcher_free_p) struct matcher *m = matcher_new(ix, (enum match_mode)mode);
		for (size_t i = 0; i < o.n; i++) {
			if (i % PER_CASE == 0)
				test_case("mode %s, hosts from the %zuth", lists[mode], i);
			run_host(ix, m, o.host[i], lists[mode], &pairs);
		}
		printf("# mode %s: %d pairs, %.0f ms with the comparison\n", lists[mode], (int)pairs,
		       (double)(clock_mono_ns() - start) / 1e6);
	}
	test_explanations(ix, &o);
	test_file(ix);
	for (size_t i = 0; i < o.n; i++)
		json_decref(o.host[i]);
	return test_end();
}
