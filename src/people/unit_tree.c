#include "people/unit.h"

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
			V(db_i(above_n), db_i(tree), db_i(unit_n), db_i(tree)), err);
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
		check_cycle(op, UNIT_PARENT, err) && check_cycle(op, UNIT_SUPERVISOR, err);
}
