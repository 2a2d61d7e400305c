#include <fcntl.h>
#include <sys/stat.h>

#include "base/test.h"
#include "os/clock.h"
#include "store/store.h"

int main(void)
{
	hash_start();
	clock_start();
	char folder[200], path[400], nothing[400], hash[STORE_BLOB_HEX] = "", again[STORE_BLOB_HEX] = "";
	struct store *s = NULL;
	struct err err = { 0 };
	struct span got = { NULL, 0 };
	struct stat st;
	struct arena *a = arena_new(1 << 20, 1 << 24);
	snprintf(folder, sizeof folder, "%s/blobs", test_folder());

	test_case("content is kept under its hash, once, read-only");
	CHECK_OK(store_open(folder, STORE_CREATE, &s, &err), err);
	CHECK_OK(store_blob_put(s, SPAN("abc"), hash, &err), err);
	CHECK_STR(hash,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-4, B.1 */
	snprintf(path, sizeof path, "%s/blobs/ba/%s", folder, hash + 2);
	CHECK(stat(path, &st) == 0 && st.st_size == 3 && (st.st_mode & 0777) == 0400);
	CHECK_OK(store_blob_put(s, SPAN("abc"), again, &err), err);
	CHECK_STR(again, hash);
	CHECK_OK(store_blob_get(s, span_of(hash), 3, a, &got, &err), err);
	CHECK_SPAN(got, "abc");

	test_case("nothing is content too");
	CHECK_OK(store_blob_put(s, SPAN(""), again, &err), err);
	CHECK_OK(store_blob_get(s, span_of(again), 0, a, &got, &err), err);
	CHECK_INT(got.n, 0);

	test_case("more than the maximum is refused");
	CHECK_ERR(store_blob_get(s, span_of(hash), 2, a, &got, &err), err, ERR_TOO_LARGE);

	static const char *const wrong[] = { "", "ba", "../../keys/audit.key", "BA7816", "zz",
		"00000000000000000000000000000000000000000000000000000000000000000000" };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		test_case("no such hash: \"%s\"", wrong[i]);
		CHECK_ERR(store_blob_get(s, span_of(wrong[i]), 100, a, &got, &err), err, ERR_NOT_FOUND);
	}
	test_case("a hash that nobody put is not found");
	hash[0] = 'a';
	CHECK_ERR(store_blob_get(s, span_of(hash), 100, a, &got, &err), err, ERR_NOT_FOUND);
	hash[0] = 'b';

	test_case("content that was put just now stays, older content can be forgotten");
	bool gone = true;
	const struct timespec long_ago[2] = { { 1000000, 0 }, { 1000000, 0 } };
	CHECK_OK(store_blob_drop(s, span_of(again), &gone, &err), err);
	CHECK(!gone);
	snprintf(nothing, sizeof nothing, "%s/blobs/%.2s/%s", folder, again, again + 2);
	CHECK(utimensat(AT_FDCWD, nothing, long_ago, 0) == 0);
	CHECK_OK(store_blob_put(s, SPAN(""), again, &err), err);
	CHECK_OK(store_blob_drop(s, span_of(again), &gone, &err), err);
	CHECK(!gone);
	CHECK(utimensat(AT_FDCWD, nothing, long_ago, 0) == 0);
	CHECK_OK(store_blob_drop(s, span_of(again), &gone, &err), err);
	CHECK(gone && stat(nothing, &st) != 0);
	CHECK_OK(store_blob_drop(s, span_of(again), &gone, &err), err);
	CHECK(gone);

	test_case("altered content is found out");
	chmod(path, 0600);
	FILE *f = fopen(path, "r+");
	CHECK(f && fputc('x', f) == 'x');
	if (f)
		fclose(f);
	CHECK_ERR(store_blob_get(s, span_of(hash), 100, a, &got, &err), err, ERR_CORRUPT);
	store_close(s);
	arena_free(a);
	return test_end();
}
