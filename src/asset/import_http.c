#include "asset/coverage.h"
#include "asset/import.h"
#include "asset/room.h"

static bool answer(struct call *c, const struct resource *r, struct span id, struct err *err)
{
	struct record rec;
	return resource_get(c->op, r, id, &rec, err) && record_json(c->op, &rec, 0, true, c->out, err);
}

static bool find_writable(struct call *c, const struct resource *r, struct record *rec, struct err *err)
{
	bool may;
	if (!resource_get(c->op, r, c->params[0], rec, err) ||
		!actor_may(
			c->op->actor, op_db(c->op), PERM_ASSET_WRITE, record_int(rec, "unit_id"), &may, err))
		return false;
	return may || err_set(err, ERR_FORBIDDEN, "没有修改的权限", "not permitted to change this");
}

static bool retire(struct call *c, struct err *err)
{
	struct record rec;
	return find_writable(c, &asset_resource, &rec, err) && asset_retire(c->op, rec.n, err)
		&& answer(c, &asset_resource, rec.id, err);
}

static bool remove_one(struct call *c, struct err *err)
{
	struct record rec;
	return find_writable(c, &software_resource, &rec, err) && software_remove(c->op, rec.n, "person", err)
		&& answer(c, &software_resource, rec.id, err);
}

const struct route asset_routes[] = {
	{ "POST", "/api/v1/assets/{id}/retire", retire, PERM_ASSET_WRITE, 4096, ROUTE_TX, "资产下线",
		"retires an asset" },
	{ "POST", "/api/v1/software/{id}/remove", remove_one, PERM_ASSET_WRITE, 4096, ROUTE_TX, "软件已卸载",
		"takes software out of the inventory" },
	{ "GET", "/api/v1/inventory-coverage", coverage_get, PERM_UNIT_READ, 0, 0,
		"资产覆盖：已申报、无信息系统、未申报、过期的单位数及其清单",
		"inventory coverage: units that declared, have none, said nothing, or said it too long ago" },
};
const size_t asset_routes_count = COUNT(asset_routes);
