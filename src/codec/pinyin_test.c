#include "base/test.h"
#include "codec/pinyin.h"

static const struct { const char *text, *words; } words[] = {
	{ "雷州市供水公司", "leizhoushigongshuigongsi\nlzsgsgs\n" },
	{ "市住建局", "shizhujianju\nszjj\n" },
	{ "赤坎区５Ｇ基地", "chikanqu5gjidi\nchikanou5gjidi\nckq5gjd\ncko5gjd\n" },
	{ "吕梁", "lvliang\nluliang\nll\n" },
	{ "[\"住建局\",\"Bureau\"]", "zhujianju\nzjj\n" },
	{ "abc 123，。", "" },
	{ "", "" },
};

static const struct { const char *text, *typed; bool want; } matches[] = {
	{ "市住建局", "zjj", true },
	{ "市住建局", "szjj", true },
	{ "市住建局", "ZhuJianJu", true },
	{ "湛江市住建局", "zjj", true },
	{ "湛江市住建局", "zjszjj", true },
	{ "湛江市住建局", "jszjj", false },
	{ "湛江市住建局", "zj", false },
	{ "雷州市供水公司", "lzsgsgs", true },
	{ "湛江银行", "zhanjiangyinhang", true },
	{ "湛江银行", "zjyh", true },
	{ "湛江银行", "zjyx", true },
	{ "厦门", "xiamen", true },
	{ "", "zjj", false },
	{ "住建局", "", false },
};

static const struct { const char *name, *want; } persons[] = {
	{ "张伟", "zhangwei" }, { "曾小贤", "zengxiaoxian" }, { "吕曾", "lvceng" }, { "Li Lei", "lilei" },
	{ "欧阳·娜", "ouyangna" }, { "・", "" },
};

int main(void)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		CLEANUP(str_done) struct str s = STR(1000);
		test_case("words of \"%s\"", words[i].text);
		pinyin_words(span_of(words[i].text), &s);
		CHECK_STR(str_z(&s), words[i].words);
	}
	for (size_t i = 0; i < COUNT(matches); i++) {
		test_case("\"%s\" typed for \"%s\"", matches[i].typed, matches[i].text);
		CHECK_INT(pinyin_match(span_of(matches[i].text), span_of(matches[i].typed)), matches[i].want);
	}
	for (size_t i = 0; i < COUNT(persons); i++) {
		CLEANUP(str_done) struct str s = STR(1000);
		test_case("the person \"%s\"", persons[i].name);
		pinyin_person(span_of(persons[i].name), &s);
		CHECK_STR(str_z(&s), persons[i].want);
	}
	test_case("a word longer than the maximum is cut, never past its buffer");
	CLEANUP(str_done) struct str text = STR(10000);
	CLEANUP(str_done) struct str out = STR(10000);
	for (int i = 0; i < 500; i++)
		str_addz(&text, "庄");
	pinyin_words(str_span(&text), &out);
	CHECK_INT(out.n, PINYIN_WORD_MAX * 7 + 2);
	return test_end();
}
