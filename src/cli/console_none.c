/* A program without the console: what prints the API's description, from which the console is built. */
#include "cli/console.h"

void main_give_console(void)
{
}
