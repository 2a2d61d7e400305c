#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "codec/table_room.h"

enum { RATIO_FROM = 16 << 20 };           /* below so many unpacked bytes the ratio does not matter */

struct zip_entry {
	struct archive *archive;
	uint64_t got, max;
	bool bomb;                               /* the ratio is what bounds it */
};

static void free_archive(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

static bool broken(struct err *err)
{
	return err_set(err, ERR_MALFORMED, "文件已损坏或不完整（不是有效的 .xlsx），请重新保存后再试",
		       "the file is damaged or cut off (not a valid .xlsx): save it again");
}

static bool open_archive(const struct zip *z, struct archive **ret, struct err *err)
{
	CLEANUP(free_archive) struct archive *a = archive_read_new();
	if (!a)
		abort();
	if (archive_read_support_format_zip_seekable(a) != ARCHIVE_OK ||
		archive_read_open_memory(a, z->bytes.p, z->bytes.n) != ARCHIVE_OK)
		return broken(err);
	*ret = a;
	a = NULL;
	return true;
}

/* The next entry that is a file with a plain name. */
static bool next_entry(struct archive *a, struct span *ret, bool *ret_more, struct err *err)
{
	for (;;) {
		struct archive_entry *e;
		int r = archive_read_next_header(a, &e);
		*ret_more = r != ARCHIVE_EOF;
		if (r == ARCHIVE_EOF)
			return true;
		if (r < ARCHIVE_WARN)
			return broken(err);
		if (archive_entry_is_encrypted(e))
			return err_set(err, ERR_MEDIA_TYPE, "文件设有密码，请去掉密码后再试",
				       "the file has a password: remove it and try again");
		const char *name = archive_entry_pathname(e);
		if (!name || archive_entry_filetype(e) == AE_IFDIR)
			continue;
		*ret = span_of(name);
		return true;
	}
}

bool zip_list(struct zip *z, struct err *err)
{
	CLEANUP(free_archive) struct archive *a = NULL;
	VEC(struct span) names = { .arena = z->arena };
	if (!open_archive(z, &a, err))
		return false;
	for (;;) {
		struct span name;
		bool more;
		if (!next_entry(a, &name, &more, err))
			return false;
		if (!more)
			break;
		if (names.n == ZIP_ENTRIES_MAX)
			return err_set(err, ERR_TOO_LARGE, "文件内的条目超过 %d 个，不予读取",
				"the file holds more than %d entries", ZIP_ENTRIES_MAX);
		vec_push(&names, arena_span(z->arena, name));
	}
	z->names = names.p;
	z->n = names.n;
	return true;
}

bool zip_has(const struct zip *z, struct span name)
{
	for (size_t i = 0; i < z->n; i++)
		if (span_eq_nocase(z->names[i], name))
			return true;
	return false;
}

bool zip_entry_open(const struct zip *z, struct span name, struct zip_entry **ret, struct err *err)
{
	CLEANUP(free_archive) struct archive *a = NULL;
	if (!zip_has(z, name))
		return true;
	if (!open_archive(z, &a, err))
		return false;
	for (;;) {
		struct span at;
		bool more;
		if (!next_entry(a, &at, &more, err))
			return false;
		if (!more)
			return broken(err);
		if (span_eq_nocase(at, name))
			break;
	}
	struct zip_entry *e = calloc(1, sizeof *e);
	if (!e)
		abort();
	uint64_t by_ratio = (uint64_t)z->bytes.n * ZIP_RATIO_MAX;
	by_ratio = by_ratio > RATIO_FROM ? by_ratio : RATIO_FROM;
	e->bomb = by_ratio < z->max;
	e->max = e->bomb ? by_ratio : z->max;
	e->archive = a;
	a = NULL;
	*ret = e;
	return true;
}

bool zip_entry_read(void *entry, char *ret, size_t n, size_t *ret_n, struct err *err)
{
	struct zip_entry *e = entry;
	la_ssize_t got;
	do {
		got = archive_read_data(e->archive, ret, n);
	} while (got == ARCHIVE_RETRY);
	if (got < 0)
		return broken(err);
	e->got += (uint64_t)got;
	if (e->got > e->max && e->bomb)
		return err_set(err, ERR_TOO_LARGE, "压缩内容展开后超过文件大小的 %d 倍，疑似压缩炸弹，不予读取",
			"unpacked it has more than %d times the size of the file: taken for a zip bomb, not "
			"read",
			ZIP_RATIO_MAX);
	if (e->got > e->max)
		return err_set(err, ERR_TOO_LARGE, "压缩内容展开后超过 %llu 字节",
			"unpacked it has more than %llu bytes", (unsigned long long)e->max);
	*ret_n = (size_t)got;
	return true;
}

void zip_entry_close(struct zip_entry *e)
{
	if (!e)
		return;
	archive_read_free(e->archive);
	free(e);
}

void zip_entry_close_p(struct zip_entry **e)
{
	zip_entry_close(*e);
	*e = NULL;
}
