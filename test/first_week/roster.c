/*
 * Makes the workbook that an office begins with: 300 units and 350 persons, as messy as such workbooks are.
 *
 *	roster OUT.xlsx FAULTS.tsv TRUTH.tsv
 *
 * FAULTS.tsv lists each fault that was put in (row of the sheet, column, kind, what stands there, what it
 * should be), TRUTH.tsv the units and persons as they are (unit, division, USCC, person, duty, telephone).
 * All of it is made from one table and a counter, so that every run makes the same.  Names are invented.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "people/uscc.h"

enum { AREAS = 10, KINDS = 30, UNITS = AREAS * KINDS, HEADER_ROW = 3, FIRST_ROW = 5 };

/* Columns of the sheet. */
enum { NUMBER, NAME, SHORT, USCC, AREA, SUPERVISOR, ORDER, CHIEF, DEPUTY, A_NAME, A_PHONE, B_NAME, B_PHONE,
	NOTE, COLUMNS };
static const char *const titles[COLUMNS] = { "序号", "单位名称", "简称", "统一社会信用代码", "所在县区", "主管部门", "排序号",
	"主要负责人", "分管领导", "联络员A", "手机", "联络员B", "手机", "备注" };

static const struct { const char *name, *code, *loose; } areas[AREAS] = {
	{ "湛江市", "440800", "市直" }, { "赤坎区", "440802", "赤坎" }, { "霞山区", "440803", "霞山" },
	{ "坡头区", "440804", "坡头" }, { "麻章区", "440811", "麻章" }, { "遂溪县", "440823", "遂溪" },
	{ "徐闻县", "440825", "徐闻" }, { "廉江市", "440881", "廉江" }, { "雷州市", "440882", "雷州" },
	{ "吴川市", "440883", "吴川" },
};

static const struct { const char *name, *shorter; } kinds[KINDS] = {
	{ "教育局", "教育局" }, { "卫生健康局", "卫健局" }, { "水务局", "水务局" }, { "交通运输局", "交通局" },
	{ "住房和城乡建设局", "住建局" }, { "自然资源局", "资源局" }, { "文化广电旅游体育局", "文广旅体局" },
	{ "民政局", "民政局" }, { "人力资源和社会保障局", "人社局" }, { "财政局", "财政局" }, { "审计局", "审计局" },
	{ "统计局", "统计局" }, { "市场监督管理局", "市监局" }, { "应急管理局", "应急局" }, { "农业农村局", "农业局" },
	{ "林业局", "林业局" }, { "医疗保障局", "医保局" }, { "司法局", "司法局" },
	{ "政务服务数据管理局", "政数局" }, { "退役军人事务局", "退役局" }, { "望潮小学", "望潮小学" },
	{ "听涛中学", "听涛中学" }, { "蓝湾人民医院", "蓝湾医院" }, { "望海中医院", "望海中医院" },
	{ "疾病预防控制中心", "疾控中心" }, { "融媒体中心", "融媒体" }, { "清澜自来水有限公司", "清澜自来水" },
	{ "海晏污水处理有限公司", "海晏污水" }, { "海风公共汽车有限公司", "海风公交" }, { "观海图书馆", "观海图书馆" },
};

static const char *const families[] = { "明", "海", "齐", "沐", "云", "江", "安", "乔", "林", "叶", "夏", "白", "秦", "梁",
	"陆", "温", "苏", "卓", "岑", "柏" };
static const char *const givens[] = { "清越", "南乔", "见山", "予安", "知远", "望舒", "景行", "若谷", "思源", "怀瑾", "一鸣",
	"静好", "长风", "晓棠", "子衿", "书白", "云起" };

struct unit {
	char name[100], uscc[USCC_LENGTH + 1], chief[32], deputy[32], a[32], b[32], a_phone[16], b_phone[16];
	size_t area, kind;
	int row; /* of the sheet, from 1 */
};
static struct unit units[UNITS];
static FILE *faults;
static lxw_worksheet *sheet;
static lxw_format *plain;
static int n_faults;

static void name_person(char ret[32], size_t i)
{
	size_t given = i / (sizeof families / sizeof *families);
	bool more = given >= sizeof givens / sizeof *givens; /* the pool has run out: one more character */
	snprintf(ret, 32, "%s%s%s", families[i % (sizeof families / sizeof *families)],
		givens[given % (sizeof givens / sizeof *givens)], more ? "宁" : "");
}

static void make_units(void)
{
	size_t person = 0;
	for (size_t i = 0; i < UNITS; i++) {
		struct unit *u = &units[i];
		u->area = i / KINDS;
		u->kind = i % KINDS;
		snprintf(u->name, sizeof u->name, "%s%s", areas[u->area].name, kinds[u->kind].name);
		/* authority 1, type 1 or 2 (bodies), 9 and 1 (companies); nine characters of our own */
		snprintf(u->uscc, sizeof u->uscc, "%s%s%09zu", u->kind >= 26 &&
			u->kind <= 28 ? "91" : u->kind >= 20 ? "12" : "11",
			areas[u->area].code, 700100000 + i * 7);
		u->uscc[USCC_LENGTH - 1] = uscc_check_character(u->uscc);
		name_person(u->a, person++);
		snprintf(u->a_phone, sizeof u->a_phone, "1380000%04zu", 1000 + i);
		if (u->kind % 10 == 3) { /* 30 of them have a second liaison */
			name_person(u->b, person++);
			snprintf(u->b_phone, sizeof u->b_phone, "1390000%04zu", 1000 + i);
		}
		if (u->kind == 0) /* 10 chiefs, 10 deputies */
			name_person(u->chief, person++);
		if (u->kind == 1)
			name_person(u->deputy, person++);
	}
}

/* ---- what is wrong: kind, which units have it (by index), in which column ---- */

enum wrong { PHONE_SCIENTIFIC, PHONE_WIDE, PHONE_TWO, PHONE_DASHED, NAME_BLANK, USCC_LOWER, USCC_LETTER_O,
	USCC_BAD, AREA_LOOSE,
	ORDER_WIDE, WRONGS };

static const struct {
	const char *kind;
	int column;
	size_t first, step, n;
} wrongs[WRONGS] = {
	[PHONE_SCIENTIFIC] = { "phone_scientific", A_PHONE, 7, 61, 5 },
	[PHONE_WIDE] = { "phone_full_width", A_PHONE, 11, 37, 8 },
	[PHONE_TWO] = { "phone_two_in_cell", A_PHONE, 16, 47, 6 },
	[PHONE_DASHED] = { "phone_dashed", A_PHONE, 18, 29, 9 },
	[NAME_BLANK] = { "name_blank", A_NAME, 21, 43, 6 },
	[USCC_LOWER] = { "uscc_lower_case", USCC, 24, 67, 4 },
	[USCC_LETTER_O] = { "uscc_letter_o", USCC, 32, 71, 3 },
	[USCC_BAD] = { "uscc_wrong", USCC, 45, 101, 2 },
	[AREA_LOOSE] = { "area_loose", AREA, 0, 0, 0 }, /* in the merged cells of odd areas */
	[ORDER_WIDE] = { "number_full_width", ORDER, 5, 53, 5 },
};

static bool has(enum wrong w, size_t i)
{
	return wrongs[w].n && i >= wrongs[w].first && (i - wrongs[w].first) % wrongs[w].step == 0 &&
		(i - wrongs[w].first) / wrongs[w].step < wrongs[w].n;
}

static void note_fault(int row, int column, const char *kind, const char *stands, const char *meant)
{
	fprintf(faults, "%d\t%s\t%s\t%s\t%s\n", row, column < 0 ? "-" : titles[column], kind, stands, meant);
	n_faults++;
}

static void put(int row, int column, const char *text)
{
	worksheet_write_string(sheet, (lxw_row_t)row - 1, (lxw_col_t)column, text, plain);
}

static void widen(const char *digits, char *ret, size_t max)
{
	size_t n = 0;
	for (; *digits && n + 4 < max; digits++) {
		if (*digits >= '0' && *digits <= '9') {
			ret[n++] = '\xef';
			ret[n++] = '\xbc';
			ret[n++] = (char)('\x90' + (*digits - '0'));
		} else {
			ret[n++] = *digits;
		}
	}
	ret[n] = '\0';
}

static void put_phone(const struct unit *u, size_t i)
{
	char text[80];
	if (has(PHONE_SCIENTIFIC, i)) {
		put(u->row, A_PHONE, "1.38E+10");
		note_fault(u->row, A_PHONE, "phone_scientific", "1.38E+10", u->a_phone);
	} else if (has(PHONE_WIDE, i)) {
		widen(u->a_phone, text, sizeof text);
		put(u->row, A_PHONE, text);
		note_fault(u->row, A_PHONE, "phone_full_width", text, u->a_phone);
	} else if (has(PHONE_TWO, i)) {
		snprintf(text, sizeof text, "%s、0759-01%05zu", u->a_phone, i);
		put(u->row, A_PHONE, text);
		note_fault(u->row, A_PHONE, "phone_two_in_cell", text, u->a_phone);
	} else if (has(PHONE_DASHED, i)) {
		snprintf(text, sizeof text, "%.3s-%.4s-%.4s", u->a_phone, u->a_phone + 3, u->a_phone + 7);
		put(u->row, A_PHONE, text);
		note_fault(u->row, A_PHONE, "phone_dashed", text, u->a_phone);
	} else if (i % 3) { /* as a number, which the program shows as 1.38E+10 where the column is narrow */
		worksheet_write_number(sheet, (lxw_row_t)u->row - 1, A_PHONE, strtod(u->a_phone, NULL),
			plain);
	} else {
		put(u->row, A_PHONE, u->a_phone);
	}
}

static void put_name(const struct unit *u, size_t i)
{
	char text[40];
	if (!has(NAME_BLANK, i)) {
		put(u->row, A_NAME, u->a);
		return;
	}
	snprintf(text, sizeof text, "%.3s　%s ", u->a, u->a + 3); /* a wide blank inside, one behind */
	put(u->row, A_NAME, text);
	note_fault(u->row, A_NAME, "name_blank", text, u->a);
}

static void put_uscc(const struct unit *u, size_t i)
{
	char text[USCC_LENGTH + 1];
	snprintf(text, sizeof text, "%s", u->uscc);
	if (i % 10 == 9) /* every tenth is left empty, which is no fault */
		return;
	if (has(USCC_LOWER, i)) {
		text[USCC_LENGTH - 1] = (char)(text[USCC_LENGTH - 1] >= 'A' ? text[USCC_LENGTH - 1] +
			32 : text[USCC_LENGTH - 1]);
		memcpy(text + 8, u->uscc + 8, 1);
	}
	if (has(USCC_LETTER_O, i))
		*strchr(text, '0') = 'O';
	if (has(USCC_BAD, i))
		text[12] = text[12] == '7' ? '8' : '7';
	put(u->row, USCC, text);
	if (strcmp(text, u->uscc) != 0)
		note_fault(u->row, USCC, has(USCC_BAD, i) ? "uscc_wrong" : has(USCC_LETTER_O, i)
			? "uscc_letter_o" : "uscc_lower_case",
			text, u->uscc);
}

static void put_order(const struct unit *u, size_t i)
{
	char number[16], wide[48];
	snprintf(number, sizeof number, "%zu", i + 1);
	if (!has(ORDER_WIDE, i)) {
		worksheet_write_number(sheet, (lxw_row_t)u->row - 1, ORDER, (double)(i + 1), plain);
		return;
	}
	widen(number, wide, sizeof wide);
	put(u->row, ORDER, wide);
	note_fault(u->row, ORDER, "number_full_width", wide, number);
}

static void put_unit(const struct unit *u, size_t i)
{
	char shorter[64];
	worksheet_write_number(sheet, (lxw_row_t)u->row - 1, NUMBER, (double)(i + 1), plain);
	put(u->row, NAME, u->name);
	snprintf(shorter, sizeof shorter, "%s%s", areas[u->area].loose, kinds[u->kind].shorter);
	put(u->row, SHORT, shorter);
	put_uscc(u, i);
	put_order(u, i);
	if (u->chief[0])
		put(u->row, CHIEF, u->chief);
	if (u->deputy[0])
		put(u->row, DEPUTY, u->deputy);
	put_name(u, i);
	put_phone(u, i);
	if (u->b[0]) {
		put(u->row, B_NAME, u->b);
		put(u->row, B_PHONE, u->b_phone);
	}
}

/* Title, remark, and a head of two rows with merged cells. */
static void put_head(lxw_format *bold)
{
	worksheet_merge_range(sheet, 0, 0, 0, COLUMNS - 1, "湛江市网络安全责任单位及联络员名册（2026年）", bold);
	worksheet_merge_range(sheet, 1, 0, 1, COLUMNS - 1, "填报日期：2026年2月27日　请各单位核对后盖章，如有变动及时报送", plain);
	for (int c = 0; c < COLUMNS; c++) {
		lxw_col_t col = (lxw_col_t)c;
		if (c == A_NAME || c == B_NAME) {
			worksheet_merge_range(sheet, HEADER_ROW - 1, col, HEADER_ROW - 1, (lxw_col_t)(c + 1),
				titles[c], bold);
			worksheet_write_string(sheet, HEADER_ROW, col, "姓名", bold);
			worksheet_write_string(sheet, HEADER_ROW, (lxw_col_t)(c + 1), "手机", bold);
		} else if (c != A_PHONE && c != B_PHONE) {
			worksheet_merge_range(sheet, HEADER_ROW - 1, col, HEADER_ROW, col, titles[c], bold);
		}
	}
}

/* Area and supervisor stand once, merged over the rows of their block. */
static void put_block(size_t area, int first, int last)
{
	const char *shown = area % 2 ? areas[area].loose : areas[area].name;
	char office[64];
	worksheet_merge_range(sheet, (lxw_row_t)first - 1, AREA, (lxw_row_t)last - 1, AREA, shown, plain);
	if (area % 2)
		note_fault(first, AREA, "area_loose", shown, areas[area].name);
	snprintf(office, sizeof office, "%s网信办", areas[area].name);
	worksheet_merge_range(sheet, (lxw_row_t)first - 1, SUPERVISOR, (lxw_row_t)last - 1, SUPERVISOR,
		office, plain);
}

static int put_rows(void)
{
	int row = FIRST_ROW;
	for (size_t area = 0; area < AREAS; area++) {
		int first = row;
		for (size_t k = 0; k < KINDS; k++, row++) {
			units[area * KINDS + k].row = row;
			put_unit(&units[area * KINDS + k], area * KINDS + k);
		}
		put_block(area, first, row - 1);
		if (area == 2) { /* an empty row in the middle */
			note_fault(row, -1, "row_empty", "", "");
			row++;
		}
	}
	return row;
}

/* Written a second time, once as it is and once under another name; a sum; a remark. */
static int put_tail(int row)
{
	struct unit again = units[33], other = units[4];
	again.row = row;
	put_unit(&again, 33);
	put(row, AREA, areas[again.area].name);
	note_fault(row, -1, "row_twice", again.name, again.name);
	row++;
	put(row, NAME, "湛江市住建局");
	put(row, AREA, areas[0].name);
	put(row, A_NAME, other.a);
	put(row, A_PHONE, other.a_phone);
	note_fault(row, NAME, "name_near", "湛江市住建局", other.name);
	row++;
	put(row, NAME, "合计");
	put(row, SHORT, "300家");
	note_fault(row, -1, "row_sum", "合计", "");
	row++;
	put(row, NUMBER, "注：联络员如有变动，请于三个工作日内报市网信办。");
	note_fault(row, -1, "row_remark", "注", "");
	return row;
}

static bool write_truth(const char *path)
{
	FILE *f = fopen(path, "we");
	if (!f)
		return false;
	for (size_t i = 0; i < UNITS; i++) {
		const struct unit *u = &units[i];
		const struct { const char *name, *duty, *phone;
			} persons[] = { { u->chief, "chief", "" }, { u->deputy, "deputy", "" },
			{ u->a, "liaison_a", u->a_phone }, { u->b, "liaison_b", u->b_phone } };
		for (size_t p = 0; p < 4; p++)
			if (persons[p].name[0])
				fprintf(f, "%s\t%s\t%s\t%s\t%s\t%s\n", u->name, areas[u->area].code,
					i % 10 == 9 ? "" : u->uscc,
					persons[p].name, persons[p].duty, persons[p].phone);
	}
	return fclose(f) == 0;
}

int main(int argc, char **argv)
{
	if (argc != 4 || !(faults = fopen(argv[2], "we"))) {
		fprintf(stderr, "usage: roster OUT.xlsx FAULTS.tsv TRUTH.tsv\n");
		return 2;
	}
	lxw_workbook *book = workbook_new_opt(argv[1], NULL);
	static char title[] = "名册";
	lxw_doc_properties properties = { .title = title, .created = 1772150400 };
	workbook_set_properties(book, &properties);
	lxw_worksheet *hidden = workbook_add_worksheet(book, "旧名册");
	sheet = workbook_add_worksheet(book, "名册");
	plain = workbook_add_format(book);
	lxw_format *bold = workbook_add_format(book);
	format_set_bold(bold);
	format_set_align(bold, LXW_ALIGN_CENTER);
	worksheet_write_string(hidden, 0, 0, "单位名称", NULL);
	worksheet_write_string(hidden, 1, 0, "湛江市旧城管理处", NULL);
	worksheet_activate(sheet);
	worksheet_set_first_sheet(sheet);
	worksheet_hide(hidden);
	make_units();
	put_head(bold);
	put_tail(put_rows());
	bool ok = workbook_close(book) == LXW_NO_ERROR && fclose(faults) == 0 && write_truth(argv[3]);
	printf("%d faults\n", n_faults);
	return ok ? 0 : 1;
}
