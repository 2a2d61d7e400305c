#pragma once
/*
 * QR codes (ISO/IEC 18004) for what is printed, by libqrencode.  Text is encoded as bytes with error
 * correction M, in the smallest symbol that holds it.  Both forms carry the quiet zone of four modules that
 * the standard asks for.
 */
#include "base/base.h"

enum { QR_TEXT_MAX = 1000, QR_QUIET = 4 };

/* Appends one <svg> element without width and height: black modules as one path on a white ground, in a
 * viewBox of one unit a module; the page's style gives the size.  No script, no style, no reference. */
NODISCARD bool qr_svg(struct span text, struct str *out, struct err *err);
/* Appends lines of half blocks (U+2580, U+2584, U+2588), two rows of modules a line, for terminals with light
 * letters on a dark ground: dark modules are left blank. */
NODISCARD bool qr_blocks(struct span text, struct str *out, struct err *err);
