#pragma once
/*
 * CRC-32 (ISO 3309, as in gzip and PNG): finds accidents, not intent.
 */
#include "base/base.h"

uint32_t crc32_of(struct span bytes);
