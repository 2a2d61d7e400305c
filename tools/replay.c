/*
 * Replays a fuzzer's corpus without a fuzzing engine: each file of the folder is one case.  Usage: replay
 * NAME FOLDER.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	if (!f || fstat(fileno(f), &st) != 0) {
		perror(path);
		exit(99);
	}
	size_t size = (size_t)st.st_size;
	uint8_t *bytes = malloc(size ? size : 1);   /* exact, so that a sanitizer sees a read past the end */
	if (!bytes || fread(bytes, 1, size, f) != size) {
		perror(path);
		exit(99);
	}
	fclose(f);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	struct dirent **names;
	int count = scandir(argv[2], &names, NULL, alphasort);
	int cases = 0;
	for (int i = 0; i < count; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", argv[2], names[i]->d_name);
		if (names[i]->d_name[0] != '.') {
			replay(path);
			printf("ok %d - %s %s\n", ++cases, argv[1], names[i]->d_name);
			fflush(stdout);
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	if (cases == 0) {
		printf("not ok 1 - %s has no corpus in %s\n", argv[1], argv[2]);
		cases = 1;
	}
	printf("1..%d\n", cases);
	return 0;
}
