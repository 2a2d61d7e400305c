#include "codec/stream.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct span line;
	bool more = true;
	if (!stream_open_span((struct span){ (const char *)data, size }, 1u << 20, &s, &err))
		abort();
	uint64_t lines = 0;
	while (stream_line(s, 4096, &line, &more, &err) && more) {
		if (line.n > 4096 || stream_line_number(s) != ++lines)
			abort();
	}
	return 0;
}
