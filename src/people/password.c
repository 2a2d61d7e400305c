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

static const char *const common[] = {
#define COMMON(word) word,
#include "people/common.def"
#undef COMMON
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Without the digits and signs at both ends. */
static struct span core_of(struct span s)
{
	while (s.n && !is_letter(s.p[0]))
		s = span_from(s, 1);
	while (s.n && !is_letter(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool one_kind(struct span s)
{
	unsigned kinds = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		kinds |= c >= '0' && c <= '9' ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 4 : 8;
	}
	return (kinds & (kinds - 1)) == 0;
}

static bool is_common(struct span password)
{
	struct span core = core_of(password);
	for (size_t i = 0; i < COUNT(common); i++)
		if (span_eq_nocase(core, span_of(common[i])))
			return true;
	return false;
}

/* The reason, then the whole rule, so that the next try is the last. */
static bool refuse(const struct password_rule *rule, const char *zh, const char *en, struct err *err)
{
	err_field(err, rule->field,
		"。规则：至少 %d 个字符；只有一类字符（如全是数字或小写字母）时至少 %d 个；不能是账号名或常见密码",
		". The rule: at least %d characters, %d where all are of one kind (digits, small letters …), "
		"and "
		"neither the account's name nor a common password",
		(int)rule->min, (int)PASSWORD_ONE_KIND);
	return err_prefix(err, "%s%.0s", "%.0s%s", zh, en);
}

bool password_check(const struct password_rule *rule, struct span name, struct span password, struct err *err)
{
	if (!utf8_valid(password) || password.n > PASSWORD_MAX)
		return refuse(rule, "密码过长", "the password is too long", err);
	int64_t count = (int64_t)utf8_count(password);
	if (count < rule->min)
		return refuse(rule, "密码太短", "the password is too short", err);
	if (count < PASSWORD_ONE_KIND && one_kind(password))
		return refuse(rule, "密码只有一类字符", "the password has characters of one kind only", err);
	if (name.n && (span_eq_nocase(name, password) || span_eq_nocase(name, core_of(password))))
		return refuse(rule, "密码不能是账号名", "the password is the account's name", err);
	return !is_common(password) || refuse(rule, "密码太常见", "the password is too common", err);
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
