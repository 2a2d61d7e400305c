#pragma once
/*
 * GET /api/v1/changes/stream: server-sent events (HTML Living Standard 9.2).  Each event is a hint that a
 * record changed, never the record itself: {"seq","resource","id","verb","version","at"}, only of records
 * that the reader may see.  The id is the change's number: Last-Event-ID resumes behind it.  A stream ends
 * when the reader's account, a role or a duty of it changes (resource.h: guards), and after a minute in any
 * case; clients reconnect by themselves, with the rights they have then.
 */
#include "resource/route.h"

bool stream_changes(struct call *c, struct err *err);
