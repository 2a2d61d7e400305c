#include <inttypes.h>

#include "asset/import.h"

struct writing {
	struct op *op;
	struct db *db;
	const struct import_host *h;
	const struct import_known *k;
	struct span plan_id;
	int64_t stamp, now;
};

/* ---- change rows: what the file changed, by column, and how much software ---- */

static void add_member(struct str *out, const char *name, struct span value)
{
	str_addf(out, "%s\"%s\":", out->n ? "," : "", name);
	str_add_json(out, value);
}

static void add_column(
	struct str *before, struct str *after, const char *name, struct span was, struct span is)
{
	if (is.n == 0 || span_eq(was, is))
		return;
	if (was.n > 0)
		add_member(before, name, was);
	add_member(after, name, is);
}

static bool log_host(struct writing *w, int64_t n, struct span id, int64_t version, struct err *err)
{
	const struct import_host *h = w->h;
	const struct import_known *k = w->k;
	struct arena *a = w->op->arena;
	struct str before = STR_IN(a, 8192), after = STR_IN(a, 8192);
	int64_t by_action[3] = { 0 }, seq;
	if (!k->found)
		add_member(&after, "name", h->name);
	add_column(&before, &after, "system", k->system, h->system);
	add_column(&before, &after, "address", k->address, h->address);
	add_column(&before, &after, "importance", k->importance, h->importance);
	add_column(&before, &after, "exposure", k->exposure, h->exposure);
	for (size_t i = 0; i < h->n_software; i++)
		by_action[h->software[i].action]++;
	struct span values = arena_printf(a,
		"{\"before\":{%s},\"after\":{%s},\"import\":\"" SPAN_FMT "\",\"software_new\":%" PRId64
		",\"software_changed\":%" PRId64 ",\"software_removed\":%zu}",
		str_z(&before), str_z(&after), SPAN_ARG(w->plan_id), by_action[IMPORT_NEW],
		by_action[IMPORT_CHANGED], k->n_removed);
	struct store_change c = {
		.resource = "asset",
		.record_n = n,
		.record_id = id,
		.version = version,
		.verb = k->found ? "change" : "create",
		.unit_before_n = k->found ? h->unit_n : 0,
		.unit_after_n = h->unit_n,
		.values = values,
	};
	return store_add_change(w->op->tx, &c, &seq, err);
}

/* ---- the host ---- */

static struct span or_else(struct span s, const char *otherwise)
{
	return s.n > 0 ? s : span_of(otherwise);
}

static bool index_names(struct writing *w, int64_t n, struct span name, struct span address, struct err *err)
{
	struct span text =
		arena_printf(w->op->arena, SPAN_FMT "\n" SPAN_FMT "\n", SPAN_ARG(name), SPAN_ARG(address));
	return store_search_set(w->op->tx, "asset", n, text, err);
}

/* The host itself (in its system, 0: none), or its system. */
static bool insert_asset(
	struct writing *w, bool host, int64_t parent_n, const char *id, int64_t *ret_n, struct err *err)
{
	const struct import_host *h = w->h;
	bool found;
	struct span name = host ? h->name : h->system;
	struct span address = host ? h->address : SPAN("");
	struct db_value now = db_i(w->now);
	return db_int(w->db,
		       SQL("INSERT INTO assets (id, version, created_at, updated_at, unit_n, kind, name, "
			   "address,"
			   " parent_n, importance, exposure, mlps_level, record_number, note, source, "
			   "seen_first,"
			   " seen_last, inventory)"
			   " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', ?, ?, ?, ?) RETURNING "
			   "n"),
		       V(db_z(id), now, now, db_i(h->unit_n), db_z(host ? "host" : "system"), db_t(name),
			       db_t(address), parent_n ? db_i(parent_n) : db_null(),
			       db_t(or_else(h->importance, "medium")), db_t(or_else(h->exposure, "internal")),
			       db_z(h->source), now, now, db_i(host ? w->stamp : 0)),
		       ret_n, &found, err) &&
		index_names(w, *ret_n, name, address, err);
}

/* The system of that name in the unit; a new one is as important and as exposed as the host that named it
 * first. */
static bool find_system(struct writing *w, int64_t *ret_n, struct err *err)
{
	const struct import_host *h = w->h;
	bool found = false;
	char id[UUID_TEXT];
	int64_t seq;
	if (!db_int(w->db, SQL("SELECT n FROM assets WHERE unit_n = ? AND kind = 'system' AND name = ?"),
		    V(db_i(h->unit_n), db_t(h->system)), ret_n, &found, err))
		return false;
	if (found)
		return true;
	uuid_make(w->now, id);
	if (!insert_asset(w, false, 0, id, ret_n, err))
		return false;
	struct str after = STR_IN(w->op->arena, 8192);
	add_member(&after, "name", h->system);
	struct store_change c = {
		.resource = "asset",
		.record_n = *ret_n,
		.record_id = span_of(id),
		.version = 1,
		.verb = "create",
		.unit_after_n = h->unit_n,
		.values = arena_printf(w->op->arena,
			"{\"before\":{},\"after\":{%s},\"import\":\"" SPAN_FMT "\"}", str_z(&after),
			SPAN_ARG(w->plan_id)),
	};
	return store_add_change(w->op->tx, &c, &seq, err);
}

static bool update_host(struct writing *w, int64_t system_n, struct err *err)
{
	const struct import_host *h = w->h;
	const struct import_known *k = w->k;
	struct span address = h->address.n > 0 ? h->address : k->address;
	if (!db_exec(w->db,
		    SQL("UPDATE assets SET version = version + 1, updated_at = ?, seen_last = ?, retired_at "
			"= NULL,"
			" parent_n = COALESCE(?, parent_n), address = ?, importance = ?, exposure = ?, "
			"inventory = ?"
			" WHERE n = ?"),
		    V(db_i(w->now), db_i(w->now), system_n ? db_i(system_n) : db_null(), db_t(address),
			    db_t(h->importance.n > 0 ? h->importance : k->importance),
			    db_t(h->exposure.n > 0 ? h->exposure : k->exposure), db_i(w->stamp), db_i(k->n)),
		    err))
		return false;
	return span_eq(address, k->address) || index_names(w, k->n, h->name, address, err);
}

/* ---- its software ---- */

static bool keep_history(struct writing *w, int64_t software_n, const char *verb, struct err *err)
{
	return db_exec(w->db,
		SQL("INSERT INTO software_history (software_n, asset_n, at, verb, source, product_version, "
		    "patch,"
		    " cpe) SELECT n, asset_n, ?, ?, ?, product_version, patch, cpe FROM software"
		    " WHERE n = ?"),
		V(db_i(w->now), db_z(verb), db_z(w->h->source), db_i(software_n)), err);
}

static bool remove_software(struct writing *w, int64_t software_n, struct err *err)
{
	return keep_history(w, software_n, "remove", err) &&
		db_exec(w->db,
			SQL("UPDATE software SET removed_at = ?, version = version + 1, updated_at = ? WHERE "
			    "n = ?"),
			V(db_i(w->now), db_i(w->now), db_i(software_n)), err);
}

static bool change_software(struct writing *w, const struct import_software *s, struct err *err)
{
	return keep_history(w, s->n, "change", err) &&
		db_exec(w->db,
			SQL("UPDATE software SET version = version + 1, updated_at = ?, seen_last = ?, part "
			    "= ?,"
			    " vendor = ?, product = ?, product_version = ?, cpe = ? WHERE n = ?"),
			V(db_i(w->now), db_i(w->now), db_t(s->part), db_t(s->vendor), db_t(s->product),
				db_t(s->version), db_t(s->cpe), db_i(s->n)),
			err);
}

/* A scanner reads a banner, which may lie; a list of components was made from what was built. */
static int64_t confidence(const char *source, bool named)
{
	if (strcmp(source, "nmap") == 0)
		return named ? 70 : 40;
	return named ? 90 : 60;
}

static bool insert_software(
	struct writing *w, int64_t asset_n, const struct import_software *s, struct err *err)
{
	char id[UUID_TEXT];
	struct db_value now = db_i(w->now);
	return db_exec(w->db,
		SQL("INSERT INTO software (id, version, created_at, updated_at, unit_n, asset_n, source, "
		    "identity,"
		    " slot, part, vendor, product, product_version, patch, cpe, confidence, seen_first,"
		    " seen_last) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?)"),
		V(db_z(uuid_make(w->now, id)), now, now, db_i(w->h->unit_n), db_i(asset_n),
		db_z(w->h->source),
			db_t(s->identity),
			db_i(s->slot), db_t(s->part), db_t(s->vendor), db_t(s->product), db_t(s->version),
			db_t(s->cpe), db_i(confidence(w->h->source, s->cpe.n > 0)), now, now),
		err);
}

/* Removals first: they free slots. */
static bool write_software(struct writing *w, int64_t asset_n, struct err *err)
{
	const struct import_host *h = w->h;
	for (size_t i = 0; i < w->k->n_removed; i++)
		if (!remove_software(w, w->k->removed[i], err))
			return false;
	for (size_t i = 0; i < h->n_software; i++) {
		const struct import_software *s = &h->software[i];
		if (s->action == IMPORT_CHANGED ? !change_software(w, s, err)
		    : s->action == IMPORT_NEW && !insert_software(w, asset_n, s, err))
			return false;
	}
	return true;
}

static bool next_stamp(struct op *op, int64_t *stamp, struct err *err)
{
	return *stamp != 0 || store_next_number(op->tx, SPAN("asset.inventory"), stamp, err);
}

bool plan_write_host(
	struct op *op, struct import_host *h, struct span plan_id, int64_t *stamp, struct err *err)
{
	struct import_known k;
	if (!plan_load_known(op, h, op->arena, &k, err))
		return false;
	plan_compare_host(h, &k, op->arena);
	if (h->action == IMPORT_SAME)
		return true;
	if (!next_stamp(op, stamp, err))
		return false;
	struct writing w = { .op = op, .db = op_db(op), .h = h, .k = &k, .plan_id = plan_id, .stamp = *stamp,
			     .now = op_now(op) };
	int64_t system_n = 0, n = k.n;
	char id[UUID_TEXT];
	if (h->system.n > 0 && !span_eq(h->system, k.system) && !find_system(&w, &system_n, err))
		return false;
	bool ok = k.found ? update_host(&w, system_n, err)
			  : insert_asset(&w, true, system_n, uuid_make(w.now, id), &n, err);
	return ok && write_software(&w, n, err)
		&& log_host(&w, n, k.found ? k.id : span_of(id), k.found ? k.version + 1 : 1, err);
}
