#pragma once
/*
 * GET /api/v1/changes/stream: server-sent events (HTML Living Standard 9.2).  Each event is a hint that a
 * record changed, never the record itself: {"seq","resource","id","verb","version","at"}, only of records
 * that the reader may see.  The id is the change's number: Last-Event-ID resumes behind it.  A stream ends
 * when the reader's account, a role or a duty of it changes (resource.h: guards), and after a minute in any
 * case; clients reconnect by themselves, with the rights they have then.
 */
#include "resource/route.h"

enum { STREAM_SEATS = 256, STREAMS_PER_USER = 16 };

/* Who has how many streams open: one account must not take the places of all others (they are few, and where
 * a proxy stands before the server so are the connections of its address).  Used by all threads. */
struct stream_seats;
struct stream_seats *stream_seats_new(void);
void stream_seats_free(struct stream_seats *s);        /* after the last stream; NULL allowed */

/* ERR_RATE: the user has STREAMS_PER_USER already. */
bool stream_changes(struct call *c, struct err *err);
