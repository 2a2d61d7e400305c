/*
 * seawall import units FILE: read and compared on the reader, then written in one short transaction, which
 * first makes sure that no unit has changed since.
 */
#include "people/unit.h"
#include "people/unit_file.h"

enum { LEVELS_MAX = 50, TRIES = 3, NODES_SPARE = 10000 };

/* A unit as it is in the store, in the file, or both. */
struct node {
	int64_t n;                             /* 0: not yet in the store */
	ssize_t above[2];                      /* by tree: another node, -1 none */
	struct import_row *row;                /* NULL: not in the file */
	int64_t division_n;
	struct record before, after;
	bool fresh, changed;
};

struct plan {
	struct op *op;
	struct import *file;
	struct map *by_code, *by_n;
	VEC(struct node) nodes;
	int64_t stamp[2];
	struct command_counts counts;
	bool trees;                            /* does either tree change? */
};

static const int column_of[] = { UNIT_PARENT_CODE, UNIT_SUPERVISOR_CODE };
static const char *const field_of[] = { "parent_id", "supervisor_id" };

static struct span key_of(const int64_t *n)
{
	return (struct span){ (const char *)n, sizeof *n };
}

/* Every change of a unit moves one of the two. */
static bool read_stamp(struct op *op, int64_t ret[2], struct err *err)
{
	bool found;
	return db_int(op_db(op), SQL("SELECT count(*) FROM units"), V0, &ret[0], &found, err) &&
		db_int(op_db(op), SQL("SELECT coalesce(sum(version), 0) FROM units"), V0, &ret[1], &found,
			err);
}

static bool read_nodes(struct plan *p, struct err *err)
{
	struct db *db = op_db(p->op);
	for (int pass = 0; pass < 2; pass++) {
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool more = true;
		if (!db_query(db, SQL("SELECT n, parent_n, supervisor_n, code FROM units ORDER BY n"), V0,
			    &rows, err))
			return false;
		for (size_t i = 0; more; i++) {
			if (!db_next(rows, &more, err))
				return false;
			if (!more)
				break;
			int64_t n = db_col_int(rows, 0);
			if (pass == 0) {
				if (i >= (size_t)p->stamp[0] + NODES_SPARE)
					return err_set(err, ERR_CONFLICT, "单位表在比对时发生变化",
						       "the units changed while they were compared");
				map_put(p->by_code, db_col_text(rows, 3), p->nodes.n, NULL);
				map_put(p->by_n, key_of(&n), p->nodes.n, NULL);
				vec_push(&p->nodes, (struct node){ .n = n, .above = { -1, -1 } });
				continue;
			}
			for (int tree = 0; tree < 2; tree++) {
				int64_t above = db_col_int(rows, 1 + tree);
				uint64_t *at = above ? map_find(p->by_n, key_of(&above)) : NULL;
				if (at && i < p->nodes.n)
					p->nodes.p[i].above[tree] = (ssize_t)*at;
			}
		}
	}
	return true;
}

static void place_rows(struct plan *p)
{
	for (size_t i = 0; i < p->file->rows.n; i++) {
		struct import_row *row = &p->file->rows.p[i];
		bool fresh;
		if (!row->at[UNIT_CODE].n)
			continue;
		uint64_t at = *map_put(p->by_code, row->at[UNIT_CODE], p->nodes.n, &fresh);
		if (fresh)
			vec_push(&p->nodes, (struct node){ .above = { -1, -1 }, .fresh = true });
		p->nodes.p[at].row = row;
	}
}

static void refuse(struct plan *p, const struct node *node, int column, const char *zh, const char *en)
{
	struct err e = { .code = ERR_INVALID };
	struct span shown = utf8_cut(node->row->at[column], 40);
	snprintf(e.zh, sizeof e.zh, "%s（“%.*s”）", zh, SPAN_ARG(shown));
	snprintf(e.en, sizeof e.en, "%s (\"%.*s\")", en, SPAN_ARG(shown));
	import_refuse(p->file, node->row->line, column, &e);
}

static bool resolve(struct plan *p, struct node *node, struct err *err)
{
	for (int tree = 0; tree < 2; tree++) {
		struct span code = node->row->at[column_of[tree]];
		if (p->file->found[column_of[tree]] == CSV_NONE)
			continue;
		uint64_t *at = code.n ? map_find(p->by_code, code) : NULL;
		node->above[tree] = at ? (ssize_t)*at : -1;
		if (code.n && !at)
			refuse(p, node, column_of[tree], "没有这个编码的单位，文件里也没有",
			       "no unit has this code, neither here nor in the file");
	}
	struct span division = node->row->at[UNIT_DIVISION];
	bool found = true;
	if (division.n &&
		!db_int(op_db(p->op), SQL("SELECT n FROM divisions WHERE code=?"), V(db_t(division)),
			&node->division_n, &found, err))
		return false;
	if (!found)
		refuse(p, node, UNIT_DIVISION, "没有这个代码的行政区划", "no division has this code");
	return true;
}

static void check_levels(struct plan *p, int tree)
{
	bool cycle = false;
	for (int deep = 0; deep < 2 && !cycle; deep++) {
		for (size_t i = 0; i < p->nodes.n; i++) {
			ssize_t at = p->nodes.p[i].above[tree];
			int level = 0;
			if (!p->nodes.p[i].row)
				continue;
			while (at >= 0 && at != (ssize_t)i && level < LEVELS_MAX) {
				at = p->nodes.p[at].above[tree];
				level++;
			}
			if (at < 0 || (at != (ssize_t)i && !deep))
				continue;
			cycle = cycle || at == (ssize_t)i;
			refuse(p, &p->nodes.p[i], column_of[tree], deep ? "层级过深" : "该单位会成为自己的上级",
			       deep ? "too many levels" : "the unit would stand above itself");
		}
	}
}

/* ---- comparing --------------------------------------------------------------------------------- */

static const struct { const char *field; int column;
} texts[] = {
	{ "code", UNIT_CODE },
	{ "name", UNIT_NAME },
	{ "kind", UNIT_KIND },
	{ "sector", UNIT_SECTOR },
	{ "uscc", UNIT_USCC },
	{ "short_name", UNIT_SHORT_NAME },
	{ "aliases", UNIT_ALIASES },
	{ "phone", UNIT_PHONE },
};

static bool differ(const struct record *a, const struct record *b)
{
	for (size_t i = 0; i < a->resource->n_fields; i++) {
		struct db_value x = a->values[i], y = b->values[i];
		if (x.type != y.type || (x.type == DB_INT && x.i != y.i) ||
			(x.type == DB_TEXT && !span_eq(x.s, y.s)))
			return true;
	}
	return false;
}

/* What the file says over what was; columns that it does not have stay. */
static void fill(const struct plan *p, struct node *node)
{
	const int *found = p->file->found;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (found[texts[i].column] != CSV_NONE)
			record_set(&node->after, texts[i].field, db_t(node->row->at[texts[i].column]));
	int64_t order = 0;
	if (found[UNIT_SORT_ORDER] != CSV_NONE) {
		(void)span_int(node->row->at[UNIT_SORT_ORDER], 0, INT64_MAX, &order);
		record_set(&node->after, "sort_order", db_i(order));
	}
	if (found[UNIT_DIVISION] != CSV_NONE)
		record_set(
			&node->after, "division_id", node->division_n ? db_i(node->division_n) : db_null());
}

/* The numbers of the units above, as far as they have one by now; *ret_all whether all have. */
static bool fill_above(const struct plan *p, struct node *node)
{
	bool all = true;
	for (int tree = 0; tree < 2; tree++) {
		const struct node *above = node->above[tree] < 0 ? NULL : &p->nodes.p[node->above[tree]];
		record_set(&node->after, field_of[tree], above && above->n ? db_i(above->n) : db_null());
		all = all && (!above || above->n);
	}
	return all;
}

static bool compare(struct plan *p, struct node *node, struct err *err)
{
	bool found = true;
	if (node->fresh ? !record_new(&unit_resource, p->op->arena, &node->before)
			: !resource_load(p->op, &unit_resource, node->n, &node->before, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_CONFLICT, "单位表在比对时发生变化",
			"the units changed while they were compared");
	if (node->fresh)
		record_set(&node->before, "aliases", db_t(SPAN("[]")));
	node->after = record_copy(p->op, &node->before);
	fill(p, node);
	bool all = fill_above(p, node);
	node->changed = !node->fresh && (!all || differ(&node->before, &node->after));
	for (int tree = 0; tree < 2; tree++)
		p->trees = p->trees || node->fresh || !all ||
			record_int(&node->before, field_of[tree]) != record_int(&node->after, field_of[tree]);
	p->counts.fresh += node->fresh;
	p->counts.changed += node->changed;
	p->counts.unchanged += !node->fresh && !node->changed;
	return true;
}

static bool make_plan(struct plan *p, struct err *err)
{
	p->nodes.arena = p->op->arena;
	p->counts.read = (int64_t)p->file->rows.n;
	if (!read_nodes(p, err))
		return false;
	place_rows(p);
	for (size_t i = 0; i < p->nodes.n; i++)
		if (p->nodes.p[i].row && !resolve(p, &p->nodes.p[i], err))
			return false;
	check_levels(p, UNIT_PARENT);
	check_levels(p, UNIT_SUPERVISOR);
	for (size_t i = 0; i < p->nodes.n && p->file->errors.n == 0; i++)
		if (p->nodes.p[i].row && !compare(p, &p->nodes.p[i], err))
			return false;
	return true;
}

/* ---- writing ----------------------------------------------------------------------------------- */

/* New ones after those they hang below; where parent and supervisor cross, one is first written without. */
static bool insert_all(struct plan *p, struct err *err)
{
	bool progress = true, left = true;
	for (bool loose = false; left; loose = !progress) {
		progress = left = false;
		for (size_t i = 0; i < p->nodes.n; i++) {
			struct node *node = &p->nodes.p[i];
			if (!node->fresh || node->n)
				continue;
			if (!fill_above(p, node) && !(loose && !progress)) {
				left = true;
				continue;
			}
			if (!record_insert(p->op, &node->after, err) ||
				!unit_index_aliases(
					p->op, node->after.n, record_text(&node->after, "aliases"), err))
				return false;
			node->n = node->after.n;
			node->before = record_copy(p->op, &node->after);
			progress = true;
		}
	}
	return true;
}

static bool update_all(struct plan *p, struct err *err)
{
	for (size_t i = 0; i < p->nodes.n; i++) {
		struct node *node = &p->nodes.p[i];
		if (!node->row)
			continue;
		fill_above(p, node);
		if (!differ(&node->before, &node->after))
			continue;
		struct span aliases = record_text(&node->after, "aliases");
		if (!record_update(p->op, &node->before, &node->after, "change", err) ||
		    (!span_eq(aliases, record_text(&node->before, "aliases")) &&
		     !unit_index_aliases(p->op, node->n, aliases, err)))
			return false;
	}
	return true;
}

static bool write_plan(struct plan *p, struct err *err)
{
	int64_t stamp[2];
	if (!read_stamp(p->op, stamp, err))
		return false;
	if (memcmp(stamp, p->stamp, sizeof stamp) != 0)
		return err_set(err, ERR_CONFLICT, "单位表在比对后被他人修改，请重试",
			"somebody changed the units meanwhile, try again");
	return insert_all(p, err) && update_all(p, err) && (!p->trees || unit_tree_rebuild(p->op, err)) &&
	       unit_settle_office(p->op, err);
}

static bool apply_plan(struct plan *p, struct err *err)
{
	if (p->counts.fresh + p->counts.changed == 0)
		return true;
	if (!op_begin(p->op, err))
		return false;
	if (write_plan(p, err))
		return op_commit(p->op, err);
	op_rollback(p->op);
	return false;
}

/* One try: ERR_CONFLICT if somebody else wrote units between comparing and writing. */
static bool import_once(struct command_call *c, struct import *file, struct err *err)
{
	struct plan p = { .op = c->op, .file = file };
	if (!read_stamp(c->op, p.stamp, err))
		return false;
	CLEANUP(map_free_p) struct map *by_code = map_new((size_t)p.stamp[0] + file->rows.n + NODES_SPARE);
	CLEANUP(map_free_p) struct map *by_n = map_new((size_t)p.stamp[0] + NODES_SPARE);
	p.by_code = by_code;
	p.by_n = by_n;
	if (!make_plan(&p, err))
		return false;
	if (file->errors.n)
		return import_report(file, c, err);
	if (!command_flag(c, "dry-run") && !apply_plan(&p, err))
		return false;
	command_print_counts(c, &p.counts);
	return true;
}

bool unit_import(struct command_call *c, struct err *err)
{
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct import file;
	if (!stream_open(arena_copy(c->op->arena, c->words[0]), IMPORT_BYTES_MAX, &s, err) ||
	    !unit_file_read(&file, s, c->op->arena, err))
		return false;
	for (int i = 1; ; i++) {
		struct err e = { 0 };
		if (import_once(c, &file, &e))
			return true;
		*err = e;
		if (e.code != ERR_CONFLICT || i == TRIES)
			return false;
	}
}
