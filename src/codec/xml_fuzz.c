#include <stdlib.h>

#include "codec/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	struct span left;
	size_t step;
};

static bool read_some(void *from, char *ret, size_t n, size_t *ret_n, struct err *err)
{
	struct bytes *b = from;
	size_t take = n < b->step ? n : b->step;
	(void)err;
	take = take < b->left.n ? take : b->left.n;
	if (take)
		memcpy(ret, b->left.p, take);
	b->left = span_from(b->left, take);
	*ret_n = take;
	return true;
}

/* Starts and ends pair up, depths are right, all text is UTF-8. */
static size_t events(const uint8_t *data, size_t size, size_t step)
{
	struct bytes b = { { (const char *)data, size }, step };
	struct err err = { 0 };
	CLEANUP(xml_close_p) struct xml *x = NULL;
	struct xml_event e = { .kind = XML_TEXT };
	size_t n = 0;
	unsigned open = 0;
	if (!xml_open((struct xml_source){ read_some, &b }, "nmaprun", &x, &err))
		abort();
	while (e.kind != XML_DONE) {
		if (!xml_next(x, &e, &err)) {
			if (!err.en[0] || !utf8_valid(span_of(err.zh)) || !utf8_valid(span_of(err.en)))
				abort();
			return SIZE_MAX;
		}
		open += e.kind == XML_START;
		if ((e.kind == XML_START || e.kind == XML_END) && (e.depth != open || e.name.n == 0))
			abort();
		open -= e.kind == XML_END;
		n += e.kind != XML_TEXT;
		if (!utf8_valid(e.text) || open > XML_DEPTH_MAX)
			abort();
		for (size_t i = 0; i < e.n; i++)
			if (!utf8_valid(e.attributes[i].value))
				abort();
	}
	if (open)
		abort();
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t whole = events(data, size, SIZE_MAX), pieces = events(data, size, 7);
	if (whole != pieces && whole != SIZE_MAX && pieces != SIZE_MAX)
		abort();
	return 0;
}
