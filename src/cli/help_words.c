#include "cli/help_words.h"

#include "base/err.h"

#define REASON "--reason TEXT"
#define BEHALF " [--channel phone|wechat|yuezhengyi|paper|visit --person NAME]"

static const struct help_words words[] = {
	{ "finding", "confirm", "", "确认属实", "it is real" },
	{ "finding", "false_positive", REASON, "判为误报", "it is a false positive" },
	{ "finding", "accept_risk", REASON " --until 2026-12-31", "暂缓整改，到期自动回到已确认",
		"accept the risk until a date; then it is confirmed again" },
	{ "finding", "no_action", REASON, "无需处置", "nothing needs to be done" },
	{ "finding", "reopen", REASON, "重新打开", "open it again" },
	{ "order", "acknowledge", &BEHALF[1], "签收", "acknowledge" },
	{ "order", "answer",
		"--claim CLAIM [--text TEXT] [--version V] [--patch P]" BEHALF "\n"
		"seawall order answer ID --items "
		"'[{\"item\":ID,\"claim\":CLAIM,\"text\":TEXT,\"version\":V}]'" BEHALF,
		"反馈：--claim 对全部未办事项，--items 逐项（事项标识见 order show）。CLAIM：fixed "
		"已整改、mitigated 已采取临时措施、\n"
		"    not_affected 不受影响、decommissioned 已下线、affected 进展；异议须写 --text：not_ours "
		"非本单位、\n"
		"    false_positive 误报、cannot_fix 无法整改。--channel 和 --person 是代录：以何种方式、谁告知",
		"--claim answers for all open items, --items one by one (ids: order show). CLAIM: fixed, "
		"mitigated, not_affected,\n"
		"    decommissioned, affected (progress); disputes, with --text: not_ours, false_positive, "
		"cannot_fix.\n"
		"    --channel and --person record for the unit: by which channel, who said so" },
	{ "order", "request_extension", "--until 2026-12-31 " REASON BEHALF, "申请延期",
		"ask for more time" },
	{ "order", "grant", "[--until 2026-12-31]", "同意延期；--until 另定日期",
		"grant the extension, or until another date" },
	{ "order", "refuse", REASON, "不同意延期", "refuse the extension" },
	{ "order", "verify", "[--override " REASON "]",
		"复核通过；写了版本的重新匹配，不符时不予通过并写明理由，--override 仍予通过",
		"what has a version is matched again; where that contradicts, nothing is verified unless "
		"--override" },
	{ "order", "return", REASON, "退回整改", "return for more work" },
	{ "order", "uphold", "[--until 2026-12-31]", "异议成立；对“无法整改”须写明暂缓至何时",
		"the dispute is right; for cannot_fix say until when the risk is accepted" },
	{ "order", "reject", REASON, "异议不成立", "the dispute is wrong" },
	{ "order", "urge", "--channel CHANNEL [--person NAME] [--result TEXT]",
		"催办：方式（如 phone）、联系到何人、结果",
		"urge: by which channel (phone), whom it reached, with what result" },
	{ "order", "escalate", "[" REASON "]", "提级督办", "escalate" },
	{ "order", "hand_over", "--unit_id UNIT " REASON, "转办给另一单位", "hand over to another unit" },
	{ "order", "withdraw", REASON, "撤回", "withdraw" },
	{ "order", "archive", "", "归档（办结七日后自动）",
		"archive (by itself seven days after verification)" },
};

const struct help_words *help_words_find(struct span resource, struct span verb)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_is(resource, words[i].resource) && span_is(verb, words[i].verb))
			return &words[i];
	return NULL;
}
