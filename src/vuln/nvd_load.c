#include "vuln/nvd_load.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS_MAX = 8, FILES_MAX = 100000, RECORD_ARENA = 256 * 1024 * 1024 };

struct load {
	const struct nvd_load *how;
	struct arena *arena;
	VEC(const char *) files;
	pthread_mutex_t lock;                /* over all below */
	size_t next;
	struct index_builder *builder;
	struct nvd_counts counts;
	bool failed;
	struct err err;
};

struct worker {
	struct load *load;
	size_t file;
	struct arena *arena;                 /* of one record */
};

static int wanted(const struct dirent *d)
{
	return d->d_name[0] != '.' && strstr(d->d_name, "json") != NULL;
}

static bool add_path(struct load *l, const char *path, struct err *err)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return err_errno(err, errno, path);
	if (!S_ISDIR(st.st_mode)) {
		vec_push(&l->files, path);
		return true;
	}
	struct dirent **names;
	int n = scandir(path, &names, wanted, alphasort);
	if (n < 0)
		return err_errno(err, errno, path);
	for (int i = 0; i < n; i++) {
		vec_push(&l->files, arena_printf(l->arena, "%s/%s", path, names[i]->d_name).p);
		free(names[i]);
	}
	free(names);
	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "%s：目录中没有 JSON 文件",
			"%s: no JSON file in the folder", path);
	return l->files.n <= FILES_MAX ? true
		: err_set(err, ERR_TOO_LARGE, "文件超过 %d 个", "more than %d files", FILES_MAX);
}

static void note(struct worker *w, const struct err *why)
{
	struct load *l = w->load;
	if (l->how->notes)
		fprintf(l->how->notes, "%s%s%s\n", l->files.p[w->file], l->how->zh ? "：" : ": ",
			l->how->zh ? why->zh : why->en);
}

static bool take(struct worker *w, const struct nvd_record *r, bool rejected, const struct config_tree *t,
		 struct err *err)
{
	struct load *l = w->load;
	pthread_mutex_lock(&l->lock);
	l->counts.rejected += rejected;
	bool ok = index_add(l->builder, r->id, (uint64_t)w->file << 40 | r->number, t, err);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

static bool record(void *data, const struct nvd_record *r, struct err *err)
{
	struct worker *w = data;
	struct config_tree t = { 0 };
	struct err why = { 0 };
	const struct err *refused = r->refused;
	arena_reset(w->arena);
	if (!refused) {
		bool rejected = nvd_rejected(r->cve);
		if (rejected || config_read(json_object_get(r->cve, "configurations"), w->arena, &t, &why)) {
			pthread_mutex_lock(&w->load->lock);
			w->load->counts.read++;
			pthread_mutex_unlock(&w->load->lock);
			return take(w, r, rejected, &t, err);
		}
		err_prefix(&why, "第 %llu 条（第 %llu 行）%.*s：", "record %llu (line %llu) %.*s: ",
			   (unsigned long long)r->number, (unsigned long long)r->line, SPAN_ARG(r->id));
		refused = &why;
	}
	pthread_mutex_lock(&w->load->lock);
	w->load->counts.read++;
	w->load->counts.refused++;
	note(w, refused);
	pthread_mutex_unlock(&w->load->lock);
	return true;
}

static bool read_file(struct worker *w, struct err *err)
{
	const char *path = w->load->files.p[w->file];
	CLEANUP(stream_close_p) struct stream *s = NULL;
	if (!stream_open(path, NVD_FILE_MAX, &s, err))
		return false;
	if (nvd_read(s, record, w, err))
		return true;
	/* Errors of the stream name the file themselves. */
	return strstr(err->en, path) == err->en ? false : err_prefix(err, "%s：", "%s: ", path) && false;
}

static void *work(void *data)
{
	struct load *l = data;
	CLEANUP(arena_free_p) struct arena *a = arena_new(RECORD_ARENA, 2 * (size_t)RECORD_ARENA);
	for (;;) {
		struct worker w = { .load = l, .arena = a };
		struct err err = { 0 };
		pthread_mutex_lock(&l->lock);
		w.file = l->next++;
		bool stop = l->failed || w.file >= l->files.n;
		pthread_mutex_unlock(&l->lock);
		if (stop)
			return NULL;
		if (read_file(&w, &err))
			continue;
		pthread_mutex_lock(&l->lock);
		if (!l->failed)
			l->err = err;
		l->failed = true;
		pthread_mutex_unlock(&l->lock);
	}
}

static void run(struct load *l)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = l->how->threads ? l->how->threads : processors > 0 ? (size_t)processors : 1;
	pthread_t threads[THREADS_MAX];
	size_t started = 0;
	n = n > THREADS_MAX ? THREADS_MAX : n;
	n = n > l->files.n ? l->files.n : n;
	while (started + 1 < n && pthread_create(&threads[started], NULL, work, l) == 0)
		started++;
	work(l);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

bool nvd_load(const struct nvd_load *how, struct index **ret, struct nvd_counts *ret_counts, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 24, 1 << 26);
	struct load l = { .how = how, .arena = a, .lock = PTHREAD_MUTEX_INITIALIZER };
	bool ok = true;
	for (size_t i = 0; i < how->n && ok; i++)
		ok = add_path(&l, how->paths[i], err);
	l.builder = index_builder_new();
	if (ok)
		run(&l);
	if (ok && l.failed) {
		*err = l.err;
		ok = false;
	}
	ok = ok && index_finish(l.builder, ret, err);
	if (ok)
		*ret_counts = l.counts;
	index_builder_free(l.builder);
	vec_done(&l.files);
	pthread_mutex_destroy(&l.lock);
	return ok;
}
