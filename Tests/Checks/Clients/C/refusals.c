/* Calls that must be refused with a status and a message, from a program that only has the header and the library. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "hopper.h"

static _Alignas(HOPPER_MEMORY_ALIGNMENT) unsigned char memory[HOPPER_MEMORY_SIZE + 64];
static _Alignas(64) unsigned char other[HOPPER_MEMORY_SIZE];
static int failures;

static void expect(const char *what, int32_t expected, int32_t status) {
  if (status != expected) {
    failures++;
    fprintf(stderr, "%s: status %d (%s), expected %d (%s)\n", what, (int)status,
        hopper_status_message(status), (int)expected, hopper_status_message(expected));
  }
}

static void expect_text(const char *what, const char *expected, const char *text) {
  if (strcmp(expected, text) != 0) {
    failures++;
    fprintf(stderr, "%s: \"%s\", expected \"%s\"\n", what, text, expected);
  }
}

int main(void) {
  /* Header and library are of one model. */
  expect("memory size", HOPPER_MEMORY_SIZE, (int32_t)hopper_memory_size());
  expect("memory alignment", HOPPER_MEMORY_ALIGNMENT, (int32_t)hopper_memory_alignment());
  expect("state dimension", HOPPER_STATE_DIMENSION, (int32_t)hopper_state_dimension());
  expect("action dimension", HOPPER_ACTION_DIMENSION, (int32_t)hopper_action_dimension());
  expect_text("layout digest", HOPPER_LAYOUT_DIGEST, hopper_layout_digest());
  expect_text("version", HOPPER_GENERATOR_VERSION, hopper_version());

  hopper_controller *controller = (hopper_controller *)memory;
  float state[HOPPER_STATE_DIMENSION + 1] = {0}, action[HOPPER_ACTION_DIMENSION];
  float *misaligned = (float *)(void *)((char *)state + 2);
  const size_t size = HOPPER_MEMORY_SIZE;

  expect("no memory", HOPPER_NULL_ARGUMENT, hopper_create(NULL, size, &controller));
  if (controller) failures++, fprintf(stderr, "a refused create left a controller\n");
  expect("nowhere to put it", HOPPER_NULL_ARGUMENT, hopper_create(memory, size, NULL));
  expect("small", HOPPER_MEMORY_TOO_SMALL, hopper_create(memory, size - 1, &controller));
  expect("odd", HOPPER_MISALIGNED_MEMORY, hopper_create(memory + 4, size, &controller));
  expect("no weights", HOPPER_NULL_ARGUMENT,
      hopper_create_with_weights(memory, size, NULL, 64, &controller));
  expect("zeros for weights", HOPPER_NOT_PACKED_WEIGHTS,
      hopper_create_with_weights(memory, size, other, sizeof other, &controller));
  expect("odd weights", HOPPER_MISALIGNED_WEIGHTS,
      hopper_create_with_weights(memory, size, other + 8, 1024, &controller));
  expect("before create", HOPPER_NULL_ARGUMENT, hopper_reset(controller, 0));
  expect("no controller", HOPPER_NOT_A_CONTROLLER, hopper_reset((hopper_controller *)other, 0));

  expect("create", HOPPER_SUCCESS, hopper_create(memory, sizeof memory, &controller));
  expect_text("nothing failed yet", "", hopper_last_error(controller));
  expect("before reset", HOPPER_NOT_RESET, hopper_act(controller, state, 0, action));
  expect_text("before reset", "no episode: call reset first", hopper_last_error(controller));
  expect("prepare before reset", HOPPER_NOT_RESET, hopper_prepare(controller));
  expect("retarget before reset", HOPPER_NOT_RESET, hopper_retarget(controller, 1));
  expect("target", HOPPER_NON_FINITE_RETURN, hopper_reset(controller, NAN));
  expect("reset", HOPPER_SUCCESS, hopper_reset(controller, 3000));
  expect("executed too early", HOPPER_NOTHING_TO_PREPARE,
      hopper_prepare_executed(controller, action));
  expect("no state", HOPPER_NULL_ARGUMENT, hopper_act(controller, NULL, 0, action));
  expect("no action", HOPPER_NULL_ARGUMENT, hopper_act(controller, state, 0, NULL));
  expect("odd state", HOPPER_MISALIGNED_ARGUMENT, hopper_act(controller, misaligned, 0, action));
  const int last = HOPPER_STATE_DIMENSION - 1;
  char text[80];
  snprintf(text, sizeof text, "state[%d] is not finite", last);
  state[last] = INFINITY;
  expect("state", HOPPER_NON_FINITE_STATE, hopper_act(controller, state, 0, action));
  expect_text("state", text, hopper_last_error(controller));
  state[last] = 0;
  expect("act", HOPPER_SUCCESS, hopper_act(controller, state, 0, action));
  expect("reward", HOPPER_NON_FINITE_REWARD, hopper_act(controller, state, NAN, action));
  expect("prepare", HOPPER_SUCCESS, hopper_prepare_executed_with_reward(controller, action, 1));
  expect("reward twice", HOPPER_REWARD_GIVEN_TWICE, hopper_act(controller, state, 1, action));
  expect("act", HOPPER_SUCCESS, hopper_act_without_reward(controller, state, action));

  /* Behind the last step there is nothing to prepare from, and nothing wrong but what is no number. */
  for (int step = 2; step < HOPPER_MAXIMUM_EPISODE_LENGTH; step++) {
    expect("act", HOPPER_SUCCESS, hopper_act_without_reward(controller, state, action));
    expect("executed", HOPPER_SUCCESS, hopper_prepare_executed(controller, action));
  }
  expect("executed again", HOPPER_SUCCESS,
      hopper_prepare_executed_with_reward(controller, action, 1));
  const int lastAction = HOPPER_ACTION_DIMENSION - 1;
  snprintf(text, sizeof text, "the executed action[%d] is not finite", lastAction);
  action[lastAction] = NAN;
  expect("no number", HOPPER_NON_FINITE_EXECUTED_ACTION,
      hopper_prepare_executed(controller, action));
  expect_text("no number", text, hopper_last_error(controller));
  expect("prepare at the end", HOPPER_SUCCESS, hopper_prepare(controller));
  expect("act at the end", HOPPER_EPISODE_ENDED, hopper_act(controller, state, 0, action));
  snprintf(text, sizeof text, "the episode has had its %d steps: call reset",
      (int)HOPPER_MAXIMUM_EPISODE_LENGTH);
  expect_text("act at the end", text, hopper_last_error(controller));

  /* A controller cannot be moved. */
  memcpy(other, memory, sizeof other);
  expect("a copy", HOPPER_NOT_A_CONTROLLER, hopper_prepare((hopper_controller *)other));
  expect("the original", HOPPER_SUCCESS, hopper_prepare(controller));

  expect("self test", HOPPER_SUCCESS, hopper_self_test(other, sizeof other));
  expect("self test in little memory", HOPPER_MEMORY_TOO_SMALL, hopper_self_test(other, 100));
  expect_text("self test", "the self test found a difference: the library does not compute its checkpoint",
      hopper_status_message(HOPPER_SELF_TEST_FAILED));
  if (failures == 0) printf("refusals: every wrong call had its status and its message\n");
  return failures == 0 ? 0 : 1;
}
