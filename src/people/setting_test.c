/* Settings over HTTP. */
#include "people/asking.h"

static void test_settings(void)
{
	struct client system, duty;
	CHECK_INT(sign_in(&system, "sys", "correct horse"), 200);
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);

	test_case("the system administrator sees all settings with what holds otherwise");
	CLEANUP(answer_done) struct answer list = ask(&system, "GET", "/api/v1/settings", NULL);
	const json_t *items = json_object_get(list.body, "items");
	bool seen = false;
	CHECK_INT(list.status, 200);
	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *one = json_array_get(items, i);
		if (span_is(json_get_text(one, "key"), "contacts_days")) {
			seen = true;
			CHECK_INT(json_get_int(one, "value", 0), 92);
			CHECK_INT(json_get_int(one, "max", 0), 1000);
			CHECK(json_get_text(json_object_get(one, "label"), "zh").n > 0);
		}
	}
	CHECK(seen);
	CHECK_INT(status_of(&duty, "GET", "/api/v1/settings", NULL), 403);

	static const struct { const char *name, *key, *body; int status; } cases[] = {
		{ "a number is taken", "contacts_days", "{\"value\":30}", 200 },
		{ "a number as text, too", "contacts_days", "{\"value\":\"31\"}", 200 },
		{ "too large", "contacts_days", "{\"value\":1001}", 422 },
		{ "too small", "contacts_days", "{\"value\":0}", 422 },
		{ "no number", "contacts_days", "{\"value\":\"many\"}", 422 },
		{ "nothing given", "contacts_days", "{}", 422 },
		{ "null", "contacts_days", "{\"value\":null}", 422 },
		{ "an address", "base_url", "{\"value\":\"https://seawall.example/\"}", 200 },
		{ "no address", "base_url", "{\"value\":\"javascript:alert(1)\"}", 422 },
		{ "what the program keeps for itself", "office_unit", "{\"value\":\"1\"}", 404 },
		{ "no such", "nothing", "{\"value\":1}", 404 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		CHECK_INT(status_of(&system, "PATCH", path_of("/api/v1/settings/*", cases[i].key),
			cases[i].body),
			cases[i].status);
	}
	test_case("only those who may");
	CHECK_INT(status_of(&duty, "PATCH", "/api/v1/settings/contacts_days", "{\"value\":5}"), 403);

	test_case("what was set holds, is noted with the value before, and the same again is no change");
	struct err err = { 0 };
	int64_t days;
	struct span url;
	CHECK_OK(setting_known(&h.op, "contacts_days", &days, &err), err);
	CHECK_INT(days, 31);
	CHECK_OK(setting_text(&h.op, "base_url", &url, &err), err);
	CHECK_SPAN(url, "https://seawall.example");
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE resource='setting'")), 3);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM change_values WHERE body LIKE '%\"contacts_days\":\"30\"%'"
				    " AND body LIKE '%\"contacts_days\":\"31\"%'")),
		1);
	CHECK_INT(status_of(&system, "PATCH", "/api/v1/settings/contacts_days", "{\"value\":31}"), 200);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE resource='setting'")), 3);
}

int main(void)
{
	static const struct route *const tables[] = { people_routes, account_routes };
	const size_t counts[] = { people_routes_count, account_routes_count };
	struct err err = { 0 };
	struct span said;
	house_open(&h, "setting");
	route_register(tables, counts, COUNT(tables));
	clock_fake(now);
	test_case("an office and its accounts");
	CHECK_OK(house_import(&h, unit_import, "code,name,parent,kind,sector\nA,市网信办,,office,government\n",
		false,
			 &said, &err),
		err);
	add_user("sys", "system_admin", "A");
	add_user("duty", "duty_officer", "A");
	test_settings();
	house_close(&h);
	return test_end();
}
