#include "people/account.h"

const char *const duty_kinds[] = { "liaison_a", "liaison_b", "chief", "deputy", "other", NULL };
const char *const duty_kinds_zh[] = { "联络员A", "联络员B", "主要负责人", "分管领导", "其他", NULL };

static const struct field person_fields[] = {
	{ "unit_id", FIELD_REF, REQUIRED | FILTER | LIST, .ref = "unit", .zh = "所属单位", .en = "unit" },
	{ "name", FIELD_TEXT, REQUIRED | FILTER | SORT | LIST | SEARCH | PINYIN, 1, 60, .zh = "姓名",
		.en = "name" },
	{ "post", FIELD_TEXT, LIST, 0, 60, .zh = "职务", .en = "post" },
	{ "phone", FIELD_TEXT, FILTER | LIST | PERSONAL, 0, 40, .zh = "电话", .en = "telephone" },
	{ "mail", FIELD_TEXT, PERSONAL, 0, 120, .zh = "邮箱", .en = "mail" },
	{ "note", FIELD_LONG, PERSONAL, 0, 2000, .zh = "备注", .en = "note" },
	{ "phone_wrong_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "号码有误，发现时间",
		.en = "number found wrong at" },
	{ "account_state", FIELD_ENUM, READ_ONLY | FILTER, .values = account_states,
		.expr = "COALESCE((SELECT " ACCOUNT_STATE("u") " FROM users u WHERE u.person_n=t.n"
			" ORDER BY u.disabled, u.n LIMIT 1), 'never_issued')",
		.zh = "账号状态，未开通、已发码、从未登录、已启用或已停用",
		.en = "account state, never issued, issued, never signed in, active or disabled" },
};

static const struct field duty_fields[] = {
	{ "person_id", FIELD_REF, REQUIRED | FILTER | LIST, .ref = "person", .zh = "人员", .en = "person" },
	{ "unit_id", FIELD_REF, REQUIRED | FILTER | LIST, .ref = "unit", .zh = "单位", .en = "unit" },
	{ "kind", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = duty_kinds,
		.zh = "职责，主要负责人、分管领导、联络员A、联络员B 或其他",
		.en = "duty, chief, deputy, liaison A, liaison B or other" },
	{ "from_date", FIELD_DATE, LIST, .zh = "起始日，空为一直担任", .en = "from, empty: always was" },
	{ "to_date", FIELD_DATE, FILTER | LIST, .zh = "离任日，自当日零时起不再担任",
		.en = "to, from the first moment of that day no longer" },
};

bool person_check_phone(struct span phone, struct err *err)
{
	size_t digits = 0;
	for (size_t i = 0; i < phone.n; i++) {
		bool digit = phone.p[i] >= '0' && phone.p[i] <= '9';
		digits += digit;
		if (!digit && !strchr("+-() ,;/", phone.p[i]))
			return err_field(err, "phone", "电话只能含数字和 + - ( ) , ; /",
				"a telephone number has digits and + - ( ) , ; /");
	}
	return !phone.n || digits >= 3 ||
		err_field(err, "phone", "电话位数不足", "the telephone number is too short");
}

bool person_check_mail(struct span mail, struct err *err)
{
	size_t at, dot;
	bool good = !mail.n ||
		(span_find(mail, '@', &at) && at > 0 && span_find(span_from(mail, at), '.', &dot) &&
			at + dot + 1 < mail.n && !span_find(span_from(mail, at + 1), '@', &dot) &&
			!span_find(mail, ' ', &dot));
	return good || err_field(err, "mail", "邮箱格式不对", "this is no mail address");
}

static bool check_person(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	(void)op;
	if (before && !span_eq(record_text(before, "phone"), record_text(after, "phone")))
		record_set(after, "phone_wrong_at", db_null());
	return person_check_phone(record_text(after, "phone"), err) &&
		person_check_mail(record_text(after, "mail"), err);
}

/* ,"duties":[…]: what the person does or did, the newest first. */
static bool show_person(struct op *op, const struct record *r, bool single, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	if (!single)
		return true;
	if (!db_query(op_db(op),
		    SQL("SELECT d.id, u.id, u.name, d.kind, d.from_date, d.to_date FROM duties d"
			" JOIN units u ON u.n=d.unit_n WHERE d.person_n=? ORDER BY d.n DESC LIMIT 100"),
		    V(db_i(r->n)), &rows, err))
		return false;
	str_addz(out, ",\"duties\":[");
	for (size_t i = 0; ; i++) {
		static const char *const names[] = { "id", "unit_id", "unit_name", "kind", "from_date",
			"to_date" };
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			break;
		for (int k = 0; k < (int)COUNT(names); k++) {
			str_addf(out, "%s\"%s\":", k ? "," : i ? ",{" : "{", names[k]);
			str_add_json(out, db_col_text(rows, k));
		}
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

bool duty_check_dates(struct span from, struct span to, struct err *err)
{
	return !from.n || !to.n || span_cmp(from, to) <= 0 ||
	       err_field(err, "to_date", "离任日早于起始日", "the end stands before the beginning");
}

static bool check_duty(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	(void)op;
	(void)before;
	return duty_check_dates(record_text(after, "from_date"), record_text(after, "to_date"), err);
}

/* A person with an account or duties stays; the duties first. */
static bool after_person(
	struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	int64_t one;
	bool used = false;
	if (after)
		return true;
	return db_int(op_db(op),
		       SQL("SELECT 1 FROM duties WHERE person_n=? UNION SELECT 1 FROM users WHERE "
			   "person_n=?"),
		       V(db_i(before->n), db_i(before->n)), &one, &used, err) &&
		(!used ||
			err_set(err, ERR_CONFLICT, "该人员仍有职责或账号，不能删除",
				"the person still has duties or an account and cannot be deleted"));
}

struct span people_today(const struct op *op)
{
	char text[TIME_DATE_TEXT];
	return arena_span(op->arena, span_of(time_format_date(time_date(op_now(op), TIME_CHINA), text)));
}

/* By name, where only one has it. */
static bool person_find(struct op *op, struct span name, int64_t *ret_n, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	int64_t n[2] = { 0 };
	size_t count = 0;
	bool more = true;
	if (!db_query(op_db(op), SQL("SELECT n FROM persons WHERE name=? LIMIT 2"), V(db_t(name)), &rows,
	    err))
		return false;
	while (more && count < 2) {
		if (!db_next(rows, &more, err))
			return false;
		if (more)
			n[count++] = db_col_int(rows, 0);
	}
	*ret_found = count == 1;
	if (count == 1)
		*ret_n = n[0];
	return true;
}

const struct resource person_resource = {
	.name = "person",
	.path = "persons",
	.table = "persons",
	.zh = "人员，联系人",
	.en = "person, a contact",
	.fields = person_fields,
	.n_fields = COUNT(person_fields),
	.unit_column = "t.unit_n",
	.label = "name",
	.find = person_find,
	.sort = "name",
	.read = PERM_PERSON_READ,
	.write = PERM_PERSON_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE | RESOURCE_DELETE,
	.check = check_person,
	.after = after_person,
	.show = show_person,
	.show_schema = "\"duties\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
};

/* One that is gone may have been anybody's. */
static bool duty_guards(struct db *db, const struct actor *a, int64_t n, bool *ret, struct err *err)
{
	int64_t person_n = 0;
	bool found;
	if (!db_int(db, SQL("SELECT person_n FROM duties WHERE n=?"), V(db_i(n)), &person_n, &found, err))
		return false;
	*ret = !found || (person_n && person_n == a->who.person_n);
	return true;
}

const struct resource duty_resource = {
	.name = "duty",
	.path = "duties",
	.table = "duties",
	.zh = "职责，某人在某单位担任什么",
	.en = "duty, what a person is in a unit",
	.fields = duty_fields,
	.n_fields = COUNT(duty_fields),
	.guards = duty_guards,
	.unit_column = "t.unit_n",
	.read = PERM_PERSON_READ,
	.write = PERM_PERSON_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE | RESOURCE_DELETE,
	.check = check_duty,
};
