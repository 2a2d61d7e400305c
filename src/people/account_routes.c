/* Accounts that are opened, contacts that are checked, second factors. */
#include "people/issue.h"

enum { BODY_MAX = 8192, UNITS_BODY_MAX = 256 * 1024 };

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
	{ "POST", "/api/v1/users/issue", issue_route, PERM_USER_ISSUE, UNITS_BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET,
		"为各单位联络员开通账号，一次性码只显示这一次（?format=html 为可打印的单子）",
		"open accounts for the liaisons of units; the codes are shown this once (?format=html: slips "
		"to "
		"print)",
		"{\"type\":\"object\",\"properties\":{\"units\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}},"
		"\"under\":{\"type\":\"string\"},\"duties\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}},"
		"\"again\":{\"type\":\"boolean\"},\"called\":" WORD_SCHEMA "}}",
		"{\"type\":\"object\",\"required\":[\"items\",\"not_issued\"],"
		"\"properties\":{\"items\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\"}},\"not_issued\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\"}}}}" },
};
const size_t account_routes_count = COUNT(account_routes);
