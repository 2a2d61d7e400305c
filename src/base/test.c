#include "base/test.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

const char *test_shared(void)
{
	const char *folder = getenv("SEAWALL_SHARED");
	if (!folder || !*folder)
		folder = "../shared";
	struct stat st;
	return stat(folder, &st) == 0 && S_ISDIR(st.st_mode) ? folder : NULL;
}

static char folder[64];
static pid_t owner;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void remove_folder(void)
{
	if (getpid() == owner)
		nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *test_folder(void)
{
	if (folder[0])
		return folder;
	snprintf(folder, sizeof folder, "%s/seawall-test-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(folder)) {
		perror(folder);
		exit(99);
	}
	owner = getpid();
	atexit(remove_folder);
	return folder;
}
