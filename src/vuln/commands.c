/* The commands of this room. */
#include "vuln/feed.h"
#include "vuln/match_run.h"
#include "vuln/tools.h"
#include "vuln/vuln.h"

static bool run_cvss(struct command_call *c, struct err *err)
{
	return tool_cvss(c->in, c->out, c->zh, err);
}

static bool run_cpe_compare(struct command_call *c, struct err *err)
{
	return tool_cpe_compare(c->in, c->out, c->zh, err);
}

static bool run_version_compare(struct command_call *c, struct err *err)
{
	return tool_version_compare(c->in, c->out, c->zh, err);
}

static bool run_match(struct command_call *c, struct err *err)
{
	struct tool_match t = { .mode = command_option(c, "mode"), .zh = c->zh };
	CLEANUP(arena_free_p) struct arena *a = arena_new((size_t)1 << 20, (size_t)8 << 20);
	for (size_t i = 0; i < c->n_options; i++) {
		if (strcmp(c->options[i].name, "nvd") != 0)
			continue;
		const char **paths = arena_array(a, c->options[i].n, sizeof *paths);
		for (size_t j = 0; j < c->options[i].n; j++)
			paths[j] = c->options[i].values[j].p;
		t.nvd = paths;
		t.n_nvd = c->options[i].n;
	}
	if (t.n_nvd == 0 || !t.mode.p)
		return err_set(err, ERR_USAGE, "请给出 --nvd PATH… 和 --mode strict|lenient|platform-unknown",
			       "give --nvd PATH… and --mode strict|lenient|platform-unknown");
	return tool_match(&t, c->in, c->out, stderr, err);
}

static bool unknown_kind(struct command_call *c, struct err *err)
{
	const struct feed_kind *k;
	struct str list = STR_IN(c->op->arena, 1024);
	for (size_t i = 0; (k = feed_kind_at(i)); i++)
		str_addf(&list, "%s%s", i ? ", " : "", k->name);
	return err_set(err, ERR_USAGE, "未知的数据种类 " SPAN_FMT "，应为 %s 之一", "unknown kind of feed " SPAN_FMT
		       ": one of %s", SPAN_ARG(c->words[0]), str_z(&list));
}

static bool run_feed(struct command_call *c, struct err *err)
{
	struct feed_how how = { .kind = feed_kind_find(c->words[0]), .notes = c->notes, .zh = c->zh,
				.n_paths = c->n_words - 1 };
	struct command_counts counts;
	if (!how.kind)
		return unknown_kind(c, err);
	if (!how.n_paths)
		return err_set(err, ERR_USAGE, "请给出文件或目录", "give files or folders");
	const char **paths = arena_array(c->op->arena, how.n_paths, sizeof *paths);
	for (size_t i = 0; i < how.n_paths; i++)
		paths[i] = arena_copy(c->op->arena, c->words[i + 1]);
	how.paths = paths;
	if (!feed_import(c->op, &how, &counts, err))
		return false;
	command_print_counts(c, &counts);
	return true;
}

static bool run_match_run(struct command_call *c, struct err *err)
{
	struct match_counts n;
	if (!match_run(c->op, c->notes, &n, err))
		return false;
	if (c->json)
		fprintf(c->out, "{\"hosts\":%lld,\"software\":%lld,\"assumed\":%lld,\"unmatchable\":%lld,"
			"\"gone\":%lld,\"match_us\":%lld}\n", (long long)n.hosts, (long long)n.software,
			(long long)n.assumed, (long long)n.unmatchable, (long long)n.gone,
			(long long)n.match_ns / 1000);
	else
		fprintf(c->out, c->zh ? "主机 %lld 台，软件 %lld 项（按名称推定 %lld 项、无法匹配 %lld 项），"
			"不再匹配 %lld 个\n" : "hosts %lld, software %lld (assumed from text %lld, not matchable "
			"%lld), no longer matching %lld\n", (long long)n.hosts, (long long)n.software,
			(long long)n.assumed, (long long)n.unmatchable, (long long)n.gone);
	command_print_counts(c, &n.pairs);
	return true;
}

const struct command vuln_commands[] = {
	{ "feed import", "KIND PATH…", "", COMMAND_OPEN, run_feed,
	  "导入漏洞数据：nvd、kev 或 epss 的文件或目录",
	  "imports vulnerability data: files or folders of nvd, kev or epss" },
	{ "cvss", "", "", COMMAND_NO_STORE, run_cvss,
	  "由向量计算 CVSS 分值，每行一个", "scores CVSS vectors, one a line" },
	{ "cpe compare", "", "", COMMAND_NO_STORE, run_cpe_compare, "比较两个 CPE 名称，制表符分隔",
	  "compares two CPE names, tab between" },
	{ "version compare", "", "", COMMAND_NO_STORE, run_version_compare, "比较两个版本号，制表符分隔",
	  "compares two versions, tab between" },
	{ "match run", "", "", COMMAND_OPEN, run_match_run, "用漏洞库匹配资产清单，写入隐患",
	  "matches the inventory against the corpus and stores findings" },
	{ "match", "", "nvd=* mode=", COMMAND_NO_STORE, run_match, "用 NVD 数据匹配软件清单，每行一台主机",
	  "matches hosts, one a line, against NVD data" },
};
const size_t vuln_commands_count = COUNT(vuln_commands);
