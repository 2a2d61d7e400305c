#include "resource/behalf.h"

enum { PERSON_MAX = 100, TEXT_MAX = 2000 };

static const struct {
	const char *key, *zh, *en;
} channels[] = {
	{ "phone", "电话", "by telephone" },
	{ "wechat", "微信", "by WeChat" },
	{ "yuezhengyi", "粤政易", "by Yuezhengyi" },
	{ "paper", "书面", "on paper" },
	{ "visit", "当面", "in person" },
};

const char *channel_find(struct span key_or_word)
{
	for (size_t i = 0; i < COUNT(channels); i++)
		if (span_is(key_or_word, channels[i].key) || span_is(key_or_word, channels[i].zh))
			return channels[i].key;
	return NULL;
}

const char *channel_text(const char *key, bool zh)
{
	for (size_t i = 0; i < COUNT(channels); i++)
		if (strcmp(key, channels[i].key) == 0)
			return zh ? channels[i].zh : channels[i].en;
	return key;
}

static bool read_person(const json_t *who, struct span *ret, struct err *err)
{
	*ret = span_trim(json_get_text(who, "person"));
	if (!json_is_object(who) || !ret->n)
		return err_field(err, "on_behalf", "代录须写明何人（person）、何种方式（channel）",
			"on_behalf must name the person and the channel");
	if (utf8_count(*ret) > PERSON_MAX || utf8_has_control(*ret))
		return err_field(err, "on_behalf", "代录的何人（person）最长 %d 个字，不含控制字符",
			"on_behalf.person has at most %d characters, no control characters", PERSON_MAX);
	return true;
}

bool behalf_parse(struct op *op, const json_t *args, struct behalf *ret, struct err *err)
{
	const json_t *who = json_object_get(args, "on_behalf");
	struct behalf b = { .at = op_now(op) };
	if (!who || json_is_null(who)) {
		*ret = b;
		return true;
	}
	if (!read_person(who, &b.person, err))
		return false;
	const char *channel = channel_find(json_get_text(who, "channel"));
	if (!channel)
		return err_field(err, "on_behalf",
			"代录方式（channel）应为 phone（电话）、wechat（微信）、yuezhengyi（粤政易）、paper（书面）或 "
			"visit（当面）",
			"on_behalf.channel must be phone, wechat, yuezhengyi, paper or visit");
	struct span at = json_get_text(who, "at");
	/* It may lie before the order: a call comes first, the paper after. */
	if (at.p && (!time_parse(at, &b.at) || b.at > op_now(op)))
		return err_field(err, "on_behalf", "代录时间（at）应为已经过去的时间",
			"on_behalf.at must be a time in the past");
	b.text = span_trim(json_get_text(who, "text"));
	if (utf8_count(b.text) > TEXT_MAX)
		return err_field(err, "on_behalf", "代录的原话（text）最长 %d 个字",
			"on_behalf.text has at most %d characters", TEXT_MAX);
	b.given = true;
	b.channel = span_of(channel);
	b.whose_word = arena_printf(op->arena, SPAN_FMT "（%s）", SPAN_ARG(b.person),
		channel_text(channel, true));
	CLEANUP(json_free) json_t *kept = json_deep_copy(who);
	json_object_set_new(kept, "channel", json_string(channel));
	struct str text = STR_IN(op->arena, 65536);
	if (!json_write(kept, &text, err))
		return false;
	b.json = str_span(&text);
	*ret = b;
	return true;
}
