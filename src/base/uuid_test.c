#include "base/uuid.h"

#include <pthread.h>

#include "base/hash.h"
#include "base/test.h"

enum { PER_THREAD = 5000, THREADS = 4 };
static char made[THREADS][PER_THREAD][UUID_TEXT];

static void *make(void *user)
{
	char (*mine)[UUID_TEXT] = user;
	for (size_t i = 0; i < PER_THREAD; i++)
		uuid_make(INT64_C(1795400437123) + (int64_t)(i / 3000), mine[i]);
	return NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

int main(void)
{
	char one[UUID_TEXT], before[UUID_TEXT];
	pthread_t threads[THREADS];
	hash_start();
	test_case("form, version, variant and time");
	uuid_make(INT64_C(0x017F22E279B0), one);          /* the time of RFC 9562 appendix A.6 */
	CHECK(uuid_valid(span_of(one)));
	CHECK(strncmp(one, "017f22e2-79b0-7", 15) == 0 && strchr("89ab", one[19]) != NULL);

	test_case("ids of one process ascend, within a millisecond and when the clock is set back");
	bool ok = true;
	for (int i = 0; i < 20000; i++) {
		memcpy(before, one, sizeof one);
		uuid_make(INT64_C(0x017F22E279B0) - (i > 10000 ? 60000 : 0), one);
		ok = ok && strcmp(before, one) < 0;
	}
	CHECK(ok);

	test_case("four threads never make the same one, each sees them ascend");
	for (size_t i = 0; i < THREADS; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, make, made[i]), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ok = true;
	for (size_t t = 0; t < THREADS; t++)
		for (size_t i = 1; i < PER_THREAD; i++)
			ok = ok && strcmp(made[t][i - 1], made[t][i]) < 0;
	CHECK(ok);
	qsort(made, THREADS * PER_THREAD, UUID_TEXT, by_text);
	char(*const flat)[UUID_TEXT] = made[0];
	for (size_t i = 1; i < THREADS * PER_THREAD; i++)
		ok = ok && strcmp(flat[i - 1], flat[i]) != 0;
	CHECK(ok);

	static const struct { const char *text; bool valid;
	} cases[] = {
		{ "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", true },
		{ "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", true },
		{ "017f22e2-79b0-7cc3-98c4-dc0c0c07398", false },
		{ "017f22e2-79b0-7cc3-98c4-dc0c0c07398fa", false },
		{ "017f22e279b0-7cc3-98c4-dc0c0c07398faa", false },
		{ "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", false },
		{ "", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("valid \"%s\"", cases[i].text);
		CHECK_INT(uuid_valid(span_of(cases[i].text)), cases[i].valid);
	}
	return test_end();
}
