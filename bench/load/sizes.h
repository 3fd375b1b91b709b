/* Memory of this process, and the order of what it kept. */
#ifndef BENCH_LOAD_SIZES_H
#define BENCH_LOAD_SIZES_H

#include <stdint.h>
#include <stdio.h>

/* Resident bytes, counted exactly: statm is a rough estimate. */
static inline long resident(void) {
  char text[4096];
  FILE *file = fopen("/proc/self/smaps_rollup", "r");
  long kilobytes = 0;
  while (file && fgets(text, sizeof text, file)) sscanf(text, "Rss: %ld", &kilobytes);
  if (file) fclose(file);
  return kilobytes * 1024;
}

static inline int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

#endif
