#pragma once
/*
 * GET /api/v1/changes/stream: server-sent events (HTML Living Standard 9.2).  Each event is a hint that a
 * record changed, never the record itself: {"seq","resource","id","verb","version","at"}, only of records
 * that the reader may see.  The id is the change's number: Last-Event-ID resumes behind it.  A stream ends
 * after a minute, so that a reader whose access has ended loses it; clients reconnect by themselves.
 */
#include "resource/route.h"

bool stream_changes(struct call *c, struct err *err);
