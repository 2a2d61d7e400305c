#pragma once
/*
 * A test double around the SQLite driver that fails on command.  Tests only: nothing else refers to it,
 * so it is not in the program.  Calls are counted over the whole process: begin, commit, exec, query,
 * next and script.
 */
#include "store/db.h"

/* connections opened from now on have the double */
void db_fail_start(void);
void db_fail_stop(void);
/* The n-th call from now (from 1) fails with this code, and so do the `more` calls behind it; 0: none. */
void db_fail_at(int64_t n, int64_t more, enum err_code with);
int64_t db_fail_calls(void);                               /* since the last db_fail_at() */
