#include "resource/op.h"

#include "os/clock.h"

struct db *op_db(const struct op *op)
{
	return op->tx ? store_tx_db(op->tx) : store_reader(op->store);
}

int64_t op_now(const struct op *op)
{
	return op->tx ? store_tx_now(op->tx) : clock_wall();
}

bool op_begin(struct op *op, struct err *err)
{
	return store_begin(op->store, &op->actor->who, &op->tx, err);
}

bool op_commit(struct op *op, struct err *err)
{
	if (!arena_check(op->arena, err)) {
		op_rollback(op);
		return false;
	}
	return store_commit(&op->tx, err);
}

void op_rollback(struct op *op)
{
	store_rollback(&op->tx);
}

bool op_problem(struct op *op, const struct err *one, struct err *err)
{
	if (op->problems && op->problems->n < PROBLEMS_MAX)
		op->problems->at[op->problems->n++] = (struct problem){
			arena_span(op->arena, span_of(one->field)),
			arena_span(op->arena, span_of(one->zh)),
			arena_span(op->arena, span_of(one->en)),
		};
	if (err->code == ERR_NONE)
		*err = *one;
	return false;
}
