/* What the programs in C, C++ and Python do with several agents: episodes that begin at different steps, rewards given to
 * either call, actions executed as they are and otherwise. Test programs only. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SCRIPT_STEPS = 60 };

/* Which of the recorded states an agent observes. */
static inline size_t script_row(size_t step, size_t agent, size_t rows) {
  return (3 * step + agent) % rows;
}
/* What the action before this step earned. */
static inline float script_reward(size_t step, size_t agent) {
  return 0.25f * (float)((step + 2 * agent) % 5) - 0.5f;
}
static inline float script_uniform(size_t step, size_t agent) {
  return (float)((7 * step + 3 * agent) % 16) / 16;
}
static inline int script_resets_all(size_t step) { return step % 12 == 0; }
static inline int script_resets(size_t step, size_t agent, size_t batch) {
  return step % 7 == 3 && agent == step % batch;
}
static inline int script_retargets(size_t step, size_t agent, size_t batch) {
  return step % 5 == 2 && agent == 2 * step % batch;
}
static inline float script_target(size_t step) { return (float)(4 + step % 9); }
static inline int script_draws(size_t step) { return step % 4 == 1; }
static inline int script_has_executed(size_t step) { return step % 3 != 0; }
/* Whether prepare is given the reward of this step's action, and the next act is not. */
static inline int script_prepares_reward(size_t step) { return step % 3 == 2; }
static inline int script_acts_rewarded(size_t step) {
  return step == 0 || !script_prepares_reward(step - 1);
}

/* Numbers for a comparison with the other languages'. */
static inline void script_write(FILE *file, const void *numbers, size_t count) {
  if (fwrite(numbers, 4, count, file) == count) return;
  fprintf(stderr, "the answers cannot be written\n");
  exit(2);
}

/* The largest difference from what was recorded. */
static inline double script_difference(const float *found, const double *recorded, size_t count) {
  double worst = 0;
  for (size_t i = 0; i < count; i++) {
    const double difference = fabs((double)found[i] - recorded[i]);
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}

/* The same of a result of forward, rows of width numbers again and again. The first hidden rows see no token: zeros are
 * expected there, where Hugging Face's versions differ. */
static inline double script_difference_of_rows(const float *found, const double *recorded, size_t count, size_t width,
    size_t rows, size_t hidden) {
  double worst = 0;
  for (size_t i = 0; i < count; i++) {
    const double expected = i / width % rows < hidden ? 0 : recorded[i];
    worst = fmax(worst, script_difference(found + i, &expected, 1));
  }
  return worst;
}

#endif
