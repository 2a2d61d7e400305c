#include "base/uuid.h"

#include <pthread.h>
#include <stdio.h>

#include "base/hash.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t last_ms;
static unsigned counter;                                  /* 12 bits: rand_a, used as a counter (method 1) */

const char *uuid_make(int64_t ms, char ret[UUID_TEXT])
{
	unsigned char r[10];
	hash_random(r, sizeof r);
	pthread_mutex_lock(&lock);
	if (ms > last_ms) {
		last_ms = ms;
		counter = r[8] & 0x7Fu;                   /* room to count up */
	} else if (++counter > 0xFFF) {
		last_ms++;
		counter = 0;
	}
	uint64_t t = (uint64_t)last_ms;
	unsigned c = counter;
	pthread_mutex_unlock(&lock);
	snprintf(ret, UUID_TEXT, "%08x-%04x-7%03x-%02x%02hhx-%02hhx%02hhx%02hhx%02hhx%02hhx%02hhx",
		(unsigned)(t >> 16 & 0xFFFFFFFF), (unsigned)(t & 0xFFFF), c & 0xFFF, 0x80u | (r[0] & 0x3Fu),
		r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
	return ret;
}

bool uuid_valid(struct span s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		char c = s.p[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		if (dash ? c != '-' : !hex)
			return false;
	}
	return true;
}
