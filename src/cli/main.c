#include "base/base.h"

int main(void)
{
	hash_start();
	return err_exit(ERR_USAGE);
}
