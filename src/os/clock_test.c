#include "os/clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/test.h"

static bool near(int64_t a, int64_t b)
{
	return a - b < 2000 && b - a < 2000;
}

int main(void)
{
	char path[128];
	snprintf(path, sizeof path, "%s/clock", test_folder());
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, 16) != 0)
		return 99;
	int64_t *moved = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (moved == MAP_FAILED)
		return 99;
	int64_t wall = clock_wall(), boot = clock_boot();

	test_case("without the file time is real and runs forward");
	CHECK(wall > INT64_C(1600000000000));
	CHECK(clock_boot() >= boot);
	CHECK(clock_mono_ns() > 0);

	setenv("SEAWALL_CLOCK", path, 1);
	clock_start();
	static const struct { const char *name; int64_t wall, boot; } cases[] = {
		{ "nothing moved", 0, 0 },
		{ "both a day ahead", 86400000, 86400000 },
		{ "only the wall clock jumps ahead", 86400000 * 400LL, 0 },
		{ "the wall clock set back", -86400000 * 30LL, 3600000 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("file: %s", cases[i].name);
		moved[0] = cases[i].wall;
		moved[1] = cases[i].boot;
		CHECK(near(clock_wall(), wall + cases[i].wall));
		CHECK(near(clock_boot(), boot + cases[i].boot));
	}
	moved[0] = moved[1] = 0;

	test_case("a faked clock stands still and moves both");
	int64_t apart = clock_wall() - clock_boot();
	clock_fake(INT64_C(1763865637123));
	CHECK_INT(clock_wall(), INT64_C(1763865637123));
	CHECK(near(clock_boot(), INT64_C(1763865637123) - apart));
	int64_t faked_boot = clock_boot();
	clock_fake(INT64_C(1763865637123) + 5000);
	CHECK_INT(clock_boot(), faked_boot + 5000);
	clock_fake(0);
	CHECK(near(clock_wall(), wall));
	CHECK(near(clock_boot(), boot));
	return test_end();
}
