# Sums up meson-logs/testlog.txt: lists skipped and failing cases, then prints "N passed, N failed, N skipped".
# Each TAP line is a case.  A test that crashed, ran out of time, has no plan or not as many cases as planned counts as
# one more failure, unless one of its cases failed already and explains its exit status.

function broken(why)
{
	failed++
	test_failed++
	failures = failures "not ok - " name ": " why "\n"
}

function finish()
{
	if (name == "")
		return
	if (plan == "")
		broken(cases ? "stopped after " cases " cases: no plan (" result ")" : "no TAP output (" result ")")
	else if (plan != cases)
		broken("planned " plan " cases, printed " cases)
	if (result != "exit status 0" && !test_failed)
		broken(result)
	if (test_failed && stderr != "")
		failures = failures stderr
	name = ""
}

/^=+ [0-9]+\/[0-9]+ =+$/ {
	finish()
	next
}

/^test: / && name == "" {
	name = $0
	sub(/^test: +/, "", name)
	sub(/^seawall:/, "", name)
	plan = result = notes = stderr = ""
	cases = test_failed = section = 0
	tests++
	next
}

/^result: / && !section {
	result = $0
	sub(/^result: +/, "", result)
	next
}

/^-+ stdout -+$/ { section = 1; next }
/^-+ stderr -+$/ { section = 2; lines = 0; next }

section == 2 && !/^=+$/ {
	if (++lines <= 40)
		stderr = stderr "    " $0 "\n"
	next
}

section != 1 { next }

/^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
	if (plan == 0) {
		skipped++
		skips = skips "skipped - " name ": " $0 "\n"
	}
	next
}

/^Bail out!/ { broken($0); next }

/^#/ { notes = notes "    " $0 "\n"; next }

/^ok( |$)/ {
	cases++
	if ($0 ~ /# [Ss][Kk][Ii][Pp]/) {
		skipped++
		skips = skips "skipped - " name ": " $0 "\n"
	} else {
		passed++
	}
	notes = ""
	next
}

/^not ok( |$)/ {
	cases++
	if ($0 ~ /# [Tt][Oo][Dd][Oo]/) {
		skipped++
		skips = skips "todo - " name ": " $0 "\n"
	} else {
		failed++
		test_failed++
		failures = failures "not ok - " name ": " substr($0, 8) "\n" notes
	}
	notes = ""
}

END {
	finish()
	if (meson_status != 0 && !failed) {
		failed++
		failures = failures "not ok - meson test ended with status " meson_status "\n"
	}
	if (!tests) {
		failed++
		failures = failures "not ok - no test was run\n"
	}
	printf "%s%s", skips, failures
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed ? 1 : 0
}
