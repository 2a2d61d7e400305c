/* Scanners' reports and lists of components: what is read of them, into the store and by source. */
#include "asset/import_test.h"

static const char sbom_json[] =
	"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\","
	"\"metadata\":{\"component\":{\"type\":\"application\","
	"\"name\":\"shop\",\"version\":\"3\"}},\"components\":[{\"type\":\"library\",\"group\":\"@angular\","
	"\"name\":\"core\",\"version\":\"12.0.0\",\"purl\":\"pkg:npm/%40angular/core@12.0.0?a=b\"},"
	"{\"type\":\"library\",\"name\":\"log4j\",\"cpe\":\"cpe:/a:apache:log4j:2.14.1\",\"components\":["
	"{\"type\":\"framework\",\"name\":\"内部\",\"version\":\"1\"},{\"type\":\"file\","
	"\"name\":\"x.txt\"}]}]}";

/* what is read: "host address: identity version cpe; …" for each host, or the error's name and a piece of
 * it */
static const struct {
	const char *name, *text, *want;
} reports[] = {
	{ "services on open ports, not on closed ones",
		"<?xml version='1.0'?><!DOCTYPE nmaprun><nmaprun><host><status state='up'/><address "
		"addr='192.0.2.1' "
		"addrtype='ipv4'/><address addr='02:00:00:00:00:01' addrtype='mac'/><hostnames><hostname "
		"name='WWW.example.cn' type='user'/></hostnames><ports><port portid='80'><state "
		"state='open'/>"
		"<service product='Apache httpd' version='2.4.46'><cpe>cpe:/o:linux:linux_kernel</cpe>"
		"<cpe>cpe:/a:apache:http_server:2.4.46</cpe></service></port><port portid='81'><state "
		"state='open'/>"
		"<service name='x' product='Odd Thing' version='1'><cpe>nonsense</cpe></service></port>"
		"<port portid='82'><state state='closed'/><service product='no'/></port></ports>"
		"<os><osmatch><osclass><cpe>cpe:/o:linux:linux_kernel:5</cpe></osclass></osmatch></os></host>"
		"</nmaprun>",
		"www.example.cn 192.0.2.1: cpe:a:apache:http_server 2.4.46 "
		"cpe:2.3:a:apache:http_server:2.4.46:*:*:*:*:*:*:*; text::odd thing 1 ; \n" },
	{ "masscan: one element a port; IPv6",
		"<nmaprun><host><address addr='2001:DB8::1' addrtype='ipv6'/><ports><port><state "
		"state='open'/></port>"
		"</ports></host><host><address addr='2001:db8:0::1'/><ports><port><state "
		"state='open'/></port></ports>"
		"</host></nmaprun>", "2001:db8::1 2001:db8::1: \n" },
	{ "down, and taken for up",
		"<nmaprun><host><status state='down'/><address addr='192.0.2.1'/></host><host>"
		"<status state='up' reason='user-set'/><address addr='192.0.2.2'/></host></nmaprun>",
		"invalid 没有在线的主机" },
	{ "two hosts of one name",
		"<nmaprun><host><address addr='192.0.2.1'/><hostname name='a'/></host><host><address "
		"addr='192.0.2.2'/><hostname name='a'/></host></nmaprun>",
		"192.0.2.1 192.0.2.1: \n192.0.2.2 192.0.2.2: \n" },
	{ "an address made anonymous",
		"<nmaprun><host><status state='up'/><address addr='IP'/></host></nmaprun>",
		"invalid 没有 IP 地址" },
	{ "a scan that failed", "<nmaprun><runstats><finished errormsg='no route'/></runstats></nmaprun>",
		"invalid no route" },
	{ "other XML", "<foo/>", "media_type nmap -oX" },
	{ "no XML", "{}", "media_type nmap -oX" },
	{ "cut off", "<nmaprun><host><address addr='192.0.2.1'/></host>", "malformed 不完整" },
	{ "an internal subset", "<!DOCTYPE nmaprun [<!ENTITY a 'b'>]><nmaprun/>", "invalid DTD" },
	{ "an entity from disk",
		"<!DOCTYPE nmaprun [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><nmaprun>&a;</nmaprun>",
		"invalid DTD" },
	{ "CycloneDX JSON", sbom_json,
		"系统/SBOM/shop : cpe:a:apache:log4j 2.14.1 cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*; "
		"purl:pkg:npm/%40angular/core 12.0.0 ; text::shop 3 ; text::内部 1 ; \n" },
	{ "CycloneDX XML",
		"<bom "
		"xmlns='http://cyclonedx.org/schema/bom/1.4'><metadata><tools><component>"
		"<name>t</name></component>"
		"</tools><component type='application'><name>shop</name></component></metadata><components>"
		"<component "
		"type='library'><group>g</group><name>a</name><version>1</version>"
		"<purl>pkg:maven/g/a@1</purl>"
		"<components><component "
		"type='library'><name>b</name></component></components></component></components>"
		"</bom>",
		"系统/SBOM/shop : purl:pkg:maven/g/a 1 ; text::b  ; text::shop  ; \n" },
	{ "SPDX 2.3",
		"{\"spdxVersion\":\"SPDX-2.3\",\"name\":\"d\",\"packages\":[{\"name\":\"a\","
		"\"versionInfo\":\"1\","
		"\"supplier\":\"Organization: X (x@y)\",\"externalRefs\":[{\"referenceType\":\"cpe23Type\","
		"\"referenceLocator\":\"cpe:2.3:a:x:a:1:*:*:*:*:*:*:*\"}]},{\"name\":\"b\","
		"\"versionInfo\":\"NOASSERTION\"}]}",
		"系统/SBOM/d : cpe:a:x:a 1 cpe:2.3:a:x:a:1:*:*:*:*:*:*:*; text::b  ; \n" },
	{ "VEX",
		"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\","
		"\"vulnerabilities\":[{\"id\":\"CVE-1\"}]}",
		"invalid VEX" },
	{ "a version to come",
		"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"2.0\",\"components\":[{\"name\":\"a\"}]}",
		"invalid 不支持的 CycloneDX 版本" },
	{ "SPDX 3", "{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[]}",
		"invalid SPDX 3.0" },
	{ "SPDX by tags", "SPDXVersion: SPDX-2.2\n", "invalid 标签格式" },
	{ "hardware only",
		"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[{\"type\":\"device\","
		"\"name\":\"x\"}]}", "invalid 没有软件成分" },
	{ "nothing", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\"}", "invalid 没有软件成分" },
	{ "other JSON", "{\"a\":1}", "invalid 认不出格式" },
	{ "broken JSON", "{\"bomFormat\":", "malformed JSON" },
	{ "an entity bomb", "<!DOCTYPE b [<!ENTITY a 'aaaa'><!ENTITY c '&a;&a;'>]><bom>&c;</bom>",
		"invalid DTD" },
	{ "XML of another kind", "<project/>", "invalid CycloneDX" },
	{ "an empty file", " \n", "invalid 文件为空" },
};

static void draw(const struct import_file *f, struct str *out)
{
	for (size_t i = 0; i < f->n_hosts; i++) {
		const struct import_host *h = &f->hosts[i];
		str_addf(out, SPAN_FMT " " SPAN_FMT ": ", SPAN_ARG(h->name), SPAN_ARG(h->address));
		for (size_t k = 0; k < h->n_software; k++)
			str_addf(out, SPAN_FMT " " SPAN_FMT " " SPAN_FMT "; ",
				SPAN_ARG(h->software[k].identity),
				SPAN_ARG(h->software[k].version), SPAN_ARG(h->software[k].cpe));
		str_addc(out, '\n');
	}
}

static void test_reports(void)
{
	static const struct import_nmap unit = { 1, { "U1", 2 } };
	static const struct import_sbom system_ = { 1, { "U1", 2 }, { "系统", 6 } };
	bool nmap = true;
	for (size_t i = 0; i < COUNT(reports); i++) {
		CLEANUP(arena_free_p) struct arena *a = arena_new(8u << 20, 64u << 20);
		CLEANUP(stream_close_p) struct stream *s = NULL;
		struct import_file f = { .arena = a };
		struct str out = STR_IN(a, 1 << 16);
		struct err err = { 0 };
		struct span text = span_of(reports[i].text);
		nmap = nmap && strcmp(reports[i].name, "CycloneDX JSON") != 0;
		test_case("%s", reports[i].name);
		CHECK_OK(stream_open_span(text, 1 << 20, &s, &err), err);
		if (nmap ? plan_read_nmap(s, &unit, &f, &err) : plan_read_sbom(text, &system_, &f, &err)) {
			draw(&f, &out);
			CHECK_STR(str_z(&out), reports[i].want);
			continue;
		}
		struct span says = span_of(reports[i].want), code = span_split(&says, ' ');
		CHECK_SPAN(code, err_name(err.code));
		CHECK(strstr(err.zh, says.p ? says.p : "?"));
	}
}

/* ---- into the store ---- */

static bool scan(struct bench *b, size_t command, const char *option, const char *value, const char *text)
{
	char path[300];
	bench_write(b, span_of(text));
	snprintf(path, sizeof path, "%s/in.csv", b->folder);
	struct span word = span_of(path);
	struct command_call c = { .op = &b->op, .folder = b->folder, .words = &word, .n_words = 1,
		.n_options = 1 };
	c.options[0].name = option;
	struct span given = span_of(value);
	c.options[0].values = &given;
	c.options[0].n = 1;
	b->err = (struct err){ 0 };
	c.out = fmemopen(b->out, sizeof b->out - 1, "w");
	bool ok = asset_commands[command].run(&c, &b->err);
	fclose(c.out);
	arena_reset(b->arena);
	return ok;
}

#define LIVE(source, more) \
	bench_count(&b, SQL("SELECT COUNT(*) FROM software s JOIN assets a ON a.n = s.asset_n" \
			    " WHERE s.removed_at IS NULL AND s.source = '" source "' " more))
#define HOST(address, service) \
	"<host><status state='up'/><address addr='" address "' addrtype='ipv4'/><hostname " \
		"name='other'/><ports>" \
	"<port><state state='open'/>" service "</port></ports></host>"

static void test_store(void)
{
	struct bench b;
	test_case("a scan adds to a host that is known by its address, and leaves other sources alone");
	CHECK(bench_new(&b, "scans"));
	CHECK_OK(bench_import(&b, SPAN(HEADER "U1,教务,web,192.0.2.1,,,nginx,,1.18,\n")), b.err);
	CHECK_OK(scan(&b, 1, "unit", "U1",
			 "<nmaprun>" HOST("192.0.2.1", "<service product='nginx' version='1.20'/>")
				 HOST("192.0.2.9", "<service product='sshd'/>") "</nmaprun>"),
		b.err);
	CHECK_INT(LIVE("csv", ""), 1);
	CHECK_INT(LIVE("nmap", "AND a.name = 'web' AND s.product_version = '1.20' AND s.confidence = 40"), 1);
	CHECK_INT(LIVE("nmap", "AND a.name = '192.0.2.9' AND a.source = 'nmap'"), 1);
	CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM assets WHERE kind = 'host'")), 2);
	CHECK_INT(bench_count(&b,
		SQL("SELECT COUNT(*) FROM import_plans WHERE kind = 'nmap' AND state = 'applied'")), 1);
	test_case("the next scan replaces the last one's software; the file's stays");
	CHECK_OK(scan(&b, 1, "unit", "U1", "<nmaprun>" HOST("192.0.2.1",
		"<service product='haproxy'/>") "</nmaprun>"),
		b.err);
	CHECK_INT(LIVE("nmap", "AND a.name = 'web'"), 1);
	CHECK_INT(LIVE("nmap", "AND s.product = 'haproxy'"), 1);
	CHECK_INT(LIVE("csv", ""), 1);
	test_case("a scan that recognised nothing takes nothing away");
	CHECK_OK(scan(&b, 1, "unit", "U1", "<nmaprun>" HOST("192.0.2.1", "") "</nmaprun>"), b.err);
	CHECK_INT(LIVE("nmap", "AND s.product = 'haproxy'"), 1);
	test_case("a file again takes nothing from the scan");
	CHECK_OK(bench_import(&b, SPAN(HEADER "U1,教务,web,192.0.2.1,,,,,,\n")), b.err);
	CHECK_INT(LIVE("csv", ""), 0);
	CHECK_INT(LIVE("nmap", "AND s.product = 'haproxy'"), 1);
	test_case("no such unit, no unit");
	CHECK(!scan(&b, 1, "unit", "NO", "<nmaprun/>") && strcmp(b.err.field, "unit") == 0);
	CHECK(!scan(&b, 1, "unix", "U1", "<nmaprun/>") && strcmp(b.err.field, "unit") == 0);
	test_case("a list of components into a system, twice, and one that is refused");
	char id[UUID_TEXT] = "";
	struct db_rows *r = NULL;
	bool row = false;
	CHECK_OK(db_query(op_db(&b.op), SQL("SELECT id FROM assets WHERE kind = 'system'"), V0, &r, &b.err) &&
			db_next(r, &row, &b.err),
		b.err);
	if (row)
		snprintf(id, sizeof id, SPAN_FMT, SPAN_ARG(db_col_text(r, 0)));
	db_rows_close(r);
	CHECK_OK(scan(&b, 2, "system", id, sbom_json), b.err);
	CHECK_INT(LIVE("sbom", "AND a.name = '教务/SBOM/shop'"), 4);
	CHECK_OK(scan(&b, 2, "system", id, sbom_json), b.err);
	CHECK(!scan(&b, 2, "system", id, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\"}"));
	CHECK_INT(LIVE("sbom", "AND a.parent_n = (SELECT n FROM assets WHERE kind = 'system')"), 4);
	CHECK(!scan(&b, 2, "system", "nothing", sbom_json) && strcmp(b.err.field, "system") == 0);
	bench_done(&b);
}

int main(void)
{
	hash_start();
	clock_start();
	test_reports();
	test_store();
	return test_end();
}
