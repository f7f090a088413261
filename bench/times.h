// times - moments in milliseconds, kept and summed up.
#ifndef MECUM_BENCH_TIMES_H
#define MECUM_BENCH_TIMES_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
  double *at;
  size_t count, room;
} Times;

static inline double clock_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline void note(Times *times, double value) {
  if (times->count == times->room) {
    times->room = times->room ? times->room * 2 : 4096;
    times->at = realloc(times->at, times->room * sizeof *times->at);
    if (!times->at) abort();
  }
  times->at[times->count++] = value < 0 ? 0 : value;
}

static inline int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline double quantile(Times *times, double share) { // sorted already
  if (!times->count) return -1;
  size_t at = (size_t)(share * (double)times->count);
  return times->at[at < times->count ? at : times->count - 1];
}

static inline void print_times(const char *name, Times *times) {
  qsort(times->at, times->count, sizeof *times->at, ascending);
  printf(",\"%s_p50\":%.2f,\"%s_p95\":%.2f,\"%s_p99\":%.2f,\"%s_max\":%.2f", name, quantile(times, .5), name,
         quantile(times, .95), name, quantile(times, .99), name, quantile(times, 1));
}

#endif
