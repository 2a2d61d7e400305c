#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"
#include "store/store.h"

static const struct store_actor who = { .user_n = 3, .name = { "zhang.w", 7 }, .address = { "192.0.2.1", 9 },
					.request_id = { "r-1", 3 } };
static struct store *s;
static struct err err;
static char folder[200], database[400];

/* Five changes, a checkpoint (6), four more (7..10); 1, 3, 5, 8 and 10 have values, those of 3 are purged
 * by 11. */
static bool fill(void)
{
	for (int i = 1; i <= 9; i++) {
		CLEANUP(store_rollback) struct store_tx *tx = NULL;
		struct store_change c = { .resource = "order",
			.record_n = i,
			.record_id = SPAN("id"),
			.version = 1,
			.verb = "create",
			.unit_before_n = 4,
			.unit_after_n = 5 };
		if (i % 2 == 1)
			c.values = SPAN("{\"after\":{\"a\":1}}");
		if (!store_begin(s, &who, &tx, &err) || !store_add_change(tx, &c, NULL, &err) ||
			!store_commit(&tx, &err) || (i == 5 && !store_audit_checkpoint(s, &who, &err)))
			return false;
	}
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	return store_begin(s, &who, &tx, &err) && store_change_purge(tx, 3, &err) && store_commit(&tx, &err);
}

/* Whoever holds the file writes what he likes: foreign keys and our own functions do not stop him. */
static bool tamper(struct sql_literal sql)
{
	CLEANUP(db_close_p) struct db *db = NULL;
	return db_open(&(struct db_open){ .path = database, .busy_ms = 1000 }, &db, &err)
		&& db_script(db, "PRAGMA foreign_keys = OFF", &err) && db_script(db, sql.text, &err);
}

static const struct {
	const char *what;
	struct sql_literal sql;
	int64_t broken;
} cases[] = {
	{ "nothing", { "SELECT 1" }, 0 },
	{ "n", { "UPDATE changes SET n = 4000 WHERE n = 4" }, 4 },
	{ "id", { "UPDATE changes SET id = 'x' WHERE n = 4" }, 4 },
	{ "at", { "UPDATE changes SET at = at - 1 WHERE n = 4" }, 4 },
	{ "resource", { "UPDATE changes SET resource = 'unit' WHERE n = 4" }, 4 },
	{ "record_n", { "UPDATE changes SET record_n = 1 WHERE n = 4" }, 4 },
	{ "record_id", { "UPDATE changes SET record_id = 'ie' WHERE n = 4" }, 4 },
	{ "version", { "UPDATE changes SET version = 2 WHERE n = 4" }, 4 },
	{ "verb", { "UPDATE changes SET verb = 'change' WHERE n = 4" }, 4 },
	{ "unit_before_n", { "UPDATE changes SET unit_before_n = 0 WHERE n = 4" }, 4 },
	{ "unit_after_n", { "UPDATE changes SET unit_after_n = 6 WHERE n = 4" }, 4 },
	{ "actor_user_n", { "UPDATE changes SET actor_user_n = 4 WHERE n = 4" }, 4 },
	{ "actor", { "UPDATE changes SET actor = 'li.s' WHERE n = 4" }, 4 },
	{ "address", { "UPDATE changes SET address = '' WHERE n = 4" }, 4 },
	{ "request", { "UPDATE changes SET request = 'r-2' WHERE n = 4" }, 4 },
	{ "values_hash of one without", { "UPDATE changes SET values_hash = hex(zeroblob(32)) WHERE n = 4" },
		4 },
	{ "values_hash", { "UPDATE changes SET values_hash = '' WHERE n = 5" }, 5 },
	{ "hash", { "UPDATE changes SET hash = upper(hash) WHERE n = 4" }, 4 },
	{ "type of a column", { "UPDATE changes SET actor = CAST(actor AS BLOB) WHERE n = 4" }, 4 },
	{ "bytes moved to the next column",
		{ "UPDATE changes SET actor = 'zhang.w1', address = '92.0.2.1' WHERE n = 4" }, 4 },
	{ "the first row", { "UPDATE changes SET actor = 'x' WHERE n = 1" }, 1 },
	{ "the last row", { "UPDATE changes SET actor = 'x' WHERE n = 11" }, 11 },
	{ "attachment", { "UPDATE change_values SET body = '{}' WHERE change_n = 5" }, 5 },
	{ "attachment of another type",
		{ "UPDATE change_values SET body = CAST(body AS BLOB) WHERE change_n = 5" }, 5 },
	{ "attachment deleted", { "DELETE FROM change_values WHERE change_n = 8" }, 8 },
	{ "attachment added", { "INSERT INTO change_values (change_n, body) VALUES (7, '{}')" }, 7 },
	{ "attachment purged without a record",
		{ "UPDATE change_values SET body = '', purged_at = 1 WHERE change_n = 10" }, 10 },
	{ "attachment refilled after its purge",
		{ "UPDATE change_values SET body = '{}' WHERE change_n = 3" }, 3 },
	{ "attachment behind the end", { "INSERT INTO change_values (change_n, body) VALUES (900, '{}')" },
		12 },
	{ "first row deleted", { "DELETE FROM changes WHERE n = 1" }, 1 },
	{ "row deleted", { "DELETE FROM changes WHERE n = 8" }, 8 },
	{ "last row deleted", { "DELETE FROM changes WHERE n = 11" }, 11 },
	{ "last row deleted with its purge",
		{ "DELETE FROM changes WHERE n = 11; DELETE FROM change_values WHERE change_n = 3" }, 3 },
	{ "pair swapped",
		{ "UPDATE changes SET n = -1 WHERE n = 8; UPDATE changes SET n = 8 WHERE n = 9;"
		  "UPDATE changes SET n = 9 WHERE n = -1" },
		8 },
	{ "row added at the end",
		{ "INSERT INTO changes SELECT 12, 'y', at, resource, record_n, record_id, version, verb,"
		  " unit_before_n, unit_after_n, actor_user_n, actor, address, request, '', hash FROM "
		  "changes WHERE n = 8" },
		12 },
	{ "row added at the front",
		{ "INSERT INTO changes SELECT 0, 'y', at, resource, record_n, record_id, version, verb,"
		  " unit_before_n, unit_after_n, actor_user_n, actor, address, request, '', hash FROM "
		  "changes WHERE n = 8" },
		-1 },
	{ "head set back",
		{ "UPDATE change_head SET change_n = 10, hash = (SELECT hash FROM changes WHERE n = 10)" },
		11 },
	{ "checkpoint deleted", { "DELETE FROM checkpoints" }, 6 },
	{ "checkpoint's time", { "UPDATE checkpoints SET at = at + 1" }, 6 },
	{ "checkpoint's hash", { "UPDATE checkpoints SET hash = (SELECT hash FROM changes WHERE n = 5)" },
		6 },
	{ "checkpoint's signature", { "UPDATE checkpoints SET signature = hex(zeroblob(64))" }, 6 },
	{ "checkpoint's key", { "UPDATE checkpoints SET key_id = 'x'" }, 6 },
	{ "checkpoint moved", { "UPDATE checkpoints SET change_n = 5" }, 5 },
	{ "key in the store", { "UPDATE facts SET value = hex(zeroblob(32)) WHERE name = 'audit_key'" }, -1 },
	{ "identity of the folder", { "UPDATE facts SET value = 'x' WHERE name = 'id'" }, 6 },
};

static bool copy_file(const char *from, const char *to)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 24, 1 << 25);
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	char *block = arena_alloc(a, 1 << 20);
	bool ok = in && out;
	for (size_t n; ok && (n = fread(block, 1, 1 << 20, in)) > 0; )
		ok = fwrite(block, 1, n, out) == n;
	if (in)
		fclose(in);
	if (out)
		ok = fclose(out) == 0 && ok;
	return ok;
}

static void test_tampering(void)
{
	char kept[420];
	snprintf(kept, sizeof kept, "%s.kept", database);
	test_case("a chain with a checkpoint and a purge is whole");
	CHECK_OK(store_open(folder, STORE_CREATE, &s, &err), err);
	CHECK_OK(fill(), err);
	struct store_audit audit = { 0 };
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK_INT(audit.checked, 11);
	CHECK_INT(audit.checkpoints, 1);
	CHECK_INT(audit.broken_seq, 0);
	store_close(s);                                    /* the last one out writes the WAL back */
	CHECK(copy_file(database, kept));
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("altered: %s", cases[i].what);
		CHECK(copy_file(kept, database));
		CHECK_OK(tamper(cases[i].sql), err);
		CHECK_OK(store_open(folder, STORE_OPEN, &s, &err), err);
		CHECK_OK(store_audit_verify(s, &audit, &err), err);
		CHECK_INT(audit.broken_seq, cases[i].broken);
		CHECK((audit.broken_seq == 0) == (audit.reason_zh[0] == '\0'));
		store_close(s);
	}
	CHECK(copy_file(kept, database));
}

static void test_keys(void)
{
	char path[300];
	struct stat st;
	struct store_audit audit = { 0 };
	test_case("the signing key is its owner's alone");
	snprintf(path, sizeof path, "%s/keys/audit.key", folder);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);

	test_case("a second checkpoint without a change between is none");
	CHECK_OK(store_open(folder, STORE_OPEN, &s, &err), err);
	CHECK_OK(store_audit_checkpoint(s, &who, &err), err);
	CHECK_OK(store_audit_checkpoint(s, &who, &err), err);
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK_INT(audit.checkpoints, 2);
	CHECK_INT(audit.checked, 12);

	test_case("without the key nothing is signed, and the chain is still proved");
	CHECK(unlink(path) == 0);
	CHECK_ERR(store_audit_checkpoint(s, &who, &err), err, ERR_NOT_FOUND);
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK_INT(audit.broken_seq, 0);

	test_case("init does not make another key");
	store_close(s);
	CHECK_OK(store_open(folder, STORE_CREATE, &s, &err), err);
	CHECK(stat(path, &st) != 0);
	store_close(s);
}

static void test_long_chain(void)
{
	char other[200];
	struct store_audit audit = { 0 };
	struct store_tx *tx = NULL;
	test_case("a chain longer than what is read at once");
	snprintf(other, sizeof other, "%s/long", test_folder());
	CHECK_OK(store_open(other, STORE_CREATE, &s, &err), err);
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	for (int i = 0; i < 2500; i++) {
		struct store_change c = {
			.resource = "order", .record_n = i, .verb = "create", .values = SPAN("{}")
		};
		CHECK_OK(store_add_change(tx, &c, NULL, &err), err);
	}
	CHECK_OK(store_commit(&tx, &err), err);
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK_INT(audit.checked, 2500);
	CHECK_INT(audit.broken_seq, 0);
	snprintf(database, sizeof database, "%s/store/seawall.db", other);
	CHECK_OK(tamper(SQL("UPDATE changes SET record_n = 0 WHERE n = 1001")), err);
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK_INT(audit.broken_seq, 1001);
	store_close(s);
}

int main(void)
{
	hash_start();
	clock_start();
	snprintf(folder, sizeof folder, "%s/audit", test_folder());
	snprintf(database, sizeof database, "%s/store/seawall.db", folder);
	test_tampering();
	test_keys();
	test_long_chain();
	return test_end();
}
