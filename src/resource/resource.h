#pragma once
/*
 * The room `resource`: things declared once.
 *
 * A resource is a table of fields (struct resource).  From it come the routes GET/POST /api/v1/<path>,
 * GET/PATCH/DELETE /api/v1/<path>/{id}, POST /api/v1/<path>/{id}/<verb> for each verb of its life, validation
 * with exact messages, bound SQL, filters, sorting, keyset paging, permissions, row scope, OpenAPI, `seawall
 * <name> list|show|add|set|rm|<verb>`, CSV export, change rows and steps.  What does not fit is an ordinary
 * row of a route table (route.h).
 *
 * Every table of a resource has the columns n INTEGER PRIMARY KEY, id TEXT UNIQUE, version, created_at,
 * updated_at (BIGINT NOT NULL); with a life also state TEXT NOT NULL.  Those five are in every answer and in
 * no field table.
 */
#include "codec/json.h"
#include "resource/op.h"

enum field_kind {
	FIELD_TEXT,      /* UTF-8 without control characters; min and max in characters (max 0: 200) */
	FIELD_LONG,      /* text of several lines; max 0: 20,000 characters */
	FIELD_INT,       /* min and max as they are */
	FIELD_BOOL,
	FIELD_TIME,      /* RFC 3339 outside, milliseconds inside */
	FIELD_DATE,      /* "2026-11-23", stored as text */
	FIELD_ENUM,      /* one of values[] */
	/* another resource: column x_n, outside x_id (an id, or its key) and x_name (its label) */
	FIELD_REF,
	/* object or array, stored as text; checked by the resource; with FILTER a list of texts, by one of
	 * them */
	FIELD_JSON,
};

enum field_flag {
	REQUIRED = 1,
	READ_ONLY = 2,   /* never taken from outside: set by code, or computed by `expr` */
	FILTER = 4,
	SORT = 8,        /* NOT NULL, and an index stands for it */
	SEARCH = 16,     /* found by q= */
	LIST = 32,       /* a column of tables for people */
	PERSONAL = 64,   /* masked in change rows */
	DERIVED = 128,   /* written without change row and version */
	RANGED = 512,    /* a time with an index of its own: asked for by a range of it */
	PINYIN = 256,    /* with SEARCH: found by pinyin and its initials as well */
	TENTHS = 512,    /* a whole number of tenths; on a screen with a point, below 0 nothing */
	PERCENT = 1024,  /* a whole number of hundred-thousandths; on a screen in percent */
};

struct field {
	const char *name;             /* as outside; a FIELD_REF ends in _id */
	enum field_kind kind;
	unsigned flags;
	int64_t min, max;
	const char *const *values;    /* FIELD_ENUM, NULL-terminated */
	const char *ref;              /* FIELD_REF: name of the resource */
	/* SQL over t when it is not simply t.<column>; implies READ_ONLY.  NOW in it is the present time; at
	 * most 999 characters before, between and behind. */
	const char *expr;
	const char *zh, *en;          /* one sentence each; what stands before the first comma is the label */
	const char *column;           /* where the name is a word of SQL ("to"): another for the column */
	/* A FIELD_JSON as people write it on a command line instead of JSON; NULL with err. */
	json_t *(*from_words)(struct span words, struct err *err);
};

/* A record read or to be written: values by position of the field. */
struct record {
	const struct resource *resource;
	int64_t n, version, created_at, updated_at;
	struct span id, state;
	struct db_value *values;
	struct span *ref_ids, *ref_names;      /* of FIELD_REF, by position; filled by reading */
	/* JSON object that apply() may leave for the step beside what was given; names must not be those of
	 * the verb's own arguments */
	struct span noted;
};

enum clock_effect { CLOCK_NONE, CLOCK_MEET_ACKNOWLEDGE, CLOCK_MEET_ANSWER, CLOCK_PAUSE, CLOCK_RESUME,
	CLOCK_MOVE, CLOCK_END };
enum need { NEED_REASON = 1, NEED_TEXT = 2, NEED_UNTIL = 4, NEED_UNIT = 8, NEED_CHANNEL = 16 };

/* One row of a life.  Several rows with one (from, verb) mean: the room's apply() chooses among their
 * `to`. */
struct transition {
	const char *from, *verb, *to;
	enum perm perm;
	unsigned needs;
	enum clock_effect clock;
};

struct life {
	const char *const *states;            /* NULL-terminated, the first is where a record is born */
	const struct transition *rows;
	size_t n_rows;
};

/* Is row i the first with its verb?  Several rows share one: what is told of verbs is told once. */
bool life_is_first(const struct life *life, size_t i);

enum resource_op { RESOURCE_CREATE = 1, RESOURCE_CHANGE = 2, RESOURCE_DELETE = 4 };

struct resource {
	const char *name, *path, *table;      /* "unit", "units", "units" (corpus tables as "corpus.vulns") */
	const char *zh, *en;                  /* what it is, in one sentence; label before the first comma */
	const struct field *fields;
	size_t n_fields;
	const char *unit_column;              /* row scope: "t.unit_n"; for units "t.n"; NULL: no scope */
	/* Rows that only an office sees (a draft): "t.sent_at IS NULL" is shown to whoever has veil_perm for
	   the unit in veil_column; beside the row scope.  NULL: none. */
	const char *veil, *veil_column;
	enum perm veil_perm;
	const char *key, *label;              /* field names: how people name one, how it is shown */
	/* What people call one beside its key (a unit by name or alias); ambiguous is not found.  NULL: by
	 * key only. */
	bool (*find)(struct op *op, struct span name, int64_t *ret_n, bool *ret_found, struct err *err);
	const char *sort;                     /* default order: "name" or "-priority"; NULL: by n */
	const char *where;      /* rows that exist for anybody ("t.deleted_at IS NULL"), or NULL */
	enum perm read, write;
	unsigned ops;                         /* generic operations offered */
	size_t body_max;                      /* 0: 64 KiB */
	const struct life *life;
	/* Before a row is written: whole-record rules; `before` is NULL at creation.  May change `after`. */
	bool (*check)(struct op *op, const struct record *before, struct record *after, struct err *err);
	/* After it was written, in the same transaction (before NULL: created; after NULL: deleted). */
	bool (*after)(struct op *op, const struct record *before, const struct record *after,
		struct err *err);
	/* Appends further members to the object of one record (",\"items\":[…]"); `single` false in lists. */
	bool (*show)(struct op *op, const struct record *r, bool single, struct str *out, struct err *err);
	/* Before a verb from outside, beside its permission: false says why this actor may not.  Verbs by
	   which one record drives another (record_apply) are not asked. */
	bool (*may)(struct op *op, const struct record *r, const struct transition *t, struct err *err);
	/* A transition: does what belongs to it and may choose another `to` of the same (from, verb), or keep
	 * t->to. */
	bool (*apply)(struct op *op, struct record *r, const struct transition *t, const json_t *args,
		const char **ret_to,
		      struct err *err);
	/* After one record was read by HTTP, outside a transaction: what follows from having been seen.
	 * Never fails the reading; may change what is shown. */
	void (*seen)(struct op *op, struct record *r);
	/* Has a change of this record (deleted or not) to do with what this actor may?  Asked by the event
	 * stream, which then ends.  NULL: never. */
	bool (*guards)(struct db *db, const struct actor *a, int64_t n, bool *ret, struct err *err);
	/* Notes in a step what measures need to know of the record at that moment: subject, issuer,
	 * deadlines. */
	void (*facts)(const struct record *r, struct store_step *step);
	/* Name of a field: what is recorded on behalf was not said before that time.  NULL: at most a year
	 * ago. */
	const char *said_since;
	/* What q= finds, where the search text is not all of it: appends " AND (...)" over t.  NULL: the text
	 * of the fields that have SEARCH. */
	bool (*search)(struct op *op, struct span q, struct sql *where, struct err *err);
	/* JSON text: OpenAPI properties of what show() adds ("\"items\":{…}"), or NULL */
	const char *show_schema;
	/* JSON text: OpenAPI properties of verb bodies beyond reason/text/until, or NULL */
	const char *args_schema;
};

/* The house's resources, given once at start by the roof; resource_find() by name or by path. */
void resource_register(const struct resource *const *list, size_t n);
const struct resource *resource_find(struct span name_or_path);
const struct resource *resource_at(size_t i);              /* NULL past the end */

/* ---- asking -------------------------------------------------------------------------------------------- */

enum query_op { QUERY_EQ, QUERY_NE, QUERY_GT, QUERY_GTE, QUERY_LT, QUERY_LTE, QUERY_IN, QUERY_NULL,
	QUERY_UNDER, QUERY_DIRECT };
enum { QUERY_FILTERS_MAX = 16, QUERY_IN_MAX = 1000, LIST_DEFAULT = 50, LIST_MAX = 1000 };

struct query {
	struct { const struct field *field; enum query_op op; struct db_value *values; size_t n;
		} filters[QUERY_FILTERS_MAX];
	size_t n_filters;
	const struct field *sort;              /* NULL: by n */
	bool descending;
	size_t limit;
	struct span cursor, q;
	uint64_t fields;                       /* bit per field; 0: all */
};

struct query_pair { struct span name, value; };

/* Names as in a URL: field, field__gt __gte __lt __lte __ne __in (comma) __null (true/false) __under (a unit
 * and all below; of units also id__under) __direct (those of them that are under no office below), id__in, q,
 * sort, limit, cursor, fields.  Also state, created_at, updated_at.  Unknown names are errors naming them. */
NODISCARD bool query_parse(const struct resource *r, const struct query_pair *pairs, size_t n,
	struct arena *a,
			   struct query *ret, struct err *err);
/* A JSON object of the same names; numbers, booleans, arrays (for __in) as well as strings. */
NODISCARD bool query_parse_json(const struct resource *r, const json_t *filter, struct arena *a,
	struct query *ret,
				struct err *err);

struct page {
	struct record *rows;
	size_t n;
	struct span next;                      /* cursor, {NULL,0} at the end */
};

/* Row scope and permission applied: ERR_FORBIDDEN without `read` anywhere. */
NODISCARD bool resource_list(struct op *op, const struct resource *r, const struct query *q, struct page *ret,
	struct err *err);
/* How many the query selects, scope and permission applied; counted to max, *ret is max + 1 where there are
 * more. ERR_BUSY when the deadline of the connection passed. */
NODISCARD bool resource_count(struct op *op, const struct resource *r, const struct query *q, int64_t max,
	int64_t *ret, struct err *err);
/* How the store would find that page: its own words, one step after the other, for tests. */
NODISCARD bool resource_list_explain(struct op *op, const struct resource *r, const struct query *q,
	struct str *out,
				     struct err *err);
/* Internal keys of all records the query selects in ascending n > after_n, at most SELECTION_MAX: for bulk
 * actions and exports. */
enum { SELECTION_MAX = 10000 };
struct selection { int64_t *ns; size_t n; };
NODISCARD bool resource_select(struct op *op, const struct resource *r, const struct query *q,
	int64_t after_n,
			       struct selection *ret, struct err *err);
/* One record by id (or key): ERR_NOT_FOUND also when the actor may not see it. */
NODISCARD bool resource_get(struct op *op, const struct resource *r, struct span id, struct record *ret,
	struct err *err);
/* One record by n, without permission or scope. */
NODISCARD bool resource_load(struct op *op, const struct resource *r, int64_t n, struct record *ret,
	bool *ret_found,
			     struct err *err);
/* n of an id or key, without scope; ERR_NOT_FOUND. */
NODISCARD bool resource_resolve(struct op *op, const struct resource *r, struct span id_or_key,
	int64_t *ret_n, struct err *err);

/* ---- changing: inside a transaction (op->tx) ----------------------------------------------------------- */

/* From outside: checks permission, every field (all wrong ones are noted in op->problems), references and
 * scope. */
NODISCARD bool resource_create(struct op *op, const struct resource *r, const json_t *in, struct record *ret,
	struct err *err);
/* ERR_PRECONDITION when the version differs. */
struct resource_request {
	struct span id;                        /* or key */
	struct span verb;                      /* of its life, for resource_apply() */
	const json_t *in;      /* members to change, or what the verb takes; may be NULL for a verb */
	int64_t if_version;                    /* 0: whatever version */
};
NODISCARD bool resource_change(struct op *op, const struct resource *r, const struct resource_request *q,
			       struct record *ret, struct err *err);
NODISCARD bool resource_delete(struct op *op, const struct resource *r, struct span id, int64_t if_version,
	struct err *err);
/* A verb of its life.  404 unseen, 403 not permitted, 409 not in this state, 422 something needed is
 * missing. */
NODISCARD bool resource_apply(struct op *op, const struct resource *r, const struct resource_request *q,
			      struct record *ret, struct err *err);

/* From our own code: values are trusted, permission is the caller's business; row, change (and first step)
 * are written. */
/* all NULL or defaults */
NODISCARD bool record_new(const struct resource *r, struct arena *a, struct record *ret);
void record_set(struct record *rec, const char *field, struct db_value v);      /* unknown field: assert */
struct db_value record_get(const struct record *rec, const char *field);
int64_t record_int(const struct record *rec, const char *field);      /* 0 for NULL */
struct span record_text(const struct record *rec, const char *field);
/* sets n, id, version, times */
NODISCARD bool record_insert(struct op *op, struct record *rec, struct err *err);
NODISCARD bool record_update(struct op *op, const struct record *before, struct record *after,
	const char *verb,
			     struct err *err);      /* writes what differs */
/* The same transition as resource_apply() does, without permission: for jobs, bulk actions and rooms that
 * drive others. */
NODISCARD bool record_apply(struct op *op, struct record *rec, const char *verb, const json_t *args,
	struct err *err);

/* The county office that a unit stands under: the nearest office at or above it, below the city's; 0 if there
 * is none. */
NODISCARD bool resource_county(struct op *op, int64_t unit_n, int64_t *ret_n, struct err *err);
/* Writes the search text of all records anew, 200 in a transaction: when a version of the program says
 * more. */
NODISCARD bool resource_index(struct op *op, const struct resource *r, struct err *err);
/* Another record of the same values, to be changed and given to record_update() beside the first. */
struct record record_copy(struct op *op, const struct record *from);

/* ---- showing ------------------------------------------------------------------------------------------- */

/* {"id":…}: one object.  Personal fields are shown to whoever may read the resource. */
NODISCARD bool record_json(struct op *op, const struct record *rec, uint64_t fields, bool single,
	struct str *out,
			   struct err *err);
struct span field_label(const struct field *f, bool zh);   /* up to the first comma */
/* A state's or verb's word for people (words.def); the key itself where there is none. */
struct span word_text(struct span key, bool zh);
/* The same of one resource's life, where a word of its own ("notice.issued") goes before the common one. */
struct span word_of(const struct resource *r, struct span key, bool zh);
/* The same of a field's value (FIELD_ENUM): "severity.none" goes before "none". */
struct span word_of_value(const struct resource *r, const struct field *f, struct span value, bool zh);
struct span resource_label(const struct resource *r, bool zh);
/* CSV with a BOM and a header row: one line a record. */
NODISCARD bool record_csv_header(struct op *op, const struct resource *r, uint64_t fields, struct str *out,
	struct err *err);
NODISCARD bool record_csv(struct op *op, const struct record *rec, uint64_t fields, struct str *out,
	struct err *err);
/* One field as plain text for a table or a CSV cell ("" for nothing). */
struct span record_cell(struct op *op, const struct record *rec, size_t i);
/* A text from the command line or a file as the JSON value of a field; NULL when it cannot be (err says
 * why). */
json_t *field_from_text(const struct field *f, struct span text, struct err *err);
