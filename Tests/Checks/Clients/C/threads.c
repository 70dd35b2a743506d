/* The thread rule: one controller for each thread, one set of weights for all; and two threads on one controller do
 * no harm.
 *
 * usage: threads <episode.safetensors> */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "episode.h"
#include "hopper.h"

enum { THREADS = 4, EPISODES = 3, STEPS = 120 };

typedef struct {
  _Alignas(HOPPER_MEMORY_ALIGNMENT) unsigned char memory[HOPPER_MEMORY_SIZE];
  hopper_controller *controller;
  float actions[STEPS][HOPPER_ACTION_DIMENSION];
  int failures;
} worker;

static episode recorded;
static worker alone, workers[THREADS];
static atomic_int is_over;

static void *replay(void *argument) {
  worker *self = argument;
  self->failures += hopper_create(self->memory, sizeof self->memory, &self->controller) != 0;
  for (int repeat = 0; repeat < EPISODES && !self->failures; repeat++) {
    self->failures += hopper_reset(self->controller, recorded.target_return) != 0;
    for (int step = 0; step < STEPS; step++) {
      float reward = step ? recorded.rewards[step - 1] : 0;
      self->failures += hopper_act(self->controller,
                            recorded.states + step * HOPPER_STATE_DIMENSION, reward,
                            self->actions[step]) != 0;
      self->failures += hopper_prepare(self->controller) != 0;
    }
  }
  return NULL;
}

/* Calls the controller of another thread until that one is done; gives the number of refusals. */
static void *intrude(void *argument) {
  worker *victim = argument;
  long refusals = 0;
  while (!atomic_load(&is_over)) {
    int32_t status = hopper_prepare(victim->controller);
    if (status == HOPPER_BUSY) refusals++;
    else if (status != HOPPER_SUCCESS) return (void *)-1L;
  }
  return (void *)refusals;
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: threads <episode.safetensors>\n");
    return 2;
  }
  recorded = read_episode(arguments[1], 1000);
  if (recorded.steps < STEPS) return 2;
  replay(&alone);

  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, replay, &workers[i]);
  int failures = alone.failures;
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    failures += workers[i].failures
        || memcmp(workers[i].actions, alone.actions, sizeof alone.actions) != 0;
  }
  printf("threads: %d controllers on one set of weights, %d with other bits than one alone\n",
      THREADS, failures);

  /* A second thread may call between the calls of the first, and is refused during them; and the other way
   * round. Preparing twice changes nothing, so the actions of the steps that were taken stay the same. */
  pthread_t intruder;
  pthread_create(&intruder, NULL, intrude, &alone);
  long busy = 0, steps = 0;
  for (int repeat = 0; repeat < 1000 && busy < 10; repeat++) {
    while (hopper_reset(alone.controller, recorded.target_return) == HOPPER_BUSY) busy++;
    for (int step = 0; step < STEPS; step++) {
      float reward = step ? recorded.rewards[step - 1] : 0, action[HOPPER_ACTION_DIMENSION];
      int32_t status;
      while ((status = hopper_act(alone.controller,
                  recorded.states + step * HOPPER_STATE_DIMENSION, reward, action))
          == HOPPER_BUSY) busy++;
      failures += status != HOPPER_SUCCESS
          || memcmp(action, workers[0].actions[step], sizeof action) != 0;
      steps++;
    }
  }
  atomic_store(&is_over, 1);
  void *refusals;
  pthread_join(intruder, &refusals);
  failures += (long)refusals < 0 || busy + (long)refusals == 0;
  printf("threads: two on one controller for %ld steps, %s\n", steps,
      failures ? "with failures" : "some calls refused, every action as alone");
  return failures == 0 ? 0 : 1;
}
