#include "constant_work.h"

#include <stddef.h>

enum {
  STATE = MODEL_CONSTANT(STATE_DIMENSION),
  ACTION = MODEL_CONSTANT(ACTION_DIMENSION),
  WINDOW = MODEL_CONSTANT(WINDOW),
  MOST_STEPS = MODEL_CONSTANT(MAXIMUM_EPISODE_LENGTH) - 1,
};

/* One function for each kind of call, which has to take the same work each time; their entries are where counting
 * begins. counted_end ends it. Not part of others, and not empty, or the compiler would leave calls out. */
#define COUNTED __attribute__((noinline, used)) int32_t
COUNTED counted_act(model_controller *c, const float *state, float reward, float *action) {
  return MODEL(act)(c, state, reward, action);
}
COUNTED counted_act_without_reward(model_controller *c, const float *state, float *action) {
  return MODEL(act_without_reward)(c, state, action);
}
COUNTED counted_act_not_prepared(
    model_controller *c, const float *state, float reward, float *action) {
  return MODEL(act)(c, state, reward, action);
}
COUNTED counted_act_reward_known(model_controller *c, const float *state, float *action) {
  return MODEL(act_without_reward)(c, state, action);
}
COUNTED counted_prepare(model_controller *c) { return MODEL(prepare)(c); }
COUNTED counted_prepare_executed(model_controller *c, const float *executed) {
  return MODEL(prepare_executed)(c, executed);
}
COUNTED counted_prepare_with_reward(model_controller *c, const float *executed, float reward) {
  return MODEL(prepare_executed_with_reward)(c, executed, reward);
}
COUNTED counted_end(void) {
  __asm__ volatile("" ::: "memory");
  return 0;
}

static int call_count;
static int32_t end(int32_t status) {
  call_count++;
  counted_end();
  return status;
}

typedef enum {
  PREPARED, WITHOUT_REWARD, NOT_PREPARED, RETARGETED, EXECUTED, REWARD_KNOWN
} episode_kind;

/* One episode: states of this size, any sequence of them, one that repeats after 101 steps; `reward` in each. */
static int32_t run(
    model_controller *c, episode_kind kind, int steps, float size, float other_size, float reward) {
  if (steps > MOST_STEPS) steps = MOST_STEPS;
  float state[STATE], action[ACTION];
  int32_t status = MODEL(reset)(c, 100);
  for (int step = 0; step < steps && status == 0; step++) {
    float magnitude = step % 2 ? other_size : size;
    for (int i = 0; i < STATE; i++)
      state[i] = magnitude * (float)((step * 37 + i * 53) % 101 - 50) / 50;
    if (kind == RETARGETED && step % 2 == 0) status = MODEL(retarget)(c, (float)step);
    if (status != 0) break;
    if (kind == WITHOUT_REWARD)
      status = end(counted_act_without_reward(c, state, action));
    else if (kind == NOT_PREPARED && step > 0)
      status = end(counted_act_not_prepared(c, state, reward, action));
    else if (kind == REWARD_KNOWN && step > 0)
      status = end(counted_act_reward_known(c, state, action));
    else
      status = end(counted_act(c, state, reward, action));
    if (status != 0) break;
    for (int i = 0; i < ACTION; i++) action[i] = step % 2 == 0 ? 0x1p-149f : (float)step;
    if (kind == EXECUTED)
      status = end(counted_prepare_executed(c, action));
    else if (kind == REWARD_KNOWN)
      status = end(counted_prepare_with_reward(c, action, step % 2 == 0 ? 0x1p-149f : 1e9f));
    else if (kind != NOT_PREPARED)
      status = end(counted_prepare(c));
  }
  return status;
}

int32_t count_calls(model_controller *c, int *calls) {
  /* Zero, the smallest denormal number and a larger one, the smallest normal one, small and huge ones. */
  static const float magnitudes[] = {0, 0x1p-149f, 0x1p-140f, 0x1p-126f, 1e-20f, 1e6f, 1e15f};
  call_count = 0;
  /* The first steps, the slide, a full window; and the same after a reset. */
  int32_t status = run(c, PREPARED, WINDOW + 2, 1, 1, 1);
  if (status == 0) status = run(c, PREPARED, WINDOW + 2, 1, 3, -1);
  for (size_t i = 0; i < sizeof magnitudes / sizeof *magnitudes && status == 0; i++)
    status = run(c, PREPARED, 2, magnitudes[i], magnitudes[i], magnitudes[i]);
  if (status == 0) status = run(c, PREPARED, 4, 1e15f, 0x1p-149f, -1);
  if (status == 0) status = run(c, RETARGETED, 4, 1, 1, 1);
  if (status == 0) status = run(c, WITHOUT_REWARD, 4, 1, 1e6f, 0);
  if (status == 0) status = run(c, NOT_PREPARED, 4, 1, 0, 1);
  if (status == 0) status = run(c, EXECUTED, 4, 1, 0x1p-149f, 2);
  if (status == 0) status = run(c, REWARD_KNOWN, 4, 1, 1e6f, 1);
  *calls = call_count;
  return status;
}
