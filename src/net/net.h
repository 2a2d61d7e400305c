#pragma once
/*
 * The room `net`: the program's side of the network.
 *
 * http_server   what clients talk to: bytes of a listening socket in, one call of handle() per request out.
 * It alone
 *               sees libmicrohttpd; whatever a strict server must refuse never reaches handle().
 * http_decode   paths, queries and cookies from their encoded form
 *
 * What comes in is hostile; what goes out to the other rooms is bounded, valid UTF-8 and decoded exactly
 * once.
 */
#include "net/http_decode.h"
#include "net/http_server.h"
