#include "os/log.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/test.h"
#include "os/file.h"

static int saved = -1;
static char path[128];

static void capture(void)
{
	fflush(stderr);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		exit(99);
	close(fd);
}

static struct span captured(struct arena *a)
{
	struct span s = { NULL, 0 };
	struct err err = { 0 };
	dup2(saved, STDERR_FILENO);
	CHECK_OK(file_read(path, 1 << 20, a, &s, &err), err);
	return s;
}

static size_t lines(struct span s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static bool has(struct span s, const char *part)
{
	return memmem(s.p, s.n, part, strlen(part)) != NULL;
}

int main(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 22, 1 << 24);
	snprintf(path, sizeof path, "%s/log", test_folder());
	saved = dup(STDERR_FILENO);

	static const struct { const char *name; struct span text; const char *want;
	} cases[] = {
		{ "plain", { "abc", 3 }, "\"f\":\"abc\"}" },
		{ "chinese", { "\xE6\xB5\xB7", 3 }, "\"f\":\"\xE6\xB5\xB7\"}" },
		{ "a newline cannot forge a line", { "a\n{\"event\":\"x\"}", 15 },
			"\"f\":\"a?{\\\"event\\\":\\\"x\\\"}\"}" },
		{ "escape sequences", { "\x1B[2J", 4 }, "\"f\":\"?[2J\"}" },
		{ "not UTF-8", { "\xFF", 1 }, "\"f\":\"\xEF\xBF\xBD\"}" },
		{ "nothing", { NULL, 0 }, "\"f\":\"\"}" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("json: %s", cases[i].name);
		capture();
		log_start("api", LOG_LEVEL_INFO);
		log_info("test.case", LOG_INT("n", -7), LOG_TEXT("f", cases[i].text));
		log_debug("test.hidden", LOG_INT("n", 1));
		struct span got = captured(a);
		CHECK_INT(lines(got), 1);
		CHECK(has(got, "\"level\":\"info\",\"role\":\"api\",\"event\":\"test.case\",\"n\":-7,"));
		CHECK(has(got, cases[i].want));
	}

	test_case("a flood is held back and counted");
	capture();
	for (int i = 0; i < 1000; i++)
		log_warn("test.flood", LOG_INT("i", i));
	usleep(1100 * 1000);
	log_warn("test.flood", LOG_INT("i", 1000));
	log_warn("test.other");
	struct span got = captured(a);
	CHECK(lines(got) <= 102 && lines(got) >= 52);
	CHECK(has(got, "\"held_back\":"));
	CHECK(has(got, "test.other"));

	test_case("an endless field is cut");
	capture();
	static char big[50000];
	memset(big, 'x', sizeof big);
	log_error("test.big", LOG_TEXT("f", ((struct span){ big, sizeof big })));
	got = captured(a);
	CHECK(got.n > 1900 && got.n < 3000);
	return test_end();
}
