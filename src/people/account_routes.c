/* Accounts that are opened, contacts that are checked, second factors. */
#include "people/account.h"

enum { BODY_MAX = 8192 };

#define WORD_SCHEMA "{\"type\":\"object\",\"properties\":{\"person\":{\"type\":\"string\"}," \
	"\"channel\":{\"type\":" \
	"\"string\"},\"phone\":{\"type\":\"string\"},\"at\":{\"type\":\"string\"}}}"

const struct route account_routes[] = {
	{ "POST", "/api/v1/units/{id}/check_contacts", contact_route, PERM_CONTACT_CHECK, BODY_MAX, ROUTE_TX,
		"核对联系人：无变化，或写明变化", "check the contacts: unchanged, or what has changed",
		"{\"type\":\"object\",\"properties\":{\"unchanged\":{\"type\":\"boolean\"},"
		"\"text\":{\"type\":"
		"\"string\"},\"on_behalf\":" WORD_SCHEMA "}}",
		NULL },
};
const size_t account_routes_count = COUNT(account_routes);
