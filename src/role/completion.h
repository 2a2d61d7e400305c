#pragma once
#include "role/role.h"

bool completion_run(struct command_call *c, struct err *err);
