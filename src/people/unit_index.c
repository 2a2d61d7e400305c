#include "people/unit_sheet.h"

enum { LIKE_WORK_MAX = 40000000, CHARACTERS_MAX = 120, NAME_MIN = 5, BRIEF_MIN = 3 };

ssize_t unit_index_get(const struct map *by, struct span key)
{
	uint64_t *at = key.n ? map_find(by, key) : NULL;
	return !at ? UNIT_NO_NODE : *at == UINT64_MAX ? UNIT_SEVERAL : (ssize_t)*at;
}

static void put(struct map *by, struct span key, size_t node)
{
	bool fresh;
	if (!key.n)
		return;
	uint64_t *at = map_put(by, key, node, &fresh);
	if (!fresh && *at != node)
		*at = UINT64_MAX;
}

static struct span key_of(const int64_t *n)
{
	return (struct span){ (const char *)n, sizeof *n };
}

/* ---- likeness ---- */

static struct span without_brackets(struct span s, struct arena *a)
{
	struct str out = STR_IN(a, 65536);
	int deep = 0;
	while (s.n) {
		char bytes[4];
		uint32_t c = utf8_next(&s);
		if (c == '(' || c == 0xFF08 || c == '[' || c == 0x3010)
			deep++;
		else if (c == ')' || c == 0xFF09 || c == ']' || c == 0x3011)
			deep -= deep > 0;
		else if (!deep)
			str_add(&out, (struct span){ bytes, utf8_put(c, bytes) });
	}
	return out.n ? str_span(&out) : SPAN("");
}

static bool cut_front(struct span *s, struct span front)
{
	if (!front.n || s->n <= front.n + 3 || !span_starts(*s, front))
		return false;
	*s = span_from(*s, front.n);
	return true;
}

static bool cut_end(struct span *s, const char *end)
{
	size_t n = strlen(end);
	if (s->n < n + 6 || memcmp(s->p + s->n - n, end, n) != 0)
		return false;
	s->n -= n;
	return true;
}

/* Without brackets, city and county. */
static struct span bare(const struct unit_index *x, struct span name, size_t *ret_division)
{
	struct arena *a = x->s->arena;
	struct span s = repair_key(without_brackets(name, a), a);
	*ret_division = 0;
	(void)cut_front(&s, SPAN("广东省"));
	for (size_t i = 0; i < x->counties.n; i++) {
		const struct unit_division *d = &x->counties.p[i];
		if (cut_front(&s, d->name) || (i > 0 && cut_front(&s, d->stem))) {
			/* 湛江市雷州市… */
			*ret_division = i;
			if (i > 0)
				break;
			i = 0;
		}
	}
	if (*ret_division == 0)
		(void)cut_front(&s, SPAN("市"));
	return s;
}

struct span unit_core(const struct unit_index *x, struct span name, size_t *ret_division)
{
	static const char *const ends[] = { "有限责任公司", "股份有限公司", "有限公司", "公司", "委员会办公室", "委员会", "办公室",
		"局", "委", "办", "中心" };
	struct span s = bare(x, name, ret_division);
	for (size_t i = 0; i < COUNT(ends); i++)
		if (cut_end(&s, ends[i]))
			break;
	return s;
}

static size_t characters(struct span s, uint32_t *ret)
{
	size_t n = 0;
	while (s.n && n < CHARACTERS_MAX)
		ret[n++] = utf8_next(&s);
	return n;
}

/* What tells siblings apart: numbers and directions. */
static bool tells_apart(uint32_t c)
{
	static const uint32_t marks[] = { 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B,
		0x4E5D, 0x5341,
		0x4E1C, 0x5357, 0x897F, 0x5317, 0x4E2D, 0x4E0A, 0x4E0B, 0x524D, 0x540E, 0x5DE6, 0x53F3,
		0x5927, 0x5C0F,
		0x65B0, 0x8001 };
	for (size_t i = 0; i < COUNT(marks); i++)
		if (c == marks[i])
			return true;
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* One character more, less or other, and not one that tells siblings apart. */
static bool nearly(struct span left, struct span right)
{
	uint32_t a[CHARACTERS_MAX], b[CHARACTERS_MAX];
	size_t n = characters(left, a), m = characters(right, b), from = 0;
	if (n < m) {
		uint32_t swap[CHARACTERS_MAX];
		memcpy(swap, a, n * sizeof *a);
		memcpy(a, b, m * sizeof *a);
		memcpy(b, swap, n * sizeof *a);
		size_t k = n;
		n = m;
		m = k;
	}
	if (m < NAME_MIN || n - m > 1)
		return false;
	while (from < m && a[from] == b[from])
		from++;
	if (from == n)
		return true;
	if (tells_apart(a[from]) || (n == m && tells_apart(b[from])))
		return false;
	return memcmp(a + from + 1, b + from + (n == m), (n - from - 1) * sizeof *a) == 0;
}

/* 「湛江市住建局」 of 「湛江市住房和城乡建设局」: two or more characters left out, in order, both ends kept; no number is
 * left out. */
static bool abbreviates(struct span left, struct span right)
{
	uint32_t a[CHARACTERS_MAX], b[CHARACTERS_MAX];
	size_t n = characters(left, a), m = characters(right, b), at = 0;
	const uint32_t *brief = n < m ? a : b, *full = n < m ? b : a;
	size_t few = n < m ? n : m, many = n < m ? m : n;
	if (few < BRIEF_MIN || many - few < 2 || brief[few - 1] != full[many - 1])
		return false;
	for (size_t i = 0; i < many; i++) {
		bool kept = at < few && brief[at] == full[i];
		if (!kept && full[i] >= '0' && full[i] <= '9')
			return false;
		at += kept;
	}
	return at == few;
}

ssize_t unit_index_like(const struct unit_index *x, struct span name, struct span uscc)
{
	size_t division;
	struct span core = unit_core(x, name, &division), key = bare(x, name, &division);
	bool close = x->nodes.n * (x->s->rows.n + 1) < LIKE_WORK_MAX;
	for (size_t i = 0; i < x->nodes.n; i++) {
		const struct unit_node *node = &x->nodes.p[i];
		if (node->like_division != division ||
		    (uscc.n && node->uscc.n && !span_eq(uscc, node->uscc)) ||
			(node->n && !plan_in_scope(x->s->scope, node->n)))
			continue;
		if (core.n >= 6 && span_eq(core, node->core))
			return (ssize_t)i;
		if (close && (nearly(key, node->bare) || abbreviates(key, node->bare)))
			return (ssize_t)i;
	}
	return UNIT_NO_NODE;
}

ssize_t unit_index_find(const struct unit_index *x, struct span name, bool *ret_loose)
{
	const struct map *const by[] = { x->by_code, x->by_name, x->by_short, x->by_core };
	size_t division;
	*ret_loose = false;
	for (size_t i = 0; i < COUNT(by); i++) {
		struct span key = name;
		if (by[i] == x->by_core)
			key = unit_core(x, name, &division);
		if (by[i] == x->by_core && (division > 0 || key.n < 6))
			break;
		ssize_t at = unit_index_get(by[i], key);
		*ret_loose = by[i] == x->by_core;
		if (at != UNIT_NO_NODE)
			return at;
	}
	return UNIT_NO_NODE;
}

/* ---- all units ---- */

size_t unit_index_add(struct unit_index *x, struct unit_node node)
{
	size_t at = x->nodes.n;
	node.core = unit_core(x, node.name, &node.like_division);
	node.bare = bare(x, node.name, &node.like_division);
	vec_push(&x->nodes, node);
	put(x->by_code, node.code, at);
	put(x->by_uscc, node.uscc, at);
	put(x->by_name, node.name, at);
	put(x->by_short, node.short_name, at);
	if (node.like_division == 0)
		put(x->by_core, node.core, at);
	if (node.n)
		put(x->by_n, key_of(&node.n), at);
	return at;
}

static bool load_counties(struct unit_index *x, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct arena *a = x->s->arena;
	bool found;
	if (!unit_office(x->op, &x->office_n, err) ||
		!db_text(op_db(x->op),
		SQL("SELECT d.code FROM units u JOIN divisions d ON d.n=u.division_n WHERE u.n=?"),
			V(db_i(x->office_n)), a, &x->city, err))
		return false;
	/* before there is an office: the city of this program's list, where all towns are */
	struct span four = { x->city.p ? x->city.p : "4408", 4 };
	if (!db_query(op_db(x->op),
		    SQL("SELECT n, code, name FROM divisions WHERE code LIKE ? AND level IN ('prefecture', "
		    "'county', 'zone')"
			" ORDER BY (level <> 'prefecture'), code"),
		    V(db_t(arena_printf(a, SPAN_FMT "%%", SPAN_ARG(four)))), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &found, err))
			return false;
		if (!found)
			break;
		struct unit_division d = { db_col_int(r, 0), arena_span(a, db_col_text(r, 1)),
			arena_span(a, db_col_text(r, 2)), { NULL, 0 } };
		d.stem = d.name.n > 9 ? (struct span){ d.name.p, d.name.n - 3 } : d.name;
		if (d.name.n == 9)
			d.stem = (struct span){ d.name.p, 6 };
		vec_push(&x->counties, d);
	}
	return true;
}

static bool load_aliases(struct unit_index *x, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(x->op), SQL("SELECT alias, unit_n FROM unit_aliases"), V0, &r, err))
		return false;
	for (;;) {
		bool more;
		if (!db_next(r, &more, err))
			return false;
		if (!more)
			return true;
		int64_t n = db_col_int(r, 1);
		ssize_t at = unit_index_get(x->by_n, key_of(&n));
		if (at >= 0)
			put(x->by_short, db_col_text(r, 0), (size_t)at);
	}
}

static bool load_units(struct unit_index *x, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct arena *a = x->s->arena;
	VEC(struct above { int64_t n[2]; }) above = { .arena = a };
	if (!db_query(op_db(x->op),
		    SQL("SELECT n, code, name, short_name, uscc, kind, division_n, parent_n, supervisor_n "
		    "FROM units"
			" ORDER BY n"),
		    V0, &r, err))
		return false;
	for (;;) {
		bool more;
		if (!db_next(r, &more, err))
			return false;
		if (!more)
			break;
		struct unit_node node = { .n = db_col_int(r, 0), .division_n = db_col_int(r, 6),
			.above = { -1, -1 } };
		struct span *texts[] = { &node.code, &node.name, &node.short_name, &node.uscc, &node.kind };
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_span(a, db_col_text(r, (int)i + 1));
		(void)unit_index_add(x, node);
		vec_push(&above, (struct above){ { db_col_int(r, 7), db_col_int(r, 8) } });
	}
	for (size_t i = 0; i < above.n; i++)
		for (int tree = 0; tree < 2; tree++)
			x->nodes.p[i].above[tree] = unit_index_get(x->by_n, key_of(&above.p[i].n[tree]));
	return true;
}

bool unit_index_load(struct unit_index *x, struct err *err)
{
	x->nodes.arena = x->counties.arena = x->s->arena;
	return load_counties(x, err) && load_units(x, err) && load_aliases(x, err);
}
