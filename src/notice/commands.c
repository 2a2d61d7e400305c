/* seawall notice issue, seawall notice recall: what follows from them is done before the prompt is back. */
#include "notice/room.h"
#include "resource/screen.h"

static bool print(struct command_call *c, const struct record *rec, struct err *err)
{
	if (!c->json)
		return screen_record(c->op, rec, c->out, err);
	struct str out = STR_IN(c->op->arena, 1 << 20);
	if (!record_json(c->op, rec, 0, true, &out, err))
		return false;
	fprintf(c->out, "%s\n", str_z(&out));
	return true;
}

/* With --later the service sends them, within seconds. */
static bool only_apply(struct op *op, const struct resource_request *q, struct record *ret, struct err *err)
{
	bool ok = op_begin(op, err) && resource_apply(op, &notice_resource, q, ret, err) &&
		op_commit(op, err);
	op_rollback(op);
	return ok;
}

static bool run_issue(struct command_call *c, struct err *err)
{
	CLEANUP(json_free) json_t *in = json_object();
	struct resource_request q = { .id = c->words[0], .verb = SPAN("issue"), .in = in };
	struct span number = command_option(c, "number");
	struct record rec;
	if (number.p)
		json_object_set_new(in, "number", json_of_span(number));
	bool ok = command_flag(c, "later") ? only_apply(c->op, &q, &rec, err) : notice_issue(c->op, &q, &rec,
		err);
	return ok && print(c, &rec, err);
}

static bool run_recall(struct command_call *c, struct err *err)
{
	CLEANUP(json_free) json_t *in = json_object();
	struct resource_request q = { .id = c->words[0], .verb = SPAN("recall"), .in = in };
	struct span reason = command_option(c, "reason");
	struct record rec;
	if (reason.p)
		json_object_set_new(in, "reason", json_of_span(reason));
	return notice_recall(c->op, &q, &rec, err) && print(c, &rec, err);
}

const struct command notice_commands[] = {
	{ "notice issue", "NOTICE", "number= later", COMMAND_OPEN, run_issue,
		"签发通报并发到各单位；--number 指定文号，--later 由服务随后发出",
		"issues a notice and sends it to the units; --later leaves the sending to the service" },
	{ "notice recall", "NOTICE", "reason=", COMMAND_OPEN, run_recall, "撤回已签发的通报和各单位未办结的单",
		"recalls an issued notice and withdraws what is not yet closed" },
};
const size_t notice_commands_count = COUNT(notice_commands);
