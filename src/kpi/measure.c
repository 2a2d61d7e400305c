/* The definitions, one row each: what a measure counts, over what, and who says so.  A row that means
 * something else than before gets a new version; its words go with every answer. */
#include "kpi/room.h"

#define VERSION "2026.1"
/* Coverage without offices and suppliers; a county's partial return is a return. */
#define VERSION_2 "2026.2"

/* Copies ask for nothing; what was withdrawn is nobody's duty any more. */
static bool asks(const struct kpi_facts *f, enum kpi_reply at_least)
{
	return f->reply >= at_least && f->state != KPI_WITHDRAWN;
}

static bool is_sent(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)f;
	(void)q;
	return true;
}

static bool asks_anything(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return asks(f, KPI_ACKNOWLEDGE);
}

static bool asks_answer(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return asks(f, KPI_ANSWER);
}

/* On the very moment is in time; without a deadline nothing is late. */
static bool in_time(int64_t at, int64_t due)
{
	return at != 0 && (due == 0 || at <= due);
}

static bool acknowledged_in_time(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return in_time(f->acknowledged_at, f->due_when_acknowledged);
}

static bool replied_in_time(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return in_time(f->replied_at, f->due_when_replied);
}

static bool was_judged(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return asks(f, KPI_ANSWER) && (f->verified_at || f->returned);
}

static bool at_once(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return f->verified_at && !f->returned;
}

static bool passed(int64_t due, const struct kpi_ask *q)
{
	return due != 0 && due < q->asof;
}

/* In dispute the clock is paused. */
static bool is_late(const struct kpi_facts *f, const struct kpi_ask *q)
{
	return (f->state == KPI_SENT && (passed(f->acknowledge_due, q) || passed(f->answer_due, q))) ||
		(f->state == KPI_OPEN && passed(f->answer_due, q));
}

static bool was_acknowledged(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return asks(f, KPI_ACKNOWLEDGE) && f->acknowledged_at;
}

/* The word may be older than the paper: a call comes first.  Nobody is quicker than at once. */
static int64_t until_acknowledged(const struct kpi_facts *f)
{
	return f->acknowledged_at > f->sent_at ? f->acknowledged_at - f->sent_at : 0;
}

static bool was_verified(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return asks(f, KPI_ANSWER) && f->verified_at;
}

static int64_t until_verified(const struct kpi_facts *f)
{
	return f->verified_at > f->sent_at ? f->verified_at - f->sent_at : 0;
}

static bool was_to_be_handled(const struct kpi_facts *f, const struct kpi_ask *q)
{
	return asks(f, KPI_ANSWER) && f->finding &&
		(f->verified_at || (f->answer_due && f->answer_due < q->to_at));
}

static bool unit_spoke(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return asks(f, KPI_ACKNOWLEDGE) && f->spoke;
}

static bool by_other_hand(const struct kpi_facts *f, const struct kpi_ask *q)
{
	(void)q;
	return f->on_behalf;
}

#define ONE_PERIOD "本期（计为 1）", "the period, counted as 1"

const struct kpi_measure kpi_measures[] = {
	{ "bulletins_issued", VERSION, KPI_OF_NOTICES, KPI_COUNT, NULL, NULL, NULL,
		"发布通报预警数", "bulletins issued",
		"期内签发、至期末未撤回的通报、预警和提示",
		"notices issued in the period and not recalled by its end", ONE_PERIOD },
	{ "orders_sent", VERSION, KPI_OF_ORDERS, KPI_COUNT, is_sent, NULL, NULL,
		"发出交办单数", "orders sent",
		"期内发出的交办单，含抄送和后来撤回的",
		"orders sent in the period, copies and those withdrawn later too", ONE_PERIOD },
	{ "acknowledged_on_time", VERSION, KPI_OF_ORDERS, KPI_RATIO, asks_anything, acknowledged_in_time,
		NULL,
		"签收及时率", "acknowledged on time",
		"首次签收（或直接反馈）的时间不晚于签收时限",
		"first acknowledged, or answered, not later than was due",
		"期内发出、要求签收或反馈的交办单，撤回的除外",
		"orders sent in the period that ask for a reply, without those withdrawn" },
	{ "answered_on_time", VERSION, KPI_OF_ORDERS, KPI_RATIO, asks_answer, replied_in_time, NULL,
		"反馈及时率", "answered on time",
		"首次全部反馈的时间不晚于当时的反馈时限（含准予的延期）；异议成立的，以提出异议的时间计",
		"first answered in full not later than was then due, extensions counted; where a dispute was "
		"upheld, when it was raised",
		"期内发出、要求反馈的交办单，撤回的除外",
		"orders sent in the period that ask for an answer, without those withdrawn" },
	{ "verified_first_time", VERSION_2, KPI_OF_ORDERS, KPI_RATIO, was_judged, at_once, NULL,
		"一次复核通过率", "verified at first answer",
		"未经退回即办结", "verified without having been returned",
		"期内发出、要求反馈、已办结或退回过的交办单，撤回的除外",
		"orders sent in the period that were verified or returned, without those withdrawn" },
	{ "overdue", VERSION, KPI_OF_ORDERS, KPI_RATIO, asks_anything, is_late, NULL,
		"超期未办率", "overdue",
		"截至时点仍待签收或待反馈且已过时限；异议待裁定的不计",
		"still to be acknowledged or answered past what was due; not while in dispute",
		"期内发出、要求签收或反馈的交办单，撤回的除外",
		"orders sent in the period that ask for a reply, without those withdrawn" },
	{ "mtta", VERSION, KPI_OF_ORDERS, KPI_HOURS, was_acknowledged, NULL, until_acknowledged,
		"平均签收时长", "mean time to acknowledge",
		"从发出到首次签收的小时数之和", "hours from sent to first acknowledged, added up",
		"期内发出并已签收的交办单", "orders sent in the period and acknowledged" },
	{ "mttc", VERSION, KPI_OF_ORDERS, KPI_HOURS, was_verified, NULL, until_verified,
		"平均办结时长", "mean time to close",
		"从发出到办结的小时数之和", "hours from sent to verified, added up",
		"期内发出并已办结、要求反馈的交办单", "orders sent in the period and verified" },
	{ "handling_rate", VERSION, KPI_OF_ORDERS, KPI_RATIO, was_to_be_handled, was_verified, NULL,
		"处置率", "handling rate",
		"已办结的隐患交办单", "orders about findings that were verified",
		"期内发出的隐患交办单中，反馈时限在期末之前的和已办结的，撤回的除外",
		"orders about findings sent in the period that were due by its end or are verified" },
	{ "on_behalf", VERSION, KPI_OF_ORDERS, KPI_RATIO, unit_spoke, by_other_hand, NULL,
		"代录比例", "recorded on behalf",
		"签收、反馈或延期申请中有由网信办代录的",
		"with an acknowledgement, answer or request recorded by an office",
		"期内发出、单位已签收、反馈或申请延期的交办单，撤回的除外",
		"orders sent in the period to which the unit has said anything" },
	{ "inventory_coverage", VERSION_2, KPI_OF_INVENTORY, KPI_RATIO, NULL, NULL, NULL,
		"资产申报覆盖率", "coverage of the inventory",
		"截至时点前规定天数内有资产申报被接受或确认无变化的单位",
		"units whose declaration was accepted or confirmed within so many days",
		"截至时点的单位，网信办和技术支撑单位除外",
		"units there were, without offices and suppliers" },
	{ "contacts_coverage", VERSION_2, KPI_OF_CONTACTS, KPI_RATIO, NULL, NULL, NULL,
		"联系人核对覆盖率", "coverage of the contacts",
		"截至时点前规定天数内核对过联系人的单位",
		"units whose contacts were checked within so many days",
		"截至时点的单位，网信办和技术支撑单位除外",
		"units there were, without offices and suppliers" },
};
const size_t kpi_measures_count = COUNT(kpi_measures);
_Static_assert(COUNT(kpi_measures) == KPI_MEASURES, "room.h says how many there are");

const char *const kpi_keys[] = { "bulletins_issued", "orders_sent", "acknowledged_on_time",
	"answered_on_time",
	"verified_first_time", "overdue", "mtta", "mttc", "handling_rate", "on_behalf", "inventory_coverage",
	"contacts_coverage", NULL };
_Static_assert(COUNT(kpi_keys) == KPI_MEASURES + 1, "a key for each definition");

const char *const kpi_unit_names[] = { "count", "ratio", "hours" };

const struct kpi_measure *kpi_measure_find(struct span key)
{
	for (size_t i = 0; i < COUNT(kpi_measures); i++)
		if (span_is(key, kpi_measures[i].key))
			return &kpi_measures[i];
	return NULL;
}
