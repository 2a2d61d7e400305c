/* Contacts of a unit, confirmed from time to time: by its liaison, or by an office on somebody's word. */
#include "people/account.h"

enum { PERSON_MAX = 60, TEXT_MAX = 2000 };

bool word_read(
	struct op *op, const json_t *body, const char *name, bool needed, struct word *ret, struct err *err)
{
	const json_t *word = json_object_get(body, name);
	struct span person = span_trim(json_get_text(word, "person")), at = json_get_text(word, "at");
	struct span by = span_trim(json_get_text(word, "channel"));
	struct str text = STR_IN(op->arena, 4096);
	*ret = (struct word){ .whose = SPAN("") };
	if (!word || json_is_null(word))
		return !needed ||
			err_field(err, name, "请写明凭谁的话、以何方式（%s：person、channel 或 phone）",
				"say on whose word and how (%s: person, channel or phone)", name);
	if (!by.n)
		by = span_trim(json_get_text(word, "phone"));
	if (!person.n || !by.n || utf8_count(person) > PERSON_MAX || utf8_count(by) > PERSON_MAX)
		return err_field(err, name, "“%s”须写明何人（person）、何种方式（channel 或 phone）",
			"%s must name the person and the channel or phone", name);
	if (at.p && (!time_parse(at, &ret->at) || ret->at > op_now(op)))
		return err_field(err, name, "“%s”的时间（at）应为已经过去的时间", "%s.at must be a time in the past",
			name);
	if (!json_write(word, &text, err))
		return false;
	ret->values = str_span(&text);
	ret->whose = arena_printf(op->arena, SPAN_FMT "（" SPAN_FMT "）", SPAN_ARG(person), SPAN_ARG(by));
	return true;
}

static bool check_contacts(
	struct op *op, int64_t unit_n, struct span text, const struct word *word, struct err *err)
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
		.on_whose_word = word->whose, .text = text.p ? text : SPAN(""), .unit_n = unit_n,
		.severity = "", .values = word->values };
	if (!resource_county(op, unit_n, &county, err))
		return false;
	step.county_n = county;
	return record_update(op, &before, &after, "check_contacts", err) &&
		store_add_step(op->tx, &step, NULL, err);
}

bool unit_check_contacts(
	struct op *op, int64_t unit_n, struct span text, const struct word *word, struct err *err)
{
	return check_contacts(op, unit_n, text, word ? word : &(struct word){ .whose = SPAN("") }, err);
}

/* POST /units/{id}/check_contacts {"unchanged":true} | {"text":…}, an office with "on_behalf". */
bool contact_route(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct record unit;
	struct word word;
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
	if (!word_read(op, c->json, "on_behalf", !liaison && !op->actor->local, &word, err))
		return false;
	if (liaison && word.whose.n)
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
