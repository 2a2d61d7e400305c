/* One's own account: whoever changes what guards it says the password again, and tries are counted. */
#include "people/own.h"

#include "people/password.h"
#include "people/throttle.h"

bool own_user(struct op *op, struct record *ret, struct err *err)
{
	bool found;
	if (!op->actor->session.n)
		return err_set(err, ERR_FORBIDDEN, "请登录后操作，令牌不能用于此处",
			"sign in for this: a token is not enough");
	return resource_load(op, &user_resource, op->actor->who.user_n, ret, &found, err);
}

bool own_take_try(struct op *op, struct err *err)
{
	int64_t wait = 0;
	if (!op_begin(op, err) ||
		!op_finish(op, throttle_take(op, op->actor->who.name, op->actor->who.address, &wait, err),
		err))
		return false;
	return wait == 0 || err_set(err, ERR_RATE, "尝试次数过多，请稍后再试", "too many tries, try again later");
}

bool own_give_back(struct op *op, struct err *err)
{
	return throttle_give_back(op, op->actor->who.name, op->actor->who.address, err);
}

bool own_prove(struct op *op, const struct record *user, const char *field, struct span typed,
	struct err *err)
{
	struct span hash;
	bool right;
	if (!typed.n)
		return err_field(err, field, "请再输入一次密码（%s）", "give the password again (%s)", field);
	if (!db_text(op_db(op), SQL("SELECT password_hash FROM users WHERE n=?"), V(db_i(user->n)), op->arena,
		    &hash, err) ||
		!own_take_try(op, err) || !password_verify(hash, typed, &right, err))
		return false;
	if (!right)
		return err_field(err, field, "密码不对", "the password is wrong");
	return op_begin(op, err) && op_finish(op, own_give_back(op, err), err);
}
