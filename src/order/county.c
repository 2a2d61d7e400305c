/* Two offices and one order: who issued it leads it; the county pre-reviews (初审) what its units answer to the
 * city. */
#include "order/room.h"
#include "people/people.h"

static bool is_of_issuer(enum perm p)
{
	return p == PERM_ORDER_ISSUE || p == PERM_ORDER_VERIFY || p == PERM_ORDER_APPROVE;
}

bool order_check_issuer(struct op *op, const struct record *o, const struct transition *t, struct err *err)
{
	int64_t issuer_n = record_int(o, "issuer_id");
	bool may;
	struct span name;
	if (!is_of_issuer(t->perm) || issuer_n == 0)
		return true;
	if (!actor_may(op->actor, op_db(op), t->perm, issuer_n, &may, err))
		return false;
	if (may)
		return true;
	return db_text(op_db(op), SQL("SELECT name FROM units WHERE n=?"), V(db_i(issuer_n)), op->arena,
		&name,
		       err) &&
		err_set(err, ERR_FORBIDDEN, "本单由“" SPAN_FMT "”交办，须由其办理",
			"the order was issued by \"" SPAN_FMT "\": that office does this", SPAN_ARG(name));
}

/* The county that may review: 0 where there is none, or where it issued the order itself. */
static bool reviewer_of(struct op *op, const struct record *o, int64_t *ret, struct err *err)
{
	if (!resource_county(op, record_int(o, "unit_id"), ret, err))
		return false;
	if (*ret == record_int(o, "issuer_id"))
		*ret = 0;
	return true;
}

bool order_review(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	const json_t *pass = json_object_get(args, "pass");
	int64_t county_n;
	if (!reviewer_of(op, o, &county_n, err))
		return false;
	if (!county_n)
		return err_set(err, ERR_CONFLICT, "本单不需县区初审", "no county reviews this order");
	if (!json_is_boolean(pass))
		return err_field(err, "pass", "请写明初审是否通过（pass）", "say whether it passes (pass)");
	if (json_is_true(pass)) {
		record_set(o, "reviewed_at", db_i(op_now(op)));
		*ret_to = span_is(o->state, "answered") ? "answered" : "partly_answered";
		return true;
	}
	if (!span_trim(json_get_text(args, "reason")).n)
		return err_field(err, "reason", "初审退回须填写“reason”", "what does not pass needs a reason");
	return order_return(op, o, args, ret_to, err);
}

bool order_check_reviewed(struct op *op, const struct record *o, const json_t *args, struct err *err)
{
	int64_t waits, county_n;
	bool overridden = json_get_bool(args, "override", false) &&
		span_trim(json_get_text(args, "reason")).n;
	if (order_declares(o)) /* its rows are decided one by one, by the county too */
		return true;
	if (!setting_int(op, "county_review", 0, &waits, err))
		return false;
	if (!waits || overridden || record_get(o, "reviewed_at").type != DB_NULL)
		return true;
	return reviewer_of(op, o, &county_n, err) &&
		(!county_n ||
			err_set(err, ERR_CONFLICT, "县区尚未初审；不等初审的，请写明 override 和理由",
				"the county has not reviewed it yet; not to wait takes override and a "
				"reason"));
}
