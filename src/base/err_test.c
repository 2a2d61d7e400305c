#include "base/err.h"

#include <errno.h>

#include "base/test.h"
#include "base/utf8.h"

int main(void)
{
	static const struct { int os; enum err_code want;
	} os_cases[] = {
		{ ENOSPC, ERR_NO_SPACE },
		{ EDQUOT, ERR_NO_SPACE },
		{ ENOENT, ERR_NOT_FOUND },
		{ EACCES, ERR_IO },
		{ EIO, ERR_IO },
	};
	struct err err = { 0 };
	for (size_t i = 0; i < COUNT(os_cases); i++) {
		test_case("errno %d", os_cases[i].os);
		CHECK(!err_errno(&err, os_cases[i].os, "data.db"));
		CHECK_INT(err.code, os_cases[i].want);
		CHECK_INT(err.os_errno, os_cases[i].os);
		CHECK(strncmp(err.en, "data.db: ", 9) == 0);
	}
	test_case("both languages from the same arguments");
	CHECK(!err_set(&err, ERR_CONFLICT, "第 %d 行：%s", "line %d: %s", 7, "x"));
	CHECK_STR(err.zh, "第 7 行：x");
	CHECK_STR(err.en, "line 7: x");
	CHECK_INT(err.code, ERR_CONFLICT);

	test_case("a field is named, kept by a later prefix, and cut to what there is room for");
	CHECK(!err_field(&err, "port", "须为 1 至 %d", "must be 1 to %d", 65535));
	CHECK(!err_prefix(&err, "第 %d 行：", "line %d: ", 3));
	CHECK_STR(err.field, "port");
	CHECK_STR(err.zh, "第 3 行：须为 1 至 65535");
	CHECK_STR(err.en, "line 3: must be 1 to 65535");
	CHECK_INT(err.code, ERR_INVALID);
	char longer[200];
	memset(longer, 'f', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	err_field(&err, longer, "错", "wrong");
	CHECK_INT(strlen(err.field), sizeof err.field - 1);

	test_case("a text too long is cut at a whole character");
	for (size_t pad = 0; pad < 4; pad++) {
		char text[1200];
		memset(text, 'a', pad);
		for (size_t i = 0; i < 300; i++)
			memcpy(text + pad + i * 3, "海", 3);
		text[pad + 900] = '\0';
		err_set(&err, ERR_INVALID, "%s", "%s", text);
		CHECK(utf8_valid(span_of(err.zh)) && utf8_valid(span_of(err.en)));
		CHECK(strlen(err.zh) > sizeof err.zh - 5);
		err_prefix(&err, "%s", "%s", "前缀");
		CHECK(utf8_valid(span_of(err.zh)) && strncmp(err.zh, "前缀", 6) == 0);
	}
	for (int code = 0; code < ERR_COUNT; code++) {
		enum err_code c = (enum err_code)code;
		test_case("the list: %s", err_name(c));
		CHECK(err_http(c) >= 200 && err_http(c) < 600);
		CHECK((err_exit(c) == 0) == (c == ERR_NONE));
		CHECK(*err_title(c, true) && *err_title(c, false) && utf8_valid(span_of(err_title(c, true))));
		for (int other = 0; other < code; other++)
			CHECK(strcmp(err_name(c), err_name((enum err_code)other)) != 0);
	}
	return test_end();
}
