#include "people/second_factor.h"

#include "codec/qr.h"
#include "people/code.h"
#include "people/own.h"
#include "people/totp.h"
#include "store/seal.h"

static bool check_totp(struct op *op, int64_t user_n, struct span secret, struct span typed, bool *ret,
	struct err *err)
{
	int64_t last = 0, step;
	bool found;
	if (!db_int(op_db(op), SQL("SELECT totp_step FROM users WHERE n=?"), V(db_i(user_n)), &last, &found,
		    err))
		return false;
	*ret = totp_check(secret, typed, op_now(op), last, &step);
	return !*ret || db_exec(op_db(op), SQL("UPDATE users SET totp_step=? WHERE n=?"),
			       V(db_i(step), db_i(user_n)), err);
}

static void recovery_hash(const char *plain, char ret[HASH_SHA256_HEX + 1])
{
	unsigned char hash[HASH_SHA256];
	hash_sha256(span_of(plain), hash);
	hash_hex(hash, sizeof hash, ret);
}

static bool check_recovery(struct op *op, int64_t user_n, struct span typed, bool *ret, struct err *err)
{
	char plain[CODE_CHARACTERS + 1], hash[HASH_SHA256_HEX + 1];
	*ret = false;
	if (!code_normal(typed, plain))
		return true;
	recovery_hash(plain, hash);
	if (!db_exec(op_db(op), SQL("DELETE FROM recovery_codes WHERE user_n=? AND hash=?"),
		    V(db_i(user_n), db_z(hash)), err))
		return false;
	*ret = db_changes(op_db(op)) == 1;
	return true;
}

/* The secret as it is computed with; what was kept unsealed by an older version is sealed now.  SPAN("")
 * where there is none. */
static bool read_secret(struct op *op, int64_t user_n, bool pending, struct span *ret, struct err *err)
{
	struct seal_of of = { "totp", user_n };
	struct span kept, sealed;
	if (!db_text(op_db(op),
		    pending ? SQL("SELECT totp_pending FROM users WHERE n=?")
			    : SQL("SELECT totp_secret FROM users WHERE n=?"),
		    V(db_i(user_n)), op->arena, &kept, err))
		return false;
	*ret = SPAN("");
	if (!kept.n)
		return true;
	if (!seal_open(op->store, of, kept, op->arena, ret, err))
		return false;
	if (seal_is(kept) || !op->tx)
		return true;
	return seal_close(op->store, of, *ret, op->arena, &sealed, err) &&
		db_exec(op_db(op),
			pending ? SQL("UPDATE users SET totp_pending=? WHERE n=?")
				: SQL("UPDATE users SET totp_secret=? WHERE n=?"),
			V(db_t(sealed), db_i(user_n)), err);
}

static bool has_secret(struct op *op, int64_t user_n, bool pending, bool *ret, struct err *err)
{
	int64_t n = 0;
	bool found;
	if (!db_int(op_db(op),
		    pending ? SQL("SELECT totp_pending<>'' FROM users WHERE n=?")
			    : SQL("SELECT totp_secret<>'' FROM users WHERE n=?"),
		    V(db_i(user_n)), &n, &found, err))
		return false;
	*ret = found && n;
	return true;
}

bool second_factor_check(struct op *op, int64_t user_n, const struct second_given *given,
	enum second_factor *ret, struct err *err)
{
	struct span secret = SPAN("");
	bool right = false, has;
	if (!has_secret(op, user_n, false, &has, err))
		return false;
	*ret = SECOND_RIGHT;
	if (!has)
		return true;
	*ret = SECOND_WANTED;
	if (!given->totp.n && !given->recovery.n)
		return true;
	/* a recovery code needs no secret: it is good where the key is lost as well */
	if (given->totp.n && !read_secret(op, user_n, false, &secret, err))
		return false;
	if (given->totp.n ? !check_totp(op, user_n, secret, given->totp, &right, err)
			  : !check_recovery(op, user_n, given->recovery, &right, err))
		return false;
	*ret = right ? SECOND_RIGHT : SECOND_WRONG;
	return true;
}

/* ---- one's own --------------------------------------------------------------------------------- */

/* Key URI format, as authenticator apps read it. */
static struct span key_uri(struct op *op, struct span account, const char *secret)
{
	struct str s = STR_IN(op->arena, QR_TEXT_MAX);
	str_addz(&s, "otpauth://totp/Seawall:");
	for (size_t i = 0; i < account.n; i++)
		str_addf(&s, "%%%02X", (unsigned char)account.p[i]);
	str_addf(&s, "?secret=%s&issuer=Seawall&algorithm=SHA1&digits=%d&period=%d", secret, (int)TOTP_DIGITS,
		(int)TOTP_PERIOD);
	return str_span(&s);
}

static bool keep_pending(struct op *op, int64_t user_n, const char *secret, struct err *err)
{
	struct span sealed;
	return seal_close(op->store, (struct seal_of){ "totp", user_n }, span_of(secret), op->arena, &sealed,
		err) &&
		db_exec(op_db(op), SQL("UPDATE users SET totp_pending=? WHERE n=?"),
			V(db_t(sealed), db_i(user_n)), err);
}

/* POST /session/totp {"password"}: a new secret, not asked for before it is confirmed. */
bool totp_begin_route(struct call *c, struct err *err)
{
	struct record user;
	struct span uri;
	bool has;
	char secret[TOTP_SECRET];
	struct str svg = STR_IN(c->op->arena, 256 * 1024);
	if (!own_user(c->op, &user, err) || !has_secret(c->op, user.n, false, &has, err))
		return false;
	if (has)
		return err_set(err, ERR_CONFLICT, "已启用动态口令，如需更换请先取消",
			"there is a second factor already: take it off first");
	if (!own_prove(c->op, &user, "password", json_get_text(c->json, "password"), err))
		return false;
	totp_secret(secret);
	uri = key_uri(c->op, record_text(&user, "name"), secret);
	if (!qr_svg(uri, &svg, err) || !op_begin(c->op, err) ||
		!op_finish(c->op, keep_pending(c->op, user.n, secret, err), err))
		return false;
	str_addf(c->out, "{\"secret\":\"%s\",\"uri\":", secret);
	str_add_json(c->out, uri);
	str_addz(c->out, ",\"qr\":");
	str_add_json(c->out, str_span(&svg));
	str_addc(c->out, '}');
	return str_check(c->out, err);
}

static bool make_recovery(struct op *op, int64_t user_n, struct str *out, struct err *err)
{
	if (!db_exec(op_db(op), SQL("DELETE FROM recovery_codes WHERE user_n=?"), V(db_i(user_n)), err))
		return false;
	str_addz(out, "{\"recovery\":[");
	for (int i = 0; i < TOTP_RECOVERY; i++) {
		char code[CODE_TEXT], plain[CODE_CHARACTERS + 1], hash[HASH_SHA256_HEX + 1];
		code_make(code);
		(void)code_normal(span_of(code), plain);
		recovery_hash(plain, hash);
		if (!db_exec(op_db(op), SQL("INSERT INTO recovery_codes (user_n, hash) VALUES (?, ?)"),
			    V(db_i(user_n), db_z(hash)), err))
			return false;
		str_addf(out, "%s\"%s\"", i ? "," : "", code);
	}
	str_addz(out, "]}");
	return str_check(out, err);
}

static bool renew(struct op *op, const struct record *user, struct str *out, struct err *err)
{
	return make_recovery(op, user->n, out, err) && user_log(op, user, "recovery_new", err);
}

/* POST /session/totp/recovery {"password"}: ten new codes, the old ones are good no more. */
bool totp_recovery_route(struct call *c, struct err *err)
{
	struct record user;
	bool has;
	if (!own_user(c->op, &user, err) || !has_secret(c->op, user.n, false, &has, err))
		return false;
	if (!has)
		return err_set(err, ERR_CONFLICT, "没有启用动态口令", "there is no second factor");
	return own_prove(c->op, &user, "password", json_get_text(c->json, "password"), err) &&
		op_begin(c->op, err) && op_finish(c->op, renew(c->op, &user, c->out, err), err);
}

static bool confirm(
	struct call *c, const struct record *user, bool *ret_right, struct err *err)
{
	struct op *op = c->op;
	struct span pending;
	int64_t keep = 0;
	bool found;
	if (!read_secret(op, user->n, true, &pending, err) ||
	    !check_totp(op, user->n, pending, json_get_text(c->json, "code"), ret_right, err))
		return false;
	if (!*ret_right)
		return true;
	return own_give_back(op, err) &&
		db_exec(op_db(op),
		SQL("UPDATE users SET totp_secret=totp_pending, totp_pending='' WHERE n=?"),
			V(db_i(user->n)), err) &&
		db_int(op_db(op), SQL("SELECT n FROM sessions WHERE id=?"), V(db_t(op->actor->session)),
		&keep,
			&found, err) &&
		user_end_access(op, user->n, keep, false, err) && make_recovery(op, user->n, c->out, err) &&
		user_log(op, user, "totp_on", err);
}

/* POST /session/totp/confirm {"code"}: from now on it is asked for. */
bool totp_confirm_route(struct call *c, struct err *err)
{
	struct record user;
	bool right = false, begun;
	if (!own_user(c->op, &user, err) || !has_secret(c->op, user.n, true, &begun, err))
		return false;
	if (!begun)
		return err_set(err, ERR_CONFLICT, "请先申请动态口令", "begin first: there is no secret to confirm");
	if (!own_take_try(c->op, err) || !op_begin(c->op, err) ||
		!op_finish(c->op, confirm(c, &user, &right, err), err))
		return false;
	return right ||
		err_field(err, "code", "动态口令不对，请核对手机时间", "the code is wrong: check the clock of your device");
}

static bool take_off(struct op *op, const struct record *user, struct err *err)
{
	return db_exec(op_db(op),
		       SQL("UPDATE users SET totp_secret='', totp_pending='', totp_step=0 WHERE n=?"),
		       V(db_i(user->n)),
		       err) &&
		db_exec(op_db(op), SQL("DELETE FROM recovery_codes WHERE user_n=?"), V(db_i(user->n)), err) &&
		user_log(op, user, "totp_off", err);
}

static bool end_own(struct call *c, const struct record *user, enum second_factor *ret, struct err *err)
{
	struct second_given given = { json_get_text(c->json, "totp"), json_get_text(c->json, "recovery") };
	struct op *op = c->op;
	if (!second_factor_check(op, user->n, &given, ret, err))
		return false;
	return *ret != SECOND_RIGHT ||
		(own_give_back(op, err) &&
			take_off(op, user, err));
}

/* DELETE /session/totp {"password", "totp" | "recovery"}: a session left open is not enough. */
bool totp_end_route(struct call *c, struct err *err)
{
	struct record user;
	bool has;
	enum second_factor second = SECOND_WANTED;
	if (!own_user(c->op, &user, err) || !has_secret(c->op, user.n, false, &has, err))
		return false;
	if (!has)
		return err_set(err, ERR_CONFLICT, "没有启用动态口令", "there is no second factor");
	if (!own_prove(c->op, &user, "password", json_get_text(c->json, "password"), err) ||
	    !own_take_try(c->op, err) || !op_begin(c->op, err) ||
	    !op_finish(c->op, end_own(c, &user, &second, err), err))
		return false;
	c->status = 204;
	return second == SECOND_RIGHT ||
		err_field(err, "totp", "请输入正确的动态口令（totp）或恢复码（recovery）",
			"give the right code of your authenticator (totp) or a recovery code (recovery)");
}

/* DELETE /users/{id}/totp, by who administers the account: somebody has lost the device. */
bool totp_take_off_route(struct call *c, struct err *err)
{
	struct record user;
	c->status = 204;
	return resource_get(c->op, &user_resource, c->params[0], &user, err) &&
		user_check_manage(c->op, user.n, err) && take_off(c->op, &user, err);
}
