/* Accounts that are opened, contacts that are checked, second factors. */
#include "people/issue.h"
#include "people/second_factor.h"

enum { BODY_MAX = 8192, UNITS_BODY_MAX = 256 * 1024 };

#define PASSWORD_SCHEMA "{\"type\":\"object\",\"required\":[\"password\"],\"properties\":{" \
	"\"password\":{\"type\":\"string\"}}}"
#define RECOVERY_SCHEMA "{\"type\":\"object\",\"required\":[\"recovery\"],\"properties\":{" \
	"\"recovery\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}"

#define SETTING_SCHEMA "{\"type\":\"object\",\"required\":[\"key\",\"kind\",\"min\",\"max\",\"value\"," \
	"\"otherwise\",\"label\"],\"properties\":{\"key\":{\"type\":\"string\"}," \
		"\"kind\":{\"enum\":[\"int\",\"text\"]}," \
	"\"min\":{\"type\":\"integer\"},\"max\":{\"type\":\"integer\"},\"value\":{\"type\":[\"integer\"," \
	"\"string\"]}," \
	"\"otherwise\":{\"type\":[\"integer\",\"string\"]},\"label\":{\"type\":\"object\"," \
	"\"properties\":{\"zh\":" \
	"{\"type\":\"string\"},\"en\":{\"type\":\"string\"}}}}}"

const struct route account_routes[] = {
	{ "POST", "/api/v1/units/{id}/check_contacts", contact_route, PERM_CONTACT_CHECK, BODY_MAX, ROUTE_TX,
		"核对联系人：无变化，或写明变化", "check the contacts: unchanged, or what has changed",
		"{\"type\":\"object\",\"properties\":{\"unchanged\":{\"type\":\"boolean\"},"
		"\"text\":{\"type\":"
		"\"string\"},\"on_behalf\":" BEHALF_OBJECT "}}",
		NULL },
	{ "GET", "/api/v1/units/{id}/checks", contact_checks_route, PERM_PERSON_READ, 0, 0,
		"联系人的历次核对：何时、何人、凭谁的话", "checks of the contacts: when, who, on whose word" },
	{ "POST", "/api/v1/users/issue", issue_route, PERM_USER_ISSUE, UNITS_BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET,
		"为各单位联络员开通账号，一次性码只显示这一次（?format=html 为可打印的单子，?qr=true 附二维码）",
		"open accounts for the liaisons of units; the codes are shown this once (?format=html: slips "
		"to print, ?qr=true: with QR codes)",
		"{\"type\":\"object\",\"properties\":{\"units\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}},"
		"\"under\":{\"type\":\"string\"},\"duties\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}},"
		"\"again\":{\"type\":\"boolean\"},\"called\":" BEHALF_OBJECT "}}",
		"{\"type\":\"object\",\"required\":[\"items\",\"not_issued\"],"
		"\"properties\":{\"items\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\"}},\"not_issued\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\"}}}}" },
	{ "POST", "/api/v1/units/{id}/turnover", turnover_route, PERM_USER_ISSUE, BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET, "联络员交接，一步办完，一次性码只显示这一次",
		"turnover of a liaison in one action; the code is shown this once",
		"{\"type\":\"object\",\"required\":[\"duty\",\"to\"],"
		"\"properties\":{\"duty\":{\"type\":\"string\"},"
		"\"from\":{\"type\":\"string\"},\"to\":{\"type\":\"object\","
		"\"properties\":{\"person_id\":{\"type\":"
		"\"string\"},\"name\":{\"type\":\"string\"},\"phone\":{\"type\":\"string\"},"
		"\"post\":{\"type\":\"string\"}}},"
		"\"date\":{\"type\":\"string\"}}}",
		"{\"type\":\"object\",\"required\":[\"slip\",\"reason\"],"
		"\"properties\":{\"slip\":{\"type\":[\"object\","
		"\"null\"]},\"reason\":{\"type\":[\"string\",\"null\"]}}}" },
	{ "POST", "/api/v1/session/totp", totp_begin_route, PERM_SIGNED_IN, BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET, "申请动态口令：密钥和二维码，须再给出密码",
		"begin a second factor: the secret and its QR code; the password is given again",
		PASSWORD_SCHEMA,
		"{\"type\":\"object\",\"required\":[\"secret\",\"uri\",\"qr\"],"
		"\"properties\":{\"secret\":{\"type\":"
		"\"string\"},\"uri\":{\"type\":\"string\"},\"qr\":{\"type\":\"string\"}}}" },
	{ "POST", "/api/v1/session/totp/confirm", totp_confirm_route, PERM_SIGNED_IN, BODY_MAX, ROUTE_SECRET,
		"确认动态口令，恢复码只显示这一次", "confirm the second factor; recovery codes are shown this once",
		"{\"type\":\"object\",\"required\":[\"code\"],"
		"\"properties\":{\"code\":{\"type\":\"string\"}}}",
		RECOVERY_SCHEMA },
	{ "POST", "/api/v1/session/totp/recovery", totp_recovery_route, PERM_SIGNED_IN, BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET, "换一组恢复码，须再给出密码；只显示这一次，原有的随即失效",
		"new recovery codes, with the password; shown this once, the old ones are good no more",
		PASSWORD_SCHEMA, RECOVERY_SCHEMA },
	{ "DELETE", "/api/v1/session/totp", totp_end_route, PERM_SIGNED_IN, BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET,
		"取消动态口令，须给出密码和一次口令或恢复码",
		"take the second factor off, with the password and a code of it or a recovery code",
		"{\"type\":\"object\",\"required\":[\"password\"],\"properties\":{\"password\":{\"type\":"
		"\"string\"},\"totp\":{\"type\":\"string\"},\"recovery\":{\"type\":"
		"\"string\"}}}",
		NULL },
	{ "DELETE", "/api/v1/users/{id}/totp", totp_take_off_route, PERM_USER_WRITE, 0, ROUTE_TX,
		"取消账号的动态口令", "take the second factor off an account", NULL, NULL },
	{ "GET", "/api/v1/settings", setting_list_route, PERM_SETTING_READ, 0, 0, "全部设置项",
		"all settings", NULL,
		"{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{\"items\":{\"type\":"
		"\"array\",\"items\":" SETTING_SCHEMA "},\"next\":{\"type\":[\"string\",\"null\"]}}}" },
	{ "PATCH", "/api/v1/settings/{key}", setting_change_route, PERM_SETTING_WRITE, BODY_MAX, ROUTE_TX,
		"修改一个设置项", "change a setting",
		"{\"type\":\"object\",\"required\":[\"value\"],\"properties\":{\"value\":{}}}",
		SETTING_SCHEMA },
};
const size_t account_routes_count = COUNT(account_routes);
