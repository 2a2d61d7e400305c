/*
 * Every scanner's report and list of components of the shared data goes through the readers: it is read, or
 * refused with a reason that belongs to it.  What must come out of each group of files is a table.
 */
#include <archive.h>
#include <archive_entry.h>

#include "asset/import.h"
#include "base/test.h"

enum { FILE_MAX = 64 << 20, KINDS = 12 };

/* A reason for refusal, by a piece of its text; "" is what was read. */
struct tally {
	const char *says;
	int want, got;
};

struct group {
	const char *archive;                     /* in data/vuln */
	bool nmap;
	const char *endings[4];
	int64_t hosts, software;                 /* in all files that are read */
	struct tally tallies[KINDS];
	int64_t got_hosts, got_software;
};

static struct group groups[] = {
	{ .archive = "nmap.tar.zst", .nmap = true, .endings = { ".xml", ".json" }, .hosts = 491,
		.software = 57,
		.tallies = { { "", 42 }, { "不是 nmap 的 XML 报告", 3 }, { "DTD", 1 }, { "没有 IP 地址", 1 },
			{ "扫描没有完成", 2 } } },
	{ .archive = "sbom.tar.zst", .endings = { ".json", ".xml", ".spdx" }, .hosts = 101, .software = 22716,
		.tallies = { { "", 101 }, { "漏洞说明", 26 }, { "SPDX 3.0", 26 }, { "认不出格式", 16 },
			{ "标签格式", 12 }, { "清单里没有软件成分", 5 }, { "只有硬件", 1 }, { "JSON 第", 1 } } },
};

static bool ends(struct span name, const struct group *g)
{
	for (size_t i = 0; i < COUNT(g->endings) && g->endings[i]; i++) {
		struct span e = span_of(g->endings[i]);
		if (name.n > e.n && span_eq((struct span){ name.p + name.n - e.n, e.n }, e))
			return true;
	}
	return false;
}

static bool read_one(const struct group *g, struct span bytes, struct import_file *f, struct err *err)
{
	static const struct import_nmap unit = { 1, { "U", 1 } };
	static const struct import_sbom system_ = { 1, { "U", 1 }, { "s", 1 } };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	if (!g->nmap)
		return plan_read_sbom(bytes, &system_, f, err);
	return stream_open_span(bytes, FILE_MAX, &s, err) && plan_read_nmap(s, &unit, f, err);
}

static void one_file(struct group *g, const char *name, struct span bytes)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(256u << 20, 512u << 20);
	struct import_file f = { .arena = a };
	struct err err = { 0 };
	bool ok = read_one(g, bytes, &f, &err);
	const char *says = ok && f.bad_rows == 0 ? "" : ok ? "rows" : err.zh;
	printf("# %s: %s (%zu hosts)\n", name, says[0] ? says : "read", ok ? f.n_hosts : 0);
	for (size_t i = 0; i < KINDS && g->tallies[i].says; i++) {
		if (g->tallies[i].says[0] ? !strstr(says, g->tallies[i].says) : says[0] != 0)
			continue;
		g->tallies[i].got++;
		for (size_t h = 0; h < f.n_hosts && !says[0]; h++)
			g->got_software += (int64_t)f.hosts[h].n_software;
		g->got_hosts += says[0] ? 0 : (int64_t)f.n_hosts;
		return;
	}
	test_case("%s", name);
	CHECK_FAIL(says);
}

/* An archive, and archives inside it. */
static void walk(struct group *g, struct span bytes)
{
	struct archive *from = archive_read_new();
	struct archive_entry *e;
	char *content = malloc(FILE_MAX);
	archive_read_support_filter_all(from);
	archive_read_support_format_tar(from);
	CHECK(content && archive_read_open_memory(from, bytes.p, bytes.n) == ARCHIVE_OK);
	while (content && archive_read_next_header(from, &e) == ARCHIVE_OK) {
		struct span name = span_of(archive_entry_pathname(e));
		la_ssize_t n = archive_entry_filetype(e) ==
			AE_IFREG ? archive_read_data(from, content, FILE_MAX) : -1;
		struct span inside = { content, n > 0 ? (size_t)n : 0 };
		if (n >= 0 && ends(name, g))
			one_file(g, name.p, inside);
		else if (n > 2 && memcmp(content, "\x1F\x8B", 2) == 0)
			walk(g, inside);
	}
	archive_read_free(from);
	free(content);
}

int main(void)
{
	const char *shared = test_shared();
	hash_start();
	for (size_t i = 0; i < COUNT(groups); i++) {
		struct group *g = &groups[i];
		CLEANUP(arena_free_p) struct arena *a = arena_new(256u << 20, 512u << 20);
		CLEANUP(stream_close_p) struct stream *s = NULL;
		struct span bytes;
		struct err err = { 0 };
		char path[4096];
		if (!shared) {
			test_skip(g->archive, "no shared test data");
			continue;
		}
		snprintf(path, sizeof path, "%s/data/vuln/%s", shared, g->archive);
		test_case("%s", g->archive);
		CHECK_OK(stream_open(path, 256 << 20, &s, &err) && stream_rest(s, a, &bytes, &err), err);
		if (err.en[0])
			continue;
		walk(g, bytes);
		test_case("%s: hosts and programs", g->archive);
		CHECK_INT(g->got_hosts, g->hosts);
		CHECK_INT(g->got_software, g->software);
		for (size_t k = 0; k < KINDS && g->tallies[k].says; k++) {
			test_case("%s: %s", g->archive, g->tallies[k].says[0] ? g->tallies[k].says : "read");
			CHECK_INT(g->tallies[k].got, g->tallies[k].want);
		}
	}
	return test_end();
}
