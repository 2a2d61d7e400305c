#pragma once
/*
 * Sealing: what the program must be able to read again and a copy of the database must not tell, such as the
 * secrets of second factors.  The key lies in keys/seal.key, beside the database and not in it; of the roles,
 * `api` may read that one file of keys/.  A copy of store/ alone opens nothing.
 *
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha, libsodium) with a random nonce; as text "seal1:" and hex.
 */
#include "store/store.h"

/* Makes the key where there is none. */
NODISCARD bool seal_key_make(const char *folder, struct err *err);
/* `of` says what it belongs to ("totp", user 7): moved to another place it opens no more.  Inside or outside
 * a transaction; the key is read from its file each time. */
struct seal_of {
	const char *what;
	int64_t n;
};
NODISCARD bool seal_close(struct store *s, struct seal_of of, struct span plain, struct arena *a,
	struct span *ret, struct err *err);
/* What was kept before there was a key is given back as it is.  ERR_CORRUPT: it was sealed with another key,
 * for something else, or altered. */
NODISCARD bool seal_open(struct store *s, struct seal_of of, struct span kept, struct arena *a,
	struct span *ret, struct err *err);
bool seal_is(struct span kept);
