/* From names and texts to a query: which records, in which order. */
#include <stdio.h>

#include "resource/internal.h"

static const struct { const char *suffix; enum query_op op; } suffixes[] = {
	{ "__gte", QUERY_GTE }, { "__lte", QUERY_LTE }, { "__gt", QUERY_GT }, { "__lt", QUERY_LT },
	{ "__ne", QUERY_NE },
	{ "__in", QUERY_IN }, { "__null", QUERY_NULL }, { "__under", QUERY_UNDER },
	{ "__direct", QUERY_DIRECT },
};

static enum query_op take_suffix(struct span *name)
{
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		size_t n = strlen(suffixes[i].suffix);
		if (name->n <= n || memcmp(name->p + name->n - n, suffixes[i].suffix, n) != 0)
			continue;
		name->n -= n;
		return suffixes[i].op;
	}
	return QUERY_EQ;
}

/* Says what is wrong, naming the parameter. */
static bool refuse(struct err *err, struct span name, const char *zh, const char *en)
{
	char field[48];
	snprintf(field, sizeof field, SPAN_FMT, SPAN_ARG(name));
	err_texts(err, ERR_INVALID, field, zh, en);
	return err_prefix(err, "“%s”", "\"%s\" ", field);
}

static bool refuse_choice(struct err *err, struct span name, const char *const *values)
{
	char list[200];
	size_t n = 0;
	for (size_t i = 0; values[i] && n < sizeof list; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? "、" : "", values[i]);
	char field[48];
	snprintf(field, sizeof field, SPAN_FMT, SPAN_ARG(name));
	return err_field(err, field, "“%s”应为其中之一：%s", "\"%s\" must be one of %s", field, list);
}

static bool value_of(const struct field *f, struct span text, struct span name, struct db_value *ret,
	struct err *err)
{
	int64_t i;
	switch (f->kind) {
	case FIELD_INT:
		if (!span_int(text, INT64_MIN + 1, INT64_MAX, &i))
			return refuse(err, name, "应为整数", "must be a whole number");
		*ret = db_i(i);
		return true;
	case FIELD_BOOL:
		if (!span_is(text, "true") && !span_is(text, "false"))
			return refuse(err, name, "应为 true 或 false", "must be true or false");
		*ret = db_i(span_is(text, "true"));
		return true;
	case FIELD_TIME:
		if (!time_parse(text, &i) && !time_parse_date(text, TIME_CHINA, &i))
			return refuse(err, name, "应为时间，例如 2026-11-23T08:00:00Z",
				"must be a time such as 2026-11-23T08:00:00Z");
		*ret = db_i(i);
		return true;
	case FIELD_ENUM:
		for (const char *const *v = f->values; *v; v++) {
			if (span_is(text, *v)) {
				*ret = db_t(text);
				return true;
			}
		}
		return refuse_choice(err, name, f->values);
	case FIELD_TEXT:
	case FIELD_LONG:
	case FIELD_DATE:
	case FIELD_REF:
	case FIELD_JSON:
		*ret = db_t(text.p ? text : SPAN(""));
		return true;
	}
	return false;
}

/* p names the parameter (with its suffix) and holds the text. */
static bool add_values(const struct field *f, enum query_op op, const struct query_pair *p, struct arena *a,
		       struct query *q, struct err *err)
{
	struct span name = p->name, text = p->value;
	size_t count = 1;
	if (op == QUERY_IN)
		for (size_t i = 0; i < text.n; i++)
			count += text.p[i] == ',';
	if (count > QUERY_IN_MAX)
		return refuse(err, name, "一次最多 1000 个值", "at most 1,000 values at once");
	struct db_value *values = arena_array(a, count, sizeof *values);
	struct span rest = text;
	for (size_t i = 0; i < count; i++) {
		struct span one = op == QUERY_IN ? span_split(&rest, ',') : text;
		if (op == QUERY_NULL) {
			if (!span_is(one, "true") && !span_is(one, "false"))
				return refuse(err, name, "应为 true 或 false", "must be true or false");
			values[i] = db_i(span_is(one, "true"));
		} else if (!value_of(f, one, name, &values[i], err)) {
			return false;
		}
	}
	if (q->n_filters == QUERY_FILTERS_MAX)
		return refuse(err, name, "筛选条件过多", "too many filters");
	q->filters[q->n_filters].field = f;
	q->filters[q->n_filters].op = op;
	q->filters[q->n_filters].values = values;
	q->filters[q->n_filters++].n = count;
	return true;
}

/* A mistyped state would find nothing and look like good news. */
static bool check_states(const struct resource *r, const struct field *f, const struct query *q,
	struct span name,
			 struct err *err)
{
	size_t last = q->n_filters - 1;
	if (!r->life || strcmp(f->name, "state") != 0 || q->filters[last].op == QUERY_NULL)
		return true;
	for (size_t i = 0; i < q->filters[last].n; i++) {
		const char *const *state = r->life->states;
		while (*state && !span_is(q->filters[last].values[i].s, *state))
			state++;
		if (!*state)
			return refuse_choice(err, name, r->life->states);
	}
	return true;
}

static bool parse_sort(const struct resource *r, struct span value, struct query *q, struct err *err)
{
	struct span name = value;
	q->descending = span_starts(name, SPAN("-"));
	if (q->descending)
		name = span_from(name, 1);
	q->sort = NULL;
	if (span_is(name, "n") || span_is(name, "created_at") || span_is(name, "id"))
		return true;                      /* n ascends with time, and so does a UUIDv7 */
	const struct field *f = resource_field(r, name);
	if (!f || !(f->flags & SORT))
		return refuse(err, SPAN("sort"), "不能按此字段排序", "records cannot be sorted by this field");
	q->sort = f;
	return true;
}

static bool parse_fields(const struct resource *r, struct span value, struct query *q, struct err *err)
{
	for (struct span rest = value; rest.p;) {
		struct span name = span_trim(span_split(&rest, ','));
		const struct field *f = resource_field(r, name);
		if (f)
			q->fields |= UINT64_C(1) << field_index(r, f);
		else if (!field_implied(r, name) && !span_is(name, "version"))
			return err_field(err, "fields", "“fields”：没有字段“%.*s”",
				"\"fields\": there is no field \"%.*s\"",
					 (int)(name.n < 60 ? name.n : 60), name.p ? name.p : "");
	}
	if (q->fields == 0)
		q->fields = UINT64_C(1) << 63;    /* only what every record has */
	return true;
}

static bool has_search(const struct resource *r)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].flags & SEARCH)
			return true;
	return r->search != NULL;
}

/* id__under of units: this one and all below it. */
static const struct field unit_self = { "id", FIELD_REF, READ_ONLY | FILTER, .ref = "unit", .expr = "t.n",
	.zh = "标识", .en = "identifier" };

/* A condition: field, and what stands behind two underscores. */
static bool parse_filter(const struct resource *r, const struct query_pair *p, struct arena *a,
	struct query *q, struct err *err)
{
	struct span name = p->name;
	enum query_op op = take_suffix(&name);
	bool below = op == QUERY_UNDER || op == QUERY_DIRECT;
	bool self = below && span_is(name, "id") && strcmp(r->name, "unit") == 0;
	const struct field *f = self ? &unit_self : resource_field(r, name);
	if (!f)
		f = field_implied(r, name);
	if (!f || !(f->flags & FILTER))
		return refuse(err, p->name, "没有这个筛选条件", "is no filter here");
	if (below && (f->kind != FIELD_REF || strcmp(f->ref, "unit") != 0))
		return refuse(err, p->name, "只能用于单位", "works for units only");
	return add_values(f, op, p, a, q, err) && check_states(r, f, q, p->name, err);
}

static bool parse_pair(const struct resource *r, const struct query_pair *p, struct arena *a, struct query *q,
		       struct err *err)
{
	int64_t i;
	if (span_is(p->name, "limit")) {
		if (!span_int(p->value, 1, LIST_MAX, &i))
			return refuse(err, p->name, "应为 1 到 1000", "must be from 1 to 1000");
		q->limit = (size_t)i;
		return true;
	}
	if (span_is(p->name, "cursor")) {
		q->cursor = p->value;
		return true;
	}
	if (span_is(p->name, "sort"))
		return parse_sort(r, p->value, q, err);
	if (span_is(p->name, "fields"))
		return parse_fields(r, p->value, q, err);
	if (span_is(p->name, "q") && has_search(r)) {
		q->q = p->value;
		return true;
	}
	if (span_is(p->name, "format"))
		return true;
	return parse_filter(r, p, a, q, err);
}

bool query_parse(const struct resource *r, const struct query_pair *pairs, size_t n, struct arena *a,
	struct query *ret,
		 struct err *err)
{
	struct query q = { .limit = LIST_DEFAULT };
	if (r->sort && !parse_sort(r, span_of(r->sort), &q, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!parse_pair(r, &pairs[i], a, &q, err))
			return false;
	*ret = q;
	return true;
}

/* One member of a JSON filter as the text a URL would carry. */
static bool text_of(const json_t *j, struct arena *a, struct span *ret)
{
	if (json_is_string(j)) {
		*ret = json_text(j);
	} else if (json_is_integer(j)) {
		*ret = arena_printf(a, "%lld", (long long)json_integer_value(j));
	} else if (json_is_boolean(j)) {
		*ret = json_is_true(j) ? SPAN("true") : SPAN("false");
	} else {
		return false;
	}
	return true;
}

static bool list_text(const json_t *j, struct arena *a, struct span *ret)
{
	struct str s = STR_IN(a, 1 << 20);
	for (size_t i = 0; i < json_array_size(j); i++) {
		struct span one;
		size_t comma;
		if (!text_of(json_array_get(j, i), a, &one) || span_find(one, ',', &comma))
			return false;
		if (i)
			str_addc(&s, ',');
		str_add(&s, one);
	}
	*ret = s.n ? str_span(&s) : SPAN("");
	return !s.failed;
}

bool query_parse_json(const struct resource *r, const json_t *filter, struct arena *a, struct query *ret,
	struct err *err)
{
	if (!json_is_object(filter))
		return refuse(err, SPAN("filter"), "应为对象", "must be an object");
	size_t n = json_object_size(filter), i = 0;
	struct query_pair *pairs = arena_array(a, n + 1, sizeof *pairs);
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)filter, key, value) {
		pairs[i].name = arena_span(a, span_of(key));
		bool is_list = json_is_array(value);
		if (is_list && (pairs[i].name.n < 4 || strcmp(key + pairs[i].name.n - 4, "__in") != 0))
			pairs[i].name = arena_printf(a, "%s__in", key);
		if (!(is_list ? list_text(value, a, &pairs[i].value) : text_of(value, a, &pairs[i].value)))
			return refuse(err, pairs[i].name, "应为文字、数字、true/false 或它们的列表",
				      "must be a text, a number, true/false or a list of them");
		i++;
	}
	return query_parse(r, pairs, n, a, ret, err);
}
