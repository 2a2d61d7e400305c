/* What an accepted answer says about the inventory goes there; matching follows the inventory's stamp. */
#include "asset/asset.h"
#include "order/room.h"

bool order_update_inventory(struct op *op, const struct item *it, struct err *err)
{
	if (span_is(it->claim, "decommissioned"))
		return !it->asset_n || asset_retire(op, it->asset_n, err);
	if (!it->software_n || (!it->version.n && !it->patch.n))
		return true;
	struct err e = { 0 };
	if (asset_software_set_version(op, it->software_n, it->version, it->patch, "answer", &e))
		return true;
	if (e.code == ERR_NOT_FOUND) /* no longer in the inventory: nothing to bring up to date */
		return true;
	*err = e;
	return false;
}
