#pragma once
/* Shared by the files of this room only. */
#include "kpi/kpi.h"

/* ---- what is asked (ask.c) ---- */

struct kpi_ask {
	int64_t from_at, to_at;                /* the period, to_at not in it any more */
	int64_t asof;                          /* what was recorded by then counts */
	char from[TIME_DATE_TEXT], to[TIME_DATE_TEXT]; /* as asked */
	int64_t unit_n;                        /* 0: the actor's part of the city */
	struct span unit_id;                   /* {NULL,0}: not asked for */
	bool all;                              /* the whole city: `units` is no limit */
	const int64_t *units;                  /* who belonged there at `asof`, ascending */
	size_t n_units;
	const int64_t *owing;      /* of them those that owe something: no offices, no suppliers */
	size_t n_owing;
	int64_t inventory_days, contacts_days; /* rules in effect at `asof` */
};
struct kpi_words { struct span from, to, unit, asof; };   /* as given; {NULL,0}: the default */
/* Defaults: this year up to today; the actor's units; now.  A day of `asof` means its end.  ERR_INVALID names
 * the field; a unit that the actor may not see is as if it were not there. */
NODISCARD bool kpi_ask_read(struct op *op, const struct kpi_words *w, struct kpi_ask *ret, struct err *err);
bool kpi_ask_has(const struct kpi_ask *q, int64_t unit_n);
bool kpi_ask_owes(const struct kpi_ask *q, int64_t unit_n);

/* ---- what is known of one order (facts.c) ---- */

enum kpi_reply { KPI_NO_REPLY, KPI_ACKNOWLEDGE, KPI_ANSWER };
enum kpi_state { KPI_SENT, KPI_OPEN, KPI_PAUSED, KPI_DONE, KPI_WITHDRAWN };   /* whose turn it is */

/* Times: 0, or a negative number, is impossible for what happened; `has_…` are not needed therefore. */
struct kpi_facts {
	int64_t order_n, unit_n;               /* whose it was at `asof` */
	bool finding;                          /* about findings */
	enum kpi_reply reply;
	enum kpi_state state;
	char state_name[24];
	int64_t sent_at, acknowledged_at, answered_at, verified_at;
	int64_t replied_at;
		/* what is held against the deadline: first answered, or when the
						  dispute was raised that ended it */
	int64_t acknowledge_due, answer_due;   /* the last known */
	int64_t due_when_acknowledged, due_when_replied;
	int64_t disputed_at;                   /* while or since it was last in dispute */
	bool returned;                         /* before it was verified */
	bool spoke, on_behalf;                 /* the unit said anything; by somebody else's hand */
};

/* Walks the orders that were sent in the period, ascending by n > after_n; those of other units are left
 * out. */
struct kpi_walk;
NODISCARD bool kpi_walk_open(struct op *op, const struct kpi_ask *q, int64_t after_n, struct kpi_walk **ret,
	struct err *err);
NODISCARD bool kpi_walk_next(struct kpi_walk *w, struct kpi_facts *ret, bool *ret_more, struct err *err);
void kpi_walk_close(struct kpi_walk **w);
/* What it asks the store, for a test of the plan. */
NODISCARD bool kpi_walk_sql(struct op *op, const struct kpi_ask *q, int64_t after_n, struct sql *sql,
	struct err *err);

/* ---- definitions (measure.c) ---- */

enum kpi_source { KPI_OF_ORDERS, KPI_OF_NOTICES, KPI_OF_INVENTORY, KPI_OF_CONTACTS };
enum kpi_unit { KPI_COUNT, KPI_RATIO, KPI_HOURS };

struct kpi_measure {
	const char *key, *version;
	enum kpi_source source;
	enum kpi_unit unit;
	/* Of orders: does it belong to the denominator; to the numerator too (NULL: all of them)? */
	bool (*counts)(const struct kpi_facts *f, const struct kpi_ask *q);
	bool (*meets)(const struct kpi_facts *f, const struct kpi_ask *q);
	int64_t (*lasts)(const struct kpi_facts *f);   /* KPI_HOURS: milliseconds */
	const char *zh, *en;
	const char *numerator_zh, *numerator_en, *denominator_zh, *denominator_en;
};
extern const struct kpi_measure kpi_measures[];
extern const size_t kpi_measures_count;
extern const char *const kpi_keys[];           /* NULL-terminated, in the same order */
extern const char *const kpi_unit_names[];     /* count ratio hours */
const struct kpi_measure *kpi_measure_find(struct span key);

/* ---- values (answer.c) ---- */

struct kpi_value {
	int64_t count;                         /* records of the numerator */
	int64_t sum;                           /* KPI_HOURS: milliseconds */
	int64_t of;                            /* the denominator; of a count: the period, 1 */
	struct span target;                    /* a decimal number, {NULL,0}: none */
	struct span target_period;             /* what a count is aimed at for: any year quarter month */
};
enum { KPI_MEASURES = 12 };
/* By position of kpi_measures. */
NODISCARD bool kpi_values(struct op *op, const struct kpi_ask *q, struct kpi_value ret[KPI_MEASURES],
	struct err *err);
/* The numbers as they are written; value "null" where there is nothing to divide by. */
void kpi_write_value(const struct kpi_measure *m, const struct kpi_value *v, struct str *out);
void kpi_write_numerator(const struct kpi_measure *m, const struct kpi_value *v, struct str *out);
/* The path of the records. */
void kpi_write_path(const struct kpi_measure *m, const struct kpi_ask *q, struct str *out);
/* {"from","to","unit","asof","items":[…]} */
NODISCARD bool kpi_write(struct op *op, const struct kpi_ask *q, struct str *out, struct err *err);
NODISCARD bool kpi_write_csv(struct op *op, const struct kpi_ask *q, struct str *out, struct err *err);

/* ---- records (records.c) ---- */

struct kpi_page { int64_t after_n; size_t limit; };
/* {"items":[…],"next":…} of what is in the numerator; ascending by n. */
NODISCARD bool kpi_records(struct op *op, const struct kpi_ask *q, const struct kpi_measure *m,
	const struct kpi_page *page, struct str *out, struct err *err);
/* Their numbers, ascending, n > after_n, at most `limit`; for records that are not orders. */
struct kpi_marked { int64_t n, at, unit_n; };
struct kpi_marks { struct kpi_marked *at; size_t n; };
NODISCARD bool kpi_marks(struct op *op, const struct kpi_ask *q, enum kpi_source source,
	struct kpi_marks *ret,
	struct err *err);

/* ---- targets (target.c) ---- */

/* In force at the period's last day for the unit or the nearest above it, as known:
 * ret's target and target_period. */
NODISCARD bool kpi_target(struct op *op, const struct kpi_ask *q, const struct kpi_measure *m,
	struct kpi_value *ret, struct err *err);
