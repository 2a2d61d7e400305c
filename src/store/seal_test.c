/* What is sealed opens for its own place only, and not without the key. */
#include "store/seal.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/test.h"
#include "os/file.h"

static struct arena *a;

static void cases(struct store *s, const char *folder)
{
	static const struct {
		const char *plain;
	} all[] = { { "" }, { "a" }, { "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" }, { "海堤" } };
	struct err err = { 0 };
	struct span kept, again, back;
	test_case("sealed and opened: the same, never the same text twice, nothing of it to be seen");
	for (size_t i = 0; i < COUNT(all); i++) {
		struct span plain = span_of(all[i].plain);
		struct seal_of of = { "totp", (int64_t)i };
		CHECK_OK(seal_close(s, of, plain, a, &kept, &err), err);
		CHECK_OK(seal_close(s, of, plain, a, &again, &err), err);
		CHECK(span_starts(kept, SPAN("seal1:")) && !span_eq(kept, again));
		CHECK_OK(seal_open(s, of, kept, a, &back, &err), err);
		CHECK(seal_is(kept));
		CHECK_SPAN(back, all[i].plain);
	}
	test_case("in another place, altered, cut or of another key it does not open");
	CHECK_ERR(seal_open(s, (struct seal_of){ "totp", 4 }, kept, a, &back, &err), err, ERR_CORRUPT);
	CHECK_ERR(seal_open(s, (struct seal_of){ "other", 3 }, kept, a, &back, &err), err, ERR_CORRUPT);
	for (size_t i = 6; i < kept.n; i += 7) {
		char *wrong = arena_copy(a, kept);
		wrong[i] = wrong[i] == '0' ? '1' : '0';
		CHECK_ERR(seal_open(s, (struct seal_of){ "totp", 3 }, span_of(wrong), a, &back, &err), err,
			ERR_CORRUPT);
		CHECK_ERR(seal_open(s, (struct seal_of){ "totp", 3 }, (struct span){ kept.p, i }, a, &back,
			&err),
			err, ERR_CORRUPT);
	}
	test_case("what was never sealed comes back as it is");
	CHECK_OK(seal_open(s, (struct seal_of){ "totp", 3 }, SPAN("JBSWY3DP"), a, &back, &err), err);
	CHECK_SPAN(back, "JBSWY3DP");
	test_case("the key is the owner's alone, kept when opened again, and another one opens nothing");
	char path[300];
	struct stat st;
	struct span key, same;
	snprintf(path, sizeof path, "%s/keys/seal.key", folder);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	CHECK_OK(file_read(path, 256, a, &key, &err), err);
	CHECK_OK(seal_key_make(folder, &err), err);
	CHECK_OK(file_read(path, 256, a, &same, &err), err);
	CHECK(span_eq(key, same));
	CHECK(remove(path) == 0);
	CHECK_ERR(seal_open(s, (struct seal_of){ "totp", 3 }, kept, a, &back, &err), err, ERR_CORRUPT);
	CHECK_OK(seal_key_make(folder, &err), err);
	CHECK_ERR(seal_open(s, (struct seal_of){ "totp", 3 }, kept, a, &back, &err), err, ERR_CORRUPT);
}

int main(void)
{
	struct err err = { 0 };
	CLEANUP(store_close_p) struct store *s = NULL;
	char folder[200];
	hash_start();
	a = arena_new(1 << 16, 1 << 24);
	snprintf(folder, sizeof folder, "%s/data", test_folder());
	CHECK_OK(store_open(folder, STORE_CREATE, &s, &err), err);
	if (s)
		cases(s, folder);
	arena_free(a);
	return test_end();
}
