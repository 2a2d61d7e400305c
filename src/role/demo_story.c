/*
 * The story's time.  demo/story.json is an array of steps in order.  "at" is "-12 09:30", the twelfth working
 * day before today in the city, some minutes later by the seed; or "-45m", minutes before now.  Time never
 * runs backwards, and the clocks of orders tick three times a day between the steps.
 */
#include <stdlib.h>

#include "order/order.h"
#include "os/clock.h"
#include "role/demo.h"

enum { JITTER_MINUTES = 12, DAYS_MAX = 250, TICKS = 3 };

uint64_t demo_pick(const struct demo *d, uint64_t place, uint64_t below)
{
	/* splitmix64: Steele, Lea, Flood, Fast splittable pseudorandom number generators (2014). */
	uint64_t z = d->seed + (place + 1) * UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

/* Midnight of the n-th working day before today. */
static int64_t day_before(const struct demo *d, int64_t n)
{
	int64_t day = calendar_day_of(&d->calendar, d->now);
	while (n > 0)
		n -= calendar_is_working(&d->calendar, --day);
	return day * TIME_DAY - d->calendar.offset;
}

static bool bad_time(struct span at, struct err *err)
{
	return err_set(err, ERR_MALFORMED, "时间“" SPAN_FMT "”应如 -12 09:30 或 -45m",
		"the time \"" SPAN_FMT "\" must look like -12 09:30 or -45m", SPAN_ARG(at));
}

static bool read_time(const struct demo *d, struct span at, size_t place, int64_t *ret, struct err *err)
{
	struct span rest = at, days = span_split(&rest, ' ');
	int64_t n, hour, minute;
	if (!rest.p) {
		struct span minutes = { at.p, at.n ? at.n - 1 : 0 };
		if (!at.n || at.p[at.n - 1] != 'm' || !span_int(minutes, -1000, 0, &n))
			return bad_time(at, err);
		*ret = d->now + n * TIME_MINUTE;
		return true;
	}
	struct span hours = span_split(&rest, ':');
	if (!span_int(days, -DAYS_MAX, -1, &n) || !span_int(hours, 0, 23, &hour) || !rest.p ||
		!span_int(rest, 0, 59, &minute))
		return bad_time(at, err);
	*ret = day_before(d, -n) + hour * TIME_HOUR + minute * TIME_MINUTE +
		(int64_t)demo_pick(d, place, JITTER_MINUTES) * TIME_MINUTE;
	return true;
}

static bool tick(struct demo *d, int64_t at, struct err *err)
{
	int64_t next;
	clock_fake(at);
	return order_clock_tick(d->op, &next, err);
}

/* What deadlines do by themselves between two steps. */
static bool pass(struct demo *d, int64_t to, struct err *err)
{
	static const int64_t of_day[TICKS] = { 8 * TIME_HOUR + 30 * TIME_MINUTE, 12 * TIME_HOUR + TIME_MINUTE,
		17 * TIME_HOUR + 31 * TIME_MINUTE };
	int64_t day = calendar_day_of(&d->calendar, d->at);
	if (!d->at)
		return true;
	for (int64_t at = d->at; at < to; day++)
		for (size_t i = 0; i < TICKS && at < to; i++) {
			at = day * TIME_DAY - d->calendar.offset + of_day[i];
			if (at > d->at && at < to && !tick(d, at, err))
				return false;
		}
	return true;
}

json_t *demo_times(const struct demo *d, const json_t *value)
{
	const char *key;
	json_t *one, *out;
	struct span text = json_text(value);
	char time[TIME_TEXT];
	int64_t n;
	if (json_is_object(value)) {
		out = json_object();
		json_object_foreach((json_t *)(uintptr_t)value, key, one)
			json_object_set_new(out, key, demo_times(d, one));
		return out;
	}
	if (json_is_array(value)) {
		out = json_array();
		for (size_t i = 0; i < json_array_size(value); i++)
			json_array_append_new(out, demo_times(d, json_array_get(value, i)));
		return out;
	}
	if (text.n < 3 || (text.p[0] != '+' && text.p[0] != '-') || !strchr("dh", text.p[text.n - 1]))
		return json_deep_copy(value);
	struct span digits = { text.p + (text.p[0] == '+'), text.n - 1 - (text.p[0] == '+') };
	if (!span_int(digits, -1000, 1000, &n))
		return json_deep_copy(value);
	n *= text.p[text.n - 1] == 'd' ? TIME_DAY : TIME_HOUR;
	return json_string(time_format(d->at + n, time));
}

static bool tell(struct demo *d, const json_t *steps, struct err *err)
{
	for (size_t i = 0; i < json_array_size(steps); i++) {
		const json_t *step = json_array_get(steps, i);
		int64_t at = d->now;
		bool ok = read_time(d, json_get_text(step, "at"), i, &at, err);
		if (ok && at <= d->at)
			at = d->at + TIME_MINUTE;
		if (ok && at > d->now)
			at = d->now;
		ok = ok && pass(d, at, err);
		d->at = at;
		clock_fake(at);
		if (!ok || !demo_act(d, step, err))
			return err_prefix(err, "演示情节第 %zu 步：", "step %zu of the story: ", i + 1);
	}
	return pass(d, d->now, err) && tick(d, d->now, err);
}

bool demo_story(struct demo *d, struct err *err)
{
	CLEANUP(json_free) json_t *steps = NULL;
	struct span text;
	return demo_find("story.json", &text, err) && json_parse(text, 0, &steps, err) && tell(d, steps, err);
}
