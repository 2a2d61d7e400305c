/*
 * reads no foreign bytes: it only draws them
 */
#include "codec/qr.h"

#include <qrencode.h>

static void code_free(QRcode **code)
{
	QRcode_free(*code);
}

static QRcode *encode(struct span text, struct err *err)
{
	QRcode *code = NULL;
	if (text.n > 0 && text.n <= QR_TEXT_MAX)
		code = QRcode_encodeData(
			(int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (!code)
		err_set(err, ERR_INVALID, "二维码的内容应为 1 到 %d 个字节，实际 %zu 个",
			"a QR code holds from 1 to %d bytes, not %zu", QR_TEXT_MAX, text.n);
	return code;
}

static bool dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return code->data[y * code->width + x] & 1;
}

bool qr_svg(struct span text, struct str *out, struct err *err)
{
	CLEANUP(code_free) QRcode *code = encode(text, err);
	if (!code)
		return false;
	int side = code->width + 2 * QR_QUIET;
	str_addf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 %d %d\" "
		"shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dh-%dz\"/><path d=\"",
		side, side, side, side, side);
	for (int y = 0; y < code->width; y++) {
		for (int x = 0; x < code->width; x++) {
			int from = x;
			while (dark(code, x, y))
				x++;
			if (x > from)
				str_addf(out, "M%d %dh%dv1h-%dz", from + QR_QUIET, y + QR_QUIET, x - from,
					x - from);
		}
	}
	str_addz(out, "\"/></svg>");
	return str_check(out, err);
}

bool qr_blocks(struct span text, struct str *out, struct err *err)
{
	CLEANUP(code_free) QRcode *code = encode(text, err);
	if (!code)
		return false;
	for (int y = -QR_QUIET; y < code->width + QR_QUIET; y += 2) {
		for (int x = -QR_QUIET; x < code->width + QR_QUIET; x++) {
			bool above = dark(code, x, y), below = dark(code, x, y + 1);
			str_addz(out, above ? below ? " " : "▄" : below ? "▀" : "█");
		}
		str_addc(out, '\n');
	}
	return str_check(out, err);
}
