/* Contacts of a unit, confirmed from time to time: by its liaison, or by an office on somebody's word. */
#include "people/account.h"

enum { TEXT_MAX = 2000 };

static bool check_contacts(
	struct op *op, int64_t unit_n, struct span text, const struct behalf *word, struct err *err)
{
	struct record before, after;
	bool found;
	int64_t county;
	if (!resource_load(op, &unit_resource, unit_n, &before, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "没有这个单位", "there is no such unit");
	after = record_copy(op, &before);
	record_set(&after, "contacts_checked_at", db_i(word->at ? word->at : op_now(op)));
	struct store_step step = { .resource = "unit", .record_n = unit_n, .from = "",
		.verb = "check_contacts", .to = "", .happened_at = word->at,
		.on_whose_word = word->whose_word, .text = text.p ? text : SPAN(""), .unit_n = unit_n,
		.severity = "", .values = word->json };
	if (!resource_county(op, unit_n, &county, err))
		return false;
	step.county_n = county;
	return record_update(op, &before, &after, "check_contacts", err) &&
		store_add_step(op->tx, &step, NULL, err);
}

bool unit_check_contacts(
	struct op *op, int64_t unit_n, struct span text, const struct behalf *word, struct err *err)
{
	struct behalf own = { .whose_word = SPAN("") };
	return check_contacts(op, unit_n, text, word ? word : &own, err);
}

/* POST /units/{id}/check_contacts {"unchanged":true} | {"text":…}, an office with "on_behalf". */
bool contact_route(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct record unit;
	struct behalf word;
	bool may, liaison;
	struct span text = span_trim(json_get_text(c->json, "text"));
	if (!resource_get(op, &unit_resource, c->params[0], &unit, err) ||
		!actor_may(op->actor, op_db(op), PERM_CONTACT_CHECK, unit.n, &may, err) ||
		!actor_is_liaison(op->actor, op_db(op), unit.n, &liaison, err))
		return false;
	if (!may)
		return err_set(err, ERR_FORBIDDEN, "没有核对该单位联系人的权限",
			"not permitted to check the contacts of this unit");
	if (!json_get_bool(c->json, "unchanged", false) && !text.n)
		return err_field(err, "text", "请写明变化（text），没有变化请填 unchanged",
			"say what has changed (text), or unchanged");
	if (utf8_count(text) > TEXT_MAX || utf8_has_control(text))
		return err_field(err, "text", "变化说明最多 %d 字", "text has at most %d characters", (int)TEXT_MAX);
	struct behalf_ask ask = { .name = "on_behalf", .needed = !liaison && !op->actor->local };
	if (!behalf_read(op, c->json, &ask, &word, err))
		return false;
	if (liaison && word.given)
		return err_field(err, "on_behalf", "联络员核对本单位不需代录", "a liaison speaks for the own unit");
	if (!check_contacts(op, unit.n, text, &word, err))
		return false;
	bool found;
	return resource_load(op, &unit_resource, unit.n, &unit, &found, err) &&
		record_json(op, &unit, 0, true, c->out, err);
}

enum { CHECKS_SHOWN = 20 };

bool contact_checks_route(struct call *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct record unit;
	bool may, row;
	if (!resource_get(c->op, &unit_resource, c->params[0], &unit, err) ||
		!actor_may(c->op->actor, op_db(c->op), PERM_PERSON_READ, unit.n, &may, err))
		return false;
	if (!may)
		return err_set(err, ERR_FORBIDDEN, "没有查看该单位联系人的权限",
			"not permitted to see the contacts of this unit");
	if (!db_query(op_db(c->op),
		    SQL("SELECT happened_at, actor, on_whose_word, text FROM steps WHERE resource='unit' AND "
		    "record_n=?"
			" AND verb='check_contacts' ORDER BY n DESC LIMIT ?"),
		    V(db_i(unit.n), db_i(CHECKS_SHOWN)), &r, err))
		return false;
	str_addz(c->out, "{\"items\":[");
	for (bool first = true;; first = false) {
		char at[TIME_TEXT];
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addf(c->out, "%s{\"at\":\"%s\",\"actor\":", first ? "" : ",",
			time_format(db_col_int(r, 0), at));
		str_add_json(c->out, db_col_text(r, 1));
		str_addz(c->out, ",\"on_whose_word\":");
		str_add_json(c->out, db_col_text(r, 2));
		str_addz(c->out, ",\"text\":");
		str_add_json(c->out, db_col_text(r, 3));
		str_addc(c->out, '}');
	}
	str_addz(c->out, "]}");
	return str_check(c->out, err);
}
