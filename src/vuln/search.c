/*
 * What q= finds among vulnerabilities.  Each word is the beginning of an id ("CVE-2021-44", "2021-44228"), a
 * weakness ("CWE-89"), or stands in the description or in what KEV calls vendor, product and flaw.  Records
 * are in English: the usual Chinese words for kinds of flaws stand for the English ones.
 */
#include "vuln/corpus.h"
#include "vuln/vuln.h"

enum { WORDS_MAX = 6, TERM_MAX = 80, ALSO = 3 };

/* After the names of kinds in CNNVD's and CNVD's classifications, and those that bulletins use. */
static const struct {
	const char *zh, *en[ALSO];
} kinds[] = {
	{ "远程代码执行", { "code execution", "execute arbitrary code", "remote code" } },
	{ "代码执行", { "code execution", "execute arbitrary code", "execute code" } },
	{ "命令执行", { "command execution", "arbitrary command", "os command" } },
	{ "命令注入", { "command injection", "cwe-77", "cwe-78" } },
	{ "代码注入", { "code injection", "cwe-94" } },
	{ "SQL注入", { "sql injection", "cwe-89" } },
	{ "跨站脚本", { "cross-site scripting", "xss", "cwe-79" } },
	{ "跨站请求伪造", { "cross-site request forgery", "csrf", "cwe-352" } },
	{ "服务端请求伪造", { "server-side request forgery", "ssrf", "cwe-918" } },
	{ "反序列化", { "deserializ", "cwe-502" } },
	{ "缓冲区溢出", { "buffer overflow", "cwe-119", "cwe-787" } },
	{ "溢出", { "overflow" } },
	{ "越界", { "out-of-bounds", "out of bounds" } },
	{ "释放后重用", { "use after free", "use-after-free", "cwe-416" } },
	{ "目录遍历", { "traversal", "cwe-22" } },
	{ "路径遍历", { "traversal", "cwe-22" } },
	{ "文件上传", { "upload", "cwe-434" } },
	{ "文件读取", { "read arbitrary file", "arbitrary file read", "file disclosure" } },
	{ "文件包含", { "file inclusion" } },
	{ "权限提升", { "privilege", "cwe-269" } },
	{ "提权", { "privilege", "cwe-269" } },
	{ "越权", { "authorization", "cwe-862", "cwe-863" } },
	{ "未授权", { "unauthenticated", "without authentication", "cwe-306" } },
	{ "认证绕过", { "authentication bypass", "bypass authentication", "cwe-287" } },
	{ "绕过", { "bypass" } },
	{ "信息泄露", { "information disclosure", "sensitive information", "cwe-200" } },
	{ "拒绝服务", { "denial of service", "denial-of-service" } },
	{ "弱口令", { "weak password", "default password", "default credential" } },
	{ "硬编码", { "hard-coded", "hardcoded", "cwe-798" } },
	{ "勒索", { "ransomware" } },
};

static struct span lower(struct op *op, struct span text)
{
	char *p = arena_copy(op->arena, text);
	for (size_t i = 0; p[i]; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return span_of(p);
}

static void add_range(struct op *op, struct span text, struct sql *where)
{
	bool bare = text.p[0] >= '0' && text.p[0] <= '9';
	struct span from = arena_printf(op->arena, "%s" SPAN_FMT, bare ? "cve-" : "", SPAN_ARG(text));
	char *upper = arena_copy(op->arena, from);
	for (size_t i = 0; upper[i]; i++)
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] = (char)(upper[i] - 'a' + 'A');
	sql_add(where, "(t.id>=");
	sql_text(where, span_of(upper));
	sql_add(where, " AND t.id<");
	sql_text(where, arena_printf(op->arena, "%s\xF4\x8F\xBF\xBF", upper));
	sql_add(where, ")");
}

static void add_text(struct span text, struct sql *where)
{
	if (span_starts(text, SPAN("cwe-"))) {
		sql_add(where, "instr(',' || lower(t.cwe) || ',', ',' || ");
		sql_text(where, text);
		sql_add(where, " || ',')>0");
		return;
	}
	sql_add(where, "instr(lower(t.description), ");
	sql_text(where, text);
	sql_add(where,
		")>0 OR t.id IN (SELECT cve FROM corpus.kev WHERE instr(lower(vendor || ' ' || product || ' '"
		       " || name), ");
	sql_text(where, text);
	sql_add(where, ")>0)");
}

static void add_kinds(struct op *op, struct span text, struct sql *where)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!span_eq(lower(op, span_of(kinds[i].zh)), text))
			continue;
		for (size_t k = 0; k < ALSO && kinds[i].en[k]; k++) {
			sql_add(where, " OR ");
			add_text(span_of(kinds[i].en[k]), where);
		}
	}
}

/* "2021", "2021-44228", "cve-2021": the beginning of an id. */
static bool is_id(struct span text)
{
	if (span_starts(text, SPAN("cve-")))
		return true;
	if (text.n < 5 || text.p[4] != '-')
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '-' && (text.p[i] < '0' || text.p[i] > '9'))
			return false;
	return true;
}

bool vuln_search(struct op *op, struct span q, struct sql *where, struct err *err)
{
	size_t n = 0;
	for (struct span rest = q; rest.n && n < WORDS_MAX;) {
		struct span text = lower(op, span_trim(span_split(&rest, ' ')));
		if (text.n == 0)
			continue;
		if (text.n > TERM_MAX)
			return err_field(err, "q", "“q”过长", "q is too long");
		n++;
		sql_add(where, " AND (");
		if (is_id(text))
			add_range(op, text, where);
		else
			add_text(text, where);
		add_kinds(op, text, where);
		sql_add(where, ")");
	}
	return true;
}
