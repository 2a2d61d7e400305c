/* The check of contacts that is sent each quarter, where the setting contact_check_quarterly asks for it. */
#include <stdio.h>

#include "order/room.h"
#include "order/send.h"
#include "people/people.h"

#define QUARTER_AGAIN (10 * TIME_MINUTE)

/* 20264: the last quarter of 2026 in the city. */
static int64_t quarter_of(int64_t at)
{
	struct time_date d = time_date(at, TIME_CHINA);
	return (int64_t)d.year * 10 + (d.month - 1) / 3 + 1;
}

/* When the office is open: nobody is sent a task at New Year's midnight. */
static bool is_open(struct op *op, bool *ret, struct err *err)
{
	struct calendar c;
	int64_t now = op_now(op), day;
	if (!calendar_load(op, SPAN("cn"), &c, err))
		return false;
	day = calendar_day_of(&c, now);
	*ret = calendar_is_working(&c, day) && now >= day * TIME_DAY - c.offset + c.open[0];
	return true;
}

/* Those that have it already, from a round that was cut off, do not get it twice. */
static bool leave_out_sent(struct op *op, struct span batch, struct order_recipients *r, struct err *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n; i++) {
		int64_t one;
		bool found;
		if (!db_int(op_db(op), SQL("SELECT n FROM orders WHERE batch=? AND unit_n=?"),
			    V(db_t(batch), db_i(r->at[i].unit_n)), &one, &found, err))
			return false;
		if (!found)
			r->at[kept++] = r->at[i];
	}
	r->n = kept;
	return true;
}

/* *ret_all: nobody is left without it.  A batch that failed is tried again in the next round. */
static bool send_check(struct op *op, int64_t quarter, bool *ret_all, struct err *err)
{
	CLEANUP(json_free) json_t *to = json_pack("{s:b}", "all", 1);
	struct str out = STR_IN(op->arena, 16 << 20);
	struct span batch = arena_printf(op->arena, "contact-check-%lld", (long long)quarter);
	struct order_recipients r;
	*ret_all = true;
	struct order_send s = { .kind = "task",
		.title = arena_printf(op->arena, "核对网络安全联络员（%lld年第%lld季度）", (long long)(quarter / 10),
			(long long)(quarter % 10)),
		.text = SPAN("请核对本单位网络安全联络员A角、B角及分管领导的姓名和手机号。有变化的请写明，无变化的也请反馈。"),
		.reply = "answer",
		.topic = SPAN("contact_check"),
		.batch = batch };
	if (!order_recipients(op, to, &r, err)) {
		if (err->code != ERR_INVALID)
			return false;
		*err = (struct err){ 0 }; /* there are no units yet */
		return true;
	}
	if (!leave_out_sent(op, batch, &r, err))
		return false;
	s.to = r.at;
	s.n = r.n;
	if (r.n == 0)
		return true;
	if (!order_send(op, &s, &out, err) || !leave_out_sent(op, batch, &r, err))
		return false;
	*ret_all = r.n == 0;
	return true;
}

static bool note_sent(struct op *op, int64_t quarter, struct err *err)
{
	bool ok = op_begin(op, err) && setting_set(op, "contact_check_sent", quarter, err) &&
		op_commit(op, err);
	op_rollback(op);
	return ok;
}

bool order_quarter_tick(struct op *op, int64_t *ret_next_at, struct err *err)
{
	int64_t wanted, sent, quarter = quarter_of(op_now(op));
	bool open, all = false;
	*ret_next_at = op_now(op) + QUARTER_AGAIN;
	if (!setting_int(op, "contact_check_quarterly", 0, &wanted, err) ||
		!setting_int(op, "contact_check_sent", 0, &sent, err))
		return false;
	if (!wanted || sent == quarter)
		return true;
	if (!is_open(op, &open, err))
		return false;
	return !open || (send_check(op, quarter, &all, err) && (!all || note_sent(op, quarter, err)));
}
