/* Clocks and kernel receive stamps, shared by the server and the reference client. */
#ifndef BENCH_LOAD_CLOCKS_H
#define BENCH_LOAD_CLOCKS_H

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SECOND 1000000000ull

static inline uint64_t clock_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static inline uint64_t monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

/* Kernel stamps are wall time; the difference drifts and has to be read again now and then. */
static inline int64_t wall_minus_monotonic(void) {
  int64_t best = 0, width = INT64_MAX;
  for (int i = 0; i < 5; i++) {
    int64_t before = (int64_t)monotonic_ns();
    int64_t wall = (int64_t)clock_ns(CLOCK_REALTIME);
    int64_t after = (int64_t)monotonic_ns();
    if (after - before < width) {
      width = after - before;
      best = wall - (before + after) / 2;
    }
  }
  return best;
}

/* recv() that also gives the kernel's receive stamp in monotonic ns, or the clock without one. */
static inline ssize_t stamped_recv(int fd, char *to, size_t room, int64_t offset, uint64_t *at) {
  union {
    char bytes[CMSG_SPACE(sizeof(struct timespec)) + 64];
    struct cmsghdr align;
  } control;
  struct iovec part = {.iov_base = to, .iov_len = room};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  ssize_t got = recvmsg(fd, &message, 0);
  *at = 0;
  if (got > 0) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
        struct timespec t;
        memcpy(&t, CMSG_DATA(c), sizeof t);
        *at = (uint64_t)((int64_t)t.tv_sec * (int64_t)SECOND + t.tv_nsec - offset);
      }
    }
    if (!*at) *at = monotonic_ns();
  }
  return got;
}

#endif
