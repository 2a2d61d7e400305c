#pragma once
/* The console that this program was linked with, given to the role that serves it. */
void main_give_console(void);
