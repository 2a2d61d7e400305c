#include "base/vec.h"

#include "base/test.h"

struct pair {
	int a;
	char text[20];
};

int main(void)
{
	CLEANUP(arena_free_p) struct arena *arena = arena_new(1 << 22, 1 << 24);
	for (int in_arena = 0; in_arena < 2; in_arena++) {
		VEC(struct pair) v = { .arena = in_arena ? arena : NULL };
		test_case("ten thousand pushes, %s", in_arena ? "in an arena" : "on the heap");
		for (int i = 0; i < 10000; i++)
			vec_push(&v, (struct pair){ .a = i, .text = "x" });
		CHECK_INT(v.n, 10000);
		for (int i = 0; i < 10000; i++)
			if (v.p[i].a != i || v.p[i].text[0] != 'x')
				CHECK_FAIL("an element was lost");
		CHECK_INT(vec_last(&v)->a, 9999);
		vec_done(&v);
		CHECK(v.n == 0 && v.cap == 0 && !v.p);
	}
	test_case("what is reserved does not move");
	VEC(int) v = { .p = NULL };
	vec_reserve(&v, 1000);
	const int *first = v.p;
	for (int i = 0; i < 1000; i++)
		vec_push(&v, i);
	CHECK(v.p == first && v.n == 1000);
	vec_done(&v);
	return test_end();
}
