/* The console that was built from web/. */
#include "cli/console.h"

#include "role/console.h"

extern const struct console_file console_files[];
extern const size_t console_files_count;

void main_give_console(void)
{
	console_give(console_files, console_files_count);
}
