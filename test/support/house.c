#include "house.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int house_undocumented, house_broken;

static const char units[] = "code,name,parent,division,kind,sector,uscc\n"
			    "CITY,mark-CITY 市网信办,,440800,office,government,\n"
			    "CO-A,mark-CO-A 甲县网信办,CITY,440823,office,government,\n"
			    "CO-B,mark-CO-B 乙县网信办,CITY,440825,office,government,\n"
			    "A1,mark-A1 水务局,CO-A,440823,public_body,water,\n"
			    "A2,mark-A2 医院,CO-A,440823,public_body,health,\n"
			    "B1,mark-B1 水务局,CO-B,440825,public_body,water,\n"
			    "D1,mark-D1 局,CITY,440800,public_body,government,\n";

static _Noreturn void give_up(const struct story *s, const char *what)
{
	printf("Bail out! %s: %s\n", what, s->why);
	fflush(stdout);
	if (s->server > 0)
		kill(-s->server, SIGKILL);
	exit(99);
}

static void make_clock(struct story *s)
{
	char path[240];
	snprintf(path, sizeof path, "%s/clock", s->work);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 2 * sizeof *s->clock) != 0)
		give_up(s, path);
	s->clock = mmap(NULL, 2 * sizeof *s->clock, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (s->clock == MAP_FAILED || setenv("SEAWALL_CLOCK", path, 1) != 0)
		give_up(s, "mmap");
}

static void save_units(struct story *s)
{
	static const char *const codes[][2] = { { "CITY", "city" }, { "CO-A", "coa" }, { "CO-B", "cob" },
		{ "A1", "a1" }, { "A2", "a2" }, { "B1", "b1" }, { "D1", "d1" } };
	for (size_t i = 0; i < COUNT(codes); i++) {
		char *said = NULL;
		int status = house_run(s, NULL, &said, "unit", "show", codes[i][0], "--json", (char *)NULL);
		json_t *unit = status == 0 ? json_loads(said, 0, NULL) : NULL;
		if (!unit)
			give_up(s, "unit show");
		json_object_set(s->saved, codes[i][1], json_object_get(unit, "id"));
		json_decref(unit);
		free(said);
	}
}

void house_fill(struct story *s, const struct house_account *accounts, size_t n)
{
	if (house_run(s, NULL, NULL, "init", (char *)NULL) != 0)
		give_up(s, "init");
	char path[240];
	snprintf(path, sizeof path, "%s/units.csv", s->work);
	FILE *f = fopen(path, "we");
	if (!f || fputs(units, f) < 0 || fclose(f) != 0)
		give_up(s, path);
	if (house_run(s, NULL, NULL, "import", "units", path, (char *)NULL) != 0)
		give_up(s, "import units");
	save_units(s);
	for (size_t i = 0; i < n; i++) {
		json_t *step = json_pack("{ssssss}", "account", accounts[i].name, "role", accounts[i].role,
			"unit", accounts[i].unit);
		if (!account_step(s, step))
			give_up(s, "user add");
		json_decref(step);
	}
}

void house_begin(struct story *s, const char *program)
{
	static char full[4096];
	*s = (struct story){ .program = full, .saved = json_object(), .accounts = json_object() };
	if (!realpath(program, full))
		give_up(s, program);
	snprintf(s->work, sizeof s->work, "%s", test_folder());
	snprintf(s->data, sizeof s->data, "%s/data", s->work);
	s->folder = s->work;
	make_clock(s);
}

void house_make(struct story *s, const char *program, const struct house_account *accounts, size_t n)
{
	house_begin(s, program);
	house_fill(s, accounts, n);
}

void house_serve(struct story *s)
{
	if (!serve_start(s, NULL))
		give_up(s, "serve");
}

bool house_stop(struct story *s)
{
	bool clean = serve_stop(s, "TERM");
	if (!clean)
		printf("# %s\n", s->why);
	serve_end(s);
	return clean;
}

int house_run(struct story *s, const char *input, char **ret_said, const char *word, ...)
{
	json_t *args = json_array(), *in = input ? json_string(input) : NULL;
	va_list ap;
	va_start(ap, word);
	for (const char *w = word; w; w = va_arg(ap, const char *))
		json_array_append_new(args, json_string(w));
	va_end(ap);
	json_array_append_new(args, json_string("--data"));
	json_array_append_new(args, json_string(s->data));
	struct output o = { 0 };
	bool ran = command_run(s, args, in, &o);
	int status = ran ? o.status : 999;
	snprintf(s->why, sizeof s->why, "exit %d: %.2000s%.2000s", status, o.out ? o.out : "",
		o.err ? o.err : "");
	if (ret_said && asprintf(ret_said, "%s%s", o.out ? o.out : "", o.err ? o.err : "") < 0)
		abort();
	output_done(&o);
	json_decref(args);
	json_decref(in);
	return status;
}

void house_save(struct story *s, const json_t *answer, const char *what)
{
	char name[64], pointer[128];
	int used;
	while (sscanf(what, " %63[a-z0-9_] %127[^,]%n", name, pointer, &used) == 2) {
		json_t *v = value_at(answer, pointer);
		HOUSE_NEED(v != NULL);
		if (v)
			json_object_set(s->saved, name, v);
		what += used + (what[used] == ',');
	}
}

const char *house_saved(struct story *s, const char *name)
{
	const char *text = json_string_value(json_object_get(s->saved, name));
	return text ? text : "";
}

const char *house_note(struct story *s)
{
	return s->why;
}

static json_t *make_step(struct story *s, const struct ask *a)
{
	json_t *step = json_object(), *headers = json_object();
	if (a->as)
		json_object_set_new(step, "as", json_string(a->as));
	if (a->json) {
		json_t *body = json_loads(a->json, JSON_DECODE_ANY, NULL);
		json_t *expanded = body ? value_expand(s, body) : NULL;
		if (!expanded)
			printf("# the body %s: %s\n", a->json, body ? s->why : "is no JSON");
		json_object_set_new(step, "body", expanded ? expanded : json_null());
		json_decref(body);
	}
	if (a->raw)
		json_object_set_new(step, "body_text", json_stringn_nocheck(a->raw, a->raw_n));
	if (a->type)
		json_object_set_new(headers, "Content-Type", json_string(a->type));
	if (a->key)
		json_object_set_new(headers, "Idempotency-Key", json_string(a->key));
	if (a->header)
		json_object_set_new(headers, a->header, json_string(a->value));
	if (a->until)
		json_object_set_new(step, "until", json_string(a->until));
	json_object_set_new(step, "headers", headers);
	return step;
}

static void check_answer(struct story *s, const char *method, const char *path, const struct answer *a)
{
	char why[3000] = "";
	const char *type = json_string_value(json_object_get(a->headers, "content-type"));
	if (!s->openapi) {
		struct answer api = { 0 };
		if (request_send(s, "GET", "/api/v1/openapi.json", NULL, &api) && api.json)
			s->openapi = json_incref(api.json);
		answer_done(&api);
	}
	bool problem = a->status < 400 || (type && strcmp(type, "application/problem+json") == 0 && a->json);
	bool fits = s->openapi &&
		(strncmp(path, "/api/v1/", 8) != 0 ||
			openapi_check(s->openapi, method, path, a, why, sizeof why));
	if (problem && fits)
		return;
	if (house_undocumented++ < 20)
		printf("# not as documented: %s %s -> %ld: %s; %.600s\n", method, path, a->status, why,
			a->body);
}

long house_ask(struct story *s, const struct ask *a, struct answer *ret)
{
	struct answer own = { 0 }, *answer = ret ? ret : &own;
	json_t *in = json_string(a->path), *path = value_expand(s, in), *step = make_step(s, a);
	const json_t *account = a->as ? json_object_get(s->accounts, a->as) : NULL;
	bool ready = path && (!a->as || json_object_get(account, "cookie") || request_sign_in(s, a->as));
	bool sent = ready && request_send(s, a->method, json_string_value(path), step, answer);
	long status = sent ? answer->status : -1;
	if (sent && !a->until)
		check_answer(s, a->method, json_string_value(path), answer);
	json_decref(in);
	json_decref(path);
	json_decref(step);
	if (!ret)
		answer_done(&own);
	return status;
}

long house_do(struct story *s, const struct ask *a, const char *save)
{
	struct answer answer = { 0 };
	long status = house_ask(s, a, &answer);
	if (status / 100 != 2)
		printf("# %s %s as %s: %ld %s %.500s\n", a->method, a->path, a->as ? a->as : "a stranger",
			status, status < 0 ? s->why : "", answer.body ? answer.body : "");
	else if (save)
		house_save(s, answer.json, save);
	answer_done(&answer);
	return status;
}
