/* Creating, changing and deleting from outside: every wrong field is reported, then nothing is written. */
#include <stdio.h>

#include "resource/internal.h"

static bool unknown_member(const char *name, struct err *err)
{
	return err_field(err, name, "没有“%s”这个字段", "there is no field \"%s\"", name);
}

static bool one_member(struct op *op, const struct resource *r, const char *name, const json_t *value,
		       struct record *rec, struct err *err)
{
	const struct field *f = resource_field(r, span_of(name));
	if (!f)
		return unknown_member(name, err);
	if ((f->flags & READ_ONLY) || f->expr)
		return err_field(err, f->name, "“%s”由系统维护，不能填写", "\"%s\" is kept by the system", f->name);
	return field_parse(op, f, value, &rec->values[field_index(r, f)], err);
}

static bool read_members(struct op *op, const struct resource *r, const json_t *in, struct record *rec,
	struct err *err)
{
	const char *name;
	json_t *value;
	struct err first = { 0 };
	if (!json_is_object(in))
		return err_set(err, ERR_MALFORMED, "请求内容应为 JSON 对象", "the body must be a JSON object");
	json_object_foreach((json_t *)(uintptr_t)in, name, value) {
		struct err e = { 0 };
		if (one_member(op, r, name, value, rec, &e))
			continue;
		if (e.code != ERR_INVALID) {
			*err = e;
			return false;
		}
		op_problem(op, &e, &first);
	}
	if (first.code != ERR_NONE)
		*err = first;
	return first.code == ERR_NONE;
}

static bool check_required(struct op *op, const struct resource *r, const json_t *in, struct err *err)
{
	struct err first = { 0 };
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		if (!(f->flags & REQUIRED) || (f->flags & READ_ONLY) || json_object_get(in, f->name))
			continue;
		struct err e = { 0 };
		char label[64];
		snprintf(label, sizeof label, SPAN_FMT, SPAN_ARG(field_label(f, true)));
		err_field(&e, f->name, "缺少“%s”（%s）", "\"%s\" is missing%.0s", f->name, label);
		op_problem(op, &e, &first);
	}
	if (first.code != ERR_NONE)
		*err = first;
	return first.code == ERR_NONE;
}

static bool may_write(struct op *op, const struct resource *r, const struct record *rec, struct err *err)
{
	bool may = !r->unit_column ? actor_has(op->actor, r->write) : false;
	if (r->unit_column && !actor_may(op->actor, op_db(op), r->write, record_unit(rec), &may, err))
		return false;
	return may || err_set(err, ERR_FORBIDDEN, "没有修改的权限，或该单位不在您的范围内",
		"not permitted to change this, or its unit is out of your scope");
}

static bool offered(const struct resource *r, unsigned what, struct err *err)
{
	return (r->ops & what) || err_set(err, ERR_METHOD, "这里不支持此操作", "this is not offered here");
}

/* Reads references anew, so that the answer shows their ids and labels. */
static bool reload(struct op *op, struct record *rec, struct err *err)
{
	bool found;
	return resource_load(op, rec->resource, rec->n, rec, &found, err);
}

/* What is missing and what is wrong are told together; what is missing comes first. */
static bool read_new(struct op *op, const struct resource *r, const json_t *in, struct record *rec,
	struct err *err)
{
	struct err missing = { 0 }, bad = { 0 };
	bool complete = json_is_object(in) ? check_required(op, r, in, &missing) : true;
	bool good = read_members(op, r, in, rec, &bad);
	if (!good || !complete)
		*err = good || (bad.code == ERR_INVALID && !complete) ? missing : bad;
	return good && complete;
}

bool resource_create(struct op *op, const struct resource *r, const json_t *in, struct record *ret,
	struct err *err)
{
	struct record rec;
	if (!offered(r, RESOURCE_CREATE, err))
		return false;
	if (!actor_has(op->actor, r->write))
		return err_set(err, ERR_FORBIDDEN, "没有新增的权限", "not permitted to add this");
	if (!record_new(r, op->arena, &rec) || !read_new(op, r, in, &rec, err))
		return false;
	/* a new unit stands nowhere yet: whoever makes one needs the permission where its parent is (its
	 * check() says so) */
	bool self_scoped = r->unit_column && strcmp(r->unit_column, "t.n") == 0;
	bool placed = record_unit(&rec) != 0;
	if (placed && !self_scoped && !may_write(op, r, &rec, err))
		return false;
	if (r->check && !r->check(op, NULL, &rec, err))
		return false;
	/* check() may find the unit: that of the host or the asset */
	if (!self_scoped && !may_write(op, r, &rec, err))
		return false;
	if (!record_insert(op, &rec, err))
		return false;
	if (r->after && !r->after(op, NULL, &rec, err))
		return false;
	if (!reload(op, &rec, err))
		return false;
	*ret = rec;
	return true;
}

static bool check_version(const struct record *rec, int64_t if_version, struct err *err)
{
	if (if_version == 0 || if_version == rec->version)
		return true;
	return err_set(err, ERR_PRECONDITION, "记录已被他人修改，请重新打开", "changed by someone else, open it again");
}

bool resource_change(struct op *op, const struct resource *r, const struct resource_request *q,
	struct record *ret,
		     struct err *err)
{
	struct record before, after;
	if (!offered(r, RESOURCE_CHANGE, err) || !resource_get(op, r, q->id, &before, err) ||
	    !may_write(op, r, &before, err) || !check_version(&before, q->if_version, err))
		return false;
	after = record_copy(op, &before);
	if (!read_members(op, r, q->in, &after, err))
		return false;
	/* whoever moves a record to another unit needs the permission there too */
	if (record_unit(&before) != record_unit(&after) && !may_write(op, r, &after, err))
		return false;
	if (r->check && !r->check(op, &before, &after, err))
		return false;
	if (!record_update(op, &before, &after, "change", err))
		return false;
	if (r->after && !r->after(op, &before, &after, err))
		return false;
	if (!reload(op, &after, err))
		return false;
	*ret = after;
	return true;
}

bool resource_delete(struct op *op, const struct resource *r, struct span id, int64_t if_version,
	struct err *err)
{
	struct record rec;
	if (!offered(r, RESOURCE_DELETE, err) || !resource_get(op, r, id, &rec, err) ||
	    !may_write(op, r, &rec, err) ||
	    !check_version(&rec, if_version, err))
		return false;
	if (r->after && !r->after(op, &rec, NULL, err))
		return false;
	struct sql *sql = sql_new(op->arena);
	sql_add(sql, "DELETE FROM ");
	sql_name(sql, r->table);
	sql_add(sql, " WHERE n=");
	sql_int(sql, rec.n);
	return db_exec_sql(op_db(op), sql, err) && store_search_set(op->tx, r->name, rec.n, SPAN(""), err) &&
	       record_log(op, &rec, NULL, "delete", err);
}
