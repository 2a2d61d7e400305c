#include "people/password.h"

#include <errno.h>
#include <semaphore.h>
#include <pthread.h>
#include <sodium.h>
#include <time.h>

enum { AT_ONCE = 2, WAIT_S = 5, PASSES = 3, MEMORY = 64 << 20 };

_Static_assert((int)PASSWORD_HASH >= (int)crypto_pwhash_STRBYTES, "the hash's text must fit");

/* Of random bytes that nobody kept: what unknown accounts are compared with. */
static const char nobody[] =
	"$argon2id$v=19$m=65536,t=3,p=1$zOBrVWKbGny/B2k2xA5s/g$rFk2Tvy6G/B8f10EKuxbWjQkpNGHYB1Br/ZoTDqKcr4";

static sem_t slots;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_slots(void)
{
	sem_init(&slots, 0, AT_ONCE);
}

static bool take_slot(struct err *err)
{
	struct timespec until;
	pthread_once(&once, make_slots);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WAIT_S;
	while (sem_clockwait(&slots, CLOCK_MONOTONIC, &until) != 0)
		if (errno != EINTR)
			return err_set(err, ERR_BUSY, "登录的人太多，请稍后再试",
				"too many are signing in, try again shortly");
	return true;
}

bool password_check(struct span name, struct span password, struct err *err)
{
	if (!utf8_valid(password) || utf8_count(password) < PASSWORD_MIN || password.n > PASSWORD_MAX)
		return err_field(err, "password", "密码至少 %d 个字符，至多 %d 字节",
			"a password has at least %d characters and at"
			" most %d bytes",
			(int)PASSWORD_MIN, (int)PASSWORD_MAX);
	if (span_eq_nocase(name, password))
		return err_field(err, "password", "密码不能与账号相同", "the password must not be the account's name");
	return true;
}

bool password_hash(struct span password, char ret[PASSWORD_HASH], struct err *err)
{
	if (!take_slot(err))
		return false;
	bool done = crypto_pwhash_str(ret, password.p ? password.p : "", password.n, PASSES, MEMORY) == 0;
	sem_post(&slots);
	return done || err_set(err, ERR_BUSY, "内存不足，请稍后再试", "not enough memory, try again shortly");
}

bool password_verify(struct span hash, struct span password, bool *ret_right, struct err *err)
{
	char text[PASSWORD_HASH] = { 0 };
	bool known = hash.n > 0 && hash.n < sizeof text;
	if (known)
		memcpy(text, hash.p, hash.n);
	else
		memcpy(text, nobody, sizeof nobody);
	if (!take_slot(err))
		return false;
	/* an over-long password costs as much as any other and is never right */
	bool right = crypto_pwhash_str_verify(text, password.p ? password.p : "",
			     password.n > PASSWORD_MAX ? 0 : password.n) == 0;
	sem_post(&slots);
	*ret_right = right && known && password.n <= PASSWORD_MAX;
	return true;
}
