/* Recorded episodes of several agents, and the self test, through the functions of Batch.swift. Prints as replay.c
 * does; -DAGENTS, -DSTATE and -DACTION are the model's. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "recording.h"

extern const unsigned char weights[], weights_end[];
extern intptr_t batch_memory_size(void);
extern int32_t batch_self_test(const void *, intptr_t, void *, intptr_t);
extern int32_t batch_replay(const void *weights, intptr_t weights_size, void *memory,
    intptr_t memory_size, intptr_t steps, const uint8_t *starts, const float *targets,
    const float *states, const float *rewards, float *actions);

enum { MOST_STEPS = 64 };
static uint8_t starts[MOST_STEPS * AGENTS];
static float targets[MOST_STEPS * AGENTS], rewards[MOST_STEPS * AGENTS];
static float states[MOST_STEPS * AGENTS * STATE], actions[MOST_STEPS * AGENTS * ACTION];

static size_t read_numbers(const char *name, float *numbers, size_t most) {
  recorded_tensor tensor = find_tensor(name);
  for (size_t i = 0; i < tensor.count && i < most; i++) numbers[i] = (float)number(tensor, i);
  return tensor.count;
}

/* "[[0], [0, 5]]": the steps at which each agent's episodes begin. */
static void read_starts(const char *text) {
  int agent = -1;
  for (int depth = 0; text && agent < AGENTS; text++) {
    if (*text == '[') {
      if (++depth == 2) agent++;
    } else if (*text == ']') {
      if (--depth == 0) return;
    } else if (*text >= '0' && *text <= '9' && agent >= 0) {
      char *next;
      unsigned long step = strtoul(text, &next, 10);
      if (step < MOST_STEPS) starts[step * AGENTS + (unsigned)agent] = 1;
      text = next - 1;
    }
  }
}

int main(void) {
  size_t steps = read_numbers("rewards", rewards, MOST_STEPS * AGENTS) / AGENTS;
  recorded_tensor expected = find_tensor("actions");
  read_numbers("targets", targets, MOST_STEPS * AGENTS);
  read_numbers("states", states, MOST_STEPS * AGENTS * STATE);
  read_starts(find_text("starts"));
  if (steps == 0 || steps > MOST_STEPS || expected.count != steps * AGENTS * ACTION) {
    printf("the recording is of another model\n");
    return 1;
  }
  intptr_t memory_size = batch_memory_size(), weights_size = weights_end - weights;
  void *memory = aligned_alloc(64, (size_t)(memory_size + 63) / 64 * 64);
  int32_t status = batch_self_test(weights, weights_size, memory, memory_size);
  printf("self test: %s\n", status == 0 ? "success" : "failed");
  if (status) return 1;
  status = batch_replay(weights, weights_size, memory, memory_size, (intptr_t)steps, starts,
      targets, states, rewards, actions);
  double worst = 0;
  for (size_t i = 0; i < expected.count; i++) {
    double difference = actions[i] - number(expected, i);
    if (difference < 0) difference = -difference;
    if (!(difference <= worst)) worst = difference;
  }
  printf("difference: %ld steps: %d\n", worst < 2 ? (long)(worst * 1e9 + 0.5) : 2000000000L,
      (int)steps);
  return status;
}
