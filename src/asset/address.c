#include "asset/address.h"

#include <arpa/inet.h>
#include <assert.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool label_valid(struct span label)
{
	if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !is_digit(c) && c != '-' &&
			c != '_')
			return false;
	}
	return true;
}

static bool all_digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return true;
}

/* RFC 1123 section 2.1: a name whose last label is a number would be read as an address. */
static bool name_valid(struct span name)
{
	struct span rest = name, label = { 0 };
	while (rest.p) {
		label = span_split(&rest, '.');
		if (!label_valid(label))
			return false;
	}
	return !all_digits(label);
}

static enum address_kind name_parse(struct span name, char ret[ADDRESS_TEXT])
{
	if (name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n == 0 || name.n > 253 || !name_valid(name))
		return ADDRESS_NONE;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		ret[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	ret[name.n] = '\0';
	return ADDRESS_NAME;
}

enum address_kind address_parse(struct span text, char ret[ADDRESS_TEXT])
{
	if (text.n == 0 || text.n >= ADDRESS_TEXT || memchr(text.p, '\0', text.n))
		return ADDRESS_NONE;
	char copy[ADDRESS_TEXT];
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	unsigned char bytes[16];
	enum address_kind kind = ADDRESS_NONE;
	if (inet_pton(AF_INET, copy, bytes) == 1)
		kind = ADDRESS_IPV4;
	else if (inet_pton(AF_INET6, copy, bytes) == 1)
		kind = ADDRESS_IPV6;
	else
		return name_parse(text, ret);
	const char *done = inet_ntop(kind == ADDRESS_IPV4 ? AF_INET : AF_INET6, bytes, ret, ADDRESS_TEXT);
	assert(done);
	return kind;
}
