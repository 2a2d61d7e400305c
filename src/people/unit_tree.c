/* Both trees of units as pairs of above and below, and how they were at any past time. */
#include "people/unit.h"

/* Measures ask who stood below whom at a past date: whatever changes in unit_tree is written to
 * unit_tree_past in the same transaction.  A pair that came and went within one moment was never known to
 * anybody. */
static bool end_past(struct op *op, const struct sql *gone, struct err *err)
{
	struct sql *forget = sql_new(op->arena), *end = sql_new(op->arena);
	sql_add(forget, "DELETE FROM unit_tree_past WHERE to_at=");
	sql_int(forget, INT64_MAX);
	sql_add(forget, " AND from_at>=");
	sql_int(forget, op_now(op));
	sql_append(forget, gone);
	sql_add(end, "UPDATE unit_tree_past SET to_at=");
	sql_int(end, op_now(op));
	sql_add(end, " WHERE to_at=");
	sql_int(end, INT64_MAX);
	sql_append(end, gone);
	return db_exec_sql(op_db(op), forget, err) && db_exec_sql(op_db(op), end, err);
}

/* `below`: " AND descendant_n IN …" of the units whose pairs may have changed; empty: all. */
static bool keep_past(struct op *op, const struct sql *below, struct err *err)
{
	struct sql *gone = sql_new(op->arena), *fresh = sql_new(op->arena);
	sql_append(gone, below);
	sql_add(gone,
		" AND NOT EXISTS (SELECT 1 FROM unit_tree t WHERE t.ancestor_n=unit_tree_past.ancestor_n"
		      " AND t.relation=unit_tree_past.relation"
		      " AND t.descendant_n=unit_tree_past.descendant_n)");
	sql_add(fresh, "INSERT INTO unit_tree_past (ancestor_n, descendant_n, relation, from_at, to_at)"
		       " SELECT ancestor_n, descendant_n, relation, ");
	sql_int(fresh, op_now(op));
	sql_add(fresh, ", ");
	sql_int(fresh, INT64_MAX);
	sql_add(fresh, " FROM unit_tree WHERE 1=1");
	sql_append(fresh, below);
	sql_add(fresh,
		" AND NOT EXISTS (SELECT 1 FROM unit_tree_past p WHERE p.ancestor_n=unit_tree.ancestor_n"
		       " AND p.relation=unit_tree.relation AND p.descendant_n=unit_tree.descendant_n AND "
		       "p.to_at=");
	sql_int(fresh, INT64_MAX);
	sql_add(fresh, ") ON CONFLICT (ancestor_n, relation, descendant_n, from_at)"
		       " DO UPDATE SET to_at=excluded.to_at");
	return end_past(op, gone, err) && db_exec_sql(op_db(op), fresh, err);
}

static bool keep_past_below(struct op *op, int64_t unit_n, enum unit_relation tree, struct err *err)
{
	struct sql *below = sql_new(op->arena);
	sql_add(below, " AND relation=");
	sql_int(below, tree);
	sql_add(below, " AND descendant_n IN (SELECT descendant_n FROM unit_tree WHERE ancestor_n=");
	sql_int(below, unit_n);
	sql_add(below, " AND relation=");
	sql_int(below, tree);
	sql_add(below, ")");
	return keep_past(op, below, err);
}

bool unit_tree_remove(struct op *op, int64_t unit_n, struct err *err)
{
	struct sql *gone = sql_new(op->arena);
	sql_add(gone, " AND (descendant_n=");
	sql_int(gone, unit_n);
	sql_add(gone, " OR ancestor_n=");
	sql_int(gone, unit_n);
	sql_add(gone, ")");
	return db_exec(op_db(op), SQL("DELETE FROM unit_tree WHERE descendant_n=? OR ancestor_n=?"),
		       V(db_i(unit_n), db_i(unit_n)), err) &&
		end_past(op, gone, err);
}

static bool refuse_cycle(struct err *err, enum unit_relation tree, struct span name)
{
	return err_field(err, tree == UNIT_PARENT ? "parent_id" : "supervisor_id",
		"“" SPAN_FMT "”会成为自己的上级，请核对上下级关系",
		"\"" SPAN_FMT "\" would stand above itself, please check who is above whom", SPAN_ARG(name));
}

bool unit_tree_move(struct op *op, int64_t unit_n, enum unit_relation tree, int64_t above_n, struct err *err)
{
	struct db *db = op_db(op);
	int64_t one;
	bool below;
	if (!db_exec(db, SQL("INSERT INTO unit_tree (ancestor_n, descendant_n, relation) VALUES (?, ?, ?)"
			     " ON CONFLICT DO NOTHING"), V(db_i(unit_n), db_i(unit_n), db_i(tree)), err) ||
	    !db_int(db, SQL("SELECT 1 FROM unit_tree WHERE ancestor_n=? AND descendant_n=? AND relation=?"),
		    V(db_i(unit_n), db_i(above_n), db_i(tree)), &one, &below, err))
		return false;
	if (below) {
		struct span name;
		return db_text(db, SQL("SELECT name FROM units WHERE n=?"), V(db_i(unit_n)), op->arena, &name,
			       err) &&
			refuse_cycle(err, tree, name);
	}
	/* The subtree leaves everything that stood above it, then comes below everything that stands above
	 * its new place. */
	return db_exec(db,
		       SQL("DELETE FROM unit_tree WHERE relation=?"
			   " AND descendant_n IN"
			   " (SELECT descendant_n FROM unit_tree WHERE ancestor_n=? AND relation=?)"
			   " AND ancestor_n NOT IN"
			   " (SELECT descendant_n FROM unit_tree WHERE ancestor_n=? AND relation=?)"),
		       V(db_i(tree), db_i(unit_n), db_i(tree), db_i(unit_n), db_i(tree)), err) &&
		db_exec(db,
			SQL("INSERT INTO unit_tree (ancestor_n, descendant_n, relation)"
			    " SELECT up.ancestor_n, down.descendant_n, up.relation"
			    " FROM unit_tree up, unit_tree down WHERE up.descendant_n=? AND up.relation=?"
			    " AND down.ancestor_n=? AND down.relation=?"),
			V(db_i(above_n), db_i(tree), db_i(unit_n), db_i(tree)), err) &&
		keep_past_below(op, unit_n, tree, err);
}

static bool check_cycle(struct op *op, enum unit_relation tree, struct err *err)
{
	struct span name;
	return db_text(op_db(op),
		       SQL("SELECT u.name FROM unit_tree a JOIN units u ON u.n=a.ancestor_n"
			   " JOIN unit_tree b ON b.ancestor_n=a.descendant_n"
			   " AND b.relation=a.relation AND b.descendant_n=a.ancestor_n"
			   " WHERE a.relation=? AND a.ancestor_n<>a.descendant_n ORDER BY u.n LIMIT 1"),
		       V(db_i(tree)), op->arena, &name, err) &&
		(!name.p || refuse_cycle(err, tree, name));
}

bool unit_tree_rebuild(struct op *op, struct err *err)
{
	struct db *db = op_db(op);
	return db_exec(db, SQL("DELETE FROM unit_tree"), V0, err) &&
		db_exec(db,
			SQL("INSERT INTO unit_tree (ancestor_n, descendant_n, relation)"
			    " WITH RECURSIVE t (a, d) AS (SELECT n, n FROM units"
			    " UNION SELECT t.a, u.n FROM t JOIN units u ON u.parent_n=t.d)"
			    " SELECT a, d, 0 FROM t"),
			V0, err) &&
		db_exec(db,
			SQL("INSERT INTO unit_tree (ancestor_n, descendant_n, relation)"
			    " WITH RECURSIVE t (a, d) AS (SELECT n, n FROM units"
			    " UNION SELECT t.a, u.n FROM t JOIN units u ON u.supervisor_n=t.d)"
			    " SELECT a, d, 1 FROM t"),
			V0, err) &&
		check_cycle(op, UNIT_PARENT, err) && check_cycle(op, UNIT_SUPERVISOR, err) &&
		keep_past(op, sql_new(op->arena), err);
}
