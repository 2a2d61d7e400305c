#include "store/search.h"

#include "base/test.h"
#include "os/clock.h"
#include "store/store.h"

static const struct store_actor who = { .name = { "test", 4 } };

static const struct {
	const char *text, *tokens;
} splits[] = {
	{ "", "" },
	{ "  \t\n ", "" },
	{ "a", "a" },
	{ "ab", "ab b" },
	{ "ABC", "ab bc c" },
	{ "湛江市", "湛江 江市 市" },
	{ " 湛江  Ａb ", "湛江 江 ab b" },
	{ "湛江\xE3\x80\x80市", "湛江 江 市" },
	{ "a\"b", "a\xEE\x80\xA2 \xEE\x80\xA2" "b b" },
	{ "\xF0\xB0\xBB\x9E\xF0\xB0\xBB\x9E", "\xF0\xB0\xBB\x9E\xF0\xB0\xBB\x9E \xF0\xB0\xBB\x9E" },
};

static const struct {
	const char *query, *expression;
} expressions[] = {
	{ "", "" },
	{ " ", "" },
	{ "湛", "\"湛\"*" },
	{ "湛江", "\"湛江\"" },
	{ "湛江市 AB c", "\"湛江 江市\" AND \"ab\" AND \"c\"*" },
	{ "\"", "\"\xEE\x80\xA2\"*" },
};

static const struct {
	const char *query;
	const char *found; /* records of texts[] whose text holds all words, by number */
} queries[] = {
	{ "湛", "1 2 4" },
	{ "江", "1 2 4" },
	{ "湛江", "1 2 4" },
	{ "江湛", "" },
	{ "湛江市", "1 2" },
	{ "徐闻", "3" },
	{ "局 湛江", "1" },
	{ "湛江 局", "1" },
	{ "192.0.2.1", "4 5" },
	{ "192.0.2.15", "5" },
	{ "0.2", "4 5" },
	{ "SERVER", "4 5" },
	{ "server-0", "4" },
	{ "ｓｅｒｖｅｒ", "4 5" },
	{ "rver", "4 5" },
	{ "AND", "" },
	{ "* OR", "" },
	{ "\"", "" },
	{ "body:湛", "" },
	{ "市", "1 2" },
	{ "𰻞", "6" },
	{ "", "" },
};

static const char *const texts[] = {
	"湛江市教育局", "湛江市 人民医院", "徐闻县水务中心", "server-01 192.0.2.1 湛江", "server_02 192.0.2.15", "𰻞𰻞面馆",
};

static void test_split(void)
{
	struct err err;
	for (size_t i = 0; i < COUNT(splits); i++) {
		CLEANUP(str_done) struct str s = STR(1000);
		test_case("splits \"%s\"", splits[i].text);
		CHECK_OK(search_split(span_of(splits[i].text), &s, &err), err);
		CHECK_STR(str_z(&s), splits[i].tokens);
	}
	for (size_t i = 0; i < COUNT(expressions); i++) {
		CLEANUP(str_done) struct str s = STR(1000);
		test_case("asks for \"%s\"", expressions[i].query);
		CHECK_OK(search_expression(span_of(expressions[i].query), &s, &err), err);
		CHECK_STR(str_z(&s), expressions[i].expression);
	}
	test_case("refuses what is no text, too long or too much");
	CLEANUP(str_done) struct str s = STR(1000);
	CHECK_ERR(search_split(SPAN("a\xFF"), &s, &err), err, ERR_INVALID);
	static char big[SEARCH_TEXT_MAX + 1];
	memset(big, 'a', sizeof big);
	CHECK_ERR(search_split((struct span){ big, sizeof big }, &s, &err), err, ERR_TOO_LARGE);
	CHECK_ERR(
		search_expression((struct span){ big, SEARCH_QUERY_MAX + 1 }, &s, &err), err, ERR_TOO_LARGE);
	CHECK_ERR(search_expression(SPAN("a b c d e f g h i j k l m n o p q"), &s, &err), err, ERR_INVALID);
}

static void found_text(struct store *s, const char *resource, struct span query, struct str *to)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 24);
	struct store_found found;
	struct err err;
	if (!store_search(s, resource, query, a, &found, &err)) {
		str_addf(to, "error: %s", err.en);
		return;
	}
	for (size_t i = 0; i < found.count; i++)
		str_addf(to, "%s%lld", i ? " " : "", (long long)found.ns[i]);
}

static void test_store(struct store *s)
{
	struct err err;
	struct store_tx *tx = NULL;
	test_case("texts are set");
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	for (size_t i = 0; i < COUNT(texts); i++) {
		CHECK_OK(store_search_set(tx, "unit", (int64_t)i + 1, span_of(texts[i]), &err), err);
		CHECK_OK(store_search_set(tx, "unit", (int64_t)i + 1, span_of(texts[i]), &err), err);
	}
	CHECK_OK(store_search_set(tx, "host", 99, SPAN("湛江 \xEE\x84\x80unit"), &err), err);
	CHECK_OK(store_commit(&tx, &err), err);
	for (size_t i = 0; i < COUNT(queries); i++) {
		CLEANUP(str_done) struct str got = STR(1000);
		test_case("finds \"%s\"", queries[i].query);
		found_text(s, "unit", span_of(queries[i].query), &got);
		CHECK_STR(str_z(&got), queries[i].found);
	}

	test_case("a text that was replaced or emptied is not found any more");
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_search_set(tx, "unit", 1, SPAN("雷州市教育局"), &err), err);
	CHECK_OK(store_search_set(tx, "unit", 2, SPAN(""), &err), err);
	CHECK_OK(store_search_set(tx, "unit", 2, SPAN(" "), &err), err);
	CHECK_OK(db_exec(store_tx_db(tx),
			 SQL("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"),
			 V0, &err),
		err);
	CHECK_OK(store_commit(&tx, &err), err);
	CLEANUP(str_done) struct str got = STR(1000);
	found_text(s, "unit", SPAN("湛江"), &got);
	str_addc(&got, '|');
	found_text(s, "unit", SPAN("雷州"), &got);
	CHECK_STR(str_z(&got), "4|1");
}

static void test_cap(struct store *s)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 24);
	struct err err;
	struct store_tx *tx = NULL;
	struct store_found found = { 0 };
	test_case("at most a thousand are answered, and it is said when there were more");
	for (int64_t i = 1; i <= STORE_SEARCH_MAX + 1; i++) {
		if (!tx)
			CHECK_OK(store_begin(s, &who, &tx, &err), err);
		char text[64];
		snprintf(text, sizeof text, "主机 node-%04d", (int)i);
		CHECK_OK(store_search_set(tx, "host", i, span_of(text), &err), err);
		if (i < STORE_SEARCH_MAX)
			continue;
		CHECK_OK(store_commit(&tx, &err), err);
		CHECK_OK(store_search(s, "host", SPAN("机 node"), a, &found, &err), err);
		CHECK_INT(found.count, STORE_SEARCH_MAX);
		CHECK_INT(found.capped, i > STORE_SEARCH_MAX);
	}
}

int main(void)
{
	hash_start();
	clock_start();
	test_split();
	char folder[200];
	struct err err;
	struct store *s = NULL;
	snprintf(folder, sizeof folder, "%s/search", test_folder());
	if (!store_open(folder, STORE_CREATE, &s, &err)) {
		printf("Bail out! %s\n", err.en);
		return 99;
	}
	test_store(s);
	test_cap(s);
	store_close(s);
	return test_end();
}
