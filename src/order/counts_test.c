/* Lanes of the office's day: each count is the length of the list behind it. */
#include "order/behalf.h"
#include "order/testing.h"

static json_t *counts(struct city *c, size_t who, const struct query_pair *q, size_t n)
{
	struct err err = { 0 };
	struct str out = STR_IN(c->arena, 1 << 20);
	struct call call = { .op = &c->op, .query = q, .n_query = n, .out = &out };
	json_t *ret = NULL;
	c->op.actor = &c->actors[who];
	CHECK_OK(order_counts_route(&call, &err), err);
	c->op.actor = &c->actors[LOCAL];
	CHECK_OK(json_parse(str_span(&out), 0, &ret, &err), err);
	return ret;
}

/* -1: there is no such lane. */
static int64_t count_of(const json_t *all, const char *key)
{
	const json_t *items = json_object_get(all, "items");
	for (size_t i = 0; i < json_array_size(items); i++)
		if (span_is(json_get_text(json_array_get(items, i), "key"), key))
			return json_integer_value(json_object_get(json_array_get(items, i), "count"));
	return -1;
}

static void lists_agree(struct city *c, const json_t *all)
{
	const json_t *items = json_object_get(all, "items");
	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *lane = json_array_get(items, i);
		struct err err = { 0 };
		struct query q;
		struct page page;
		json_t *filter = json_object_get(lane, "filter");
		json_object_set_new(filter, "sort", json_string("next_due"));
		json_object_set_new(filter, "limit", json_integer(1000));
		CHECK_OK(query_parse_json(&order_resource, filter, c->arena, &q, &err), err);
		c->op.actor = &c->actors[DUTY];
		CHECK_OK(resource_list(&c->op, &order_resource, &q, &page, &err), err);
		c->op.actor = &c->actors[LOCAL];
		CHECK_INT((int64_t)page.n, json_integer_value(json_object_get(lane, "count")));
		for (size_t k = 1; k < page.n; k++)
			CHECK(record_int(&page.rows[k - 1], "next_due") <= record_int(&page.rows[k],
				"next_due"));
	}
}

int main(void)
{
	struct city c;
	struct err err = { 0 };
	int64_t order_n;
	city_open(&c, "counts");
	int64_t asset_n = city_host(&c, UNIT_A, "host-1");
	city_found(&c, asset_n, city_software(&c, asset_n, "f5", "nginx", "1.18.0"), 1, 2, "high");
	test_case("without orders every lane is empty");
	CLEANUP(json_free) json_t *before = counts(&c, DUTY, NULL, 0);
	CHECK_INT(count_of(before, "all"), 0);
	CHECK_INT(count_of(before, "late"), 0);
	test_case("an order that was sent is counted, and found by the lane's own filter");
	city_must(city_dispatch(&c, DUTY, "U3", &order_n, &err), &err, "dispatch");
	CLEANUP(json_free) json_t *after = counts(&c, DUTY, NULL, 0);
	CHECK_INT(count_of(after, "sent"), 1);
	CHECK_INT(count_of(after, "open"), 1);
	CHECK_INT(count_of(after, "late"), 0);
	CHECK(count_of(after, "due_day") + count_of(after, "due_later") >= 0);
	lists_agree(&c, after);
	test_case("the reader's own filters narrow every lane");
	const struct query_pair none[] = { { SPAN("severity"), SPAN("low") } };
	CLEANUP(json_free) json_t *low = counts(&c, DUTY, none, 1);
	CHECK_INT(count_of(low, "sent"), 0);
	test_case("another unit's liaison counts nothing of it, and has no lanes of an office");
	CLEANUP(json_free) json_t *other = counts(&c, LIAISON_B, NULL, 0);
	CHECK_INT(count_of(other, "all"), 0);
	CHECK_INT(count_of(other, "to_verify"), -1);
	city_close(&c);
	return test_end();
}
