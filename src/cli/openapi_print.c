/* Prints the API's description (OpenAPI 3.1): what the console's client is made from. */
#include <stdio.h>

#include "resource/openapi.h"
#include "role/role.h"

int main(void)
{
	struct str out = STR(16 << 20);
	hash_start();
	house_start();
	openapi_write(&out);
	bool ok = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
	str_done(&out);
	return ok ? 0 : 1;
}
