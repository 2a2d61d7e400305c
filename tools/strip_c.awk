# Prints each line of C sources as FILE:LINE:CODE with comments removed and the contents of texts blanked, so that a
# pattern finds code only.  A literal's quotes stay; the include line keeps its name.

BEGIN {
	OFS = ":"
}

FNR == 1 {
	comment = 0
}

{
	out = ""
	if ($0 ~ /^[ \t]*#[ \t]*include/) {
		print FILENAME, FNR, $0
		next
	}
	n = length($0)
	for (i = 1; i <= n; i++) {
		c = substr($0, i, 1)
		if (comment) {
			if (c == "*" && substr($0, i + 1, 1) == "/") {
				comment = 0
				i++
			}
		} else if (c == "/" && substr($0, i + 1, 1) == "*") {
			comment = 1
			i++
		} else if (c == "/" && substr($0, i + 1, 1) == "/") {
			break
		} else if (c == "\"" || c == "'") {
			out = out c
			for (i++; i <= n && substr($0, i, 1) != c; i++)
				if (substr($0, i, 1) == "\\")
					i++
			out = out c
		} else {
			out = out c
		}
	}
	print FILENAME, FNR, out
}
