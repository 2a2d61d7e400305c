/* Timeline and attachments of an order, by pages however long they are. */
#include "order/testing.h"

enum { MANY = 33000 };

/* Calls the route as DUTY; "code: text" of its error, or the answer. */
static const char *ask(struct city *c, const char *method, const char *path, struct span id,
	const struct query_pair *q)
{
	struct err err = { 0 };
	struct str out = STR_IN(c->arena, 16 << 20);
	struct call call = { .op = &c->op, .params = { id }, .query = q, .n_query = q ? 1 : 0, .out = &out };
	bool ok = false, found = false;
	c->op.actor = &c->actors[DUTY];
	if (strcmp(method, "POST") == 0)
		call.body = SPAN("some evidence");
	for (size_t i = 0; i < order_routes_count; i++) {
		if (strcmp(order_routes[i].path, path) != 0 || strcmp(order_routes[i].method, method) != 0)
			continue;
		found = true;
		ok = order_routes[i].handler(&call, &err);
	}
	CHECK(found);
	c->op.actor = &c->actors[LOCAL];
	return ok ? str_z(&out) : arena_printf(c->arena, "%s: %s", err_name(err.code), err.field).p;
}

/* Walks all pages; how many items they hold together, and in *ret_pages how many pages there are. */
static int64_t walk(struct city *c, const char *path, struct span id, int64_t *ret_pages)
{
	struct query_pair cursor = { SPAN("cursor"), { NULL, 0 } };
	int64_t n = 0;
	for (*ret_pages = 1; *ret_pages < 100; ++*ret_pages) {
		struct err err = { 0 };
		CLEANUP(json_free) json_t *j = NULL;
		CHECK_OK(json_parse(span_of(ask(c, "GET", path, id, cursor.value.n ? &cursor : NULL)), 0, &j,
			&err), err);
		n += (int64_t)json_array_size(json_object_get(j, "items"));
		cursor.value = arena_span(c->arena, json_get_text(j, "next"));
		if (!cursor.value.n)
			break;
	}
	return n;
}

static void timeline(struct city *c, struct span id, int64_t order_n)
{
	static const char path[] = "/api/v1/orders/{id}/steps";
	const struct query_pair wrong[] = { { SPAN("cursor"), SPAN("x") }, { SPAN("limit"), SPAN("0") },
		{ SPAN("limit"), SPAN("5001") } };
	const struct query_pair one = { SPAN("limit"), SPAN("1") };
	int64_t pages, steps = walk(c, path, id, &pages);
	test_case("the timeline of a short order is one page");
	CHECK(steps > 0);
	CHECK_INT(pages, 1);
	test_case("of an order of %d items it is whole, by pages", MANY);
	city_exec(c,
		SQL("WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM k WHERE i<?)"
		    " INSERT INTO items (id, order_n, state, title, kind, severity, findings)"
		    " SELECT 'item'||i, ?, 'open', 't', 'vulnerability', 'high', 1 FROM k"),
		V(db_i(MANY), db_i(order_n)));
	CHECK_INT(walk(c, path, id, &pages), steps);
	city_exec(c,
		SQL("INSERT INTO steps (id, resource, record_n, from_state, verb, to_state, happened_at, "
		"recorded_at, actor_user_n,"
		    " actor, on_whose_word, text, unit_n, county_n, severity, exercise, body)"
		    " SELECT 's'||id, 'item', n, '', 'open', 'open', 0, 0, 0, 'x', '', '', 0, 0, '', 0, '' "
		    "FROM items"
		    " WHERE order_n=? AND id LIKE 'item%'"),
		V(db_i(order_n)));
	CHECK_INT(walk(c, path, id, &pages), steps + MANY);
	CHECK_INT(pages, (steps + MANY + 4999) / 5000);
	test_case("a page as short as asked for, and wrong wishes");
	CHECK(strstr(ask(c, "GET", path, id, &one), "\"next\":\"") != NULL);
	for (size_t i = 0; i < COUNT(wrong); i++)
		CHECK_STR(ask(c, "GET", path, id, &wrong[i]),
			arena_printf(c->arena, "invalid: " SPAN_FMT, SPAN_ARG(wrong[i].name)).p);
}

static void attachments(struct city *c, struct span id, int64_t order_n)
{
	static const char path[] = "/api/v1/orders/{id}/attachments";
	int64_t pages;
	test_case("an attachment is kept, listed and in the change log");
	CHECK_INT(walk(c, path, id, &pages), 0);
	CHECK(strstr(ask(c, "POST", path, id, NULL), "\"size\":13") != NULL);
	CHECK_INT(walk(c, path, id, &pages), 1);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM changes WHERE resource='order' AND verb='attach'"),
		V0), 1);
	test_case("more than a page of them are all listed, those of others are not");
	city_exec(c,
		SQL("WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM k WHERE i<2000)"
		    " INSERT INTO attachments (id, resource, record_n, blob, name, type, size, at, user_n, "
		    "actor)"
		    " SELECT 'a'||i, CASE WHEN i<=1500 THEN 'order' ELSE 'finding' END, ?, '', 'n', 't', 1, "
		    "0, 0, 'x'"
		    " FROM k"),
		V(db_i(order_n)));
	CHECK_INT(walk(c, path, id, &pages), 1501);
	CHECK_INT(pages, 2);
	test_case("an unknown order has none");
	CHECK(strstr(ask(c, "GET", path, SPAN("nothing"), NULL), "not_found") != NULL);
}

int main(void)
{
	static struct city c;
	struct err err = { 0 };
	int64_t order_n = 0;
	city_open(&c, "order_routes");
	int64_t asset_n = city_host(&c, UNIT_A, "h");
	city_found(&c, asset_n, city_software(&c, asset_n, "Apache", "HTTP Server", "2.4.46"), 1, 2, "high");
	city_must(city_dispatch(&c, DUTY, "U3", &order_n, &err), &err, "dispatch");
	struct span id = city_text(&c, SQL("SELECT id FROM orders WHERE n=?"), V(db_i(order_n)));
	timeline(&c, id, order_n);
	attachments(&c, id, order_n);
	city_close(&c);
	return test_end();
}
