/* A model test: the same random operations on a map and on a list that is searched from end to end. */
#include "base/map.h"

#include "base/hash.h"
#include "base/test.h"

enum { NUMBERS = 700, KEYS = 2 * NUMBERS, STEPS = 20000 };

struct model {
	char key[KEYS][24];
	size_t n[KEYS];
	uint64_t value[KEYS];
	size_t count;
};

static uint32_t seed = 20261123;

static uint32_t next(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static size_t model_find(const struct model *m, struct span key)
{
	for (size_t i = 0; i < m->count; i++)
		if (span_eq((struct span){ m->key[i], m->n[i] }, key))
			return i;
	return m->count;
}

static void step(struct map *m, struct model *model)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%u", next(NUMBERS));
	if (next(3) == 0)
		text[0] = '\0';                            /* keys are bytes: NUL inside is part of them */
	struct span key = { text, (size_t)n };
	size_t at = model_find(model, key);
	if (next(2)) {
		bool is_new;
		uint64_t value = next(1000000), *place = map_put(m, key, value, &is_new);
		CHECK_INT(is_new, at == model->count);
		if (is_new) {
			memcpy(model->key[at], text, (size_t)n);
			model->n[at] = (size_t)n;
			model->value[at] = value;
			model->count++;
		}
		CHECK_INT(*place, model->value[at]);
		if (next(4) == 0)
			*place = model->value[at] = next(1000000);
	} else {
		const uint64_t *place = map_find(m, key);
		CHECK_INT(place != NULL, at < model->count);
		if (place)
			CHECK_INT(*place, model->value[at]);
	}
	CHECK_INT(map_count(m), model->count);
}

static void test_iteration(struct map *m, const struct model *model)
{
	static bool seen[KEYS];
	struct span key;
	uint64_t value;
	size_t n = 0;
	test_case("iteration meets each entry once");
	for (size_t at = 0; map_next(m, &at, &key, &value); n++) {
		size_t i = model_find(model, key);
		CHECK(i < model->count && !seen[i] && model->value[i] == value);
		if (i < model->count)
			seen[i] = true;
	}
	CHECK_INT(n, model->count);
}

int main(void)
{
	static struct model model;
	hash_start();
	CLEANUP(map_free_p) struct map *m = map_new(KEYS);
	test_case("an empty map");
	CHECK(map_find(m, SPAN("a")) == NULL && map_count(m) == 0);
	test_case("%d random operations agree with a plain list", STEPS);
	for (int i = 0; i < STEPS; i++)
		step(m, &model);
	CHECK(model.count > NUMBERS / 2);
	test_iteration(m, &model);

	test_case("the empty key, given with and without an address, is one key");
	CLEANUP(map_free_p) struct map *e = map_new(4);
	bool is_new;
	map_put(e, (struct span){ NULL, 0 }, 5, &is_new);
	CHECK(is_new);
	map_put(e, SPAN(""), 6, &is_new);
	CHECK(!is_new);
	const uint64_t *found = map_find(e, (struct span){ NULL, 0 });
	CHECK(found && *found == 5);

	test_case("keys are copied");
	char text[] = "key";
	map_put(e, span_of(text), 7, NULL);
	text[0] = 'x';
	CHECK(map_find(e, SPAN("key")) && !map_find(e, SPAN("xey")));
	return test_end();
}
