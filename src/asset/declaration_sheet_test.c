/* What units write into their sheets, and what is read from it. */
#include "asset/declaration_sheet.h"
#include "asset/software_choice.h"
#include "base/hash.h"
#include "base/test.h"

static const struct {
	const char *text, *key, *name, *version;
	bool unknown;
} software[] = {
	{ "Nginx 1.18.0", "nginx", "Nginx", "1.18.0", false },
	{ "nginx/1.18.0", "nginx", "Nginx", "1.18.0", false },
	{ "ｎｇｉｎｘ１．１８", "nginx", "Nginx", "1.18", false },
	{ "Apache Tomcat 9.0.1", "tomcat", "Tomcat", "9.0.1", false },
	{ "apache 2.4.46", "apache", "Apache HTTP Server", "2.4.46", false },
	{ "tomcat：不清楚", "tomcat", "Tomcat", "", true },
	{ "达梦V8.1", "dm", "达梦数据库", "8.1", false },
	{ "东方通 TongWeb v7.0（企业版）", "tongweb", "东方通 TongWeb", "7.0", false },
	{ "IIS", "iis", "IIS", "", false },
	{ "iistest 1.0", NULL, "iistest", "1.0", false },
	{ "Spring Boot 2.3", "spring_boot", "Spring Boot", "2.3", false },
	{ "自研门户 V2", NULL, "自研门户", "2", false },
	{ "自研门户", NULL, "自研门户", "", false },
	{ "Windows Server 2012", "windows_2012", "Windows Server 2012", "", false },
	{ "用友 U8+ 12.0", "yonyou_u8", "用友 U8", "12.0", false },
};

static void test_software(struct arena *a)
{
	for (size_t i = 0; i < COUNT(software); i++) {
		struct software_text s;
		test_case("software: %s", software[i].text);
		software_text_read(span_of(software[i].text), a, &s);
		CHECK_STR(s.choice ? s.choice->key : "", software[i].key ? software[i].key : "");
		CHECK_SPAN(s.name, software[i].name);
		CHECK_SPAN(s.version, software[i].version);
		CHECK(s.version_unknown == software[i].unknown);
	}
}

#define HEAD "填写说明,,\n填报方式,逐项填写\n序号,系统名称（全称）,网址,IP地址,等保级别,部署方式,重要程度,互联网可访问,主要软件,备注\n"

static const struct {
	const char *name, *sheet;
	const char *want;                      /* JSON, or the first problem in Chinese */
	bool good;
	size_t problems;
} sheets[] = {
	{ "a system", HEAD "1,OA,https://oa.x.cn/,192.0.2.1,第三级,市政务云,高,是,nginx 1.18,\n",
		"{\"systems\":[{\"row\":4,\"name\":\"OA\",\"url\":\"https://oa.x.cn/\","
		"\"address\":\"192.0.2.1\","
		"\"mlps_level\":\"3\",\"hosting\":\"government_cloud\",\"importance\":\"high\",\"exposure\":"
		"\"internet\",\"software\":[{\"product\":\"nginx\",\"version\":\"1.18\"}]}]}",
		true, 0 },
	{ "unknown and none", HEAD "1,OA,无,不清楚,未定级,不清楚,/,否,不清楚,-\n\n",
		"{\"systems\":[{\"row\":4,\"name\":\"OA\",\"unknown\":[\"address\",\"hosting\",\"software\"],"
		"\"mlps_level\":\"ungraded\",\"exposure\":\"internal\"}]}",
		true, 0 },
	{ "several addresses", HEAD "1,OA,,192.0.2.1、192.0.2.2,,,,,,原注\n",
		"{\"systems\":[{\"row\":4,\"name\":\"OA\",\"address\":\"192.0.2.1\",\"note\":"
		"\"其他地址：192.0.2.2；原注\"}]}",
		true, 0 },
	{ "unchanged", "填报方式,无变化\n系统名称,网址\n", "{\"unchanged\":true}", true, 0 },
	{ "none", "系统名称,网址\n本单位无信息系统,\n", "{\"none\":true}", true, 0 },
	{ "none beside a system", "系统名称,网址\nOA,\n无信息系统,\n",
		"表中既填写了系统，又写了“无信息系统”或“无变化”，请删去其一", false, 0 },
	{ "no header", "a,b\nc,d\n", "没有找到表头（应有“系统名称”等列），请用下载的申报表填写", false, 0 },
	{ "every wrong cell", HEAD "1,OA,,,六级,月球,很高,也许,,\n2,,x.cn,,,,,,,\n",
		"第 4 行“等保级别”：“六级”应为一级至五级、未定级或不清楚", false, 5 },
};

static void test_sheets(struct arena *a)
{
	for (size_t i = 0; i < COUNT(sheets); i++) {
		struct err err = { 0 };
		struct problems problems = { .n = 0 };
		struct op op = { .arena = a, .problems = &problems, .zh = true };
		struct str out = STR_IN(a, 1 << 16);
		CLEANUP(table_close_p) struct table *t = NULL;
		CLEANUP(json_free) json_t *answer = NULL;
		test_case("sheet: %s", sheets[i].name);
		CHECK(table_open_span(span_of(sheets[i].sheet), 1 << 20, &t, &err));
		bool ok = declaration_sheet_read(&op, t, &answer, &err);
		CHECK(ok == sheets[i].good);
		CHECK(!ok || json_write(answer, &out, &err));
		CHECK_STR(ok ? str_z(&out) : err.zh, sheets[i].want);
		CHECK_INT(problems.n, sheets[i].problems);
	}
}

int main(void)
{
	hash_start();
	struct arena *a = arena_new(16u << 20, 64u << 20);
	test_software(a);
	test_sheets(a);
	arena_free(a);
	return test_end();
}
