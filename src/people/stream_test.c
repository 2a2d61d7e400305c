/* An event stream ends with the rights it was opened with, at once and not at the end of its minute. */
#include "net/http_server.h"
#include "people/person.h"
#include "people/testing.h"
#include "people/user.h"
#include "resource/stream.h"

static struct house h;
static struct arena *a;
static struct stream_seats *seats;

static int64_t made(const struct resource *r, const char *json)
{
	struct err err = { 0 };
	struct record rec = { 0 };
	CLEANUP(json_free) json_t *in = NULL;
	struct str text = STR_IN(a, 4096);
	for (const char *p = json; *p; p++)
		str_addc(&text, *p == '\'' ? '"' : *p);
	CHECK_OK(json_parse(str_span(&text), 0, &in, &err), err);
	bool ok = op_begin(&h.op, &err) && resource_create(&h.op, r, in, &rec, &err) &&
		op_commit(&h.op, &err);
	op_rollback(&h.op);
	CHECK_OK(ok, err);
	return rec.n;
}

static void change(const struct resource *r, int64_t n, const char *field, struct db_value v)
{
	struct err err = { 0 };
	struct record before, after;
	bool found, ok = op_begin(&h.op, &err) && resource_load(&h.op, r, n, &before, &found, &err) && found;
	if (ok) {
		after = record_copy(&h.op, &before);
		record_set(&after, field, v);
		ok = record_update(&h.op, &before, &after, "change", &err) && op_commit(&h.op, &err);
	}
	op_rollback(&h.op);
	CHECK_OK(ok, err);
}

static void gone(const struct resource *r, int64_t n)
{
	struct err err = { 0 };
	struct record rec;
	bool found,
		ok = op_begin(&h.op, &err) && resource_load(&h.op, r, n, &rec, &found, &err) && found &&
		resource_delete(&h.op, r, rec.id, 0, &err) && op_commit(&h.op, &err);
	op_rollback(&h.op);
	CHECK_OK(ok, err);
}

struct opened {
	struct http_answer answer;
	struct str out;
};

static void open_stream(struct opened *o, const struct actor *who, struct str *body)
{
	struct err err = { 0 };
	struct op op = { .store = h.store, .actor = who, .arena = a };
	struct call c = { .op = &op, .out = body, .http = &o->answer, .loop_store = h.store,
		.streams = seats };
	*o = (struct opened){ .out = STR_IN(a, 1 << 16) };
	CHECK_OK(stream_changes(&c, &err), err);
}

static bool goes_on(struct opened *o)
{
	str_clear(&o->out);
	return o->answer.stream(o->answer.stream_user, &o->out);
}

static void end_stream(struct opened *o)
{
	o->answer.stream_free(o->answer.stream_user);
}

/* `who` has STREAMS_PER_USER at most, and another one still gets his. */
static void bounded(const struct actor *who, struct str *body)
{
	struct opened open[STREAMS_PER_USER], more;
	struct http_answer none = { 0 };
	struct actor another = *who;
	struct op op = { .store = h.store, .actor = who, .arena = a };
	struct call c = { .op = &op, .out = body, .http = &none, .loop_store = h.store };
	struct err err = { 0 };
	seats = c.streams = stream_seats_new();
	another.who.user_n = who->who.user_n + 1;
	test_case("so many streams of one account, and no more");
	for (size_t i = 0; i < STREAMS_PER_USER; i++)
		open_stream(&open[i], who, body);
	CHECK(!stream_changes(&c, &err));
	CHECK_INT(err.code, ERR_RATE);
	CHECK(!none.stream);
	test_case("another account is served");
	open_stream(&more, &another, body);
	end_stream(&more);
	test_case("when one ends there is room for one");
	end_stream(&open[0]);
	open_stream(&open[0], who, body);
	err = (struct err){ 0 };
	CHECK(!stream_changes(&c, &err));
	for (size_t i = 0; i < STREAMS_PER_USER; i++)
		end_stream(&open[i]);
	stream_seats_free(seats);
	seats = NULL;
}

int main(void)
{
	struct str body = STR(4096);
	struct opened o;
	house_open(&h, "stream");
	a = h.arena;
	int64_t office = made(&unit_resource,
		"{'code':'CO','name':'市网信办','kind':'office','sector':'government'}");
	int64_t person = made(&person_resource, "{'name':'张伟','unit_id':'CO'}");
	int64_t user = made(&user_resource, "{'name':'zhangwei'}"),
		other = made(&user_resource, "{'name':'lina'}");
	int64_t grant = made(&grant_resource, "{'user_id':'zhangwei','role':'duty_officer','unit_id':'CO'}");
	int64_t others = made(&grant_resource, "{'user_id':'lina','role':'duty_officer','unit_id':'CO'}");
	struct grant held = { .role = ROLE_DUTY_OFFICER, .unit_n = office, .whole = true };
	struct actor who = { .who = { .user_n = user, .person_n = person }, .grants = &held, .n_grants = 1 };

	test_case("what is nobody's rights is told and ends nothing");
	open_stream(&o, &who, &body);
	CHECK(goes_on(&o));
	change(&unit_resource, office, "note", db_z("改"));
	CHECK(goes_on(&o));
	CHECK(strstr(str_z(&o.out), "\"resource\":\"unit\"") != NULL);
	test_case("nor do another one's account and role");
	change(&user_resource, other, "disabled", db_i(1));
	change(&grant_resource, others, "to_at", db_i(op_now(&h.op)));
	CHECK(goes_on(&o));
	test_case("one's own role ends it, before what follows is told");
	change(&grant_resource, grant, "to_at", db_i(op_now(&h.op)));
	change(&unit_resource, office, "note", db_z("又改"));
	CHECK(!goes_on(&o));
	CHECK(!strstr(str_z(&o.out), "\"resource\":\"unit\""));
	CHECK(!goes_on(&o));
	end_stream(&o);
	test_case("opened again it begins with what there is now");
	open_stream(&o, &who, &body);
	CHECK(goes_on(&o));
	test_case("one's own account, a duty, and a role that is gone end it");
	change(&user_resource, user, "disabled", db_i(1));
	CHECK(!goes_on(&o));
	end_stream(&o);
	open_stream(&o, &who, &body);
	CHECK(goes_on(&o));
	(void)made(&duty_resource, "{'person_id':'张伟','unit_id':'CO','kind':'liaison_a'}");
	CHECK(!goes_on(&o));
	end_stream(&o);
	open_stream(&o, &who, &body);
	CHECK(goes_on(&o));
	gone(&grant_resource, grant);
	CHECK(!goes_on(&o));
	end_stream(&o);
	bounded(&who, &body);
	str_done(&body);
	house_close(&h);
	return test_end();
}
