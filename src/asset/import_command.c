#include <inttypes.h>

#include "asset/import.h"
#include "os/file.h"

enum { LOCK_WAIT_MS = 60000, ARENA_SOFT = 400 << 20, ARENA_HARD = 800 << 20, PATH_BYTES = 4096 };

static void print_problems(const struct command_call *c, const struct import_file *f)
{
	for (size_t i = 0; i < f->n_problems; i++) {
		const struct import_problem *p = &f->problems[i];
		struct span text = c->zh ? p->zh : p->en;
		if (!p->column[0])
			fprintf(stderr,
				c->zh ? "第 %" PRIu64 " 行：" SPAN_FMT "\n"
				      : "line %" PRIu64 ": " SPAN_FMT "\n",
				p->line, SPAN_ARG(text));
		else
			fprintf(stderr,
				c->zh ? "第 %" PRIu64 " 行，%s 列：" SPAN_FMT "\n"
				      : "line %" PRIu64 ", column %s: " SPAN_FMT "\n",
				p->line, p->column, SPAN_ARG(text));
	}
	if (f->all_problems > (int64_t)f->n_problems)
		fprintf(stderr, c->zh ? "……另有 %" PRId64 " 处\n" : "… and %" PRId64 " more\n",
			f->all_problems - (int64_t)f->n_problems);
}

static void print_counts(const struct command_call *c, const struct import_counts *n)
{
	if (n->removed > 0 && !c->json)
		fprintf(c->out, c->zh ? "软件减少 %" PRId64 " 项\n" : "software removed: %" PRId64 "\n",
			n->removed);
	command_print_counts(
		c, &(struct command_counts){ n->read, n->fresh, n->changed, n->unchanged, n->refused });
}

static void print_host(const struct command_call *c, const struct import_host *h, struct arena *a)
{
	int64_t by_action[3] = { 0 };
	for (size_t i = 0; i < h->n_software; i++)
		by_action[h->software[i].action]++;
	bool fresh = h->action == IMPORT_NEW;
	if (c->json) {
		struct str out = STR_IN(a, 8192);
		str_addf(&out, "{\"line\":%" PRIu64 ",\"action\":\"%s\",\"unit\":", h->line,
			fresh ? "new" : "changed");
		str_add_json(&out, h->unit);
		str_addz(&out, ",\"host\":");
		str_add_json(&out, h->name);
		fprintf(c->out,
			"%s,\"software_new\":%" PRId64 ",\"software_changed\":%" PRId64
			",\"software_removed\":%zu}\n",
			str_z(&out), by_action[IMPORT_NEW], by_action[IMPORT_CHANGED], h->removed);
		return;
	}
	fprintf(c->out,
		c->zh ? "第 %" PRIu64 " 行 %s主机 " SPAN_FMT "/" SPAN_FMT "：软件新增 %" PRId64
			"、变更 %" PRId64 "、减少 %zu\n"
		      : "line %" PRIu64 ": %s host " SPAN_FMT "/" SPAN_FMT ": software new %" PRId64
			", changed %" PRId64 ", removed %zu\n",
		h->line, c->zh ? (fresh ? "新增" : "变更") : (fresh ? "new" : "changed"), SPAN_ARG(h->unit),
		SPAN_ARG(h->name), by_action[IMPORT_NEW], by_action[IMPORT_CHANGED], h->removed);
}

static void print_preview(const struct command_call *c, const struct import_file *f)
{
	size_t shown = 0;
	for (size_t i = 0; i < f->n_hosts && shown < IMPORT_PREVIEW_ROWS; i++) {
		if (f->hosts[i].action == IMPORT_SAME)
			continue;
		print_host(c, &f->hosts[i], f->arena);
		shown++;
	}
}

static bool refuse(const struct command_call *c, struct import_file *f, struct err *err)
{
	print_problems(c, f);
	f->counts = (struct import_counts){ .read = f->rows, .refused = f->rows };
	print_counts(c, &f->counts);
	return err_set(err, ERR_INVALID, "共 %" PRId64 " 行，其中 %" PRId64 " 行有误，未导入任何内容",
		"of %" PRId64 " rows %" PRId64 " are wrong; nothing was imported", f->rows, f->bad_rows);
}

static bool nothing_to_do(const struct import_file *f)
{
	for (size_t i = 0; i < f->n_hosts; i++)
		if (f->hosts[i].action != IMPORT_SAME)
			return false;
	return true;
}

/* Reading and comparing come after the lock: nothing but other writers' single changes can come between. */
static bool import_file(struct command_call *c, struct span kind, struct import_file *f, struct err *err)
{
	struct op *op = c->op;
	bool dry = command_flag(c, "dry-run");
	CLEANUP(file_close) int lock = -1;
	if (f->bad_rows > 0)
		return refuse(c, f, err);
	if (!dry && (!plan_lock(op, LOCK_WAIT_MS, &lock, err) || !plan_resume_locked(op, err)))
		return false;
	if (!plan_compare(op, f, err))
		return false;
	if (dry)
		print_preview(c, f);
	if (!dry && !nothing_to_do(f)) {
		struct import_plan p = { .kind = kind, .state = SPAN("building"), .scope = SPAN("*"),
			.file = SPAN("") };
		if (!plan_new(op, &p, err) || !plan_fill(op, &p, f, "applying", err)
		    || !plan_apply(op, p.n, err))
			return false;
	}
	print_counts(c, &f->counts);
	return true;
}

static bool path_of(const struct command_call *c, char ret[PATH_BYTES], struct err *err)
{
	int n = snprintf(ret, PATH_BYTES, SPAN_FMT, SPAN_ARG(c->words[0]));
	return (n >= 0 && n < PATH_BYTES) || err_set(err, ERR_USAGE, "文件路径过长",
		"the path of the file is too long");
}

static bool run_import_assets(struct command_call *c, struct err *err)
{
	CLEANUP(table_close_p) struct table *t = NULL;
	CLEANUP(arena_free_p) struct arena *a = arena_new(ARENA_SOFT, ARENA_HARD);
	struct import_file f = { .arena = a };
	char path[PATH_BYTES];
	return path_of(c, path, err) && table_open(path, IMPORT_BYTES_MAX, &t, err) &&
		plan_read_with(c->op, t, SPAN("*"), &f, err) && import_file(c, SPAN("assets"), &f, err);
}

static bool import_scan(struct command_call *c, const char *kind, const char *option, struct err *err)
{
	CLEANUP(stream_close_p) struct stream *s = NULL;
	CLEANUP(arena_free_p) struct arena *a = arena_new(ARENA_SOFT, ARENA_HARD);
	struct import_file f = { .arena = a };
	struct import_scan scan = { span_of(kind), command_option(c, option), SPAN("*") };
	char path[PATH_BYTES];
	return path_of(c, path, err) && stream_open(path, IMPORT_BYTES_MAX, &s, err) &&
		plan_read_scan(c->op, &scan, s, &f, err) && import_file(c, scan.kind, &f, err);
}

static bool run_import_nmap(struct command_call *c, struct err *err)
{
	return import_scan(c, "nmap", "unit", err);
}

static bool run_import_sbom(struct command_call *c, struct err *err)
{
	return import_scan(c, "sbom", "system", err);
}

const struct command asset_commands[] = {
	{ "import assets", "FILE", "dry-run", COMMAND_OPEN, run_import_assets,
		"从 CSV 或 XLSX 文件导入资产和软件清单；--dry-run 只预览",
		"imports assets and their software from a CSV or XLSX file; --dry-run only shows" },
	{ "import nmap", "FILE", "unit= dry-run", COMMAND_OPEN, run_import_nmap,
		"把 nmap 的 XML 报告（-oX）导入一个单位（--unit 编码）：在线的主机和识别出的软件",
		"imports nmap's XML report (-oX) into a unit (--unit CODE): hosts that answered, software "
		"recognised" },
	{ "import sbom", "FILE", "system= dry-run", COMMAND_OPEN, run_import_sbom,
		"把软件成分清单（CycloneDX JSON、XML，SPDX 2.2、2.3 JSON）导入一个系统（--system 标识）",
		"imports a list of components (CycloneDX JSON or XML, SPDX 2.2 or 2.3 JSON) into a system "
		"(--system ID)" },
};
const size_t asset_commands_count = COUNT(asset_commands);
