#pragma once
/*
 * What time it is.  A test moves time by a small mapped file that every role reads ($SEAWALL_CLOCK names it):
 * two int64 in host order, milliseconds added to wall time and to boot time.  Within one process clock_fake()
 * sets both.
 */
#include "base/base.h"

/* once at process start; maps $SEAWALL_CLOCK if set */
void clock_start(void);
int64_t clock_wall(void);                                  /* milliseconds since 1970 UTC */
/* milliseconds since boot, suspended time included; never set back */
int64_t clock_boot(void);
int64_t clock_mono_ns(void);                               /* real, never faked: for measuring */
/* this process stands still at this wall time; 0 ends it */
void clock_fake(int64_t wall_ms);
