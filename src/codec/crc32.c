/*
 * reads no foreign bytes: it only sums them
 */
#include "codec/crc32.h"

#include <zlib.h>

uint32_t crc32_of(struct span bytes)
{
	return (uint32_t)crc32_z(0, (const unsigned char *)bytes.p, bytes.n);
}
