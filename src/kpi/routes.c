/* GET /api/v1/kpi, GET /api/v1/kpi/records and seawall kpi. */
#include "kpi/room.h"

enum { WALK_DEADLINE_MS = 10000 };

static bool wants_csv(const struct call *c)
{
	return span_is(call_query(c, "format"), "csv") ||
		span_starts(call_header(c, "accept"), SPAN("text/csv"));
}

static bool answer(struct call *c, const struct kpi_ask *q, struct err *err)
{
	if (!wants_csv(c))
		return kpi_write(c->op, q, c->out, err);
	c->content_type = "text/csv; charset=utf-8";
	call_add_header(c, "Content-Disposition", SPAN("attachment; filename=\"kpi.csv\""));
	return kpi_write_csv(c->op, q, c->out, err);
}

static bool page_read(const struct call *c, struct kpi_page *ret, struct err *err)
{
	struct span cursor = call_query(c, "cursor"), limit = call_query(c, "limit");
	int64_t after_n = 0, n = LIST_DEFAULT;
	if (cursor.n && !span_int(cursor, 1, INT64_MAX - 1, &after_n))
		return err_field(err, "cursor", "cursor 不是这个列表给出的", "cursor was not given by this list");
	if (limit.n && !span_int(limit, 1, LIST_MAX, &n))
		return err_field(err, "limit", "limit 应为 1 到 %d 的整数",
			"limit must be a whole number from 1 to %d", (int)LIST_MAX);
	*ret = (struct kpi_page){ after_n, (size_t)n };
	return true;
}

static bool records(struct call *c, const struct kpi_ask *q, struct err *err)
{
	struct span key = call_query(c, "key");
	const struct kpi_measure *m = kpi_measure_find(key.n ? key : SPAN("orders_sent"));
	struct kpi_page page;
	if (!m)
		return err_field(err, "key", "没有这个指标", "there is no such measure");
	return page_read(c, &page, err) && kpi_records(c->op, q, m, &page, c->out, err);
}

/* In one snapshot, so that a value and what it is made of fit. */
static bool ask(struct call *c, bool (*run)(struct call *c, const struct kpi_ask *q, struct err *err),
	struct err *err)
{
	struct kpi_words w = { call_query(c, "from"), call_query(c, "to"), call_query(c, "unit"),
		call_query(c, "asof") };
	struct kpi_ask q;
	if (!store_read_begin(c->op->store, err))
		return false;
	db_deadline(op_db(c->op), WALK_DEADLINE_MS);
	bool ok = kpi_ask_read(c->op, &w, &q, err) && run(c, &q, err);
	db_deadline(op_db(c->op), 0);
	store_read_end(c->op->store);
	return ok;
}

static bool get_kpi(struct call *c, struct err *err)
{
	struct store_change taken = { .resource = "kpi", .record_id = SPAN(""), .verb = "export" };
	if (!ask(c, answer, err))
		return false;
	if (!wants_csv(c))
		return true;
	/* taking data out is on record */
	return op_begin(c->op, err) && store_add_change(c->op->tx, &taken, NULL, err) &&
		op_commit(c->op, err);
}

static bool get_records(struct call *c, struct err *err)
{
	return ask(c, records, err);
}

const struct route kpi_routes[] = {
	{ "GET", "/api/v1/kpi", get_kpi, PERM_KPI_READ, 0, ROUTE_CSV,
		"指标：from、to 起止日期（含），unit 单位及其下级，asof 截至何时所知",
		"measures: from and to (days, inclusive), unit (and below), asof (as known when)", NULL,
		"{\"type\":\"object\",\"required\":[\"from\",\"to\",\"asof\",\"items\"],\"properties\":{"
		"\"from\":{\"type\":\"string\"},\"to\":{\"type\":\"string\"},\"asof\":{\"type\":\"string\"},"
		"\"unit\":{\"type\":[\"string\",\"null\"]},\"items\":{\"type\":\"array\",\"items\":{"
		"\"type\":\"object\",\"required\":[\"key\",\"value\",\"numerator\",\"denominator\","
		"\"target\","
		"\"records\"],\"properties\":{\"key\":{\"type\":\"string\"},\"value\":{\"type\":[\"number\","
		"\"null\"]},\"numerator\":{\"type\":\"number\"},\"denominator\":{\"type\":\"integer\"},"
		"\"target\":{\"type\":[\"number\",\"null\"]},\"count\":{\"type\":\"integer\"},"
		"\"unit\":{\"type\":\"string\",\"enum\":[\"count\",\"ratio\",\"hours\"]},"
		"\"definition\":{\"type\":\"string\"},\"records\":{\"type\":\"string\"}}}}}}" },
	{ "GET", "/api/v1/kpi/records", get_records, PERM_KPI_READ, 0, 0,
		"一个指标背后的记录（key），参数同指标，分页", "the records behind one measure (key), by pages", NULL,
		"{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{\"items\":{\"type\":"
		"\"array\",\"items\":{\"type\":\"object\",\"required\":[\"resource\",\"id\",\"unit\"]}},"
		"\"next\":{\"type\":[\"string\",\"null\"]}}}" },
};
const size_t kpi_routes_count = COUNT(kpi_routes);

/* ---- seawall kpi ---- */

/* For people: 85.7 %, 9.98 h, 27. */
static void write_shown(const struct kpi_measure *m, const struct kpi_value *v, struct str *out)
{
	double of = (double)(v->of ? v->of : 1);
	if (v->of == 0)
		str_addc(out, '-');
	else if (m->unit == KPI_HOURS)
		str_addf(out, "%.2f h", (double)v->sum / of / (double)TIME_HOUR);
	else if (m->unit == KPI_RATIO)
		str_addf(out, "%.1f %%", 100 * (double)v->count / of);
	else
		str_add_int(out, v->count);
}

static void print_cells(const struct command_call *c, const char *name, const struct kpi_measure *m,
	const struct kpi_value *v)
{
	CLEANUP(str_done) struct str value = STR(100);
	CLEANUP(str_done) struct str above = STR(100);
	write_shown(m, v, &value);
	if (m->unit == KPI_HOURS)
		str_addf(&above, "%.2f", (double)v->sum / (double)TIME_HOUR);
	else
		str_add_int(&above, v->count);
	fprintf(c->out, "%-22s %12s %12s / %-8lld %-8.*s %s\n", m->key, str_z(&value), str_z(&above),
		(long long)v->of, (int)(v->target.p ? v->target.n : 1), v->target.p ? v->target.p : "-",
		name);
}

static bool print_table(struct command_call *c, const struct kpi_ask *q, struct err *err)
{
	struct kpi_value values[KPI_MEASURES];
	if (!kpi_values(c->op, q, values, err))
		return false;
	fprintf(c->out, c->zh ? "%s 至 %s\n" : "%s to %s\n", q->from, q->to);
	for (size_t i = 0; i < kpi_measures_count; i++)
		print_cells(c, c->zh ? kpi_measures[i].zh : kpi_measures[i].en, &kpi_measures[i], &values[i]);
	return true;
}

static bool run(struct command_call *c, struct err *err)
{
	struct kpi_words w = { command_option(c, "from"), command_option(c, "to"), command_option(c, "unit"),
		command_option(c, "asof") };
	struct kpi_ask q;
	struct str out = STR_IN(c->op->arena, 1 << 20);
	if (!kpi_ask_read(c->op, &w, &q, err))
		return false;
	if (!c->json && !command_flag(c, "csv"))
		return print_table(c, &q, err);
	if (!(c->json ? kpi_write(c->op, &q, &out, err) : kpi_write_csv(c->op, &q, &out, err)))
		return false;
	fprintf(c->out, "%s%s", str_z(&out), c->json ? "\n" : "");
	return true;
}

const struct command kpi_commands[] = {
	{ "kpi", "", "from= to= unit= asof= csv", COMMAND_OPEN, run,
		"指标：缺省为今年至今；--asof 2026-11-30 为当日所知",
		"measures: by default of this year so far; --asof 2026-11-30: as known at that day's end" },
};
const size_t kpi_commands_count = COUNT(kpi_commands);
