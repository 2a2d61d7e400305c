/* Recipients as people write them on a command line. */
#include "order/send.h"

bool order_to_add(json_t *to, struct span word, struct span value)
{
	static const struct {
		const char *word, *name;
	} lists[] = { { "units", "units" }, { "unit", "units" }, { "support", "support" },
		{ "copies", "copies" },
		{ "copy", "copies" }, { "division", "division" }, { "sector", "sector" }, { "tag", "tag" } };
	static const struct {
		const char *word, *name;
	} matches[] = { { "product", "product" }, { "vuln", "vuln_id" } };
	for (size_t i = 0; i < COUNT(lists); i++) {
		if (!span_is(word, lists[i].word))
			continue;
		json_t *list = json_object_get(to, lists[i].name);
		if (!list) {
			list = json_array();
			json_object_set_new(to, lists[i].name, list);
		}
		json_array_append_new(list, json_of_span(value));
		return true;
	}
	for (size_t i = 0; i < COUNT(matches); i++) {
		if (!span_is(word, matches[i].word))
			continue;
		json_object_set_new(to, "match", json_pack("{s:o}", matches[i].name, json_of_span(value)));
		return true;
	}
	if (span_is(word, "all") || span_is(word, "match"))
		json_object_set_new(to, span_is(word, "all") ? "all" : "match", json_true());
	return span_is(word, "all") || span_is(word, "match");
}

static bool add_word(json_t *to, struct span piece)
{
	struct span values = piece, word = span_split(&values, '=');
	bool alone = span_is(word, "all") || span_is(word, "match");
	if (alone || !span_trim(values).n)
		return alone && !values.p && order_to_add(to, word, values);
	while (values.n) {
		struct span value = span_trim(span_split(&values, ','));
		if (value.n && !order_to_add(to, word, value))
			return false;
	}
	return true;
}

json_t *order_to_words(struct span words, struct err *err)
{
	CLEANUP(json_free) json_t *to = json_object();
	while (words.n) {
		struct span piece = span_trim(span_split(&words, ' '));
		if (!piece.n || add_word(to, piece))
			continue;
		err_field(err, "to",
			"不认识“" SPAN_FMT "”；收件单位可写 all、units=甲,乙、division=、sector=、tag=、product=、vuln=、"
			"support=、copies=、match，多项用空格隔开",
			"\"" SPAN_FMT "\" is not known: recipients are all, units=a,b, division=, sector=, "
			"tag=, product=,"
			" vuln=, support=, copies= or match, several with blanks between",
			SPAN_ARG(piece));
		return NULL;
	}
	json_t *whole = to;
	to = NULL;
	return whole;
}
