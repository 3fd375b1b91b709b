/* When the window of the reference client opens and closes: the rules of clients/measure.py. */
#ifndef BENCH_LOAD_EDGES_H
#define BENCH_LOAD_EDGES_H

#include "clocks.h"

/* Never just after a time off the core: what came meanwhile is unread, and would be counted in
 * the wrong place. A window waits so long for a better moment, and no longer. */
static const double SETTLE_NS = 0.3e9, AWAY_NS = 30e6, CALM_NS = 60e6, PATIENCE_NS = 1e9;

struct edges { uint64_t began, last, calm, answered; double warm, settle; };

/* At every turn of the loop, once; *behind*: there was more to read than one turn takes. */
static inline void turned(struct edges *e, uint64_t now, int all_answered, int behind) {
  if ((double)(now - e->last) > AWAY_NS || behind) e->calm = now;
  e->last = now;
  if (all_answered && !e->answered) e->answered = now;
}

static inline int edge_at(const struct edges *e, double beyond) {
  return beyond >= 0 && ((double)(e->last - e->calm) >= CALM_NS || beyond >= PATIENCE_NS);
}

static inline int opens(const struct edges *e) {
  double due = e->answered ? (double)(e->answered - e->began) + e->settle : e->warm;
  return edge_at(e, (double)(e->last - e->began) - (due < e->warm ? due : e->warm));
}

static inline int closes(const struct edges *e, uint64_t since, double seconds) {
  return edge_at(e, (double)(e->last - since) - seconds * 1e9);
}

#endif
