#pragma once
/*
 * One operation: what every function of the rooms above gets first.  It owns nothing: the arena is the unit
 * of work's, the store the thread's.  Outside a transaction `tx` is NULL and reading goes to the reader
 * connection.
 */
#include "resource/actor.h"

struct problem { struct span field, zh, en; };
enum { PROBLEMS_MAX = 32 };
struct problems {                              /* every wrong field of one input */
	struct problem at[PROBLEMS_MAX];
	size_t n;
};

struct op {
	struct store *store;
	struct store_tx *tx;
	const struct actor *actor;
	struct arena *arena;
	bool zh;                               /* language of texts made for people */
	struct problems *problems;             /* filled beside ERR_INVALID; may be NULL */
};

/* Notes one wrong field; the first also becomes *err.  Always returns false. */
bool op_problem(struct op *op, const struct err *one, struct err *err);

struct db *op_db(const struct op *op);         /* the writer inside a transaction, else the reader */
int64_t op_now(const struct op *op);           /* the transaction's time, else the clock's */
NODISCARD bool op_begin(struct op *op, struct err *err);
NODISCARD bool op_commit(struct op *op, struct err *err);
void op_rollback(struct op *op);               /* nothing without a transaction */
