#include <stdlib.h>

#include "asset/import.h"

static bool load_software(
	struct op *op, const char *source, struct arena *a, struct import_known *k, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	VEC(struct import_software) list = { .arena = a };
	if (!db_query(op_db(op),
		    SQL("SELECT n, slot, identity, part, vendor, product, product_version, cpe FROM software"
			" WHERE asset_n = ? AND source = ? AND removed_at IS NULL"),
		    V(db_i(k->n), db_z(source)), &rows, err))
		return false;
	for (;;) {
		bool more;
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			break;
		struct import_software s = { .n = db_col_int(rows, 0), .slot = db_col_int(rows, 1) };
		struct span *texts[] = { &s.identity, &s.part, &s.vendor, &s.product, &s.version, &s.cpe };
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_span(a, db_col_text(rows, (int)i + 2));
		vec_push(&list, s);
	}
	if (list.n > 1)
		qsort(list.p, list.n, sizeof *list.p, plan_software_order);
	k->software = list.p;
	k->n_software = list.n;
	return true;
}

bool plan_load_known(struct op *op, const struct import_host *h, struct arena *a, struct import_known *ret,
	struct err *err)
{
	struct import_known k = { 0 };
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		if (!db_query(op_db(op),
			    SQL("SELECT a.n, a.version, a.retired_at, a.id, p.name, a.address, a.importance, "
				"a.exposure"
				" FROM assets a LEFT JOIN assets p ON p.n = a.parent_n"
				" WHERE a.unit_n = ? AND a.kind = 'host' AND a.name = ?"),
			    V(db_i(h->unit_n), db_t(h->name)), &rows, err) ||
			!db_next(rows, &k.found, err))
			return false;
		if (k.found) {
			k.n = db_col_int(rows, 0);
			k.version = db_col_int(rows, 1);
			k.retired = !db_col_null(rows, 2);
			struct span *texts[] = { &k.id, &k.system, &k.address, &k.importance, &k.exposure };
			for (size_t i = 0; i < COUNT(texts); i++)
				*texts[i] = arena_span(a, db_col_text(rows, (int)i + 3));
		}
	}
	if (k.found && !load_software(op, h->source, a, &k, err))
		return false;
	*ret = k;
	return true;
}

/* What the file does not say stays as it is. */
static bool differs(struct span said, struct span known)
{
	return said.n > 0 && !span_eq(said, known);
}

static int order_behind_host(const struct import_software *want, const struct import_software *known)
{
	struct import_software same = *want;
	same.host = known->host;
	same.line = known->line;
	return plan_software_order(&same, known);
}

/* First the instances that are as they were: one walk over both sorted lists. */
static void match_same(struct import_host *h, struct import_known *k, bool *taken)
{
	for (size_t i = 0, j = 0; i < h->n_software && j < k->n_software;) {
		int d = order_behind_host(&h->software[i], &k->software[j]);
		if (d == 0) {
			h->software[i].action = IMPORT_SAME;
			h->software[i].n = k->software[j].n;
			h->software[i].slot = k->software[j].slot;
			taken[j] = true;
			i++;
			j++;
		} else if (d < 0) {
			i++;
		} else {
			j++;
		}
	}
}

/* Then, product by product, what is left on both sides is paired: a version that changed keeps its slot and
 * row. */
static void match_changed(struct import_host *h, struct import_known *k, bool *taken)
{
	size_t j = 0;
	for (size_t i = 0; i < h->n_software; i++) {
		struct import_software *want = &h->software[i];
		if (want->n)
			continue;
		while (j < k->n_software &&
			(taken[j] || span_cmp(k->software[j].identity, want->identity) < 0))
			j++;
		bool paired = j < k->n_software && span_eq(k->software[j].identity, want->identity);
		want->action = paired ? IMPORT_CHANGED : IMPORT_NEW;
		if (!paired)
			continue;
		want->n = k->software[j].n;
		want->slot = k->software[j].slot;
		taken[j] = true;
	}
}

/* A new instance goes behind the highest slot in use for its product. */
static void give_slots(struct import_host *h)
{
	for (size_t i = 0; i < h->n_software;) {
		size_t end = i;
		int64_t next = 0;
		for (; end < h->n_software && span_eq(h->software[end].identity, h->software[i].identity);
			end++)
			if (h->software[end].n && h->software[end].slot >= next)
				next = h->software[end].slot + 1;
		for (; i < end; i++)
			if (!h->software[i].n)
				h->software[i].slot = next++;
	}
}

void plan_compare_host(struct import_host *h, struct import_known *k, struct arena *a)
{
	bool *taken = arena_array(a, k->n_software + 1, sizeof *taken);
	for (size_t i = 0; i < h->n_software; i++)
		h->software[i].n = 0;
	match_same(h, k, taken);
	match_changed(h, k, taken);
	give_slots(h);
	k->removed = arena_array(a, k->n_software + 1, sizeof *k->removed);
	k->n_removed = 0;
	/* a scan that recognised nothing did not look (nmap without -sV): it says nothing of what was
	 * known */
	bool silent = h->n_software == 0 && strcmp(h->source, "nmap") == 0;
	for (size_t j = 0; j < k->n_software && !silent; j++)
		if (!taken[j])
			k->removed[k->n_removed++] = k->software[j].n;
	h->removed = k->n_removed;
	h->self_changed = k->found &&
		(k->retired || differs(h->system, k->system) || differs(h->address, k->address) ||
			differs(h->importance, k->importance) || differs(h->exposure, k->exposure));
	h->action = !k->found ? IMPORT_NEW : h->self_changed || h->removed ? IMPORT_CHANGED : IMPORT_SAME;
	for (size_t i = 0; i < h->n_software && h->action == IMPORT_SAME; i++)
		if (h->software[i].action != IMPORT_SAME)
			h->action = IMPORT_CHANGED;
}

/* Each row is counted once: the first row of a host carries the host's own change too. */
static void count_host(const struct import_host *h, struct import_counts *c)
{
	int64_t *const counter[] = {
		[IMPORT_SAME] = &c->unchanged, [IMPORT_NEW] = &c->fresh, [IMPORT_CHANGED] = &c->changed
	};
	if (h->first_alone) {
		bool same = h->action == IMPORT_CHANGED && !h->self_changed && !h->removed;
		++*counter[same ? IMPORT_SAME : h->action];
	}
	for (size_t i = 0; i < h->n_software; i++) {
		bool first = !h->first_alone && h->software[i].line == h->line;
		enum import_action action = h->software[i].action;
		if (first && h->self_changed && action == IMPORT_SAME)
			action = IMPORT_CHANGED;
		++*counter[action];
	}
	c->removed += (int64_t)h->removed;
}

bool plan_compare(struct op *op, struct import_file *f, struct err *err)
{
	struct arena *a = arena_new(64u << 20, 256u << 20);
	struct import_counts c = { .read = f->rows, .unchanged = f->repeated };
	/* one snapshot: a statement by itself takes and gives back its lock, twice a host */
	bool snapshot = !op->tx && store_read_begin(op->store, err), ok = snapshot || op->tx;
	for (size_t i = 0; ok && i < f->n_hosts; i++) {
		struct import_known k;
		ok = plan_load_known(op, &f->hosts[i], a, &k, err);
		if (!ok)
			break;
		plan_compare_host(&f->hosts[i], &k, a);
		count_host(&f->hosts[i], &c);
		arena_reset(a);
	}
	if (snapshot)
		store_read_end(op->store);
	arena_free(a);
	if (ok)
		f->counts = c;
	return ok;
}
