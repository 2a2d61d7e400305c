#include "resource/behalf.h"

enum { PERSON_MAX = 100, PHONE_MAX = 60, TEXT_MAX = 2000, SKEW = 2 * 60 * 1000, MINUTE = 60 * 1000 };

static const int64_t longest_ago = 366 * TIME_DAY;

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

/* "on_behalf.at": which member of which is wrong. */
static const char *member(struct op *op, const char *name, const char *part)
{
	return arena_printf(op->arena, "%s.%s", name, part).p;
}

static bool known_members(struct op *op, const json_t *said, const char *name, struct err *err)
{
	static const char *const known[] = { "channel", "phone", "person", "at", "text" };
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)said, key, value)
	{
		bool is = false;
		for (size_t i = 0; i < COUNT(known) && !is; i++)
			is = strcmp(key, known[i]) == 0;
		struct span part = utf8_cut(span_of(key), PERSON_MAX);
		if (!is)
			return err_field(err, member(op, name, "?"), "“%s”没有“" SPAN_FMT "”这一项",
				"%s has no member \"" SPAN_FMT "\"", name, SPAN_ARG(part));
		if (!json_is_string(value) && !json_is_null(value))
			return err_field(err, member(op, name, key), "“%s”的“" SPAN_FMT "”应为文本",
				"%s." SPAN_FMT " must be text", name, SPAN_ARG(part));
	}
	return true;
}

static bool read_person(struct op *op, const json_t *said, const char *name, struct span *ret,
	struct err *err)
{
	*ret = span_trim(json_get_text(said, "person"));
	if (!json_is_object(said) || !ret->n)
		return err_field(err, name, "“%s”须写明何人（person）、何种方式（channel）",
			"%s must name the person and the channel", name);
	return (utf8_count(*ret) <= PERSON_MAX && !utf8_has_control(*ret)) ||
		err_field(err, member(op, name, "person"), "“%s”的何人（person）最长 %d 个字，不含控制字符",
			"%s.person has at most %d characters, no control characters", name, (int)PERSON_MAX);
}

/* How it was said: a channel, or the number that was called. */
static bool read_channel(struct op *op, const json_t *said, const char *name, struct behalf *ret,
	struct err *err)
{
	struct span channel = span_trim(json_get_text(said, "channel"));
	struct span phone = span_trim(json_get_text(said, "phone"));
	const char *key = phone.n && !channel.n ? "phone" : channel_find(channel);
	if (!key)
		return err_field(err, name,
			"“%s”的方式（channel）应为 phone（电话）、wechat（微信）、yuezhengyi（粤政易）、paper（书面）或 "
			"visit（当面）",
			"%s.channel must be phone, wechat, yuezhengyi, paper or visit", name);
	if (utf8_count(phone) > PHONE_MAX || utf8_has_control(phone))
		return err_field(err, member(op, name, "phone"), "“%s”的电话号码（phone）最长 %d 个字",
			"%s.phone has at most %d characters", name, (int)PHONE_MAX);
	ret->channel = span_of(key);
	ret->whose_word = arena_printf(op->arena, SPAN_FMT "（" SPAN_FMT "）", SPAN_ARG(ret->person),
		SPAN_ARG(phone.n ? phone : span_of(channel_text(key, true))));
	return true;
}

/* When it was said.  People give minutes: what was sent at 10:00:35 may be acknowledged "at 10:00"; and their
 * clock may be a little before ours. */
static bool read_at(struct op *op, const json_t *said, const struct behalf_ask *ask, int64_t *ret,
	struct err *err)
{
	struct span text = json_get_text(said, "at");
	int64_t at, now = op_now(op), earliest = ask->since ? ask->since : now - longest_ago;
	char when[TIME_TEXT];
	if (!text.p)
		return true;
	if (!time_parse(text, &at) || at > now + SKEW)
		return err_field(err, member(op, ask->name, "at"), "“%s”的时间（at）应为已经过去的时间",
			"%s.at must be a time in the past", ask->name);
	if (at < earliest - earliest % MINUTE)
		return err_field(err, member(op, ask->name, "at"), "“%s”的时间（at）不能早于 %s",
			"%s.at must not lie before %s", ask->name, time_format(earliest, when));
	*ret = at < now ? at : now;
	return true;
}

bool behalf_read(
	struct op *op, const json_t *args, const struct behalf_ask *ask, struct behalf *ret, struct err *err)
{
	const json_t *said = json_object_get(args, ask->name);
	struct behalf b = { .at = op_now(op), .whose_word = SPAN("") };
	if (!said || json_is_null(said)) {
		if (ask->needed)
			return err_field(err, ask->name, "请写明凭谁的话、以何方式（%s：person、channel 或 phone）",
				"say on whose word and how (%s: person, channel or phone)", ask->name);
		*ret = b;
		return true;
	}
	if (!read_person(op, said, ask->name, &b.person, err) || !known_members(op, said, ask->name, err) ||
		!read_channel(op, said, ask->name, &b, err) || !read_at(op, said, ask, &b.at, err))
		return false;
	b.text = span_trim(json_get_text(said, "text"));
	if (utf8_count(b.text) > TEXT_MAX)
		return err_field(err, member(op, ask->name, "text"), "“%s”的原话（text）最长 %d 个字",
			"%s.text has at most %d characters", ask->name, (int)TEXT_MAX);
	b.given = true;
	CLEANUP(json_free) json_t *kept = json_deep_copy(said);
	json_object_set_new(kept, "channel", json_of_span(b.channel));
	struct str text = STR_IN(op->arena, 65536);
	if (!json_write(kept, &text, err))
		return false;
	b.json = str_span(&text);
	*ret = b;
	return true;
}

bool behalf_parse(struct op *op, const json_t *args, int64_t since, struct behalf *ret, struct err *err)
{
	return behalf_read(op, args, &(struct behalf_ask){ .name = "on_behalf", .since = since }, ret, err);
}
