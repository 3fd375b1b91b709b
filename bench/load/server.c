/* The server that every client of the benchmark is measured against.
 *
 * usage: server PORT PROCESSES      (PORT 0: any; prints {"port":N}; ends when stdin ends)
 *
 * GET or POST /      a small body, kept alive.
 * GET or POST /sse   chunked event-stream, kept alive. Query: rate (events/s; 0: as fast as the
 *   client takes them, 16 to a write), events (how many), delay_ms (first event that long after
 *   the request reached this host), for_ms (end after that long, whatever events says).
 * Every content event carries t, the monotonic ns at which it was written, and q, those at which
 * the kernel received the request: client and server share a host, so the clocks compare.
 * At the end it prints {"events":N,"requests":N,"streams":N}: what it wrote, for a cross-check.
 */
#define _GNU_SOURCE
#include "clocks.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_IN = 2048, MAX_OUT = 4096, AT_ONCE = 16, READY = 512 };

struct connection {
  int fd, place;     /* place in the heap, from 1; 0: not in it */
  int streaming;
  uint32_t id, events;
  uint64_t due, interval, until, asked;
  size_t have, pending, written;
  char in[MAX_IN], out[MAX_OUT];
};

struct counters { uint64_t events, requests, streams; };

static struct counters *total;
static struct connection **heap;
static int heaped, room, loop;
static uint64_t opened;
static int64_t offset;

static void put(int place, struct connection *c) { heap[place] = c; c->place = place; }

static void sift(int place) {
  struct connection *c = heap[place];
  while (place > 1 && heap[place / 2]->due > c->due) { put(place, heap[place / 2]); place /= 2; }
  for (int child; (child = 2 * place) <= heaped; place = child) {
    if (child < heaped && heap[child + 1]->due < heap[child]->due) child++;
    if (heap[child]->due >= c->due) break;
    put(place, heap[child]);
  }
  put(place, c);
}

static void schedule(struct connection *c) {
  if (!c->place) {
    if (heaped + 2 > room && !(heap = realloc(heap, sizeof *heap * (size_t)(room = 2 * room + 64))))
      exit(1);
    put(++heaped, c);
  }
  sift(c->place);
}

static void unschedule(struct connection *c) {
  if (!c->place) return;
  int place = c->place;
  struct connection *last = heap[heaped--];
  c->place = 0;
  if (last != c) { put(place, last); sift(place); }
}

static void end(struct connection *c) {
  unschedule(c);
  close(c->fd);
  free(c);
}

static void watch(struct connection *c, uint32_t what) {
  struct epoll_event event = {.events = what, .data.ptr = c};
  epoll_ctl(loop, EPOLL_CTL_MOD, c->fd, &event);
}

/* Writes what is pending: 1 all of it, 0 the rest when there is room, -1 the connection is gone. */
static int flush(struct connection *c) {
  while (c->written < c->pending) {
    ssize_t n = send(c->fd, c->out + c->written, c->pending - c->written, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) return -1;
      watch(c, EPOLLIN | EPOLLOUT);
      return 0;
    }
    c->written += (size_t)n;
  }
  c->pending = c->written = 0;
  return 1;
}

static void add_event(struct connection *c) {
  char body[256];
  int n = snprintf(body, sizeof body,
                   "id: %u\nevent: content\ndata: {\"delta\":\"lorem ipsum dolor \","
                   "\"t\":%llu,\"q\":%llu}\n\n",
                   ++c->id, (unsigned long long)monotonic_ns(), (unsigned long long)c->asked);
  c->pending += (size_t)sprintf(c->out + c->pending, "%x\r\n%s\r\n", (unsigned)n, body);
  __atomic_add_fetch(&total->events, 1, __ATOMIC_RELAXED);
}

static void add_end(struct connection *c) {
  static const char last[] = "event: done\ndata: {}\n\n";
  c->pending += (size_t)sprintf(c->out + c->pending, "%x\r\n%s\r\n0\r\n\r\n",
                                (unsigned)(sizeof last - 1), last);
  c->streaming = 0;
}

static int over(struct connection *c, uint64_t now) {
  return c->id >= c->events || (c->until && now >= c->until);
}

/* One event of a paced stream that is due. */
static int emit(struct connection *c, uint64_t now) {
  c->due += c->interval;
  if (!c->pending) {
    if (!over(c, now)) add_event(c);
    if (over(c, now)) add_end(c);
    if (flush(c) < 0) return -1;
  }
  if (c->streaming) schedule(c); else unschedule(c);
  return 0;
}

/* A stream without a pace: a few full writes, then the others have their turn. */
static int flood(struct connection *c) {
  for (int turn = 0; turn < 4; turn++) {
    int done = flush(c);
    if (done <= 0) return done;
    if (!c->streaming) { watch(c, EPOLLIN); return 0; }
    uint64_t now = monotonic_ns();
    for (int i = 0; i < AT_ONCE && !over(c, now); i++) add_event(c);
    if (over(c, now)) add_end(c);
  }
  return flush(c) < 0 ? -1 : 0;
}

static double query(const char *line, const char *name, double otherwise) {
  const char *mark = strchr(line, '?');
  size_t length = strlen(name);
  for (; mark; mark = strchr(mark + 1, '&'))
    if (!strncmp(mark + 1, name, length) && mark[1 + length] == '=')
      return strtod(mark + length + 2, NULL);
  return otherwise;
}

static int begin(struct connection *c, const char *line, uint64_t at) {
  __atomic_add_fetch(&total->requests, 1, __ATOMIC_RELAXED);
  if (!strstr(line, " /sse")) {
    c->pending += (size_t)sprintf(c->out + c->pending,
                                  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                  "Content-Length: 13\r\n\r\nhello, world\n");
    return flush(c) < 0 ? -1 : 0;
  }
  __atomic_add_fetch(&total->streams, 1, __ATOMIC_RELAXED);
  double rate = query(line, "rate", 10), delay = query(line, "delay_ms", -1);
  double lasts = query(line, "for_ms", 0);
  c->streaming = 1;
  c->id = 0;
  c->asked = at;
  c->events = (uint32_t)query(line, "events", 4294967295.0);
  c->interval = rate > 0 ? (uint64_t)(SECOND / rate) : 0;
  c->until = lasts > 0 ? at + (uint64_t)(lasts * 1e6) : 0;
  /* Phases spread by the golden ratio: events come one by one, as from independent streams. */
  double share = (double)(++opened * 2654435769u % 4294967296u) / 4294967296.0;
  c->due = at + (uint64_t)(delay >= 0 ? delay * 1e6 : share * (double)c->interval);
  c->pending += (size_t)sprintf(c->out + c->pending,
                                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                "Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n");
  if (flush(c) < 0) return -1;
  if (c->interval) schedule(c);
  else watch(c, EPOLLIN | EPOLLOUT);
  return 0;
}

static int answer(struct connection *c) {
  for (;;) {
    uint64_t at;
    ssize_t n = stamped_recv(c->fd, c->in + c->have, MAX_IN - 1 - c->have, offset, &at);
    if (n == 0 || (n < 0 && errno != EAGAIN)) return -1;
    if (n < 0) return 0;
    c->have += (size_t)n;
    c->in[c->have] = 0;
    for (char *blank; !c->streaming && (blank = strstr(c->in, "\r\n\r\n"));) {
      char *length = strcasestr(c->in, "\r\ncontent-length:");
      size_t used = (size_t)(blank + 4 - c->in);
      if (length && length < blank) used += strtoul(length + 17, NULL, 10);
      if (used > c->have) break;
      *strstr(c->in, "\r\n") = 0;
      if (begin(c, c->in, at) < 0) return -1;
      memmove(c->in, c->in + used, c->have + 1 - used);
      c->have -= used;
    }
    if (c->have >= MAX_IN - 1) return -1; /* a request this large is not one of ours */
  }
}

static void welcome(int listener) {
  int fd, on = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c) exit(1);
    c->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
  }
}

static int listening(int *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof to;
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&to, sizeof to) || listen(fd, 4096) ||
      getsockname(fd, (struct sockaddr *)&to, &size)) {
    perror("listen");
    exit(1);
  }
  *port = ntohs(to.sin_port);
  return fd;
}

static void serve(int listener) {
  static struct epoll_event ready[READY];
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  uint64_t refreshed = 0;
  loop = epoll_create1(EPOLL_CLOEXEC);
  epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
  prctl(PR_SET_TIMERSLACK, 1);
  for (;;) {
    uint64_t now = monotonic_ns();
    if (now - refreshed > SECOND / 10) { offset = wall_minus_monotonic(); refreshed = now; }
    for (int turn = 0; turn < READY && heaped && heap[1]->due <= now; turn++) {
      struct connection *c = heap[1];
      if (emit(c, now) < 0) end(c);
      now = monotonic_ns();
    }
    uint64_t wait = heaped ? (heap[1]->due > now ? heap[1]->due - now : 0) : SECOND / 10;
    struct timespec time = {.tv_sec = (time_t)(wait / SECOND), .tv_nsec = (long)(wait % SECOND)};
    int n = epoll_pwait2(loop, ready, READY, &time, NULL);
    for (int i = 0; i < n; i++) {
      struct connection *c = ready[i].data.ptr;
      if (!c) { welcome(listener); continue; }
      int gone = 0;
      if (ready[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) gone = answer(c);
      if (!gone && ready[i].events & EPOLLOUT) {
        if (c->streaming && !c->interval) gone = flood(c);
        else if ((gone = flush(c)) == 1) { watch(c, EPOLLIN); gone = 0; }
      }
      if (gone < 0) end(c);
    }
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int port = atoi(arguments[1]), processes = atoi(arguments[2]);
  if (processes < 1 || processes > 64) return 2;
  total = mmap(NULL, sizeof *total, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t children[64];
  int listeners[64];
  for (int i = 0; i < processes; i++) listeners[i] = listening(&port);
  for (int i = 0; i < processes; i++) {
    if ((children[i] = fork()) == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (int j = 0; j < processes; j++) if (j != i) close(listeners[j]);
      serve(listeners[i]);
    }
  }
  for (int i = 0; i < processes; i++) close(listeners[i]); /* else half-dead queues remain here */
  printf("{\"port\":%d}\n", port);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {}
  for (int i = 0; i < processes; i++) { kill(children[i], SIGKILL); waitpid(children[i], NULL, 0); }
  printf("{\"events\":%llu,\"requests\":%llu,\"streams\":%llu}\n",
         (unsigned long long)total->events, (unsigned long long)total->requests,
         (unsigned long long)total->streams);
  return 0;
}
