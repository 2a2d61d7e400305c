#include "store/seal.h"

#include <sodium.h>
#include <stdio.h>

#include "os/file.h"
#include "store/store_room.h"

enum {
	KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PLAIN_MAX = 4096,
	SEALED_MAX = NONCE + PLAIN_MAX + TAG,
	KEY_FILE_MAX = 256,
	PLACE_MAX = 64,
};

static const struct span mark = { "seal1:", 6 };

bool seal_key_make(const char *folder, struct err *err)
{
	char path[STORE_PATH_MAX], hex[2 * KEY + 2];
	unsigned char key[KEY];
	if (!store_path(folder, "keys", path, err) || !file_make_folder(path, 0700, err) ||
		!store_path(folder, "keys/seal.key", path, err))
		return false;
	if (file_exists(path))
		return true;
	hash_random(key, sizeof key);
	hash_hex(key, sizeof key, hex);
	hex[2 * KEY] = '\n';
	bool ok = file_replace(path, (struct span){ hex, 2 * KEY + 1 }, 0600, err);
	sodium_memzero(key, sizeof key);
	sodium_memzero(hex, sizeof hex);
	return ok;
}

static bool read_key(const struct store *s, unsigned char ret[KEY], struct err *err)
{
	char path[STORE_PATH_MAX];
	CLEANUP(arena_free_p) struct arena *a = arena_new(4096, 1 << 16);
	struct span text;
	if (!store_path(s->folder, "keys/seal.key", path, err))
		return false;
	if (!file_exists(path))
		return err_set(err, ERR_CORRUPT, "缺少密钥文件 keys/seal.key，请从备份恢复",
			"the key file keys/seal.key is missing, restore it from a backup");
	if (!file_read(path, KEY_FILE_MAX, a, &text, err))
		return false;
	bool ok = hash_unhex(span_trim(text), ret, KEY);
	sodium_memzero((char *)(uintptr_t)text.p, text.n);
	return ok ||
		err_set(err, ERR_CORRUPT, "密钥文件 keys/seal.key 格式有误",
		"the key file keys/seal.key is malformed");
}

static size_t place_of(struct seal_of of, char ret[PLACE_MAX])
{
	int n = snprintf(ret, PLACE_MAX, "%s:%lld", of.what, (long long)of.n);
	return n < PLACE_MAX ? (size_t)n : PLACE_MAX - 1;
}

bool seal_close(struct store *s, struct seal_of of, struct span plain, struct arena *a, struct span *ret,
	struct err *err)
{
	unsigned char key[KEY], *bytes;
	unsigned long long n = 0;
	char place[PLACE_MAX];
	size_t place_n = place_of(of, place);
	if (plain.n > PLAIN_MAX)
		return err_set(err, ERR_TOO_LARGE, "需加密的内容过长", "too long to be sealed");
	if (!read_key(s, key, err))
		return false;
	bytes = arena_array(a, NONCE + plain.n + TAG, 1);
	hash_random(bytes, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, &n, (const unsigned char *)plain.p,
		plain.n,
		(const unsigned char *)place, place_n, NULL, bytes, key);
	sodium_memzero(key, sizeof key);
	char *text = arena_array(a, mark.n + 2 * (NONCE + (size_t)n) + 1, 1);
	memcpy(text, mark.p, mark.n);
	hash_hex(bytes, NONCE + (size_t)n, text + mark.n);
	*ret = (struct span){ text, mark.n + 2 * (NONCE + (size_t)n) };
	return true;
}

bool seal_is(struct span kept)
{
	return span_starts(kept, mark);
}

bool seal_open(struct store *s, struct seal_of of, struct span kept, struct arena *a, struct span *ret,
	struct err *err)
{
	unsigned char key[KEY], bytes[SEALED_MAX];
	unsigned long long n = 0;
	char place[PLACE_MAX];
	size_t place_n = place_of(of, place);
	if (!seal_is(kept)) {
		*ret = kept;
		return true;
	}
	struct span hex = span_from(kept, mark.n);
	size_t sealed_n = hex.n / 2;
	if (!read_key(s, key, err))
		return false;
	bool ok = hex.n % 2 == 0 && sealed_n >= NONCE + TAG && sealed_n <= SEALED_MAX &&
		hash_unhex(hex, bytes, sealed_n);
	unsigned char *plain = arena_array(a, sealed_n + 1, 1);
	ok = ok && crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &n, NULL, bytes + NONCE,
		sealed_n - NONCE,
			   (const unsigned char *)place, place_n, bytes, key) == 0;
	sodium_memzero(key, sizeof key);
	if (!ok)
		return err_set(err, ERR_CORRUPT, "密封的内容打不开：密钥 keys/seal.key 不是当时的那一个，或内容被改动",
			"what was sealed does not open: keys/seal.key is not the key it was sealed with, or "
			"it was "
			"altered");
	*ret = (struct span){ (char *)plain, (size_t)n };
	return true;
}
