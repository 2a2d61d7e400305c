#include "vuln/corpus.h"

#include "codec/stream.h"
#include "os/file.h"
#include "os/log.h"

enum { PACK_FROM = 256, UNPACKED_MAX = 32 * 1024 * 1024, ROW_ARENA = 256 * 1024 * 1024 };
enum { REBUILD_WAIT_MS = 600000, REBUILD_ROWS = 500 };

const char *corpus_index_path(const char *folder, struct arena *a)
{
	return arena_printf(a, "%s/store/corpus.idx", folder).p;
}

bool corpus_lock(const char *folder, int64_t wait_ms, int *ret_fd, struct err *err)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/store/feed.lock", folder);
	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(err, ERR_INVALID, "路径过长", "the path is too long");
	if (file_lock(path, wait_ms, ret_fd, err))
		return true;
	return err->code != ERR_BUSY ? false
				     : err_set(err, ERR_BUSY, "另一次漏洞数据导入正在进行，请稍后再试",
					       "another feed import is running: try again later");
}

bool corpus_generation(struct db *db, int64_t *ret, struct err *err)
{
	bool found;
	*ret = 0;
	return db_int(
		db, SQL("SELECT value FROM corpus.facts WHERE name='generation'"), V0, ret, &found, err);
}

struct span corpus_pack(struct span json, struct arena *a)
{
	if (json.n < PACK_FROM)
		return arena_span(a, json);
	struct span packed = stream_pack(json, STREAM_ZSTD, a);
	return packed.n < json.n ? packed : arena_span(a, json);
}

bool corpus_unpack(struct span stored, struct arena *a, struct span *ret, struct err *err)
{
	CLEANUP(stream_close_p) struct stream *s = NULL;
	if (stored.n && stored.p[0] == '[') {
		*ret = stored;
		return true;
	}
	return stream_open_span(stored, UNPACKED_MAX, &s, err) && stream_rest(s, a, ret, err);
}

static bool read_tree(struct span stored, struct arena *a, struct config_tree *ret, struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	struct span text;
	return corpus_unpack(stored, a, &text, err) && json_parse(text, 0, &j, err) &&
		config_read(j, a, ret, err);
}

bool corpus_index_find(const char *folder, struct db *db, struct index **ret, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 16, 1 << 20);
	struct err ignored = { 0 };
	int64_t generation;
	*ret = NULL;
	if (!corpus_generation(db, &generation, err))
		return false;
	if (!index_open(corpus_index_path(folder, a), ret, &ignored)) {
		*ret = NULL;
		return true;
	}
	if (index_origin(*ret) != (uint64_t)generation) {
		index_close(*ret);
		*ret = NULL;
	}
	return true;
}

/* Some records further; *ret_n 0 at the end. */
static bool add_rows(struct db *db, struct index_builder *b, int64_t *after, struct arena *a, size_t *ret_n,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = true;
	*ret_n = 0;
	if (!db_query(db,
		    SQL("SELECT n, id, configurations FROM corpus.vulns WHERE n>? AND status<>'Rejected' "
			"ORDER BY n"
			" LIMIT ?"),
		    V(db_i(*after), db_i(REBUILD_ROWS)), &r, err))
		return false;
	while (db_next(r, &row, err)) {
		struct config_tree t;
		if (!row)
			return true;
		arena_reset(a);
		*after = db_col_int(r, 0);
		++*ret_n;
		if (!read_tree(db_col_text(r, 2), a, &t, err) || !index_add(b, db_col_text(r, 1), 0, &t, err))
			return err_prefix(err, SPAN_FMT "：", SPAN_FMT ": ", SPAN_ARG(db_col_text(r, 1)));
	}
	return false;
}

bool corpus_index_make(const char *folder, struct db *db, struct index **ret, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(ROW_ARENA, 2 * (size_t)ROW_ARENA);
	CLEANUP(index_builder_free_p) struct index_builder *b = index_builder_new();
	int64_t generation, after = 0;
	size_t n = 0;
	if (!corpus_generation(db, &generation, err))
		return false;
	do {
		if (!add_rows(db, b, &after, a, &n, err))
			return false;
	} while (n);
	index_set_origin(b, (uint64_t)generation);
	arena_reset(a);
	if (!index_finish(b, ret, err))
		return false;
	if (index_write(*ret, corpus_index_path(folder, a), err))
		return true;
	index_close(*ret);
	*ret = NULL;
	return false;
}

bool corpus_index_open(struct op *op, struct index **ret, struct err *err)
{
	CLEANUP(file_close) int lock = -1;
	const char *folder = store_folder(op->store);
	if (!corpus_index_find(folder, store_reader(op->store), ret, err) || *ret)
		return *ret != NULL;
	if (!corpus_lock(folder, REBUILD_WAIT_MS, &lock, err) ||
		!corpus_index_find(folder, store_reader(op->store), ret, err))
		return false;
	if (*ret)
		return true;
	log_info("vuln.index_rebuild");
	return corpus_index_make(folder, store_reader(op->store), ret, err);
}

bool corpus_tree(struct op *op, struct span cve, struct config_tree *ret, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	*ret = (struct config_tree){ 0 };
	if (!db_query(op_db(op), SQL("SELECT configurations, status FROM corpus.vulns WHERE id=?"),
		    V(db_t(cve)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret_found = row;
	return !row || span_eq_nocase(db_col_text(r, 1), SPAN("Rejected")) ||
		read_tree(arena_span(op->arena, db_col_text(r, 0)), op->arena, ret, err);
}
