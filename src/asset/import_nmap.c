/*
 * reads foreign bytes
 *
 * The format: nmap.dtd of nmap 7; attributes that older versions or masscan leave out are optional here.
 */
#include "asset/address.h"
#include "asset/import.h"
#include "codec/xml.h"

enum { HOSTS_MAX = 100000, NAME_BYTES = 253 };

/* One host element. */
struct found {
	char address[ADDRESS_TEXT];
	struct span name;
	uint64_t line;
	bool down, taken_for_up;                 /* taken_for_up: nobody asked (-Pn) */
	size_t open;
};

struct scan {
	const struct import_nmap *into;
	struct import_file *f;
	struct arena *arena;
	struct xml *xml;
	struct map *by_address;
	VEC(struct import_host) hosts;
	VEC(struct import_software) software;
	VEC(struct import_software) of_host;     /* of the element being read */
	struct span failure;                     /* what nmap says went wrong */
	bool report;                             /* the root was nmap's */
	bool unnamed;                            /* hosts that answered have no IP address (made anonymous) */
};

static void take_address(const struct xml_event *e, struct found *h)
{
	char text[ADDRESS_TEXT];
	enum address_kind kind = address_parse(xml_get(e, "addr"), text);
	bool v4 = kind == ADDRESS_IPV4;
	if ((!v4 && kind != ADDRESS_IPV6) || (h->address[0] && !v4))
		return;
	memcpy(h->address, text, sizeof text);
}

/* What somebody asked for before what the address resolves to. */
static void take_name(struct scan *s, const struct xml_event *e, struct found *h)
{
	char text[ADDRESS_TEXT];
	struct span name = xml_get(e, "name");
	if ((h->name.n && !span_is(xml_get(e, "type"), "user")) || name.n > NAME_BYTES ||
		address_parse(name, text) != ADDRESS_NAME)
		return;
	h->name = arena_span(s->arena, span_of(text));
}

struct service {
	bool open;
	struct span product, version, cpe;
};

/* Behind the start of a service: its cpe elements; the one of an application, else of hardware, is its
 * name. */
static bool read_service(struct scan *s, const struct xml_event *start, struct service *v, struct err *err)
{
	struct arena *a = s->arena;
	v->product = plan_words(a, xml_get(start, "product"), IMPORT_NAME_MAX);
	v->version = plan_words(a, xml_get(start, "version"), IMPORT_VERSION_MAX);
	v->cpe = SPAN("");
	for (unsigned depth = start->depth;;) {
		struct xml_event e;
		if (!xml_next(s->xml, &e, err))
			return false;
		if (e.kind == XML_DONE || (e.kind == XML_END && e.depth == depth))
			return true;
		if (e.kind != XML_START || !span_is(e.name, "cpe"))
			continue;
		struct str text = STR_IN(a, 4096);
		if (!xml_text(s->xml, &text, err))
			return false;
		struct span name = span_trim(str_span(&text));
		if (span_starts(name, SPAN("cpe:/a:")) || (!v->cpe.n && span_starts(name, SPAN("cpe:/h:"))))
			v->cpe = name;
	}
}

static void add_service(struct scan *s, const struct service *v, uint64_t line)
{
	struct import_software one = { .line = line };
	struct import_words w = { .cpe = v->cpe, .vendor = SPAN(""), .product = v->product,
		.version = v->version };
	struct err ignored = { 0 };
	/* a name that is none is the fault of nmap's probes, and the product is still what it is */
	bool ok = w.cpe.n && plan_software_of_cpe(&w, s->arena, &one, &ignored);
	if (!ok && !w.product.n)
		return;
	if (!ok)
		plan_software_of_text(&w, s->arena, &one);
	vec_push(&s->of_host, one);
}

/* Behind the start of a port. */
static bool read_port(struct scan *s, const struct xml_event *start, struct found *h, struct err *err)
{
	struct service v = { 0 };
	uint64_t line = start->line;
	for (unsigned depth = start->depth;;) {
		struct xml_event e;
		if (!xml_next(s->xml, &e, err))
			return false;
		if (e.kind == XML_DONE || (e.kind == XML_END && e.depth == depth))
			break;
		if (e.kind != XML_START)
			continue;
		if (span_is(e.name, "state"))
			v.open = span_is(xml_get(&e, "state"), "open");
		if (span_is(e.name, "service") && !read_service(s, &e, &v, err))
			return false;
	}
	h->open += v.open;
	if (v.open)
		add_service(s, &v, line);
	return true;
}

/* The host of this address in the plan; masscan writes one element for each port. */
static bool host_of(struct scan *s, const struct found *h, size_t *ret, struct err *err)
{
	bool fresh;
	if (map_count(s->by_address) >= HOSTS_MAX)
		return err_set(err, ERR_TOO_LARGE, "报告中的主机超过 %d 台，请分开导入",
			"the report has more than %d hosts; split it", HOSTS_MAX);
	uint64_t *at = map_put(s->by_address, span_of(h->address), s->hosts.n, &fresh);
	if (fresh)
		vec_push(&s->hosts,
			(struct import_host){ .source = "nmap",
				.unit_n = s->into->unit_n,
				.unit = s->into->unit,
				.name = h->name.n ? h->name : SPAN(""),
				.address = arena_span(s->arena, span_of(h->address)),
				.system = SPAN(""),
				.importance = SPAN(""),
				.exposure = SPAN(""),
				.line = h->line });
	else if (h->name.n && !s->hosts.p[*at].name.n)
		s->hosts.p[*at].name = h->name;
	*ret = (size_t)*at;
	return true;
}

static bool end_host(struct scan *s, const struct found *h, struct err *err)
{
	size_t host;
	if (h->down || (h->taken_for_up && !h->open))
		return true;
	s->unnamed |= !h->address[0];
	if (!h->address[0])
		return true;
	if (!host_of(s, h, &host, err))
		return false;
	for (size_t i = 0; i < s->of_host.n; i++) {
		s->of_host.p[i].host = host;
		vec_push(&s->software, s->of_host.p[i]);
		if (++s->hosts.p[host].n_software > IMPORT_SOFTWARE_MAX)
			return err_set(err, ERR_TOO_LARGE, "一台主机最多 %d 项软件",
				"a host has at most %d software instances", IMPORT_SOFTWARE_MAX);
	}
	return arena_check(s->arena, err);
}

static bool read_host(struct scan *s, const struct xml_event *start, struct err *err)
{
	struct found h = { .line = start->line };
	s->of_host.n = 0;
	for (unsigned depth = start->depth;;) {
		struct xml_event e;
		if (!xml_next(s->xml, &e, err))
			return false;
		if (e.kind == XML_DONE || (e.kind == XML_END && e.depth == depth))
			return end_host(s, &h, err);
		if (e.kind != XML_START)
			continue;
		if (span_is(e.name, "status") && e.depth == depth + 1) {
			h.down = !span_is(xml_get(&e, "state"), "up");
			h.taken_for_up = span_is(xml_get(&e, "reason"), "user-set");
		} else if (span_is(e.name, "address") && e.depth == depth + 1) {
			take_address(&e, &h);
		} else if (span_is(e.name, "hostname")) {
			take_name(s, &e, &h);
		} else if (span_is(e.name, "port") && !read_port(s, &e, &h, err)) {
			return false;
		}
	}
}

/* Two hosts of one name are called by their addresses, as are those without a name. */
static void name_by_address(struct scan *s)
{
	CLEANUP(map_free_p) struct map *names = map_new(HOSTS_MAX + 1);
	for (size_t i = 0; i < s->hosts.n; i++)
		if (s->hosts.p[i].name.n)
			++*map_put(names, s->hosts.p[i].name, 0, NULL);
	for (size_t i = 0; i < s->hosts.n; i++) {
		struct import_host *h = &s->hosts.p[i];
		if (!h->name.n || *map_find(names, h->name) > 1)
			h->name = h->address;
	}
}

static bool finish(struct scan *s, struct err *err)
{
	struct import_file *f = s->f;
	if (s->hosts.n == 0 && s->failure.n)
		return err_set(err, ERR_INVALID, "扫描没有完成：" SPAN_FMT, "the scan failed: " SPAN_FMT,
			SPAN_ARG(s->failure));
	if (s->hosts.n == 0 && s->unnamed)
		return err_set(err, ERR_INVALID, "报告里的主机没有 IP 地址，无法对应到资产",
			       "the hosts of the report have no IP address");
	if (s->hosts.n == 0)
		return err_set(err, ERR_INVALID, "报告里没有在线的主机，没有可导入的内容",
			       "the report has no host that answered: nothing to import");
	name_by_address(s);
	for (size_t i = 0; i < s->hosts.n; i++) {
		s->hosts.p[i].first_alone = s->hosts.p[i].n_software == 0;
		f->rows += s->hosts.p[i].first_alone;
	}
	f->rows += (int64_t)s->software.n;
	plan_gather(f, s->hosts.p, s->hosts.n, s->software.p, s->software.n);
	return true;
}

static bool no_report(struct err *err)
{
	return err_set(err, ERR_MEDIA_TYPE, "这不是 nmap 的 XML 报告（nmap -oX）",
		       "this is no XML report of nmap (nmap -oX)");
}

static bool read_report(struct scan *s, struct err *err)
{
	struct xml_event e = { .kind = XML_TEXT };
	while (e.kind != XML_DONE) {
		if (!xml_next(s->xml, &e, err))
			return false;
		if (e.kind != XML_START)
			continue;
		s->report |= span_is(e.name, "nmaprun");
		if (!s->report)
			return no_report(err);
		if (span_is(e.name, "finished"))
			s->failure = plan_words(s->arena, xml_get(&e, "errormsg"), IMPORT_NAME_MAX);
		if (e.depth == 2 && span_is(e.name, "host") && !read_host(s, &e, err))
			return false;
	}
	return finish(s, err);
}

bool plan_read_nmap(
	struct stream *stream, const struct import_nmap *into, struct import_file *f, struct err *err)
{
	CLEANUP(xml_close_p) struct xml *xml = NULL;
	CLEANUP(map_free_p) struct map *by_address = map_new(HOSTS_MAX + 1);
	struct scan s = { .into = into, .f = f, .arena = f->arena, .by_address = by_address };
	if (!xml_open_stream(stream, "nmaprun", &xml, err))
		return false;
	s.xml = xml;
	bool ok = read_report(&s, err);
	if (!ok && !s.report && err->code == ERR_MALFORMED)
		no_report(err);
	vec_done(&s.hosts);
	vec_done(&s.software);
	vec_done(&s.of_host);
	return ok;
}

/* ---- names that we know ---- */

static bool known_name(struct op *op, struct arena *a, struct import_host *h, bool *ret_found,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT name FROM assets WHERE unit_n = ? AND kind = 'host' AND address = ?"
			" AND retired_at IS NULL ORDER BY n LIMIT 1"),
		    V(db_i(h->unit_n), db_t(h->address)), &r, err) ||
		!db_next(r, ret_found, err))
		return false;
	if (*ret_found)
		h->name = arena_span(a, db_col_text(r, 0));
	return true;
}

static bool name_is_taken(struct op *op, const struct import_host *h, bool *ret, struct err *err)
{
	int64_t n;
	return db_int(op_db(op),
		SQL("SELECT n FROM assets WHERE unit_n = ? AND kind = 'host' AND name = ? AND address NOT IN "
		"('', ?)"),
		V(db_i(h->unit_n), db_t(h->name), db_t(h->address)), &n, ret, err);
}

bool plan_name_hosts(struct op *op, struct import_file *f, struct err *err)
{
	CLEANUP(map_free_p) struct map *used = map_new(f->n_hosts + 1);
	for (size_t i = 0; i < f->n_hosts; i++) {
		struct import_host *h = &f->hosts[i];
		bool found = false, taken = false, fresh;
		if (h->address.n && !known_name(op, f->arena, h, &found, err))
			return false;
		if (!found && h->address.n && !name_is_taken(op, h, &taken, err))
			return false;
		if (taken)
			h->name = h->address;
		map_put(used, h->name, i, &fresh);
		if (!fresh)
			h->name = h->address;
	}
	return true;
}
