/* Evidence: content goes to a blob first, its row after. */
#include "finding/finding.h"

enum { NAME_MAX_BYTES = 200 };

/* What the bytes say they are; whatever is not on this list is downloaded as octets. */
static const char *sniff(struct span b)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *type;
	} known[] = {
		{ "\x89PNG\r\n\x1a\n", 8, "image/png" },
		{ "\xff\xd8\xff", 3, "image/jpeg" },
		{ "GIF8", 4, "image/gif" },
		{ "%PDF-", 5, "application/pdf" },
		{ "PK\x03\x04", 4, "application/zip" },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if (b.n >= known[i].n && memcmp(b.p, known[i].magic, known[i].n) == 0)
			return known[i].type;
	return b.n && utf8_valid(b) && !utf8_has_control(b) ? "text/plain; charset=utf-8"
							    : "application/octet-stream";
}

static struct span plain_name(struct call *c)
{
	struct span name = call_query(c, "name");
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '/' || name.p[i] == '\\' || name.p[i] == '"')
			return SPAN("attachment");
	if (name.n == 0 || name.n > NAME_MAX_BYTES || !utf8_valid(name) || utf8_has_control(name))
		return SPAN("attachment");
	return name;
}

struct attachment {
	struct span id, name, type, hash;
	int64_t size, at;
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
	str_addc(out, '}');
}

bool finding_attach(struct call *c, const struct attachment_target *t, struct err *err)
{
	char hash[STORE_BLOB_HEX], id[UUID_TEXT];
	struct op *op = c->op;
	struct span name = plain_name(c);
	const char *type = sniff(c->body);
	if (c->body.n == 0)
		return err_set(err, ERR_INVALID, "附件没有内容", "the attachment is empty");
	if (span_starts(call_header(c, "content-type"), SPAN("multipart/")))
		return err_set(err, ERR_INVALID, "请直接以文件内容作请求体（curl --data-binary @文件），文件名用 ?name=",
			"send the file itself as the body (curl --data-binary @FILE), its name as ?name=");
	if (!store_blob_put(op->store, c->body, hash, err) || !op_begin(op, err))
		return false;
	int64_t now = op_now(op);
	uuid_make(now, id);
	struct store_change change = { .resource = t->resource,
		.record_n = t->record_n,
		.record_id = t->record_id,
		.verb = "attach",
		.unit_before_n = t->unit_n,
		.unit_after_n = t->unit_n,
		.values = arena_printf(
			op->arena, "{\"after\":{\"sha256\":\"%s\",\"size\":%zu}}", hash, c->body.n) };
	bool ok = db_exec(op_db(op),
			  SQL("INSERT INTO attachments (id, resource, record_n, blob, name, type, size, at, "
			      "user_n,"
			      " actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
			  V(db_z(id), db_z(t->resource), db_i(t->record_n), db_z(hash), db_t(name),
				  db_z(type), db_i((int64_t)c->body.n), db_i(now),
				  db_i(op->actor->who.user_n), db_t(op->actor->who.name)),
			  err) &&
		store_add_change(op->tx, &change, NULL, err) && op_commit(op, err);
	op_rollback(op);
	if (!ok)
		return false;
	c->status = 201;
	add_one(c->out,
		&(struct attachment){
			span_of(id), name, span_of(type), span_of(hash), (int64_t)c->body.n, now });
	return true;
}

bool finding_attachments_json(
	struct op *op, const struct attachment_target *t, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row, first = true;
	if (!db_query(op_db(op),
		    SQL("SELECT id, name, type, size, at, blob FROM attachments WHERE resource=? AND "
			"record_n=?"
			" ORDER BY n LIMIT 1000"),
		    V(db_z(t->resource), db_i(t->record_n)), &r, err))
		return false;
	str_addz(out, "{\"items\":[");
	for (;; first = false) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addz(out, first ? "" : ",");
		add_one(out,
			&(struct attachment){ db_col_text(r, 0), db_col_text(r, 1), db_col_text(r, 2),
				db_col_text(r, 5), db_col_int(r, 3), db_col_int(r, 4) });
	}
	str_addz(out, "],\"next\":null}");
	return str_check(out, err);
}

enum { ATTACHMENT_MAX = 32 << 20 };

bool finding_attachment_content(
	struct call *c, const struct attachment_target *t, struct span id, struct err *err)
{
	struct op *op = c->op;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct span content;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT blob, type FROM attachments WHERE id=? AND resource=? AND record_n=?"),
		    V(db_t(id), db_z(t->resource), db_i(t->record_n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_NOT_FOUND, "没有这个附件", "no such attachment");
	c->content_type = arena_copy(op->arena, db_col_text(r, 1));
	if (!store_blob_get(op->store, db_col_text(r, 0), ATTACHMENT_MAX, op->arena, &content, err))
		return false;
	call_add_header(c, "Content-Disposition", SPAN("attachment"));
	call_add_header(c, "X-Content-Type-Options", SPAN("nosniff"));
	str_add(c->out, content);
	return str_check(c->out, err);
}
