#include "codec/qr.h"

#include "base/test.h"

enum { SIDE_MAX = 200 };
static bool modules[SIDE_MAX][SIDE_MAX];
static int side;

/* Reads the path back into modules; false where it is not of the shape promised. */
static bool read_svg(const char *svg)
{
	memset(modules, 0, sizeof modules);
	const char *box = strstr(svg, "viewBox=\"0 0 ");
	if (!box || sscanf(box, "viewBox=\"0 0 %d", &side) != 1 || side > SIDE_MAX)
		return false;
	const char *p = strstr(svg, "<path d=\"");
	if (!p)
		return false;
	for (p += 9; *p == 'M';) {
		int x, y, run, back, used = 0;
		if (sscanf(p, "M%d %dh%dv1h-%dz%n", &x, &y, &run, &back, &used) != 4 || run != back ||
			x + run > side || y >= side)
			return false;
		for (int i = 0; i < run; i++)
			modules[y][x + i] = true;
		p += used;
	}
	return strcmp(p, "\"/></svg>") == 0;
}

/* The finder pattern: a ring of dark, a ring of light, three by three dark. */
static bool finder(int x0, int y0)
{
	for (int y = 0; y < 7; y++) {
		for (int x = 0; x < 7; x++) {
			bool ring = x == 0 || y == 0 || x == 6 || y == 6;
			bool core = x >= 2 && x <= 4 && y >= 2 && y <= 4;
			if (modules[y0 + y][x0 + x] != (ring || core))
				return false;
		}
	}
	return true;
}

static void same_in_blocks(struct span text)
{
	struct err err = { 0 };
	CLEANUP(str_done) struct str out = STR(1 << 20);
	CHECK_OK(qr_blocks(text, &out, &err), err);
	struct span rest = str_span(&out);
	for (int y = 0; y < side; y += 2) {
		struct span line = span_split(&rest, '\n');
		for (int x = 0; x < side; x++) {
			bool above = modules[y][x], below = y + 1 < side && modules[y + 1][x];
			struct span want = span_of(above ? below ? " " : "▄" : below ? "▀" : "█");
			if (!span_starts(line, want)) {
				CHECK_FAIL("blocks and path differ");
				return;
			}
			line = span_from(line, want.n);
		}
		CHECK_INT(line.n, 0);
	}
}

int main(void)
{
	static const struct {
		const char *text;
		/* ISO/IEC 18004 table 7, byte mode, level M: 14 bytes fit version 1, 26 version 2 */
		int modules;
	} cases[] = {
		{ "湛江", 21 },
		{ "12345678901234", 21 },
		{ "123456789012345", 25 },
		{ "https://a.example/#/order", 25 },
		{ "https://seawall.example/#/orders/01939c1e-8a00-7000-8000-000000000001", 37 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		CLEANUP(str_done) struct str out = STR(1 << 20);
		test_case("%s", cases[i].text);
		CHECK_OK(qr_svg(span_of(cases[i].text), &out, &err), err);
		CHECK(read_svg(str_z(&out)));
		CHECK_INT(side, cases[i].modules + 2 * QR_QUIET);
		int far = side - QR_QUIET - 7;
		CHECK(finder(QR_QUIET, QR_QUIET) && finder(far, QR_QUIET) && finder(QR_QUIET, far));
		same_in_blocks(span_of(cases[i].text));
	}
	static char big[QR_TEXT_MAX + 1];
	memset(big, 'x', sizeof big);
	static const struct {
		const char *name;
		size_t n;
		bool good;
	} sizes[] = { { "nothing", 0, false }, { "the most", QR_TEXT_MAX, true },
		{ "one more", QR_TEXT_MAX + 1, false } };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct err err = { 0 };
		CLEANUP(str_done) struct str out = STR(1 << 20);
		test_case("%s", sizes[i].name);
		CHECK(qr_svg((struct span){ big, sizes[i].n }, &out, &err) == sizes[i].good);
		CHECK(sizes[i].good || err.code == ERR_INVALID);
	}
	return test_end();
}
