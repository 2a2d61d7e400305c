/* What is shown of an order beside its fields.  However many items it has, the statements are three. */
#include "order/behalf.h"
#include "order/room.h"

static void add_text(struct str *out, const char *name, struct span text)
{
	str_addf(out, ",\"%s\":", name);
	if (text.p)
		str_add_json(out, text);
	else
		str_addz(out, "null");
}

/* Rows in order of the item they belong to (column 0), read beside the items. */
struct beside {
	struct db_rows *r;
	bool row;
};

static void beside_close(struct beside *b)
{
	db_rows_close_p(&b->r);
}

static bool is_at(const struct beside *b, int64_t item_n)
{
	return b->row && db_col_int(b->r, 0) == item_n;
}

static bool open_assets(struct op *op, int64_t order_n, struct beside *ret, struct err *err)
{
	return db_query(op_db(op),
		       SQL("SELECT i.n, a.id, a.name FROM items i JOIN assets a ON a.n=i.asset_n"
			   " WHERE i.order_n=? ORDER BY i.n"),
		       V(db_i(order_n)), &ret->r, err) &&
		db_next(ret->r, &ret->row, err);
}

static bool open_findings(struct op *op, int64_t order_n, struct beside *ret, struct err *err)
{
	return db_query(op_db(op),
		       SQL("SELECT i.n, f.id FROM items i JOIN item_findings x ON x.item_n=i.n JOIN findings "
		       "f ON"
			   " f.n=x.finding_n WHERE i.order_n=? ORDER BY i.n, f.n"),
		       V(db_i(order_n)), &ret->r, err) &&
		db_next(ret->r, &ret->row, err);
}

static bool show_asset(struct beside *assets, int64_t item_n, struct str *out, struct err *err)
{
	bool here = is_at(assets, item_n);
	add_text(out, "asset_id", here ? db_col_text(assets->r, 1) : (struct span){ NULL, 0 });
	add_text(out, "asset_name", here ? db_col_text(assets->r, 2) : (struct span){ NULL, 0 });
	return !here || db_next(assets->r, &assets->row, err);
}

static bool show_findings(struct beside *findings, int64_t item_n, struct str *out, struct err *err)
{
	bool first = true;
	str_addz(out, ",\"findings\":[");
	for (; is_at(findings, item_n); first = false) {
		str_addz(out, first ? "" : ",");
		str_add_json(out, db_col_text(findings->r, 1));
		if (!db_next(findings->r, &findings->row, err))
			return false;
	}
	str_addc(out, ']');
	return true;
}

static void show_item(struct op *op, const struct item *it, struct str *out)
{
	str_addz(out, "{\"id\":");
	str_add_json(out, span_of(it->id));
	add_text(out, "title", it->title);
	add_text(out, "state", span_of(it->state));
	add_text(out, "kind", it->kind);
	add_text(out, "severity", span_of(it->severity));
	add_text(out, "claim", it->claim);
	add_text(out, "text", it->text);
	add_text(out, "version", it->version);
	add_text(out, "patch", it->patch);
	add_text(out, "answered_by", it->answered_name);
	str_addz(out, ",\"on_behalf\":");
	str_add(out, it->on_behalf.p ? it->on_behalf : SPAN("null"));
	add_text(out, "contradiction", it->contradiction);
	order_show_hint(op, it, out);
}

static bool show_items(
	struct op *op, const struct record *o, bool single, struct str *out, struct err *err)
{
	CLEANUP(beside_close) struct beside assets = { 0 };
	CLEANUP(beside_close) struct beside findings = { 0 };
	struct items items;
	int64_t order_n = o->n;
	if (!items_load(op, order_n, &items, err))
		return false;
	str_addz(out, ",\"items\":[");
	if (items.n && (!open_assets(op, order_n, &assets, err) ||
	    !open_findings(op, order_n, &findings, err)))
		return false;
	for (size_t i = 0; i < items.n; i++) {
		str_addz(out, i ? "," : "");
		show_item(op, &items.at[i], out);
		if (single && !order_show_advice(op, o, &items.at[i], out, err))
			return false;
		if (!show_asset(&assets, items.at[i].n, out, err) ||
			!show_findings(&findings, items.at[i].n, out, err))
			return false;
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

bool order_show(struct op *op, const struct record *o, bool single, struct str *out, struct err *err)
{
	bool waits = span_is(o->state, "sent") || span_is(o->state, "handling") ||
		span_is(o->state, "partly_answered");
	int64_t due =
		span_is(o->state, "sent") ? record_int(o, "acknowledge_due") : record_int(o, "answer_due");
	str_addf(out, ",\"overdue\":%s,\"warnings\":[", waits && due && due < op_now(op) ? "true" : "false");
	if (order_later_than_source(o))
		str_add_json(out,
			op->zh ? SPAN("时限晚于来文要求的时限") : SPAN("it is due later than its source wants"));
	str_addc(out, ']');
	return (!single || order_show_single(op, o, out, err)) && show_items(op, o, single, out, err);
}
