/* Evidence: content goes to a blob first, its row after. */
#include "finding/evidence.h"
#include "finding/life.h"
#include "people/people.h"

enum { LIST_PAGE = 1000, ATTACHMENT_MAX = 20 << 20 };

struct attachment {
	struct span id, name, type, hash;
	int64_t size, at;
	struct attachment_step step;
};

static void add_one(struct str *out, const struct attachment *a)
{
	char text[TIME_TEXT];
	str_addz(out, "{\"id\":");
	str_add_json(out, a->id);
	str_addz(out, ",\"name\":");
	str_add_json(out, a->name);
	str_addz(out, ",\"type\":");
	str_add_json(out, a->type);
	str_addf(out, ",\"size\":%lld,\"at\":\"%s\",\"sha256\":", (long long)a->size,
		time_format(a->at, text));
	str_add_json(out, a->hash);
	str_addf(out, ",\"on_behalf\":%s,\"step\":", a->step.on_behalf ? "true" : "false");
	if (a->step.id.n)
		str_add_json(out, a->step.id);
	else
		str_addz(out, "null");
	str_addc(out, '}');
}

static int64_t unit_of(const struct attachment_place *place, const struct record *r)
{
	return record_int(r, place->unit ? place->unit : "unit_id");
}

static bool may_attach(struct op *op, const struct attachment_place *place, const struct record *r,
	struct err *err)
{
	bool may;
	if (!actor_may(op->actor, op_db(op), place->write, unit_of(place, r), &may, err))
		return false;
	return may || err_set(err, ERR_FORBIDDEN, "没有添加附件的权限", "not permitted to add attachments");
}

static bool has_room(struct op *op, const struct record *r, int64_t size, struct err *err)
{
	int64_t megabytes, used;
	bool found;
	if (!setting_known(op, "attachments_megabytes", &megabytes, err) ||
		!db_int(op_db(op),
			SQL("SELECT COALESCE(SUM(size), 0) FROM attachments WHERE resource=? AND record_n=?"),
			V(db_z(r->resource->name), db_i(r->n)), &used, &found, err))
		return false;
	return used + size <= megabytes << 20 ||
		err_set(err, ERR_TOO_LARGE, "附件总量不能超过 %lld MB，已用 %lld MB",
			"attachments have at most %lld MB together, %lld MB are used",
			(long long)megabytes, (long long)(used >> 20));
}

/* The row of a blob that is already kept. */
static bool insert(struct op *op, const struct record *r, int64_t unit_n, const struct attachment *a,
	struct err *err)
{
	struct store_change change = { .resource = r->resource->name,
		.record_n = r->n,
		.record_id = r->id,
		.verb = "attach",
		.unit_before_n = unit_n,
		.unit_after_n = unit_n,
		.values = arena_printf(op->arena, "{\"after\":{\"sha256\":\"" SPAN_FMT "\",\"size\":%lld}}",
			SPAN_ARG(a->hash), (long long)a->size) };
	return db_exec(op_db(op),
		       SQL("INSERT INTO attachments (id, resource, record_n, blob, name, type, size, at, "
		       "user_n,"
			   " actor, step_n, on_behalf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		       V(db_t(a->id), db_z(r->resource->name), db_i(r->n), db_t(a->hash), db_t(a->name),
			       db_t(a->type), db_i(a->size), db_i(a->at), db_i(op->actor->who.user_n),
			       db_t(op->actor->who.name), a->step.n ? db_i(a->step.n) : db_null(),
			       db_i(a->step.on_behalf)),
		       err) &&
		store_add_change(op->tx, &change, NULL, err);
}

bool finding_attach(struct call *c, const struct attachment_place *place, struct err *err)
{
	char hash[STORE_BLOB_HEX], id[UUID_TEXT];
	struct op *op = c->op;
	struct attachment_step step;
	struct record r;
	if (!resource_get(op, place->resource, c->params[0], &r, err) || !may_attach(op, place, &r, err) ||
		!attachment_find_step(c, &r, place->write, &step, err))
		return false;
	if (c->body.n == 0)
		return err_set(err, ERR_INVALID, "附件没有内容", "the attachment is empty");
	if (c->body.n > ATTACHMENT_MAX)
		return err_set(err, ERR_TOO_LARGE, "附件不能超过 20 MB，请压缩或分开上传",
			"an attachment has at most 20 MB: compress or divide it");
	if (span_starts(call_header(c, "content-type"), SPAN("multipart/")))
		return err_set(err, ERR_INVALID, "请直接以文件内容作请求体（curl --data-binary @文件），文件名用 ?name=",
			"send the file itself as the body (curl --data-binary @FILE), its name as ?name=");
	struct evidence_kind kind;
	/* asked before as well: what is refused is not kept */
	if (!evidence_check(c->body, call_query(c, "name"), op->arena, &kind, err) ||
		!has_room(op, &r, (int64_t)c->body.n, err) ||
		!store_blob_put(op->store, c->body, hash, err) || !op_begin(op, err))
		return false;
	int64_t now = op_now(op);
	struct attachment a = { span_of(uuid_make(now, id)), kind.name, span_of(kind.type), span_of(hash),
		(int64_t)c->body.n, now, step };
	bool ok = has_room(op, &r, a.size, err) &&
		insert(op, &r, unit_of(place, &r), &a, err) && op_commit(op, err);
	op_rollback(op);
	if (!ok)
		return false;
	c->status = 201;
	add_one(c->out, &a);
	return str_check(c->out, err);
}

bool finding_attachments(struct call *c, const struct attachment_place *place, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct finding_page page;
	struct record of;
	bool row;
	if (!resource_get(c->op, place->resource, c->params[0], &of, err) ||
		!finding_page_read(c, LIST_PAGE, &page, err) ||
		!db_query(op_db(c->op),
			SQL("SELECT id, name, type, size, at, blob, n, on_behalf,"
			    " (SELECT s.id FROM steps s WHERE s.n=step_n) FROM attachments WHERE resource=? "
			    "AND"
			    " record_n=? AND n>? ORDER BY n LIMIT ?"),
			V(db_z(place->resource->name), db_i(of.n), db_i(page.after_n), db_i(page.limit + 1)),
			&r,
			err))
		return false;
	str_addz(c->out, "{\"items\":[");
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row || !finding_page_add(&page, db_col_int(r, 6), c->out))
			break;
		add_one(c->out,
			&(struct attachment){ db_col_text(r, 0), db_col_text(r, 1), db_col_text(r, 2),
				db_col_text(r, 5), db_col_int(r, 3), db_col_int(r, 4),
				{ 0, db_col_text(r, 8), db_col_int(r, 7) != 0 } });
	}
	return finding_page_end(&page, c->out, err);
}

enum { STORED_MAX = 32 << 20 };

bool finding_attachment_content(struct call *c, const struct attachment_place *place, struct err *err)
{
	struct op *op = c->op;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct record of;
	struct span content;
	bool row;
	if (!resource_get(op, place->resource, c->params[0], &of, err) ||
		!db_query(op_db(op),
			SQL("SELECT blob, type, name FROM attachments WHERE id=? AND resource=? AND "
			"record_n=?"),
			V(db_t(c->params[1]), db_z(place->resource->name), db_i(of.n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_NOT_FOUND, "没有这个附件", "no such attachment");
	c->content_type = arena_copy(op->arena, db_col_text(r, 1));
	struct span name = arena_span(op->arena, db_col_text(r, 2));
	if (!store_blob_get(op->store, db_col_text(r, 0), STORED_MAX, op->arena, &content, err))
		return false;
	call_add_header(c, "Content-Disposition", evidence_disposition(name, op->arena));
	str_add(c->out, content);
	return str_check(c->out, err);
}
