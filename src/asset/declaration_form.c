/* The form of a unit: what it said last, what is known of it besides, and what may be picked. */
#include "asset/declaration.h"

#include "asset/declaration_room.h"

enum { KNOWN_MAX = 1000 };

struct forming {
	struct op *op;
	struct declaration_order o;
	struct str *out;
	size_t n;
};

static void add_text(struct str *out, const char *name, struct span value)
{
	str_addf(out, ",\"%s\":", name);
	str_add_json(out, value.p ? value : SPAN(""));
}

static void add_time(struct str *out, const char *name, const struct db_rows *r, int column)
{
	char text[TIME_TEXT];
	if (db_col_null(r, column))
		str_addf(out, ",\"%s\":null", name);
	else
		str_addf(out, ",\"%s\":\"%s\"", name, time_format(db_col_int(r, column), text));
}

static void begin(struct forming *g)
{
	str_addz(g->out, g->n++ ? ",{\"says\":\"system\"" : "{\"says\":\"system\"");
}

/* ---- rows declared before ---- */

#define ROW_COLUMNS \
	"SELECT d.id, d.state, COALESCE(d.reason, ''), d.software, d.unknown, d.name, d.url, d.address, " \
	"d.mlps_level, d.record_number, d.hosting, d.hosting_party, d.operator, d.importance, d.exposure, " \
	"d.note, COALESCE(a.id, ''), a.confirmed_at FROM declarations d LEFT JOIN assets a ON a.n=d.asset_n "

static void add_row(struct forming *g, const struct db_rows *r, bool of_order)
{
	static const char *const names[] = { "name", "url", "address", "mlps_level", "record_number",
		"hosting",
		"hosting_party", "operator", "importance", "exposure", "note" };
	begin(g);
	if (of_order)
		add_text(g->out, "id", db_col_text(r, 0));
	add_text(g->out, "state", db_col_text(r, 1));
	if (db_col_text(r, 2).n)
		add_text(g->out, "reason", db_col_text(r, 2));
	for (size_t i = 0; i < COUNT(names); i++)
		add_text(g->out, names[i], db_col_text(r, 5 + (int)i));
	if (db_col_text(r, 16).n)
		add_text(g->out, "asset_id", db_col_text(r, 16));
	str_addz(g->out, ",\"software\":");
	str_add(g->out, db_col_text(r, 3));
	str_addz(g->out, ",\"unknown\":");
	str_add(g->out, db_col_text(r, 4));
	add_time(g->out, "confirmed_at", r, 17);
	add_text(g->out, "source", SPAN("declaration"));
	str_addc(g->out, '}');
}

/* Of the order, or of others: what the unit said last of each system, also what still waits for a
 * decision. */
static bool add_rows(struct forming *g, bool of_order, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	bool ok = of_order
		? db_query(op_db(g->op),
			  SQL(ROW_COLUMNS "WHERE d.order_n=? AND d.says='system' AND d.state<>'superseded'"
					  " ORDER BY d.n"),
			  V(db_i(g->o.n)), &r, err)
		: db_query(op_db(g->op),
			  SQL(ROW_COLUMNS "WHERE d.unit_n=? AND d.says='system' AND d.state IN"
					  " ('accepted', 'submitted', 'returned') AND COALESCE(d.order_n, "
					  "0)<>?"
					  " AND NOT EXISTS (SELECT 1 FROM declarations e WHERE "
					  "e.unit_n=d.unit_n"
					  " AND e.says='system' AND (e.asset_n=d.asset_n OR e.name=d.name) "
					  "AND"
					  " ((e.order_n=? AND e.state<>'superseded') OR (e.n>d.n AND e.state "
					  "IN"
					  " ('accepted', 'submitted', 'returned')))) ORDER BY d.n LIMIT "
					  "1000"),
			  V(db_i(g->o.unit_n), db_i(g->o.n), db_i(g->o.n)), &r, err);
	if (!ok)
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		add_row(g, r, of_order);
	}
}

/* ---- systems on record that the unit has not declared ---- */

static bool add_software(struct forming *g, int64_t system_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(g->op),
		    SQL("SELECT DISTINCT s.vendor, s.product, s.product_version, s.cpe FROM software s JOIN "
		    "assets h"
			" ON h.n=s.asset_n WHERE h.parent_n=? AND h.kind='host' AND h.retired_at IS NULL AND"
			" s.removed_at IS NULL ORDER BY s.product, s.product_version LIMIT 30"),
		    V(db_i(system_n)), &r, err))
		return false;
	str_addz(g->out, ",\"software\":[");
	for (size_t i = 0;; i++) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		const struct software_choice *c = software_choice_of_cpe(db_col_text(r, 3));
		str_addz(g->out, i ? ",{\"product\":" : "{\"product\":");
		str_add_json(g->out, c ? span_of(c->key) : SPAN(""));
		add_text(g->out, "name", c ? span_of(c->name) : db_col_text(r, 1));
		add_text(g->out, "vendor", c ? span_of(c->vendor) : db_col_text(r, 0));
		add_text(g->out, "version", db_col_text(r, 2));
		str_addz(g->out, ",\"unknown\":false}");
	}
	str_addc(g->out, ']');
	return true;
}

struct known { int64_t n; struct span text; };

/* The members of one asset but for its software, as text: another statement reads that. */
static struct span asset_members(struct forming *g, const struct db_rows *r)
{
	static const char *const names[] = { "name", "url", "record_number", "hosting", "hosting_party",
		"operator",
		"importance", "exposure", "address" };
	struct str out = STR_IN(g->op->arena, 64 * 1024);
	int64_t level = db_col_int(r, 2);
	add_text(&out, "asset_id", db_col_text(r, 1));
	for (size_t i = 0; i < COUNT(names); i++)
		add_text(&out, names[i], db_col_text(r, 5 + (int)i));
	add_text(&out, "mlps_level", level ? arena_printf(g->op->arena, "%lld", (long long)level) : SPAN(""));
	str_addz(&out, ",\"unknown\":");
	str_add(&out, db_col_text(r, 3));
	add_time(&out, "confirmed_at", r, 4);
	add_text(&out, "source", db_col_text(r, 14));
	return str_span(&out);
}

static bool add_assets(struct forming *g, struct err *err)
{
	VEC(struct known) list = { .arena = g->op->arena };
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool row;
		if (!db_query(op_db(g->op),
			    SQL("SELECT a.n, a.id, a.mlps_level, a.unknown, a.confirmed_at, a.name, a.url,"
				" a.record_number, a.hosting, a.hosting_party, a.operator_party, "
				"a.importance,"
				" a.exposure, CASE WHEN a.address<>'' THEN a.address ELSE COALESCE((SELECT "
				"h.address"
				" FROM assets h WHERE h.parent_n=a.n AND h.kind='host' AND h.address<>'' AND"
				" h.retired_at IS NULL ORDER BY h.n LIMIT 1), '') END, a.source FROM assets a"
				" WHERE a.unit_n=? AND a.kind IN ('system', 'site') AND a.retired_at IS NULL "
				"AND NOT"
				" EXISTS (SELECT 1 FROM declarations d WHERE d.asset_n=a.n AND d.state IN"
				" ('accepted', 'submitted', 'returned')) AND NOT EXISTS (SELECT 1 FROM "
				"declarations e"
				" WHERE e.order_n=? AND e.name=a.name AND e.state<>'superseded') ORDER BY "
				"a.n LIMIT ?"),
			    V(db_i(g->o.unit_n), db_i(g->o.n), db_i(KNOWN_MAX)), &r, err))
			return false;
		for (;;) {
			if (!db_next(r, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&list, (struct known){ db_col_int(r, 0), asset_members(g, r) });
		}
	}
	for (size_t i = 0; i < list.n; i++) {
		begin(g);
		add_text(g->out, "state", SPAN(""));
		str_add(g->out, list.p[i].text);
		if (!add_software(g, list.p[i].n, err))
			return false;
		str_addc(g->out, '}');
	}
	return true;
}

/* ---- what may be picked ---- */

static void add_choices(struct str *out)
{
	const struct software_choice *c;
	str_addz(out, ",\"choices\":[");
	for (size_t i = 0; (c = software_choice_at(i)); i++) {
		str_addz(out, i ? ",{\"product\":" : "{\"product\":");
		str_add_json(out, span_of(c->key));
		add_text(out, "group", span_of(c->group));
		add_text(out, "name", span_of(c->name));
		add_text(out, "vendor", span_of(c->vendor));
		add_text(out, "cpe", span_of(c->cpe));
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static void add_questions(struct str *out)
{
	str_addz(out, ",\"questions\":[");
	for (const char *const *q = declaration_questions; *q; q++)
		str_addf(out, "%s\"%s\"", q == declaration_questions ? "" : ",", *q);
	str_addf(out, "],\"systems_max\":%d,\"software_max\":%d", (int)DECLARATION_SYSTEMS_MAX,
		(int)DECLARATION_SOFTWARE_MAX);
}

bool declaration_form(struct op *op, struct declaration_order o, struct str *out, struct err *err)
{
	struct forming g = { op, o, out, 0 };
	str_addz(out, ",\"systems\":[");
	if (!add_rows(&g, true, err) || !add_rows(&g, false, err) || !add_assets(&g, err))
		return false;
	str_addc(out, ']');
	add_questions(out);
	add_choices(out);
	return str_check(out, err);
}
