#pragma once
#include "resource/route.h"

/* Appends the OpenAPI 3.1 document of all that is registered. */
void openapi_write(struct str *out);
