/* The reference client: what a lean program in C pays for the same work on the same core.
 *
 * usage: reference KEY=VALUE ...   prints one line of JSON
 *   mode=stream  port path streams seconds warm whole source: hold so many streams, measure from
 *                when all are open and settled (at the latest after warm s) for seconds s, its
 *                edges as in edges.h; whole=1: measure until every stream has ended.
 *   mode=flood   the same, and no stamp is kept.
 *   mode=get     port streams seconds: so many kept-alive connections, one request each at a time.
 *   mode=delay   port path count: one stream at a time over a kept-alive connection.
 * For each event: chunks and lines parsed, counted, its kernel receive stamp kept beside t.
 */
#define _GNU_SOURCE
#include "clocks.h"
#include "edges.h"
#include "sizes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LINE = 256, BUFFER = 1 << 16, READY = 512, OPENING = 256 };
enum state { CONNECTING, STATUS, HEADERS, SIZE, DATA, DATA_END, LAST, BODY };

struct stream {
  int fd;
  enum state state;
  size_t left, have;
  uint64_t sent;
  int content, done, answered;
  uint64_t t, q;
  char line[LINE];
};

static struct stream *streams;
static int wanted, opened, answered, finished, broken, opening, loop, port, sequential;
static char request[512];
static const char *source;
static int64_t offset;
static uint64_t events, requests, ended_at;
static int recording, plain, delays;
static int64_t *kept, *bias; /* errors of stamps, and biases of delayed streams, in ns */
static size_t keeping, room;

static void keep(uint64_t at, uint64_t t) {
  if (keeping == room && !(kept = realloc(kept, sizeof *kept * (room = 2 * room + 65536)))) exit(1);
  kept[keeping++] = (int64_t)(at - t);
}

static void ask(struct stream *s) {
  s->state = STATUS;
  s->have = 0;
  s->done = s->content = 0;
  s->sent = monotonic_ns();
  if (send(s->fd, request, strlen(request), MSG_NOSIGNAL) < 0) broken++;
}

static void end(struct stream *s, int well) {
  close(s->fd);
  s->fd = -1;
  if (well) finished++; else broken++;
  ended_at = monotonic_ns();
}

static void line_of_event(struct stream *s, const char *line, size_t length, uint64_t at) {
  if (length == 0) {
    if (s->content) {
      events++;
      if (recording && s->t) keep(at, s->t);
      if (sequential && s->t) {
        bias[delays++] = (int64_t)(at - s->sent) - (int64_t)(s->t - s->q);
      }
    }
    s->content = 0;
    s->t = 0;
  } else if (length > 7 && !memcmp(line, "event: ", 7)) {
    s->content = length == 14 && !memcmp(line + 7, "content", 7);
    s->done = length == 11 && !memcmp(line + 7, "done", 4);
  } else if (length > 6 && !memcmp(line, "data: ", 6)) {
    const char *mark = memmem(line, length, "\"t\":", 4);
    if (mark) {
      char *rest;
      s->t = strtoull(mark + 4, &rest, 10);
      s->q = strtoull(rest + 5, NULL, 10);
    }
  }
}

/* Takes the next whole line out of *at .. stop; NULL: not there yet, what is there is kept. */
static const char *next_line(struct stream *s, const char **at, const char *stop, size_t *length) {
  const char *feed = memchr(*at, '\n', (size_t)(stop - *at));
  size_t part = (size_t)((feed ? feed : stop) - *at);
  const char *line = *at;
  *length = part;
  if (s->have || !feed) {
    if (s->have + part >= LINE) part = LINE - 1 - s->have;
    memcpy(s->line + s->have, *at, part);
    s->have += part;
    line = s->line;
    *length = s->have;
  }
  *at = feed ? feed + 1 : stop;
  if (!feed) return NULL;
  s->have = 0;
  return line;
}

static int parse(struct stream *s, const char *p, const char *stop, uint64_t at) {
  const char *line;
  size_t n;
  while (p < stop) {
    switch (s->state) {
      case STATUS:
        if (!(line = next_line(s, &p, stop, &n))) break;
        if (n < 12 || memcmp(line + 9, "200", 3)) return -1;
        s->left = 0;
        s->state = HEADERS;
        break;
      case HEADERS:
        if (!(line = next_line(s, &p, stop, &n))) break;
        if (n > 16 && !strncasecmp(line, "content-length: ", 16))
          s->left = strtoul(line + 16, NULL, 10);
        if (n > 1) break;
        s->state = s->left ? BODY : SIZE;
        if (!s->answered) { s->answered = 1; answered++; }
        break;
      case SIZE:
        /* Digit by digit: a line of an event may be kept from the chunk before. */
        if (*p == '\n') s->state = s->left ? DATA : LAST;
        else if (*p >= '0' && *p <= '9') s->left = s->left * 16 + (size_t)(*p - '0');
        else if (*p >= 'a' && *p <= 'f') s->left = s->left * 16 + (size_t)(*p - 'a' + 10);
        p++;
        break;
      case DATA: {
        size_t part = (size_t)(stop - p) < s->left ? (size_t)(stop - p) : s->left;
        const char *limit = p + part;
        s->left -= part;
        while (p < limit)
          if ((line = next_line(s, &p, limit, &n))) line_of_event(s, line, n, at);
        if (!s->left) s->state = DATA_END;
        break;
      }
      case DATA_END:
        if (*p++ == '\n') s->state = SIZE;
        break;
      case LAST:
        if (!(line = next_line(s, &p, stop, &n))) break;
        requests++;
        return 1;
      case BODY:
        n = (size_t)(stop - p) < s->left ? (size_t)(stop - p) : s->left;
        p += n;
        s->left -= n;
        if (!s->left) { requests++; return 1; }
        break;
      default:
        return -1;
    }
  }
  return 0;
}

static void open_one(struct stream *s) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (s->fd < 0) { broken++; return; }
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!plain) setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  if (source) {
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(source)};
    setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    bind(s->fd, (struct sockaddr *)&from, sizeof from);
  }
  if (connect(s->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) return end(s, 0);
  opening++;
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = s};
  epoll_ctl(loop, EPOLL_CTL_ADD, s->fd, &event);
}

static void ready(struct stream *s, uint32_t what, char *buffer, int again) {
  if (s->state == CONNECTING) {
    opening--;
    if (what & (EPOLLERR | EPOLLHUP)) return end(s, 0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    epoll_ctl(loop, EPOLL_CTL_MOD, s->fd, &event);
    ask(s);
    return;
  }
  uint64_t at = 0;
  ssize_t n = plain ? recv(s->fd, buffer, BUFFER, 0)
                    : stamped_recv(s->fd, buffer, BUFFER, offset, &at);
  if (n < 0 && errno == EAGAIN) return;
  int result = n > 0 ? parse(s, buffer, buffer + n, at) : -1;
  if (result > 0 && again) ask(s);
  else if (result) end(s, result > 0);
}

static double share(double q) {
  return (double)kept[(size_t)(q * (double)(keeping - 1) + 0.5)] / 1e3;
}

int main(int count, char **arguments) {
  const char *mode = "stream", *path = "/";
  double seconds = 1, warm = 5;
  int whole = 0, wished = 0;
  static char buffer[BUFFER];
  static struct epoll_event happened[READY];
  wanted = 1;
  for (int i = 1; i < count; i++) {
    char *value = strchr(arguments[i], '=');
    if (!value) return 2;
    *value++ = 0;
    if (!strcmp(arguments[i], "mode")) mode = value;
    else if (!strcmp(arguments[i], "path")) path = value;
    else if (!strcmp(arguments[i], "source")) source = value;
    else if (!strcmp(arguments[i], "port")) port = atoi(value);
    else if (!strcmp(arguments[i], "streams")) wanted = atoi(value);
    else if (!strcmp(arguments[i], "count")) wished = atoi(value);
    else if (!strcmp(arguments[i], "seconds")) seconds = atof(value);
    else if (!strcmp(arguments[i], "warm")) warm = atof(value);
    else if (!strcmp(arguments[i], "whole")) whole = atoi(value);
  }
  snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
  int flood = !strcmp(mode, "flood");
  plain = !strcmp(mode, "get");
  int again = !flood && strcmp(mode, "stream") != 0;
  if ((sequential = !strcmp(mode, "delay"))) {
    wanted = 1;
    bias = calloc((size_t)wished + 2, sizeof *bias);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1);
  loop = epoll_create1(EPOLL_CLOEXEC);
  long baseline = resident(), held = 0;
  streams = calloc((size_t)wanted, sizeof *streams);
  uint64_t began = monotonic_ns(), refreshed = 0, from = 0, to = 0, cpu = 0;
  uint64_t events_before = 0, requests_before = 0;
  struct edges edges = {.began = began, .last = began, .calm = began, .warm = warm * 1e9,
                        .settle = again || flood ? 0 : SETTLE_NS};
  int n = 0;
  ended_at = began;
  for (;;) {
    uint64_t now = monotonic_ns();
    turned(&edges, now, answered + broken >= wanted, n == READY);
    if (now - refreshed > SECOND / 10) { offset = wall_minus_monotonic(); refreshed = now; }
    while (opened < wanted && opening < OPENING) open_one(&streams[opened++]);
    if (!from && (whole || opens(&edges))) {
      held = resident();
      events_before = events;
      requests_before = requests;
      cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
      from = now;
      recording = !again && !flood;
    }
    int all = finished + broken >= wanted;
    int over = from && !whole && closes(&edges, from, seconds);
    if (sequential ? delays > wished : all || over) {
      to = whole ? ended_at : now;
      break;
    }
    n = epoll_wait(loop, happened, READY, 20);
    for (int i = 0; i < n; i++) ready(happened[i].data.ptr, happened[i].events, buffer, again);
  }
  cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  if (!from) from = to;
  if (kept) qsort(kept, keeping, sizeof *kept, by_size);
  printf("{\"version\":\"gcc %s\",\"opened\":%d,\"broken\":%d,\"finished\":%d,\"all_events\":%llu,"
         "\"events\":%llu,\"requests\":%llu,\"seconds\":%.6f,\"cpu_seconds\":%.6f,"
         "\"memory_bytes\":%ld",
         __VERSION__, answered, broken, finished, (unsigned long long)events,
         (unsigned long long)(events - events_before),
         (unsigned long long)(requests - requests_before), (double)(to - from) / 1e9,
         (double)cpu / 1e9, held - baseline);
  if (keeping)
    printf(",\"stamps\":%zu,\"error_p50_us\":%.2f,\"error_p99_us\":%.2f", keeping, share(0.5),
           share(0.99));
  if (sequential) { /* the first one opened the connection */
    int n = delays - 1;
    qsort(bias + 1, (size_t)n, sizeof *bias, by_size);
    printf(",\"samples\":%d,\"bias_ms\":%.4f", n, (double)bias[1 + n / 2] / 1e6);
  }
  printf("}\n");
  return 0;
}
