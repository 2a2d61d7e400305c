/*
 * The import of NVD files: readers (threads) take files in order, parse and normalise their records and pack
 * them into batches; the writer (the caller) takes the batches strictly in the order of files and places, so
 * that of two records of one CVE the later counts, and writes.  Bounded: what waits is at most QUEUE_MAX
 * bytes, but for the file whose turn it is.
 */
#include <pthread.h>
#include <stdlib.h>

#include "os/clock.h"
#include "vuln/corpus.h"
#include "vuln/feed.h"
#include "vuln/nvd_load.h"
#include "vuln/record.h"

enum { READERS = 2, BATCH = 128, QUEUE_MAX = 24 << 20, RECORD_ARENA = 256 << 20, BATCH_ARENA = 512 << 20 };
enum { KNOWN_MAX = 50 * 1000 * 1000, RANK_SHIFT = 40 };

struct item {
	struct span id;
	struct vuln_record r; /* tree not kept; configurations and refs packed */
	uint64_t hash;
	bool skipped; /* as stored before, so not given to the builder */
	const struct err *refused;
};

struct batch {
	struct batch *next;
	struct arena *arena;
	size_t n, bytes;
	struct item items[BATCH];
};

struct queue {
	struct batch *first, **last;
	bool ended;
};

struct feed_nvd {
	struct feed *feed;
	struct map *known, *written; /* CVE id to the first 8 bytes of its hash */
	struct index *index; /* of the state before, NULL if there is none of it */
	struct index_builder *builder;
	bool make_whole; /* the index cannot be told from what came in */
	pthread_mutex_t lock; /* over all below */
	pthread_cond_t moved;
	struct queue *queues; /* one per file */
	size_t next_file, turn, waiting; /* waiting: bytes */
	bool failed;
	struct err err;
};

struct reader {
	struct feed_nvd *n;
	size_t file;
	struct arena *scratch;
	struct batch *batch;
	uint64_t seen, known_ids; /* records, and those with a CVE id */
};

static uint64_t hash_of(const char *hex)
{
	uint64_t h = 0;
	hash_unhex((struct span){ hex, 2 * sizeof h }, (unsigned char *)&h, sizeof h);
	return h;
}

/* ---- readers ---- */

static struct batch *batch_new(void)
{
	struct batch *b = calloc(1, sizeof *b);
	if (!b)
		abort();
	b->arena = arena_new(BATCH_ARENA, 2 * (size_t)BATCH_ARENA);
	return b;
}

static void batch_free(struct batch *b)
{
	if (b)
		arena_free(b->arena);
	free(b);
}

/* false: the import has failed elsewhere. */
static bool push(struct reader *r, bool end)
{
	struct feed_nvd *n = r->n;
	struct queue *q = &n->queues[r->file];
	struct batch *b = r->batch;
	r->batch = NULL;
	pthread_mutex_lock(&n->lock);
	while (b && !n->failed && n->turn != r->file && n->waiting > QUEUE_MAX)
		pthread_cond_wait(&n->moved, &n->lock);
	while (b && !n->failed && n->turn == r->file && n->waiting > 2 * (size_t)QUEUE_MAX && q->first)
		pthread_cond_wait(&n->moved, &n->lock);
	if (b) {
		*q->last = b;
		q->last = &b->next;
		b->bytes = arena_used(b->arena);
		n->waiting += b->bytes;
	}
	q->ended = q->ended || end;
	bool ok = !n->failed;
	pthread_cond_broadcast(&n->moved);
	pthread_mutex_unlock(&n->lock);
	return ok;
}

static void keep(struct item *to, struct arena *a)
{
	struct span *texts[] = { &to->id, &to->r.status, &to->r.vector, &to->r.cwe, &to->r.description };
	for (size_t i = 0; i < COUNT(texts); i++)
		*texts[i] = arena_span(a, *texts[i]);
	to->r.configurations = corpus_pack(to->r.configurations, a);
	to->r.refs = corpus_pack(to->r.refs, a);
	to->r.tree = (struct config_tree){ 0 };
}

static bool add_tree(
	struct reader *r, const struct nvd_record *record, const struct item *it, struct err *err)
{
	struct feed_nvd *n = r->n;
	pthread_mutex_lock(&n->lock);
	bool ok = !n->builder ||
		index_add(n->builder, record->id, (uint64_t)(r->file + 1) << RANK_SHIFT | record->number,
			&it->r.tree, err);
	pthread_mutex_unlock(&n->lock);
	return ok;
}

static bool take(void *data, const struct nvd_record *record, struct err *err)
{
	struct reader *r = data;
	struct item it = { .id = record->id };
	struct err why = { 0 };
	const struct err *refused = record->refused;
	r->seen++;
	r->known_ids += record->id.p != NULL;
	arena_reset(r->scratch);
	if (!refused && !vuln_record_read(record->cve, r->scratch, &it.r, &why)) {
		err_prefix(&why, "第 %llu 条（第 %llu 行）%.*s：",
			"record %llu (line %llu) %.*s: ", (unsigned long long)record->number,
			(unsigned long long)record->line, SPAN_ARG(record->id));
		refused = &why;
	}
	if (!r->batch)
		r->batch = batch_new();
	if (refused) {
		struct err *copy = ARENA_NEW(r->batch->arena, struct err);
		*copy = *refused;
		it = (struct item){ .refused = copy };
	} else {
		const uint64_t *known = map_find(r->n->known, record->id);
		it.hash = hash_of(it.r.hash);
		it.skipped = known && *known == it.hash;
		if (!it.skipped && !add_tree(r, record, &it, err))
			return false;
		keep(&it, r->batch->arena);
	}
	r->batch->items[r->batch->n++] = it;
	return r->batch->n < BATCH || push(r, false) ||
		err_set(err, ERR_IO, "导入已中止", "the import was ended");
}

static bool read_file(struct reader *r, struct err *err)
{
	struct feed_file *f = &r->n->feed->files[r->file];
	CLEANUP(stream_close_p) struct stream *s = NULL;
	if (!feed_sha256(f->path, f->sha256, err) || !stream_open(f->path, NVD_FILE_MAX, &s, err) ||
		!nvd_read(s, take, r, err))
		return feed_file_error(f->path, err);
	if (r->seen && !r->known_ids) {
		err_set(err, ERR_MALFORMED, "文件中没有可读取的 NVD 记录（共 %llu 条）",
			"no NVD record in the file could be read (of %llu)", (unsigned long long)r->seen);
		return feed_file_error(f->path, err);
	}
	push(r, true);
	return true;
}

static void fail(struct feed_nvd *n, const struct err *why)
{
	pthread_mutex_lock(&n->lock);
	if (!n->failed)
		n->err = *why;
	n->failed = true;
	pthread_cond_broadcast(&n->moved);
	pthread_mutex_unlock(&n->lock);
}

static void *read_files(void *data)
{
	struct feed_nvd *n = data;
	CLEANUP(arena_free_p) struct arena *a = arena_new(RECORD_ARENA, 2 * (size_t)RECORD_ARENA);
	for (;;) {
		struct reader r = { .n = n, .scratch = a };
		struct err err = { 0 };
		pthread_mutex_lock(&n->lock);
		r.file = n->next_file++;
		bool stop = n->failed || r.file >= n->feed->n_files;
		pthread_mutex_unlock(&n->lock);
		if (stop)
			return NULL;
		if (!read_file(&r, &err))
			fail(n, &err);
		batch_free(r.batch);
	}
}

/* ---- the writer ---- */

static bool insert(struct db *db, const struct item *it, int64_t now, struct err *err)
{
	const struct vuln_record *r = &it->r;
	return db_exec(db,
		SQL("INSERT INTO corpus.vulns (id, version, created_at, updated_at, published, modified, "
		    "status,"
		    " severity, score, cvss_version, vector, cwe, description, configurations, refs, "
		    "content_hash)"
		    " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		V(db_t(it->id), db_i(now), db_i(now), db_i(r->published), db_i(r->modified), db_t(r->status),
			db_z(r->severity), db_i(r->score), db_z(r->cvss_version), db_t(r->vector),
			db_t(r->cwe), db_t(r->description), db_b(r->configurations), db_b(r->refs),
			db_z(r->hash)),
		err);
}

static bool update(struct db *db, const struct item *it, int64_t now, struct err *err)
{
	const struct vuln_record *r = &it->r;
	return db_exec(db,
		SQL("UPDATE corpus.vulns SET version=version+1, updated_at=?, published=?, modified=?, "
		    "status=?,"
		    " severity=?, score=?, cvss_version=?, vector=?, cwe=?, description=?, configurations=?, "
		    "refs=?,"
		    " content_hash=? WHERE id=?"),
		V(db_i(now), db_i(r->published), db_i(r->modified), db_t(r->status), db_z(r->severity),
			db_i(r->score), db_z(r->cvss_version), db_t(r->vector), db_t(r->cwe),
			db_t(r->description), db_b(r->configurations), db_b(r->refs), db_z(r->hash),
			db_t(it->id)),
		err);
}

static bool write_item(
	struct feed_nvd *n, struct feed_file *f, const struct item *it, int64_t now, struct err *err)
{
	f->counts.read++;
	if (it->refused) {
		feed_refuse(n->feed, f, it->refused);
		return true;
	}
	const uint64_t *again = map_find(n->written, it->id),
		       *before = again ? again : map_find(n->known, it->id);
	if (before && *before == it->hash) {
		f->counts.unchanged++;
		return true;
	}
	n->make_whole = n->make_whole || it->skipped;
	n->feed->wrote = true;
	f->counts.changed += before != NULL;
	f->counts.fresh += before == NULL;
	if (!(before ? update : insert)(n->feed->corpus, it, now, err))
		return err_prefix(err, SPAN_FMT "：", SPAN_FMT ": ", SPAN_ARG(it->id));
	*map_put(n->written, it->id, it->hash, NULL) = it->hash;
	return true;
}

/* The next batch of the file whose turn it is; NULL when all files are done, or the import has failed. */
static struct batch *next_batch(struct feed_nvd *n, size_t *ret_file)
{
	struct batch *b = NULL;
	pthread_mutex_lock(&n->lock);
	while (!n->failed && n->turn < n->feed->n_files) {
		struct queue *q = &n->queues[n->turn];
		if (q->first) {
			b = q->first;
			q->first = b->next;
			if (!q->first)
				q->last = &q->first;
			n->waiting -= b->bytes;
			*ret_file = n->turn;
			break;
		}
		if (q->ended)
			n->turn++;
		else
			pthread_cond_wait(&n->moved, &n->lock);
	}
	pthread_cond_broadcast(&n->moved);
	pthread_mutex_unlock(&n->lock);
	return b;
}

static bool write_all(struct feed_nvd *n, struct err *err)
{
	int64_t now = clock_wall();
	struct batch *b;
	size_t file;
	bool ok = true;
	while (ok && (b = next_batch(n, &file))) {
		for (size_t i = 0; ok && i < b->n; i++)
			ok = write_item(n, &n->feed->files[file], &b->items[i], now, err);
		batch_free(b);
	}
	if (!ok)
		fail(n, err);
	return ok;
}

/* ---- the whole ---- */

static bool read_known(struct feed_nvd *n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = true;
	if (!db_query(n->feed->corpus, SQL("SELECT id, content_hash FROM corpus.vulns ORDER BY n"), V0, &r,
		    err))
		return false;
	while (db_next(r, &row, err)) {
		if (!row)
			return true;
		struct span hash = db_col_text(r, 1);
		if (hash.n == RECORD_HASH_TEXT - 1)
			map_put(n->known, db_col_text(r, 0), hash_of(hash.p), NULL);
	}
	return false;
}

static bool run(struct feed_nvd *n, struct err *err)
{
	pthread_t threads[READERS];
	size_t started = 0, want = n->feed->n_files < READERS ? n->feed->n_files : READERS;
	while (started < want && pthread_create(&threads[started], NULL, read_files, n) == 0)
		started++;
	if (!started)
		return err_set(err, ERR_IO, "无法创建线程", "cannot start a thread");
	bool ok = write_all(n, err);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (ok && n->failed)
		*err = n->err;
	return ok && !n->failed;
}

void feed_nvd_free(struct feed_nvd *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->feed->n_files; i++)
		for (struct batch *b = n->queues[i].first, *next; b; b = next) {
			next = b->next;
			batch_free(b);
		}
	free(n->queues);
	map_free(n->known);
	map_free(n->written);
	index_close(n->index);
	index_builder_free(n->builder);
	pthread_mutex_destroy(&n->lock);
	pthread_cond_destroy(&n->moved);
	free(n);
}

bool feed_nvd(struct feed *f, struct feed_nvd **ret, struct err *err)
{
	struct feed_nvd *n = calloc(1, sizeof *n);
	struct queue *queues = calloc(f->n_files, sizeof *queues);
	if (!n || !queues)
		abort();
	*n = (struct feed_nvd){
		.feed = f, .known = map_new(KNOWN_MAX), .written = map_new(KNOWN_MAX), .queues = queues
	};
	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->moved, NULL);
	for (size_t i = 0; i < f->n_files; i++)
		queues[i].last = &queues[i].first;
	*ret = n;
	if (!read_known(n, err) || !corpus_index_find(f->folder, f->corpus, &n->index, err))
		return false;
	if (n->index || map_count(n->known) == 0)
		n->builder = index_builder_new();
	else
		n->make_whole = true;
	return run(n, err) &&
		(!f->wrote ||
			db_exec(f->corpus,
				SQL("UPDATE corpus.facts SET value=value+1 WHERE name='generation'"), V0,
				err));
}

/* What the import did not bring is carried over from the index before. */
static bool carry_over(struct feed_nvd *n, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(RECORD_ARENA, 2 * (size_t)RECORD_ARENA);
	for (uint32_t i = 0; n->index && i < index_count(n->index); i++) {
		struct config_tree t;
		if (map_find(n->written, index_id(n->index, i)))
			continue;
		arena_reset(a);
		index_tree(n->index, i, a, &t);
		if (!index_add(n->builder, index_id(n->index, i), 0, &t, err))
			return false;
	}
	return true;
}

bool feed_nvd_index(struct feed_nvd *n, struct feed *f, struct err *err)
{
	struct index *made = NULL;
	int64_t generation;
	if (!f->wrote && n->index)
		return true;
	map_free(n->known);
	n->known = NULL;
	if (n->make_whole || !n->builder) {
		index_builder_free(n->builder);
		n->builder = NULL;
		bool ok = corpus_index_make(f->folder, f->corpus, &made, err);
		index_close(made);
		return ok;
	}
	if (!corpus_generation(f->corpus, &generation, err) || !carry_over(n, err))
		return false;
	index_set_origin(n->builder, (uint64_t)generation);
	bool ok = index_finish(n->builder, &made, err) &&
		index_write(made, corpus_index_path(f->folder, f->arena), err);
	index_close(made);
	return ok;
}
