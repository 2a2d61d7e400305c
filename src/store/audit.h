#pragma once
/*
 * The signing key of checkpoints: inside the room `store`.  keys/audit.key holds the secret key,
 * keys/audit.pub the public one, both as hex; the public key stands in the table `facts` too.
 */
#include "store/store.h"

/* Makes the key once, when neither the folder nor the store has one. */
NODISCARD bool audit_key_make(const char *folder, struct db *writer, struct err *err);
