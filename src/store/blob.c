#include "store/store_room.h"

#include <stdio.h>

#include "os/file.h"

static bool blob_paths(const struct store *s, const char hex[HASH_SHA256_HEX + 1],
	char ret_folder[STORE_PATH_MAX], char ret_path[STORE_PATH_MAX], struct err *err)
{
	char name[80];
	snprintf(name, sizeof name, "blobs/%.2s", hex);
	if (!store_path(s->folder, name, ret_folder, err))
		return false;
	snprintf(name, sizeof name, "blobs/%.2s/%s", hex, hex + 2);
	return store_path(s->folder, name, ret_path, err);
}

static bool make_blob_folder(const struct store *s, const char *folder, struct err *err)
{
	char blobs[STORE_PATH_MAX];
	return file_exists(folder) ||
		(store_path(s->folder, "blobs", blobs, err) && file_make_folder(folder, 0700, err) &&
			file_sync_folder(blobs, err));
}

bool store_blob_put(struct store *s, struct span content, char ret_hash[STORE_BLOB_HEX], struct err *err)
{
	unsigned char digest[HASH_SHA256];
	char hex[STORE_BLOB_HEX], folder[STORE_PATH_MAX], path[STORE_PATH_MAX];
	hash_sha256(content, digest);
	hash_hex(digest, sizeof digest, hex);
	if (!blob_paths(s, hex, folder, path, err) || !make_blob_folder(s, folder, err))
		return false;
	/* Who put it before may have died between renaming and syncing the folder. */
	bool ok = file_exists(path) ? file_touch(path, err) && file_sync_folder(folder, err)
				    : file_replace(path, content, 0400, err);
	if (ok)
		memcpy(ret_hash, hex, sizeof hex);
	return ok;
}

bool store_blob_get(
	struct store *s, struct span hash, size_t max, struct arena *a, struct span *ret, struct err *err)
{
	unsigned char want[HASH_SHA256], got[HASH_SHA256];
	char hex[STORE_BLOB_HEX], folder[STORE_PATH_MAX], path[STORE_PATH_MAX];
	struct span content;
	if (!hash_unhex(hash, want, sizeof want))
		return err_set(err, ERR_NOT_FOUND, "没有这个附件", "no such attachment");
	hash_hex(want, sizeof want, hex);
	if (!blob_paths(s, hex, folder, path, err) || !file_read(path, max, a, &content, err))
		return false;
	hash_sha256(content, got);
	if (memcmp(want, got, sizeof want) != 0)
		return err_set(err, ERR_CORRUPT, "附件 %s 的内容与其哈希不符",
			"attachment %s does not have its hash", hex);
	*ret = content;
	return true;
}

bool store_blob_drop(struct store *s, struct span hash, bool *ret_gone, struct err *err)
{
	enum { AGE_MS = 60 * 60 * 1000 };
	unsigned char want[HASH_SHA256];
	char hex[STORE_BLOB_HEX], folder[STORE_PATH_MAX], path[STORE_PATH_MAX];
	if (!hash_unhex(hash, want, sizeof want))
		return err_set(err, ERR_NOT_FOUND, "没有这个附件", "no such attachment");
	hash_hex(want, sizeof want, hex);
	return blob_paths(s, hex, folder, path, err) && file_remove_old(path, AGE_MS, ret_gone, err);
}
