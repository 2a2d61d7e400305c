#pragma once
#include "resource/resource.h"

extern const struct resource change_resource;
