#include <inttypes.h>

#include "asset/address.h"
#include "asset/room.h"
#include "codec/cpe.h"

bool inventory_touch(struct op *op, int64_t asset_n, struct err *err)
{
	int64_t stamp;
	return store_next_number(op->tx, SPAN("asset.inventory"), &stamp, err) &&
		db_exec(op_db(op), SQL("UPDATE assets SET inventory = ? WHERE n = ?"),
			V(db_i(stamp), db_i(asset_n)), err);
}

/* ---- reading ---- */

static void read_host(const struct db_rows *r, struct arena *a, struct asset_host *h)
{
	*h = (struct asset_host){ .n = db_col_int(r, 0),
		.unit_n = db_col_int(r, 1),
		.retired = !db_col_null(r, 2),
		.inventory = db_col_int(r, 3) };
	struct span *texts[] = { &h->id, &h->name, &h->address, &h->exposure, &h->importance };
	for (size_t i = 0; i < COUNT(texts); i++)
		*texts[i] = arena_span(a, db_col_text(r, (int)i + 4));
}

static bool read_hosts(struct op *op, struct db_rows *r, size_t max, struct asset_host *hosts, size_t *ret_n,
		       struct err *err)
{
	size_t n = 0;
	while (n < max) {
		bool row;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		read_host(r, op->arena, &hosts[n++]);
	}
	*ret_n = n;
	return true;
}

/* Live software of hosts first … last, whose asset_n lie in ascending order in the rows of r. */
static bool read_software(
	struct op *op, struct db_rows *r, struct asset_host *hosts, size_t n, struct err *err)
{
	struct arena *a = op->arena;
	VEC(struct asset_software) all = { .arena = a };
	size_t at = 0;
	struct { size_t first, count; } *runs = arena_array(a, n, sizeof *runs);
	for (;;) {
		bool row;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		int64_t asset_n = db_col_int(r, 0);
		while (at < n && hosts[at].n < asset_n)
			at++;
		if (at == n || hosts[at].n != asset_n || hosts[at].retired)
			continue;
		struct asset_software s = { .n = db_col_int(r, 1), .confidence = db_col_int(r, 2) };
		s.recorded_at = db_col_int(r, 11);
		struct span *texts[] = { &s.id, &s.source, &s.part, &s.vendor, &s.product, &s.version,
			&s.patch, &s.cpe };
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_span(a, db_col_text(r, (int)i + 3));
		if (runs[at].count++ == 0)
			runs[at].first = all.n;
		vec_push(&all, s);
	}
	for (size_t i = 0; i < n; i++) {
		hosts[i].software = runs[i].count ? all.p + runs[i].first : NULL;
		hosts[i].n_software = runs[i].count;
	}
	return true;
}

#define SOFTWARE_COLUMNS \
	"SELECT asset_n, n, confidence, id, source, part, vendor, product, product_version, patch, cpe, " \
	"seen_last FROM software"

static bool add_software(struct op *op, struct asset_host *hosts, size_t n, struct err *err)
{
	/* Close together (a full run): one walk over the index.  Scattered (what changed): host by host. */
	bool dense = n > 0 && hosts[n - 1].n - hosts[0].n < 4 * (int64_t)n;
	for (size_t i = 0; i < n; i += dense ? n : 1) {
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		size_t last = dense ? n - 1 : i;
		if (!db_query(op_db(op),
			    SQL(SOFTWARE_COLUMNS " WHERE asset_n >= ? AND asset_n <= ? AND removed_at IS NULL"
						 " ORDER BY asset_n, n"),
			    V(db_i(hosts[i].n), db_i(hosts[last].n)), &r, err) ||
			!read_software(op, r, hosts + i, last - i + 1, err))
			return false;
	}
	return true;
}

#define HOST_COLUMNS \
	"SELECT n, unit_n, retired_at, inventory, id, name, address, exposure, importance FROM assets"

bool asset_inventory_next(struct op *op, struct asset_range which, struct asset_host **ret, size_t *ret_n,
			  struct err *err)
{
	struct asset_host *hosts = arena_array(op->arena, which.max + 1, sizeof *hosts);
	struct db_value after = db_i(which.after_n), max = db_i((int64_t)which.max);
	size_t n = 0;
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool ok = which.changed_after > 0
			? db_query(op_db(op),
				  SQL(HOST_COLUMNS " WHERE kind = 'host' AND n > ? AND inventory > ?"
						   " ORDER BY n LIMIT ?"),
				  V(after, db_i(which.changed_after), max), &r, err)
			: db_query(op_db(op),
				  SQL(HOST_COLUMNS " WHERE kind = 'host' AND n > ? ORDER BY n LIMIT ?"),
				  V(after, max), &r, err);
		if (!ok || !read_hosts(op, r, which.max, hosts, &n, err))
			return false;
	}
	if (!add_software(op, hosts, n, err))
		return false;
	*ret = hosts;
	*ret_n = n;
	return true;
}

bool asset_inventory_find(
	struct op *op, int64_t host_n, struct asset_host *ret, bool *ret_found, struct err *err)
{
	struct asset_host h;
	size_t n = 0;
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		if (!db_query(op_db(op), SQL(HOST_COLUMNS " WHERE n = ?"), V(db_i(host_n)), &r, err)
		    || !read_hosts(op, r, 1, &h, &n, err))
			return false;
	}
	*ret_found = n == 1;
	if (n == 0)
		return true;
	if (!add_software(op, &h, 1, err))
		return false;
	*ret = h;
	return true;
}

bool asset_inventory_stamp(struct op *op, int64_t *ret, struct err *err)
{
	bool found;
	return db_int(op_db(op), SQL("SELECT COALESCE(MAX(inventory), 0) FROM assets WHERE inventory > 0"),
		V0, ret, &found, err);
}

bool asset_find_by_address(
	struct op *op, struct span address, int64_t unit_n, struct asset_place *ret, struct err *err)
{
	char canonical[ADDRESS_TEXT];
	struct asset_place found = { 0 };
	*ret = found;
	if (address_parse(span_trim(address), canonical) == ADDRESS_NONE)
		return true;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT n, COALESCE(unit_n, 0) FROM assets WHERE address = ? AND address <> ''"
			" AND retired_at IS NULL ORDER BY CASE kind WHEN 'host' THEN 0 ELSE 1 END, n"
			" LIMIT 1000"),
		    V(db_z(canonical)), &r, err))
		return false;
	for (;;) {
		bool row;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		struct asset_place one = { true, db_col_int(r, 0), db_col_int(r, 1) };
		if (unit_n && one.unit_n != unit_n)
			continue;
		if (found.found && one.unit_n != found.unit_n)
			return true;
		if (!found.found)
			found = one;
	}
	*ret = found;
	return true;
}

/* ---- changing ---- */

bool software_remember(
	struct op *op, int64_t software_n, const char *verb, const char *source, struct err *err)
{
	return db_exec(op_db(op),
		SQL("INSERT INTO software_history (software_n, asset_n, at, verb, source, product_version, "
		    "patch,"
		    " cpe) SELECT n, asset_n, ?, ?, ?, product_version, patch, cpe FROM software WHERE n = "
		    "?"),
		V(db_i(op_now(op)), db_z(verb), db_z(source), db_i(software_n)), err);
}

static bool load_software(struct op *op, int64_t n, struct record *ret, struct err *err)
{
	bool found;
	if (!resource_load(op, &software_resource, n, ret, &found, err))
		return false;
	if (!found || record_get(ret, "removed_at").type != DB_NULL)
		return err_set(err, ERR_NOT_FOUND, "该软件已不在清单中",
			"that software is no longer in the inventory");
	return true;
}

bool software_remove(struct op *op, int64_t software_n, const char *source, struct err *err)
{
	struct record before, after;
	if (!load_software(op, software_n, &before, err))
		return false;
	after = record_copy(op, &before);
	record_set(&after, "removed_at", db_i(op_now(op)));
	return software_remember(op, software_n, "remove", source, err) &&
		record_update(op, &before, &after, "remove", err) &&
		inventory_touch(op, record_int(&before, "asset_id"), err);
}

static bool check_text(struct span s, const char *field, struct err *err)
{
	if (utf8_count(s) > 100)
		return err_field(err, field, "超过 %d 个字符", "longer than %d characters", 100);
	return !utf8_has_control(s) || err_field(err, field, "含有控制字符", "holds control characters");
}

bool asset_software_set_version(struct op *op, int64_t software_n, struct span version, struct span patch,
				const char *source, struct err *err)
{
	struct record before, after;
	if (!load_software(op, software_n, &before, err))
		return false;
	after = record_copy(op, &before);
	version = span_trim(version);
	patch = span_trim(patch);
	if (version.n > 0) {
		struct span cpe = record_text(&before, "cpe");
		if (!check_text(version, "version", err) ||
			(cpe.n > 0 && !cpe_with_version(cpe, version, op->arena, &cpe, err)))
			return false;
		record_set(&after, "product_version", db_t(version));
		record_set(&after, "cpe", db_t(cpe));
	}
	if (patch.n > 0) {
		if (!check_text(patch, "patch", err))
			return false;
		record_set(&after, "patch", db_t(patch));
	}
	if (span_eq(record_text(&before, "product_version"), record_text(&after, "product_version"))
	    && span_eq(record_text(&before, "patch"), record_text(&after, "patch")))
		return true;
	record_set(&after, "seen_last", db_i(op_now(op)));
	return software_remember(op, software_n, "change", source, err) &&
		record_update(op, &before, &after, "change", err) &&
		inventory_touch(op, record_int(&before, "asset_id"), err);
}

bool asset_retire(struct op *op, int64_t asset_n, struct err *err)
{
	struct record before, after;
	bool found;
	if (!resource_load(op, &asset_resource, asset_n, &before, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "没有这项资产", "there is no such asset");
	if (record_get(&before, "retired_at").type != DB_NULL)
		return true;
	after = record_copy(op, &before);
	record_set(&after, "retired_at", db_i(op_now(op)));
	return record_update(op, &before, &after, "retire", err) && inventory_touch(op, asset_n, err);
}
