#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int http, exit_status;
	const char *zh, *en;
} codes[] = {
#define ERR(code, name, http, exit_status, zh, en) { name, http, exit_status, zh, en },
#include "base/err.def"
#undef ERR
};

/* Cuts a text that was too long for its buffer back to a whole UTF-8 character. */
static void trim_utf8(char *text, size_t size, int needed)
{
	if (needed < 0 || (size_t)needed < size)
		return;
	size_t n = strlen(text);
	while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80)
		n--;
	if (n > 0 && (unsigned char)text[n - 1] >= 0xC0)
		n--;
	text[n] = '\0';
}

static void PRINTF(3, 0) PRINTF(4, 0)
	set_texts(struct err *err, enum err_code code, const char *zh, const char *en, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	err->code = code;
	trim_utf8(err->zh, sizeof err->zh, vsnprintf(err->zh, sizeof err->zh, zh, ap));
	trim_utf8(err->en, sizeof err->en, vsnprintf(err->en, sizeof err->en, en, again));
	va_end(again);
}

bool err_set(struct err *err, enum err_code code, const char *zh, const char *en, ...)
{
	va_list ap;
	va_start(ap, en);
	set_texts(err, code, zh, en, ap);
	va_end(ap);
	return false;
}

bool err_field(struct err *err, const char *field, const char *zh, const char *en, ...)
{
	va_list ap;
	va_start(ap, en);
	set_texts(err, ERR_INVALID, zh, en, ap);
	va_end(ap);
	snprintf(err->field, sizeof err->field, "%s", field);
	return false;
}

bool err_texts(struct err *err, enum err_code code, const char *field, const char *zh, const char *en)
{
	err->code = code;
	trim_utf8(err->zh, sizeof err->zh, snprintf(err->zh, sizeof err->zh, "%s", zh));
	trim_utf8(err->en, sizeof err->en, snprintf(err->en, sizeof err->en, "%s", en));
	snprintf(err->field, sizeof err->field, "%s", field);
	return false;
}

/* The few that a person meets on the command line; the rest stay as the system says them. */
static const char *errno_zh(int os_errno)
{
	switch (os_errno) {
	case ENOENT: return "没有这个文件或目录";
	case EACCES:
	case EPERM: return "没有访问权限";
	case EISDIR: return "这是目录，不是文件";
	case ENOTDIR: return "路径中有一段不是目录";
	case ENOSPC:
	case EDQUOT: return "磁盘空间不足";
	case EADDRINUSE: return "地址已被占用";
	case EADDRNOTAVAIL: return "本机没有这个地址";
	case EEXIST: return "已经存在";
	case EROFS: return "文件系统只读";
	case EIO: return "读写设备出错";
	default: return strerror(os_errno);
	}
}

bool err_errno(struct err *err, int os_errno, const char *what)
{
	enum err_code code = ERR_IO;
	if (os_errno == ENOSPC || os_errno == EDQUOT)
		code = ERR_NO_SPACE;
	else if (os_errno == ENOENT)
		code = ERR_NOT_FOUND;
	err_set(err, code, "%s：%s", "%s: %s", what, errno_zh(os_errno));
	trim_utf8(err->en, sizeof err->en,
		snprintf(err->en, sizeof err->en, "%s: %s", what, strerror(os_errno)));
	err->os_errno = os_errno;
	return false;
}

bool err_prefix(struct err *err, const char *zh, const char *en, ...)
{
	struct err old = *err;
	va_list ap;
	va_start(ap, en);
	set_texts(err, old.code, zh, en, ap);
	va_end(ap);
	size_t nz = strlen(err->zh), ne = strlen(err->en);
	trim_utf8(
		err->zh, sizeof err->zh, (int)nz + snprintf(err->zh + nz, sizeof err->zh - nz, "%s", old.zh));
	trim_utf8(
		err->en, sizeof err->en, (int)ne + snprintf(err->en + ne, sizeof err->en - ne, "%s", old.en));
	return false;
}

int err_http(enum err_code code)
{
	return codes[code].http;
}

int err_exit(enum err_code code)
{
	return codes[code].exit_status;
}

const char *err_name(enum err_code code)
{
	return codes[code].name;
}

const char *err_title(enum err_code code, bool zh)
{
	return zh ? codes[code].zh : codes[code].en;
}
