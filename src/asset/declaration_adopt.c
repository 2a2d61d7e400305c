/* Accepted rows become assets: a system, its host, the software on it; what is known is brought up to date,
 * not doubled. */
#include "asset/address.h"
#include "asset/declaration_room.h"
#include "codec/cpe.h"
#include "people/people.h"

#define SOURCE "declaration"

struct adopting {
	struct op *op;
	struct record *row;
	int64_t unit_n;
};

static bool one_n(struct adopting *g, struct sql_literal sql, struct db_values v, int64_t *ret,
	struct err *err)
{
	bool found = false;
	int64_t n = 0;
	if (!db_int(op_db(g->op), sql, v, &n, &found, err))
		return false;
	*ret = found ? n : 0;
	return true;
}

/* ---- the system ---- */

static bool find_system(struct adopting *g, int64_t *ret, struct err *err)
{
	struct db_value unit = db_i(g->unit_n), name = record_get(g->row, "name"),
			url = record_get(g->row, "url");
	*ret = record_int(g->row, "asset_id");
	if (*ret)
		return true;
	if (!one_n(g,
		    SQL("SELECT n FROM assets WHERE unit_n=? AND name=? AND kind IN ('system', 'site')"
			" ORDER BY kind DESC LIMIT 1"),
		    V(unit, name), ret, err) ||
		*ret)
		return err->code == ERR_NONE;
	/* the same name as declared before, of an asset that was renamed since */
	if (!one_n(g,
		    SQL("SELECT d.asset_n FROM declarations d JOIN assets a ON a.n=d.asset_n WHERE "
		    "d.unit_n=? AND"
			" d.name=? AND d.state='accepted' AND a.unit_n=d.unit_n ORDER BY d.n DESC LIMIT 1"),
		    V(unit, name), ret, err) ||
		*ret || !url.s.n)
		return err->code == ERR_NONE;
	return one_n(g,
		SQL("SELECT n FROM assets WHERE unit_n=? AND url=? AND kind IN ('system', 'site') ORDER BY n "
		"LIMIT 1"),
		V(unit, url), ret, err);
}

/* What the row says goes over; what it does not say stays. */
static void take_text(struct record *asset, const char *to, const struct record *row, const char *from)
{
	struct span s = record_text(row, from);
	if (s.n)
		record_set(asset, to, db_t(s));
}

static bool take_operator(struct adopting *g, struct record *asset, const char *party, const char *ref,
	const char *from, struct err *err)
{
	int64_t n = 0;
	bool found;
	struct span name = record_text(g->row, from);
	if (!name.n)
		return true;
	if (!unit_find(g->op, name, &n, &found, err))
		return false;
	record_set(asset, party, db_t(name));
	record_set(asset, ref, found ? db_i(n) : db_null());
	return true;
}

/* Of the questions answered 「不清楚」 those for which nothing is on record from elsewhere. */
static struct span still_unknown(struct adopting *g, const struct record *before)
{
	static const struct { const char *asked, *kept;
		} same[] = { { "url", "url" }, { "address", "address" },
		{ "mlps_level", "mlps_level" }, { "record_number", "record_number" },
		{ "hosting", "hosting" },
		{ "hosting_party", "hosting_party" }, { "operator", "operator_party" },
		{ "importance", NULL }, { "exposure", NULL }, { "software", NULL } };
	struct str out = STR_IN(g->op->arena, 1024);
	str_addc(&out, '[');
	for (size_t i = 0; i < COUNT(same); i++) {
		bool has = false;
		if (before && same[i].kept) {
			struct db_value v = record_get(before, same[i].kept);
			has = v.type == DB_INT ? v.i > 0 : v.s.n > 0;
		}
		if (declaration_unknown(g->row, same[i].asked) && !has)
			str_addf(&out, "%s\"%s\"", out.n > 1 ? "," : "", same[i].asked);
	}
	str_addc(&out, ']');
	return str_span(&out);
}

static void confirm(struct adopting *g, struct record *asset)
{
	record_set(asset, "confirmed_at", db_i(op_now(g->op)));
	record_set(asset, "confirmed_by", db_t(SPAN(SOURCE)));
	record_set(asset, "retired_at", db_null());
}

static bool take_system(struct adopting *g, struct record *asset, const struct record *before,
	struct err *err)
{
	const struct record *row = g->row;
	struct span level = record_text(row, "mlps_level");
	static const char *const as_they_are[] = { "name", "url", "record_number", "hosting", "importance",
		"exposure", "note" };
	for (size_t i = 0; i < COUNT(as_they_are); i++)
		take_text(asset, as_they_are[i], row, as_they_are[i]);
	take_text(asset, "address", row, "address");
	if (level.n)
		record_set(asset, "mlps_level", db_i(span_is(level, "ungraded") ? 0 : level.p[0] - '0'));
	record_set(asset, "unknown", db_t(still_unknown(g, before)));
	confirm(g, asset);
	return take_operator(g, asset, "operator_party", "operator_id", "operator", err) &&
		take_operator(g, asset, "hosting_party", "hosting_id", "hosting_party", err);
}

static bool new_asset(struct adopting *g, const char *kind, struct span name, struct record *ret,
	struct err *err)
{
	if (!record_new(&asset_resource, g->op->arena, ret))
		return false;
	record_set(ret, "kind", db_z(kind));
	record_set(ret, "name", db_t(name));
	record_set(ret, "unit_id", db_i(g->unit_n));
	record_set(ret, "source", db_t(SPAN(SOURCE)));
	record_set(ret, "unknown", db_t(SPAN("[]")));
	record_set(ret, "seen_first", db_i(op_now(g->op)));
	record_set(ret, "seen_last", db_i(op_now(g->op)));
	(void)err;
	return true;
}

/* A name that another asset of the unit bears already stays with that one. */
static bool keep_name_if_taken(struct adopting *g, const struct record *before, struct record *asset,
	struct err *err)
{
	int64_t other;
	if (!one_n(g, SQL("SELECT n FROM assets WHERE unit_n=? AND kind=? AND name=? AND n<>?"),
		    V(db_i(g->unit_n), record_get(asset, "kind"), record_get(asset, "name"), db_i(before->n)),
		    &other, err))
		return false;
	if (other)
		record_set(asset, "name", record_get(before, "name"));
	return true;
}

static bool adopt_system(struct adopting *g, int64_t *ret_n, struct err *err)
{
	struct record before, after;
	int64_t n;
	bool found;
	if (!find_system(g, &n, err))
		return false;
	if (!n) {
		if (!new_asset(g, "system", record_text(g->row, "name"), &after, err) ||
			!take_system(g, &after, NULL, err) || !record_insert(g->op, &after, err))
			return false;
		*ret_n = after.n;
		return true;
	}
	if (!resource_load(g->op, &asset_resource, n, &before, &found, err))
		return false;
	after = record_copy(g->op, &before);
	if (!take_system(g, &after, &before, err) || !keep_name_if_taken(g, &before, &after, err))
		return false;
	record_set(&after, "seen_last", db_i(op_now(g->op)));
	*ret_n = n;
	return record_update(g->op, &before, &after, "declare", err);
}

/* ---- the host ---- */

/* The address that was given, else that of the URL; "" if there is none. */
static struct span host_address(struct adopting *g)
{
	char canonical[ADDRESS_TEXT];
	struct span address = record_text(g->row, "address");
	if (address.n)
		return address;
	if (!declaration_url_host(record_text(g->row, "url"), canonical))
		return SPAN("");
	return arena_span(g->op->arena, span_of(canonical));
}

static bool find_host(struct adopting *g, struct span address, struct span name, int64_t *ret,
	struct err *err)
{
	*ret = 0;
	if (address.n &&
		!one_n(g,
			SQL("SELECT n FROM assets WHERE address=? AND address<>'' AND unit_n=? AND "
			"kind='host'"
			    " AND retired_at IS NULL ORDER BY n LIMIT 1"),
			V(db_t(address), db_i(g->unit_n)), ret, err))
		return false;
	return *ret || one_n(g, SQL("SELECT n FROM assets WHERE unit_n=? AND kind='host' AND name=?"),
			       V(db_i(g->unit_n), db_t(name)), ret, err);
}

static void take_host(struct adopting *g, struct record *host, int64_t system_n, bool fresh)
{
	if (record_get(host, "parent_id").type == DB_NULL)
		record_set(host, "parent_id", db_i(system_n));
	if (fresh)
		take_text(host, "importance", g->row, "importance");
	take_text(host, "exposure", g->row, "exposure");
	confirm(g, host);
}

static bool adopt_host(struct adopting *g, int64_t system_n, int64_t *ret_n, struct err *err)
{
	struct record before, after;
	struct span address = host_address(g), software = record_text(g->row, "software");
	struct span name = address.n ? address : record_text(g->row, "name");
	bool found;
	*ret_n = 0;
	if (!address.n && software.n <= 2)             /* neither an address nor software */
		return true;
	if (!find_host(g, address, name, ret_n, err))
		return false;
	if (!*ret_n) {
		if (!new_asset(g, "host", name, &after, err))
			return false;
		record_set(&after, "address", db_t(address));
		take_host(g, &after, system_n, true);
		if (!record_insert(g->op, &after, err))
			return false;
		*ret_n = after.n;
		return true;
	}
	if (!resource_load(g->op, &asset_resource, *ret_n, &before, &found, err))
		return false;
	after = record_copy(g->op, &before);
	take_host(g, &after, system_n, false);
	if (!record_text(&after, "address").n)
		record_set(&after, "address", db_t(address));
	return record_update(g->op, &before, &after, "declare", err);
}

/* ---- its software ---- */

struct wanted {
	struct record record;
	bool there;
};

struct software_set {
	VEC(struct wanted) at;
};

static bool want(struct adopting *g, int64_t host_n, const json_t *s, struct software_set *set,
	struct err *err)
{
	struct wanted w = { .there = false };
	const struct software_choice *c = software_choice_find(json_get_text(s, "product"));
	struct span version = json_get_text(s, "version"),
		cpe = c ? software_choice_cpe(c, g->op->arena) : SPAN("");
	if (cpe.n && version.n && !cpe_with_version(cpe, version, g->op->arena, &cpe, err))
		return false;
	if (!record_new(&software_resource, g->op->arena, &w.record))
		return false;
	record_set(&w.record, "asset_id", db_i(host_n));
	record_set(&w.record, "unit_id", db_i(g->unit_n));
	record_set(&w.record, "product", db_t(arena_span(g->op->arena, json_get_text(s, "name"))));
	record_set(&w.record, "vendor", db_t(arena_span(g->op->arena, json_get_text(s, "vendor"))));
	record_set(&w.record, "product_version", db_t(arena_span(g->op->arena, version)));
	record_set(&w.record, "cpe", db_t(cpe.p ? cpe : SPAN("")));
	record_set(&w.record, "source", db_t(SPAN(SOURCE)));
	record_set(&w.record, "confidence", db_i(60));
	record_set(&w.record, "seen_first", db_i(op_now(g->op)));
	record_set(&w.record, "seen_last", db_i(op_now(g->op)));
	if (!software_identify(g->op, &w.record, err))
		return false;
	for (size_t i = 0; i < set->at.n; i++)   /* two systems of one host name the same: once is enough */
		if (span_eq(record_text(&set->at.p[i].record, "identity"),
		    record_text(&w.record, "identity")) &&
			span_eq(record_text(&set->at.p[i].record, "product_version"), version))
			return true;
	vec_push(&set->at, w);
	return true;
}

static bool want_all(struct adopting *g, int64_t host_n, struct span text, struct software_set *set,
	struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	if (!json_parse(text, 4, &list, err))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!want(g, host_n, json_array_get(list, i), set, err))
			return false;
	return true;
}

/* What this row and the other accepted rows on the host say. */
static bool load_wanted(struct adopting *g, int64_t host_n, struct software_set *set, struct err *err)
{
	VEC(struct span) texts = { .arena = g->op->arena };
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool row;
		if (!db_query(op_db(g->op),
			    SQL("SELECT software FROM declarations WHERE host_n=? AND state='accepted' AND "
			    "n<>?"
				" ORDER BY n LIMIT 200"),
			    V(db_i(host_n), db_i(g->row->n)), &r, err))
			return false;
		for (;;) {
			if (!db_next(r, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&texts, arena_span(g->op->arena, db_col_text(r, 0)));
		}
	}
	for (size_t i = 0; i < texts.n; i++)
		if (!want_all(g, host_n, texts.p[i], set, err))
			return false;
	return want_all(g, host_n, record_text(g->row, "software"), set, err);
}

struct live { int64_t n; struct span identity, version; struct wanted *match; };

static bool load_live(struct adopting *g, int64_t host_n, struct live **ret, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct live) list = { .arena = g->op->arena };
	struct arena *a = g->op->arena;
	bool row;
	if (!db_query(op_db(g->op),
		    SQL("SELECT n, identity, product_version FROM software WHERE asset_n=? AND "
		    "source='declaration'"
			" AND removed_at IS NULL ORDER BY n"),
		    V(db_i(host_n)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&list, (struct live){ db_col_int(r, 0), arena_span(a, db_col_text(r, 1)),
					arena_span(a, db_col_text(r, 2)), NULL });
	}
	*ret = list.p;
	*ret_n = list.n;
	return true;
}

/* First those that are as they were, then those of the same product with another version. */
static void pair_up(struct software_set *set, struct live *live, size_t n, bool any_version)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < set->at.n && !live[i].match; k++) {
			struct wanted *w = &set->at.p[k];
			if (w->there || !span_eq(record_text(&w->record, "identity"), live[i].identity) ||
				(!any_version &&
					!span_eq(record_text(&w->record, "product_version"),
					live[i].version)))
				continue;
			w->there = true;
			live[i].match = w;
		}
	}
}

/* A version that is not known any more does not take back the one that was. */
static bool adopt_software(struct adopting *g, int64_t host_n, struct err *err)
{
	struct software_set set = { .at = { .arena = g->op->arena } };
	struct live *live;
	size_t n;
	bool touched = false;
	if (!host_n)
		return true;
	if (!load_wanted(g, host_n, &set, err) || !load_live(g, host_n, &live, &n, err))
		return false;
	pair_up(&set, live, n, false);
	pair_up(&set, live, n, true);
	for (size_t i = 0; i < n; i++) {
		struct span version =
			live[i].match ? record_text(&live[i].match->record, "product_version") : SPAN("");
		if (live[i].match ? !asset_software_set_version(
					    g->op, live[i].n, version, (struct span){ NULL, 0 }, SOURCE, err)
				  : !software_remove(g->op, live[i].n, SOURCE, err))
			return false;
	}
	for (size_t i = 0; i < set.at.n; i++) {
		if (set.at.p[i].there)
			continue;
		touched = true;
		if (!software_give_slot(g->op, NULL, &set.at.p[i].record, err) ||
			!record_insert(g->op, &set.at.p[i].record, err))
			return false;
	}
	return !touched || inventory_touch(g->op, host_n, err);
}

/* ---- the row ---- */

/* What said so before: the same asset or, of a system, the same name; all of the unit for "none". */
static bool supersede_earlier(struct adopting *g, bool all, struct err *err)
{
	VEC(int64_t) earlier = { .arena = g->op->arena };
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool row;
		if (!db_query(op_db(g->op),
			    SQL("SELECT n FROM declarations WHERE unit_n=? AND state='accepted' AND n<>? AND"
				" (? = 1 OR says='none' OR asset_n=? OR name=?)"),
			    V(db_i(g->unit_n), db_i(g->row->n), db_i(all), record_get(g->row, "asset_id"),
				    record_get(g->row, "name")),
			    &r, err))
			return false;
		for (;;) {
			if (!db_next(r, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&earlier, db_col_int(r, 0));
		}
	}
	for (size_t i = 0; i < earlier.n; i++)
		if (!declaration_supersede(g->op, earlier.p[i], SPAN(""), err))
			return false;
	return true;
}

static bool note_unit(struct adopting *g, const char *inventory, struct err *err)
{
	return db_exec(op_db(g->op), SQL("UPDATE units SET inventory=?, inventory_at=? WHERE n=?"),
		V(db_z(inventory), db_i(op_now(g->op)), db_i(g->unit_n)), err);
}

/* Nothing has changed: all that is on record is confirmed. */
static bool adopt_unchanged(struct adopting *g, struct err *err)
{
	return db_exec(op_db(g->op),
		       SQL("UPDATE assets SET confirmed_at=?, confirmed_by='declaration' WHERE unit_n=? AND"
			   " retired_at IS NULL"),
		       V(db_i(op_now(g->op)), db_i(g->unit_n)), err) &&
		db_exec(op_db(g->op),
			SQL("UPDATE units SET inventory_at=?, inventory=CASE inventory WHEN 'unknown' THEN "
			"'systems'"
			    " ELSE inventory END WHERE n=?"),
			V(db_i(op_now(g->op)), db_i(g->unit_n)), err);
}

bool declaration_adopt(struct op *op, struct record *row, struct err *err)
{
	struct adopting g = { op, row, record_int(row, "unit_id") };
	int64_t system_n, host_n;
	if (span_is(record_text(row, "says"), "unchanged"))
		return adopt_unchanged(&g, err);
	if (span_is(record_text(row, "says"), "none"))
		return supersede_earlier(&g, true, err) && note_unit(&g, "none", err);
	if (!adopt_system(&g, &system_n, err) || !adopt_host(&g, system_n, &host_n, err))
		return false;
	record_set(row, "asset_id", db_i(system_n));
	record_set(row, "host_id", host_n ? db_i(host_n) : db_null());
	return supersede_earlier(&g, false, err) && adopt_software(&g, host_n, err) &&
		note_unit(&g, "systems", err);
}
