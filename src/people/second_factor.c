#include "people/second_factor.h"

#include "codec/qr.h"
#include "people/code.h"
#include "people/throttle.h"
#include "people/totp.h"

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

bool second_factor_check(struct op *op, int64_t user_n, const struct second_given *given,
	enum second_factor *ret, struct err *err)
{
	struct span secret;
	bool right = false;
	if (!db_text(op_db(op), SQL("SELECT totp_secret FROM users WHERE n=?"), V(db_i(user_n)), op->arena,
		    &secret, err))
		return false;
	*ret = SECOND_RIGHT;
	if (!secret.n)
		return true;
	*ret = SECOND_WANTED;
	if (!given->totp.n && !given->recovery.n)
		return true;
	if (given->totp.n ? !check_totp(op, user_n, secret, given->totp, &right, err)
			  : !check_recovery(op, user_n, given->recovery, &right, err))
		return false;
	*ret = right ? SECOND_RIGHT : SECOND_WRONG;
	return true;
}

/* ---- one's own --------------------------------------------------------------------------------- */

static bool own_user(struct op *op, struct record *ret, struct span *ret_secret, struct span *ret_pending,
	struct err *err)
{
	bool found;
	if (!op->actor->session.n)
		return err_set(err, ERR_FORBIDDEN, "请登录后操作，令牌不能用于此处",
			"sign in for this: a token is not enough");
	return resource_load(op, &user_resource, op->actor->who.user_n, ret, &found, err) &&
		db_text(op_db(op), SQL("SELECT totp_secret FROM users WHERE n=?"), V(db_i(ret->n)), op->arena,
			ret_secret, err) &&
		db_text(op_db(op), SQL("SELECT totp_pending FROM users WHERE n=?"), V(db_i(ret->n)),
			op->arena, ret_pending, err);
}

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

/* POST /session/totp: a new secret, not asked for before it is confirmed. */
bool totp_begin_route(struct call *c, struct err *err)
{
	struct record user;
	struct span old, pending, uri;
	char secret[TOTP_SECRET];
	struct str svg = STR_IN(c->op->arena, 256 * 1024);
	if (!own_user(c->op, &user, &old, &pending, err))
		return false;
	if (old.n)
		return err_set(err, ERR_CONFLICT, "已启用动态口令，如需更换请先取消",
			"there is a second factor already: take it off first");
	totp_secret(secret);
	uri = key_uri(c->op, record_text(&user, "name"), secret);
	if (!qr_svg(uri, &svg, err) || !db_exec(op_db(c->op),
	    SQL("UPDATE users SET totp_pending=? WHERE n=?"),
					      V(db_z(secret), db_i(user.n)), err))
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

/* A try at a code of one's own counts like one at signing in; what is given back is given back by the
 * caller. */
static bool take_try(struct op *op, struct err *err)
{
	int64_t wait = 0;
	if (!op_begin(op, err) ||
		!op_finish(op, throttle_take(op, op->actor->who.name, op->actor->who.address, &wait, err),
		err))
		return false;
	return wait == 0 || err_set(err, ERR_RATE, "尝试次数过多，请稍后再试", "too many tries, try again later");
}

static bool confirm(
	struct call *c, const struct record *user, struct span pending, bool *ret_right, struct err *err)
{
	struct op *op = c->op;
	int64_t keep = 0;
	bool found;
	if (!check_totp(op, user->n, pending, json_get_text(c->json, "code"), ret_right, err))
		return false;
	if (!*ret_right)
		return true;
	return throttle_give_back(op, op->actor->who.name, op->actor->who.address, err) &&
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
	struct span old, pending;
	bool right = false;
	if (!own_user(c->op, &user, &old, &pending, err))
		return false;
	if (!pending.n)
		return err_set(err, ERR_CONFLICT, "请先申请动态口令", "begin first: there is no secret to confirm");
	if (!take_try(c->op, err) || !op_begin(c->op, err) ||
		!op_finish(c->op, confirm(c, &user, pending, &right, err), err))
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
		(throttle_give_back(op, op->actor->who.name, op->actor->who.address, err) &&
			take_off(op, user, err));
}

/* DELETE /session/totp {"totp"} | {"recovery"}: a session left open is not enough. */
bool totp_end_route(struct call *c, struct err *err)
{
	struct record user;
	struct span old, pending;
	enum second_factor second = SECOND_WANTED;
	if (!own_user(c->op, &user, &old, &pending, err))
		return false;
	if (!old.n)
		return err_set(err, ERR_CONFLICT, "没有启用动态口令", "there is no second factor");
	if (!take_try(c->op, err) || !op_begin(c->op, err) ||
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
