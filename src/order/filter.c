#include "order/filter.h"

enum { FILTER_MAX = 4096 };

static void add_word(struct op *op, struct str *out, size_t word, struct span office)
{
	static const int64_t hours[] = { 0, 24, 72 };
	char text[TIME_TEXT];
	if (word < COUNT(hours))
		str_addz(out, time_format(op_now(op) + hours[word] * TIME_HOUR, text));
	else
		str_add(out, office);
}

struct span order_filter(struct op *op, const char *pattern, struct span office)
{
	static const char *const words[] = { "$now", "$day", "$later", "$office" };
	struct str text = STR_IN(op->arena, FILTER_MAX);
	for (const char *p = pattern; *p; p++) {
		size_t i = 0;
		while (i < COUNT(words) && strncmp(p, words[i], strlen(words[i])) != 0)
			i++;
		if (i < COUNT(words)) {
			add_word(op, &text, i, office);
			p += strlen(words[i]) - 1;
		} else {
			str_addc(&text, *p == '\'' ? '"' : *p);
		}
	}
	return str_span(&text);
}

bool order_filter_select(struct op *op, const struct resource *r, const char *pattern, struct selection *ret,
	struct err *err)
{
	CLEANUP(json_free) json_t *filter = NULL;
	struct query q;
	return json_parse(order_filter(op, pattern, SPAN("")), 4, &filter, err) &&
		query_parse_json(r, filter, op->arena, &q, err) && resource_select(op, r, &q, 0, ret, err);
}
