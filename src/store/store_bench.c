/* Figures of the store, as JSON lines.  Usage: store_bench FOLDER, which is made and should be on a real
 * disk. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"
#include "os/clock.h"
#include "store/store.h"

enum { SINGLE = 2000, BATCHES = 10, ORDERS = 1000, TEXTS = 100000, SEARCHES = 2000, CONNECTIONS = 8 };

static const struct store_actor who = { .user_n = 3, .name = { "bench", 5 } };
static struct err err;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "store_bench: %s\n", err.en);
	exit(err_exit(err.code));
}

static void figure(const char *name, double value, const char *unit)
{
	char at[TIME_TEXT];
	printf("{\"bench\":\"store\",\"figure\":\"%s\",\"value\":%.0f,"
	       "\"unit\":\"%s\",\"budget\":null,\"at\":\"%s\"}\n",
		name, value, unit, time_format(clock_wall(), at));
	fflush(stdout);
}

static void say(const char *name, int64_t count, int64_t ns, const char *unit)
{
	char each[40];
	snprintf(each, sizeof each, "%s/s", unit);
	figure(name, (double)count * 1e9 / (double)ns, each);
}

/* What one order writes: a number, two changes, three steps. */
static void write_order(struct store_tx *tx)
{
	int64_t number;
	must(store_next_number(tx, SPAN("orders/2026"), &number, &err));
	struct store_change c = { .resource = "order",
		.record_n = number,
		.record_id = SPAN("0190a000-0000-7000-8000-000000000000"),
		.version = 1,
		.verb = "create",
		.unit_after_n = 5,
		.values = SPAN("{\"before\":{},\"after\":{\"state\":\"sent\",\"unit\":\"GA-001\",\"text\":"
			       "\"请处置\"}}") };
	struct store_step st = { .resource = "order",
		.record_n = number,
		.from = "",
		.verb = "send",
		.to = "sent",
		.unit_n = 5,
		.county_n = 2,
		.severity = "critical" };
	for (int i = 0; i < 2; i++)
		must(store_add_change(tx, &c, NULL, &err));
	for (int i = 0; i < 3; i++)
		must(store_add_step(tx, &st, NULL, &err));
}

static void write_orders(struct store *s, int batches, int each, const char *name)
{
	int64_t start = clock_mono_ns();
	for (int i = 0; i < batches; i++) {
		struct store_tx *tx = NULL;
		must(store_begin(s, &who, &tx, &err));
		for (int k = 0; k < each; k++)
			write_order(tx);
		must(store_commit(&tx, &err));
	}
	say(name, (int64_t)batches * each, clock_mono_ns() - start, "orders");
}

static void search(struct store *s)
{
	static const char *const parts[] = { "教育局", "人民医院", "水务中心", "供电局", "住建局", "税务局", "港务集团", "中学" };
	int64_t start = clock_mono_ns();
	for (int i = 0; i < TEXTS; ) {
		struct store_tx *tx = NULL;
		must(store_begin(s, &who, &tx, &err));
		for (int k = 0; k < 1000; k++, i++) {
			char text[100];
			snprintf(text, sizeof text, "湛江市第%d%s srv-%05d 10.%d.%d.%d", i % 97, parts[i % 8],
				i, i >> 16, i >> 8 & 255, i & 255);
			must(store_search_set(tx, "asset", i + 1, span_of(text), &err));
		}
		must(store_commit(&tx, &err));
	}
	say("search_set", TEXTS, clock_mono_ns() - start, "texts");
	static const char *const queries[] = { "第5教", "srv-00421", "医", "10.0.3.7", "港务 srv-0" };
	for (size_t q = 0; q < COUNT(queries); q++) {
		struct arena *a = arena_new(1 << 20, 1 << 24);
		struct store_found found = { 0 };
		char name[80];
		start = clock_mono_ns();
		for (int i = 0; i < SEARCHES / 10; i++) {
			must(store_search(s, "asset", span_of(queries[q]), a, &found, &err));
			arena_reset(a);
		}
		snprintf(name, sizeof name, "search %s (%zu found)", queries[q], found.count);
		say(name, SEARCHES / 10, clock_mono_ns() - start, "searches");
		arena_free(a);
	}
}

static void verify(struct store *s)
{
	struct store_audit audit;
	int64_t start = clock_mono_ns();
	must(store_audit_verify(s, &audit, &err));
	say(audit.broken_seq ? "audit_verify BROKEN" : "audit_verify", audit.checked, clock_mono_ns() - start,
		"changes");
}

static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();
	return m.uordblks + m.hblkhd;
}

static void memory(const char *folder)
{
	struct store *all[CONNECTIONS];
	size_t before = heap();
	int64_t n;
	bool found;
	for (int i = 0; i < CONNECTIONS; i++) {
		must(store_open(folder, STORE_OPEN, &all[i], &err));
		must(db_int(store_reader(all[i]), SQL("SELECT count(*) FROM steps"), V0, &n, &found, &err));
	}
	figure("heap of a reader", (double)(heap() - before) / CONNECTIONS / 1024, "KiB");
	before = heap();
	for (int i = 0; i < CONNECTIONS; i++) {
		struct store_tx *tx = NULL;
		must(store_begin(all[i], &who, &tx, &err));
		write_order(tx);
		must(store_commit(&tx, &err));
	}
	figure("heap of a writer beside it", (double)(heap() - before) / CONNECTIONS / 1024, "KiB");
	for (int i = 0; i < CONNECTIONS; i++)
		store_close(all[i]);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	hash_start();
	clock_start();
	struct store *s = NULL;
	int64_t start = clock_mono_ns();
	must(store_open(argv[1], STORE_CREATE, &s, &err));
	say("create", 1, clock_mono_ns() - start, "stores");
	store_close(s);
	start = clock_mono_ns();
	for (int i = 0; i < 100; i++) {
		must(store_open(argv[1], STORE_OPEN, &s, &err));
		store_close(s);
	}
	say("open", 100, clock_mono_ns() - start, "stores");
	must(store_open(argv[1], STORE_OPEN, &s, &err));
	write_orders(s, SINGLE, 1, "orders, one a transaction");
	write_orders(s, BATCHES, ORDERS, "orders, a thousand a transaction");
	verify(s);
	search(s);
	memory(argv[1]);
	store_close(s);
	return 0;
}
