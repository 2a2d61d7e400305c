/* The values: one walk over the orders for all that is of orders, and how they are written. */
#include "codec/csv.h"
#include "kpi/room.h"

/* Six decimals of an hour, twelve of a ratio: by whole numbers, so that every machine writes the
 * same. */
static void write_ratio(int64_t above, int64_t below, int digits, struct str *out)
{
	char text[20];
	int64_t rest = above % below;
	for (int i = 0; i < digits; i++) {
		rest *= 10;
		text[i] = (char)('0' + rest / below);
		rest %= below;
	}
	while (digits > 0 && text[digits - 1] == '0')
		digits--;
	str_add_int(out, above / below);
	if (digits)
		str_addc(out, '.');
	str_add(out, (struct span){ text, (size_t)digits });
}

enum { RATIO_DIGITS = 12, HOUR_DIGITS = 6 };

void kpi_write_value(const struct kpi_measure *m, const struct kpi_value *v, struct str *out)
{
	if (v->of == 0)
		str_addz(out, "null");
	else if (m->unit == KPI_HOURS)
		write_ratio(v->sum, v->of * TIME_HOUR, HOUR_DIGITS, out);
	else
		write_ratio(v->count, v->of, RATIO_DIGITS, out);
}

void kpi_write_numerator(const struct kpi_measure *m, const struct kpi_value *v, struct str *out)
{
	if (m->unit == KPI_HOURS)
		write_ratio(v->sum, TIME_HOUR, HOUR_DIGITS, out);
	else
		str_add_int(out, v->count);
}

/* ---- counting ---- */

static void count_order(const struct kpi_facts *f, const struct kpi_ask *q, struct kpi_value *values)
{
	for (size_t i = 0; i < kpi_measures_count; i++) {
		const struct kpi_measure *m = &kpi_measures[i];
		struct kpi_value *v = &values[i];
		if (m->source != KPI_OF_ORDERS || !m->counts(f, q))
			continue;
		v->of += m->unit != KPI_COUNT;
		if (m->meets && !m->meets(f, q))
			continue;
		v->count++;
		if (m->lasts)
			v->sum += m->lasts(f);
	}
}

static bool count_orders(struct op *op, const struct kpi_ask *q, struct kpi_value *values, struct err *err)
{
	CLEANUP(kpi_walk_close) struct kpi_walk *w = NULL;
	struct kpi_facts f;
	bool more;
	if (!kpi_walk_open(op, q, 0, &w, err))
		return false;
	for (;;) {
		if (!kpi_walk_next(w, &f, &more, err))
			return false;
		if (!more)
			return true;
		count_order(&f, q, values);
	}
}

bool kpi_values(struct op *op, const struct kpi_ask *q, struct kpi_value ret[KPI_MEASURES], struct err *err)
{
	struct kpi_value values[KPI_MEASURES] = { 0 };
	for (size_t i = 0; i < kpi_measures_count; i++) {
		const struct kpi_measure *m = &kpi_measures[i];
		struct kpi_marks marks;
		if (m->unit == KPI_COUNT)
			values[i].of = 1;
		if (m->source != KPI_OF_ORDERS) {
			if (!kpi_marks(op, q, m->source, &marks, err))
				return false;
			values[i].count = (int64_t)marks.n;
			if (m->source != KPI_OF_NOTICES)
				values[i].of = (int64_t)q->n_owing;
		}
		if (!kpi_target(op, q, m, &values[i], err))
			return false;
	}
	if (!count_orders(op, q, values, err))
		return false;
	memcpy(ret, values, sizeof values);
	return true;
}

/* ---- writing ---- */

void kpi_write_path(const struct kpi_measure *m, const struct kpi_ask *q, struct str *out)
{
	char asof[TIME_TEXT];
	str_addf(out, "/api/v1/kpi/records?key=%s&from=%s&to=%s&asof=%s", m->key, q->from, q->to,
		time_format(q->asof, asof));
	if (q->unit_id.p) {
		str_addz(out, "&unit=");
		str_add(out, q->unit_id);
	}
}

static void write_text(struct str *out, const char *name, const char *text)
{
	str_addf(out, ",\"%s\":", name);
	str_add_json(out, span_of(text));
}

static void write_item(struct op *op, const struct kpi_measure *m, const struct kpi_ask *q,
	const struct kpi_value *v, struct str *out)
{
	str_addf(out, "{\"key\":\"%s\",\"value\":", m->key);
	kpi_write_value(m, v, out);
	str_addz(out, ",\"numerator\":");
	kpi_write_numerator(m, v, out);
	str_addf(out, ",\"denominator\":%lld,\"target\":", (long long)v->of);
	str_add(out, v->target.p ? v->target : SPAN("null"));
	str_addz(out, ",\"target_period\":");
	str_add_json(out, v->target.p ? v->target_period : SPAN("any"));
	str_addf(out, ",\"count\":%lld,\"unit\":\"%s\",\"definition\":\"%s/%s\",\"records\":\"",
		(long long)v->count, kpi_unit_names[m->unit], m->key, m->version);
	kpi_write_path(m, q, out);
	str_addc(out, '"');
	write_text(out, "name", op->zh ? m->zh : m->en);
	write_text(out, "zh", m->zh);
	write_text(out, "en", m->en);
	write_text(out, "numerator_is", op->zh ? m->numerator_zh : m->numerator_en);
	write_text(out, "denominator_is", op->zh ? m->denominator_zh : m->denominator_en);
	if (m->source == KPI_OF_INVENTORY || m->source == KPI_OF_CONTACTS)
		str_addf(out, ",\"days\":%lld",
			(long long)(m->source == KPI_OF_INVENTORY ? q->inventory_days : q->contacts_days));
	str_addc(out, '}');
}

bool kpi_write(struct op *op, const struct kpi_ask *q, struct str *out, struct err *err)
{
	struct kpi_value values[KPI_MEASURES];
	char asof[TIME_TEXT];
	if (!kpi_values(op, q, values, err))
		return false;
	str_addf(out, "{\"from\":\"%s\",\"to\":\"%s\",\"unit\":", q->from, q->to);
	if (q->unit_id.p)
		str_add_json(out, q->unit_id);
	else
		str_addz(out, "null");
	str_addf(out, ",\"asof\":\"%s\",\"items\":[", time_format(q->asof, asof));
	for (size_t i = 0; i < kpi_measures_count; i++) {
		if (i)
			str_addc(out, ',');
		write_item(op, &kpi_measures[i], q, &values[i], out);
	}
	str_addz(out, "]}");
	return str_check(out, err);
}

bool kpi_write_csv(struct op *op, const struct kpi_ask *q, struct str *out, struct err *err)
{
	struct kpi_value values[KPI_MEASURES];
	char asof[TIME_TEXT];
	if (!kpi_values(op, q, values, err))
		return false;
	const struct span head[] = { SPAN("key"), op->zh ? SPAN("指标") : SPAN("measure"),
		op->zh ? SPAN("值") : SPAN("value"), op->zh ? SPAN("单位") : SPAN("unit"),
		op->zh ? SPAN("分子") : SPAN("numerator"), op->zh ? SPAN("分母") : SPAN("denominator"),
		op->zh ? SPAN("目标") : SPAN("target"), op->zh ? SPAN("起") : SPAN("from"),
		op->zh ? SPAN("止") : SPAN("to"), op->zh ? SPAN("截至") : SPAN("as of"),
		op->zh ? SPAN("定义版本") : SPAN("definition") };
	csv_write_start(out);
	csv_write(out, head, COUNT(head));
	time_format(q->asof, asof);
	for (size_t i = 0; i < kpi_measures_count; i++) {
		const struct kpi_measure *m = &kpi_measures[i];
		struct str value = STR_IN(op->arena, 100), above = STR_IN(op->arena, 100);
		if (values[i].of)
			kpi_write_value(m, &values[i], &value);
		kpi_write_numerator(m, &values[i], &above);
		const struct span cells[] = { span_of(m->key), span_of(op->zh ? m->zh : m->en),
			str_span(&value),
			span_of(kpi_unit_names[m->unit]), str_span(&above),
			arena_printf(op->arena, "%lld", (long long)values[i].of), values[i].target,
			span_of(q->from), span_of(q->to), span_of(asof), span_of(m->version) };
		csv_write(out, cells, COUNT(cells));
	}
	return str_check(out, err);
}
