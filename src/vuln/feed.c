#include "vuln/feed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "vuln/corpus.h"

enum { HASH_CHUNK = 256 * 1024, FEED_ARENA = 64 << 20 };

void feed_refuse(struct feed *f, struct feed_file *file, const struct err *why)
{
	file->counts.refused++;
	f->noted++;
	if (!f->notes || f->noted > FEED_NOTES)
		return;
	fprintf(f->notes, "%s%s%s\n", file->path, f->zh ? "：" : ": ", f->zh ? why->zh : why->en);
}

bool feed_file_error(const char *path, struct err *err)
{
	if (strncmp(err->en, path, strlen(path)) != 0)
		err_prefix(err, "%s：", "%s: ", path);
	return false;
}

bool feed_sha256(const char *path, char ret[HASH_SHA256_HEX + 1], struct err *err)
{
	struct stat st;
	struct hash_sha256 h;
	unsigned char digest[HASH_SHA256];
	CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_errno(err, errno, path);
	ret[0] = 0;
	if (!S_ISREG(st.st_mode))
		return true;
	char *chunk = malloc(HASH_CHUNK);
	if (!chunk)
		abort();
	hash_sha256_init(&h);
	ssize_t n;
	while ((n = read(fd, chunk, HASH_CHUNK)) > 0)
		hash_sha256_add(&h, (struct span){ chunk, (size_t)n });
	int os_errno = errno;
	free(chunk);
	if (n < 0)
		return err_errno(err, os_errno, path);
	hash_sha256_done(&h, digest);
	hash_hex(digest, sizeof digest, ret);
	return true;
}

/* ---- which files ---- */

struct paths {
	VEC(const char *) all;
	struct arena *arena;
	const char *part; /* of the names wanted in a folder */
};

static bool add_folder(struct paths *p, const char *path, struct err *err)
{
	struct dirent **names;
	size_t before = p->all.n;
	int n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return err_errno(err, errno, path);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && strstr(names[i]->d_name, p->part))
			vec_push(&p->all, arena_printf(p->arena, "%s/%s", path, names[i]->d_name).p);
		free(names[i]);
	}
	free(names);
	return p->all.n > before ||
		err_set(err, ERR_NOT_FOUND, "%s：目录中没有 %s 文件", "%s: no %s file in the folder", path,
			p->part);
}

static bool list_files(struct feed *f, const struct feed_how *how, struct err *err)
{
	struct paths p = { .all = { .arena = f->arena },
		.arena = f->arena,
		.part = how->kind->part };
	for (size_t i = 0; i < how->n_paths; i++) {
		struct stat st;
		if (stat(how->paths[i], &st) != 0)
			return err_errno(err, errno, how->paths[i]);
		if (!S_ISDIR(st.st_mode))
			vec_push(&p.all, how->paths[i]);
		else if (!add_folder(&p, how->paths[i], err))
			return false;
		if (p.all.n > FEED_FILES_MAX)
			return err_set(
				err, ERR_TOO_LARGE, "文件超过 %d 个", "more than %d files", FEED_FILES_MAX);
	}
	f->files = arena_array(f->arena, p.all.n + 1, sizeof *f->files);
	f->n_files = p.all.n;
	for (size_t i = 0; i < p.all.n; i++)
		f->files[i].path = p.all.p[i];
	return true;
}

/* ---- the kinds ---- */

static const struct feed_kind kinds[] = {
	{ "nvd", "json", NULL },
	{ "kev", "json", feed_kev },
	{ "epss", "csv", feed_epss },
};

const struct feed_kind *feed_kind_at(size_t i)
{
	return i < COUNT(kinds) ? &kinds[i] : NULL;
}

const struct feed_kind *feed_kind_find(struct span name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (span_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

/* ---- the run ---- */

static struct command_counts sum(const struct feed *f)
{
	struct command_counts all = { 0 };
	for (size_t i = 0; i < f->n_files; i++) {
		const struct command_counts *c = &f->files[i].counts;
		all.read += c->read;
		all.fresh += c->fresh;
		all.changed += c->changed;
		all.unchanged += c->unchanged;
		all.refused += c->refused;
	}
	return all;
}

static bool record_files(struct feed *f, struct err *err)
{
	int64_t now = clock_wall();
	for (size_t i = 0; i < f->n_files; i++) {
		const struct feed_file *file = &f->files[i];
		const char *slash = strrchr(file->path, '/');
		CLEANUP(str_done) struct str name = STR(4096);
		str_add_json(&name, span_of(slash ? slash + 1 : file->path));
		struct span s = str_span(&name);
		bool plain = utf8_valid(s);
		if (!db_exec(f->corpus,
			    SQL("INSERT INTO corpus.feeds (kind, file, sha256, imported_at, rows_read, "
				"rows_new,"
				" rows_changed, rows_unchanged, rows_refused) VALUES (?, ?, ?, ?, ?, ?, ?, "
				"?, ?)"),
			    V(db_z(f->kind->name),
				    db_t(plain ? (struct span){ s.p + 1, s.n - 2 } : SPAN("?")),
				    db_z(file->sha256), db_i(now), db_i(file->counts.read),
				    db_i(file->counts.fresh), db_i(file->counts.changed),
				    db_i(file->counts.unchanged), db_i(file->counts.refused)),
			    err))
			return false;
	}
	return true;
}

static bool log_change(struct op *op, const struct feed *f, const struct command_counts *c, struct err *err)
{
	struct str values = STR_IN(f->arena, 1024);
	str_addf(&values,
		"{\"after\":{\"files\":%zu,\"read\":%lld,\"new\":%lld,\"changed\":%lld,\"unchanged\":%lld,"
		"\"refused\":%lld}}",
		f->n_files, (long long)c->read, (long long)c->fresh, (long long)c->changed,
		(long long)c->unchanged, (long long)c->refused);
	struct store_change change = { .resource = "feed",
		.record_id = span_of(f->kind->name),
		.version = 1,
		.verb = "import",
		.values = str_span(&values) };
	bool ok = op_begin(op, err) && store_add_change(op->tx, &change, NULL, err) && op_commit(op, err);
	op_rollback(op);
	return ok;
}

/* Everything inside the corpus's transaction. */
static bool import_all(struct feed *f, struct feed_nvd **nvd, struct err *err)
{
	if (!store_corpus_begin(f->corpus, err))
		return false;
	bool ok = f->kind->run ? f->kind->run(f, err) : feed_nvd(f, nvd, err);
	ok = ok && record_files(f, err);
	if (!ok)
		store_corpus_rollback(f->corpus);
	return ok && store_corpus_commit(f->corpus, err);
}

bool feed_import(struct op *op, const struct feed_how *how, struct command_counts *ret, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(FEED_ARENA, 2 * (size_t)FEED_ARENA);
	CLEANUP(db_close_p) struct db *corpus = NULL;
	CLEANUP(file_close) int lock = -1;
	struct feed f = { .kind = how->kind,
		.folder = store_folder(op->store),
		.arena = a,
		.zh = how->zh,
		.notes = how->notes };
	struct feed_nvd *nvd = NULL;
	if (!list_files(&f, how, err) || !corpus_lock(f.folder, FEED_LOCK_MS, &lock, err) ||
		!store_corpus_open(f.folder, &corpus, err))
		return false;
	f.corpus = corpus;
	bool ok = import_all(&f, &nvd, err);
	struct command_counts counts = sum(&f);
	/* What is committed is in the change log before anything else can fail; the index can be built
	 * again. */
	ok = ok && log_change(op, &f, &counts, err) && (!nvd || feed_nvd_index(nvd, &f, err));
	feed_nvd_free(nvd);
	if (f.notes && f.noted > FEED_NOTES)
		fprintf(f.notes, f.zh ? "……另有 %zu 条\n" : "… and %zu more\n", f.noted - FEED_NOTES);
	if (ok)
		*ret = counts;
	return ok;
}
