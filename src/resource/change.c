/* The change log as a resource: read by the audit administrator only. */
#include "resource/change.h"

static const struct field fields[] = {
	{ "at", FIELD_TIME, READ_ONLY | LIST, .expr = "t.created_at", .zh = "时间", .en = "time" },
	{ "resource", FIELD_TEXT, READ_ONLY | FILTER | LIST, .zh = "记录类型", .en = "kind of record" },
	{ "record_id", FIELD_TEXT, READ_ONLY | FILTER | LIST, .zh = "记录标识", .en = "record" },
	{ "verb", FIELD_TEXT, READ_ONLY | FILTER | LIST, .zh = "动作", .en = "verb" },
	{ "actor", FIELD_TEXT, READ_ONLY | FILTER | LIST, .zh = "操作者", .en = "who did it" },
	{ "address", FIELD_TEXT, READ_ONLY | FILTER, .zh = "来源地址", .en = "from which address" },
	{ "request", FIELD_TEXT, READ_ONLY, .zh = "请求编号", .en = "request" },
	{ "record_version", FIELD_INT, READ_ONLY, .zh = "改后的版本", .en = "version after the change" },
	{ "values", FIELD_JSON, READ_ONLY, .expr =
		"(SELECT v.body FROM change_values v WHERE v.change_n=t.n)",
	  .zh = "前后的值，个人信息已遮盖", .en = "values before and after, personal ones masked" },
	{ "hash", FIELD_TEXT, READ_ONLY, .zh = "校验链", .en = "hash of the chain" },
};

const struct resource change_resource = {
	.name = "change", .path = "changes",
	.table =
		"(SELECT n,id,version,version AS record_version,at AS created_at,at AS updated_at,resource,"
		"record_id,verb,"
		 "actor,address,request,hash FROM changes)",
	.zh = "变更日志，每一次修改和敏感读取", .en = "change log, every change and every sensitive read",
	.fields = fields, .n_fields = COUNT(fields), .sort = "-n", .read = PERM_CHANGE_READ,
		.write = PERM_CHANGE_READ,
};
