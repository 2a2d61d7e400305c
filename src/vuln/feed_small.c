/* KEV and EPSS into the corpus. */
#include "vuln/feed.h"
#include "vuln/feed_read.h"

struct target {
	struct feed *feed;
	struct feed_file *file;
	struct arena *arena;
};

static void count(struct target *t, bool known)
{
	t->file->counts.fresh += !known;
	t->file->counts.changed += known;
}

static bool take_kev(void *data, const struct kev_entry *e, const struct err *refused, struct err *err)
{
	struct target *t = data;
	int64_t same = 0;
	bool found = false;
	t->file->counts.read++;
	if (refused) {
		feed_refuse(t->feed, t->file, refused);
		return true;
	}
	if (!db_int(t->feed->corpus,
		    SQL("SELECT vendor=? AND product=? AND name=? AND added=? AND due=? AND description=?"
			" AND action=? AND ransomware=? AND notes=? AND cwe=? FROM corpus.kev WHERE cve=?"),
		    V(db_t(e->vendor), db_t(e->product), db_t(e->name), db_t(e->added), db_t(e->due),
			    db_t(e->description), db_t(e->action), db_i(e->ransomware), db_t(e->notes),
			    db_t(e->cwe), db_t(e->cve)),
		    &same, &found, err))
		return false;
	if (same) {
		t->file->counts.unchanged++;
		return true;
	}
	count(t, found);
	return db_exec(t->feed->corpus,
		SQL("INSERT INTO corpus.kev (cve, vendor, product, name, added, due, description, action,"
		    " ransomware, notes, cwe) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cve) DO "
		    "UPDATE SET"
		    " vendor=excluded.vendor, product=excluded.product, name=excluded.name, "
		    "added=excluded.added,"
		    " due=excluded.due, description=excluded.description, action=excluded.action,"
		    " ransomware=excluded.ransomware, notes=excluded.notes, cwe=excluded.cwe"),
		V(db_t(e->cve), db_t(e->vendor), db_t(e->product), db_t(e->name), db_t(e->added),
			db_t(e->due), db_t(e->description), db_t(e->action), db_i(e->ransomware),
			db_t(e->notes), db_t(e->cwe)),
		err);
}

static bool take_epss(void *data, const struct epss_entry *e, const struct err *refused, struct err *err)
{
	struct target *t = data;
	int64_t same = 0;
	bool found = false;
	t->file->counts.read++;
	if (refused) {
		feed_refuse(t->feed, t->file, refused);
		return true;
	}
	if (!db_int(t->feed->corpus,
		    SQL("SELECT score=? AND percentile=? AND model=? FROM corpus.epss WHERE cve=?"),
		    V(db_i(e->score), db_i(e->percentile), db_t(e->model), db_t(e->cve)), &same, &found, err))
		return false;
	if (same) {
		t->file->counts.unchanged++;
		return true;
	}
	count(t, found);
	return found
		? db_exec(t->feed->corpus,
			  SQL("UPDATE corpus.epss SET score=?, percentile=?, model=?, date=? WHERE cve=?"),
			  V(db_i(e->score), db_i(e->percentile), db_t(e->model), db_t(e->date), db_t(e->cve)),
			  err)
		: db_exec(t->feed->corpus,
			  SQL("INSERT INTO corpus.epss (cve, score, percentile, model, date)"
			      " VALUES (?, ?, ?, ?, ?)"),
			  V(db_t(e->cve), db_i(e->score), db_i(e->percentile), db_t(e->model), db_t(e->date)),
			  err);
}

static bool each_file(struct feed *f, uint64_t max, bool kev, struct err *err)
{
	CLEANUP(arena_free_p)
	struct arena *a = arena_new(8 * (size_t)KEV_FILE_MAX, 16 * (size_t)KEV_FILE_MAX);
	for (size_t i = 0; i < f->n_files; i++) {
		CLEANUP(stream_close_p) struct stream *s = NULL;
		struct target t = { f, &f->files[i], a };
		arena_reset(a);
		if (!feed_sha256(t.file->path, t.file->sha256, err) ||
			!stream_open(t.file->path, max, &s, err) ||
			!(kev ? kev_read(s, a, take_kev, &t, err) : epss_read(s, take_epss, &t, err)))
			return feed_file_error(t.file->path, err);
	}
	return true;
}

bool feed_kev(struct feed *f, struct err *err)
{
	return each_file(f, KEV_FILE_MAX, true, err);
}

bool feed_epss(struct feed *f, struct err *err)
{
	return each_file(f, EPSS_FILE_MAX, false, err);
}
