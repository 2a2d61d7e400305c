#include "people/throttle.h"

#include <arpa/inet.h>

#define LONGEST (15 * TIME_MINUTE)
#define FORGET TIME_HOUR
#define KEEP_KNOWN (30 * TIME_DAY)

static const struct { const char *prefix; bool name, address; int64_t free, first_ms; } rules[] = {
	{ "pair", true, true, 5, 30 * TIME_SECOND },
	{ "user", true, false, 20, TIME_MINUTE },
	{ "address", false, true, 50, TIME_MINUTE },
};
enum { KEY_PART = 100, PAIR = 0 };

/* An IPv6 address as its /64, one mapped from IPv4 as that; anything else as it is. */
static struct span place_of(struct op *op, struct span address)
{
	struct in6_addr six;
	if (address.n >= INET6_ADDRSTRLEN || inet_pton(AF_INET6, arena_copy(op->arena, address), &six) != 1)
		return (struct span){ address.p, address.n > KEY_PART ? KEY_PART : address.n };
	if (IN6_IS_ADDR_V4MAPPED(&six))
		return arena_printf(op->arena, "%d.%d.%d.%d", six.s6_addr[12], six.s6_addr[13],
			six.s6_addr[14], six.s6_addr[15]);
	char hex[17];
	hash_hex(six.s6_addr, 8, hex);
	return arena_printf(op->arena, "%s/64", hex);
}

static struct span key_for(
	struct op *op, const char *prefix, bool by_name, bool by_place, struct span name, struct span place)
{
	char hex[HASH_SHA256_HEX + 1];
	unsigned char hash[HASH_SHA256];
	hash_sha256(name, hash);        /* somebody's password typed as a name is not kept as it is */
	hash_hex(hash, sizeof hash, hex);
	return arena_printf(op->arena, "%s %s " SPAN_FMT, prefix, by_name ? hex : "*",
			    SPAN_ARG(by_place ? place : SPAN("*")));
}

static struct span key_of(struct op *op, size_t rule, struct span name, struct span place)
{
	return key_for(op, rules[rule].prefix, rules[rule].name, rules[rule].address, name, place);
}

/* Has this account signed in from this place lately?  Then what others get wrong, elsewhere with its name or
 * here with other names, does not keep it out: only the pair's own failures do. */
static bool is_known(struct op *op, struct span name, struct span place, bool *ret, struct err *err)
{
	int64_t one;
	return db_int(op_db(op), SQL("SELECT 1 FROM sign_in_failures WHERE key=? AND last_at>?"),
		V(db_t(key_for(op, "known", true, true, name, place)), db_i(op_now(op) - KEEP_KNOWN)), &one,
		ret, err);
}

static bool note_known(struct op *op, struct span name, struct span place, struct err *err)
{
	return db_exec(op_db(op),
		SQL("INSERT INTO sign_in_failures (key, failures, last_at, until_at) VALUES (?, 0, ?, 0)"
		    " ON CONFLICT (key) DO UPDATE SET last_at=excluded.last_at"),
		V(db_t(key_for(op, "known", true, true, name, place)), db_i(op_now(op))), err);
}

struct count { int64_t failures, last_at, until_at; };

static bool read_count(struct op *op, struct span key, struct count *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	*ret = (struct count){ 0 };
	if (!db_query(op_db(op), SQL("SELECT failures, last_at, until_at FROM sign_in_failures WHERE key=?"),
		    V(db_t(key)), &rows, err) ||
		!db_next(rows, &row, err))
		return false;
	if (row && op_now(op) - db_col_int(rows, 1) < FORGET)
		*ret = (struct count){ db_col_int(rows, 0), db_col_int(rows, 1), db_col_int(rows, 2) };
	return true;
}

static int64_t delay(size_t rule, int64_t failures)
{
	int64_t ms = rules[rule].first_ms;
	for (int64_t i = rules[rule].free; i < failures && ms < LONGEST; i++)
		ms *= 2;
	return failures < rules[rule].free ? 0 : ms < LONGEST ? ms : LONGEST;
}

static bool write_count(struct op *op, struct span key, size_t rule, int64_t failures, struct err *err)
{
	int64_t now = op_now(op), wait = delay(rule, failures);
	return db_exec(op_db(op),
		SQL("INSERT INTO sign_in_failures (key, failures, last_at, until_at) VALUES (?, ?, ?, ?)"
		    " ON CONFLICT (key) DO UPDATE SET failures=excluded.failures, last_at=excluded.last_at,"
		    " until_at=excluded.until_at"),
		V(db_t(key), db_i(failures), db_i(now), db_i(wait ? now + wait : 0)), err);
}

bool throttle_take(
	struct op *op, struct span name, struct span address, int64_t *ret_wait_ms, struct err *err)
{
	struct span place = place_of(op, address), keys[COUNT(rules)];
	struct count counts[COUNT(rules)];
	int64_t now = op_now(op), wait = 0;
	bool known;
	if (!is_known(op, name, place, &known, err))
		return false;
	for (size_t i = 0; i < COUNT(rules); i++) {
		keys[i] = key_of(op, i, name, place);
		if (!read_count(op, keys[i], &counts[i], err))
			return false;
		int64_t left = counts[i].until_at - now;
		left = left > LONGEST ? LONGEST : left;         /* the clock was set back */
		if (i == PAIR || !known)
			wait = left > wait ? left : wait;
	}
	for (size_t i = 0; i < (known ? PAIR + 1 : COUNT(rules)) && wait == 0; i++)
		if (!write_count(op, keys[i], i, counts[i].failures + 1, err))
			return false;
	if (!db_exec(op_db(op),
		    SQL("DELETE FROM sign_in_failures WHERE last_at<? AND (last_at<? OR key NOT LIKE 'known "
		    "%')"),
		    V(db_i(now - 24 * TIME_HOUR), db_i(now - KEEP_KNOWN)), err))
		return false;
	*ret_wait_ms = wait;
	return true;
}

bool throttle_locked(struct op *op, struct span name, struct span address, bool *ret, struct err *err)
{
	struct span place = place_of(op, address);
	bool locked = false;
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct count c;
		if (!rules[i].name)
			continue;
		if (!read_count(op, key_of(op, i, name, place), &c, err))
			return false;
		locked = locked || c.until_at > op_now(op);
	}
	*ret = locked;
	return true;
}

bool throttle_give_back(struct op *op, struct span name, struct span address, struct err *err)
{
	struct span place = place_of(op, address);
	bool known;
	if (!is_known(op, name, place, &known, err))
		return false;
	/* of an account that is known here only the pair was counted */
	for (size_t i = 0; i < (known ? PAIR + 1 : COUNT(rules)); i++) {
		struct span key = key_of(op, i, name, place);
		if (rules[i].name) {
			if (!db_exec(op_db(op), SQL("DELETE FROM sign_in_failures WHERE key=?"), V(db_t(key)),
				    err))
				return false;
			continue;
		}
		/* What others behind the same address got wrong stays counted.  It was not locked when this
		 * attempt began, so the lock is this attempt's own. */
		if (!db_exec(op_db(op),
			    SQL("UPDATE sign_in_failures SET failures=failures-1, until_at=0 WHERE key=? AND "
			    "failures>0"),
			    V(db_t(key)), err))
			return false;
	}
	return note_known(op, name, place, err);
}
