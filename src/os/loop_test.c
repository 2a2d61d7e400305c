#include "os/loop.h"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"

static struct err err;

struct record {
	struct loop *loop;
	struct loop_timer *timer, *other;
	char text[64];
	size_t n, end_at;
	int fd;
};

static void note(struct record *r, char c)
{
	if (r->n < sizeof r->text - 1)
		r->text[r->n++] = c;
	if (r->n == r->end_at)
		loop_end(r->loop);
}

static void note_a(void *user) { note(user, 'a'); }
static void note_b(void *user) { note(user, 'b'); }
static void note_c(void *user) { note(user, 'c'); }

static void free_self(void *user)
{
	struct record *r = user;
	loop_timer_free(r->timer);
	r->timer = NULL;
	note(r, 's');
}

static void free_other(void *user)
{
	struct record *r = user;
	loop_timer_free(r->other);
	r->other = NULL;
	note(r, 'o');
}

static void again(void *user)
{
	struct record *r = user;
	loop_timer_free(r->timer);
	r->timer = loop_timer_new(r->loop, 0, 0, again, r);
	note(r, 'z');
}

static void on_pipe(void *user, int fd, uint32_t events)
{
	struct record *r = user;
	char c = '!';
	if (events & EPOLLIN && read(fd, &c, 1) == 1)
		note(r, c);
	else
		loop_unwatch(r->loop, fd);
}

static void unwatch_other(void *user, int fd, uint32_t events)
{
	struct record *r = user;
	(void)events;
	loop_unwatch(r->loop, fd);
	loop_unwatch(r->loop, r->fd);
	note(r, 'u');
}

static void *wake_often(void *user)
{
	for (int i = 0; i < 1000; i++)
		loop_wake(user);
	return NULL;
}

static void end_if_woken(void *user)
{
	struct record *r = user;
	r->n++;
	loop_end(r->loop);
}

static void signal_self(void *user)
{
	(void)user;
	kill(getpid(), SIGTERM);
}

static void on_stop(void *user)
{
	struct record *r = user;
	note(r, 'S');
	kill(getpid(), SIGTERM);                          /* a second one must not call again */
	r->other = loop_timer_new(r->loop, 20, 0, note_a, r);
}

static int64_t want_five(void *user)
{
	(void)user;
	return 5;
}

static void test_timers(struct loop *l)
{
	struct record r = { .loop = l, .end_at = 3 };
	test_case("timers fire by due time, equal ones in order");
	struct loop_timer *c = loop_timer_new(l, 20, 0, note_c, &r), *a = loop_timer_new(l, 0, 0, note_a, &r),
			  *b = loop_timer_new(l, 0, 0, note_b, &r);
	int64_t from = clock_mono_ns();
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(r.text, "abc");
	CHECK(clock_mono_ns() - from >= 19 * 1000000);
	loop_timer_free(a);
	loop_timer_free(b);
	loop_timer_free(c);

	test_case("a repeating timer repeats until freed, also in its own callback");
	r = (struct record){ .loop = l, .end_at = 4 };
	a = loop_timer_new(l, 1, 2, note_a, &r);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(r.text, "aaaa");
	loop_timer_free(a);
	r = (struct record){ .loop = l, .end_at = 2 };
	r.timer = loop_timer_new(l, 1, 1, free_self, &r);
	a = loop_timer_new(l, 10, 0, note_a, &r);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(r.text, "sa");
	loop_timer_free(a);

	test_case("a timer freed by another one does not fire");
	r = (struct record){ .loop = l, .end_at = 2 };
	a = loop_timer_new(l, 1, 0, free_other, &r);
	r.other = loop_timer_new(l, 2, 0, note_b, &r);
	b = loop_timer_new(l, 6, 0, note_c, &r);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(r.text, "oc");
	loop_timer_free(a);
	loop_timer_free(b);
}

static void test_many_timers(struct loop *l)
{
	enum { N = 500 };
	static struct loop_timer *t[N];
	test_case("five hundred timers made and freed in a mixed order");
	struct record r = { .loop = l };
	for (size_t i = 0; i < N; i++)
		t[i] = loop_timer_new(l, (int64_t)(i * 7919 % 23), 0, note_a, &r);
	size_t kept = 0;
	for (size_t i = 0; i < N; i++) {
		if (i * 31 % 7 != 0) {
			loop_timer_free(t[i]);
			t[i] = NULL;
		} else {
			kept++;
		}
	}
	(void)kept;
	struct record last = { .loop = l, .end_at = 1 };
	struct loop_timer *end = loop_timer_new(l, 40, 0, note_b, &last);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_INT(r.n, sizeof r.text - 1);                /* all that the record holds */
	loop_timer_free(end);
	for (size_t i = 0; i < N; i++)
		loop_timer_free(t[i]);

	test_case("a timer that renews itself at once does not starve descriptors");
	int p[2];
	CHECK(pipe(p) == 0 && write(p[1], "x", 1) == 1);
	r = (struct record){ .loop = l };
	struct record end_record = { .loop = l, .end_at = 1 };
	r.timer = loop_timer_new(l, 0, 0, again, &r);
	CHECK_OK(loop_watch(l, p[0], EPOLLIN, on_pipe, &end_record, &err), err);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(end_record.text, "x");
	loop_timer_free(r.timer);
	loop_unwatch(l, p[0]);
	close(p[0]);
	close(p[1]);
}

static void test_descriptors(struct loop *l)
{
	int p[2], q[2];
	test_case("a watched pipe is read; its end unwatches");
	CHECK(pipe(p) == 0);
	struct record r = { .loop = l, .end_at = 4 };
	CHECK_OK(loop_watch(l, p[0], EPOLLIN, on_pipe, &r, &err), err);
	CHECK(write(p[1], "abc", 3) == 3);
	close(p[1]);
	struct loop_timer *t = loop_timer_new(l, 20, 0, note_a, &r);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(r.text, "abca");
	loop_timer_free(t);
	close(p[0]);

	test_case("a descriptor unwatched in the same turn is not called");
	CHECK(pipe(p) == 0 && pipe(q) == 0);
	CHECK(write(p[1], "p", 1) == 1 && write(q[1], "q", 1) == 1);
	struct record rp = { .loop = l, .fd = q[0], .end_at = 2 },
		      rq = { .loop = l, .fd = p[0], .end_at = 2 };
	CHECK_OK(loop_watch(l, p[0], EPOLLIN, unwatch_other, &rp, &err), err);
	CHECK_OK(loop_watch(l, q[0], EPOLLIN, unwatch_other, &rq, &err), err);
	t = loop_timer_new(l, 10, 0, note_a, &rp);
	struct loop_timer *t2 = loop_timer_new(l, 10, 0, note_a, &rq);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_INT(rp.n + rq.n, 3);
	loop_timer_free(t);
	loop_timer_free(t2);

	test_case("a bad descriptor is an error");
	CHECK_ERR(loop_watch(l, -1, EPOLLIN, on_pipe, &r, &err), err, ERR_IO);
	CHECK_ERR(loop_watch(l, 9999, EPOLLIN, on_pipe, &r, &err), err, ERR_IO);
	for (int i = 0; i < 2; i++) {
		close(p[i]);
		close(q[i]);
	}
}

static void test_wake_and_nest(struct loop *l)
{
	test_case("a thread wakes the loop; wake-ups fold into one");
	struct record r = { .loop = l };
	pthread_t thread;
	loop_on_wake(l, end_if_woken, &r);
	CHECK_INT(pthread_create(&thread, NULL, wake_often, l), 0);
	CHECK_OK(loop_run(l, &err), err);
	pthread_join(thread, NULL);
	CHECK(r.n >= 1 && r.n <= 1000);
	loop_forget(l, &r);
	size_t before = r.n;

	test_case("a nested loop shortens the wait and runs each turn");
	struct record nested = { .loop = l, .end_at = 3 };
	loop_nest(l, want_five, note_a, &nested);
	int64_t from = clock_mono_ns();
	loop_wake(l);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(nested.text, "aaa");
	CHECK(clock_mono_ns() - from >= 9 * 1000000);
	CHECK_INT(r.n, before);                           /* forgotten */
	loop_forget(l, &nested);
}

static void test_stop(struct loop *l)
{
	test_case("SIGTERM calls on_stop once; the loop runs on until it is ended");
	struct record r = { .loop = l, .end_at = 2 };
	loop_on_stop(l, on_stop, &r);
	struct loop_timer *t = loop_timer_new(l, 5, 0, signal_self, NULL);
	CHECK_OK(loop_run(l, &err), err);
	CHECK_STR(r.text, "Sa");
	loop_timer_free(t);
	loop_timer_free(r.other);
}

int main(void)
{
	struct loop *l;
	if (!loop_new(&l, &err))
		return 99;
	test_timers(l);
	test_many_timers(l);
	test_descriptors(l);
	test_wake_and_nest(l);
	test_stop(l);
	loop_free(l);
	return test_end();
}
