/* What the house consists of: each room's tables, listed once. */
#include "asset/declaration.h"
#include "finding/finding.h"
#include "finding/template.h"
#include "kpi/kpi.h"
#include "notice/notice.h"
#include "order/order.h"
#include "order/send.h"
#include "people/people.h"
#include "resource/api.h"
#include "resource/change.h"
#include "role/role.h"
#include "vuln/vuln.h"

static const struct resource *const resources[] = {
#define RESOURCE(name) &name##_resource,
#include "role/resources.def"
#undef RESOURCE
};

static const struct { const struct route *rows; const size_t *n; } routes[] = {
	{ resource_routes, &resource_routes_count },
	{ import_routes, &import_routes_count },
	{ people_routes, &people_routes_count },
	{ account_routes, &account_routes_count },
	{ asset_routes, &asset_routes_count },
	{ finding_routes, &finding_routes_count },
	{ template_routes, &template_routes_count },
	{ order_routes, &order_routes_count },
	{ order_rule_routes, &order_rule_routes_count },
	{ notice_routes, &notice_routes_count },
	{ order_post_routes, &order_post_routes_count },
	{ order_batch_routes, &order_batch_routes_count },
	{ kpi_routes, &kpi_routes_count },
	{ order_declaration_routes, &order_declaration_routes_count },
	{ order_behalf_routes, &order_behalf_routes_count },
	{ role_routes, &role_routes_count },
	{ admin_routes, &admin_routes_count },
	{ situation_routes, &situation_routes_count },
};

static const struct { const struct command *rows; const size_t *n; } commands[] = {
	{ role_commands, &role_commands_count },
	{ people_commands, &people_commands_count },
	{ asset_commands, &asset_commands_count },
	{ finding_commands, &finding_commands_count },
	{ order_commands, &order_commands_count },
	{ order_behalf_commands, &order_behalf_commands_count },
	{ order_declaration_commands, &order_declaration_commands_count },
	{ order_post_commands, &order_post_commands_count },
	{ notice_commands, &notice_commands_count },
	{ vuln_commands, &vuln_commands_count },
	{ kpi_commands, &kpi_commands_count },
};

static const struct { const struct job_kind *rows; const size_t *n; } jobs[] = {
	{ notice_jobs, &notice_jobs_count },
	{ import_jobs, &import_jobs_count },
};

static const struct { const struct job_tick *rows; const size_t *n; } ticks[] = {
	{ role_ticks, &role_ticks_count },
	{ order_ticks, &order_ticks_count },
	{ import_ticks, &import_ticks_count },
};

static const struct import_kind *const imports[] = {
	&asset_import_kind,
	&nmap_import_kind,
	&sbom_import_kind,
	&unit_import_kind,
	&person_import_kind,
	&finding_import_kind,
};

static const struct finding_kind *const kinds[] = {
	&vuln_finding_kind,
};

void house_start(void)
{
	static const struct route *tables[COUNT(routes)];
	static size_t counts[COUNT(routes)];
	for (size_t i = 0; i < COUNT(routes); i++) {
		tables[i] = routes[i].rows;
		counts[i] = *routes[i].n;
	}
	resource_register(resources, COUNT(resources));
	import_register(imports, COUNT(imports));
	finding_register(kinds, COUNT(kinds));
	declaration_listen(order_follow_declaration);
	route_register(tables, counts, COUNT(routes));
}

const struct command *house_command(size_t i)
{
	for (size_t t = 0; t < COUNT(commands); i -= *commands[t++].n)
		if (i < *commands[t].n)
			return &commands[t].rows[i];
	return NULL;
}

const struct job_kind *house_job(struct span kind)
{
	for (size_t t = 0; t < COUNT(jobs); t++)
		for (size_t i = 0; i < *jobs[t].n; i++)
			if (span_is(kind, jobs[t].rows[i].kind))
				return &jobs[t].rows[i];
	return NULL;
}

const struct job_tick *house_tick(size_t i)
{
	for (size_t t = 0; t < COUNT(ticks); i -= *ticks[t++].n)
		if (i < *ticks[t].n)
			return &ticks[t].rows[i];
	return NULL;
}
