/* Actions that are numbers: a control loop that replays episodes recorded with d3rlpy, and refused calls.
 *
 * usage: numbered_actions <episode.safetensors>...
 *
 * Actions are drawn where the episode has numbers to draw them with. 1 unless all of them are the recorded
 * ones, with logits within 2e-5 of their range, and every wrong call has its status. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cart_pole.h"
#include "episode.h"

static _Alignas(CART_POLE_MEMORY_ALIGNMENT) unsigned char memory[CART_POLE_MEMORY_SIZE];
static int failures;

/* How far logits are from the recorded ones, in parts of the range of all of these. */
static double difference(const float *logits, const numbered_episode *recorded, size_t step) {
  const size_t count = CART_POLE_ACTION_COUNT;
  float least = recorded->logits[0], largest = least;
  for (size_t i = 0; i < recorded->steps * count; i++) {
    least = fminf(least, recorded->logits[i]);
    largest = fmaxf(largest, recorded->logits[i]);
  }
  double worst = 0;
  for (size_t i = 0; i < count; i++)
    worst = fmax(worst, fabs((double)logits[i] - recorded->logits[step * count + i]));
  return worst / (largest - least);
}

/* A step of the loop: the number of the action that is drawn, or of the one with the largest logit. */
static int32_t act(cart_pole_controller *controller, const float *state, float reward,
    const float *uniform, int32_t *action) {
  if (uniform) return cart_pole_act_drawn(controller, state, reward, *uniform, action);
  return cart_pole_act(controller, state, reward, action);
}

/* The same where prepare was given the reward. */
static int32_t act_without_reward(cart_pole_controller *controller, const float *state,
    const float *uniform, int32_t *action) {
  if (uniform) return cart_pole_act_drawn_without_reward(controller, state, *uniform, action);
  return cart_pole_act_without_reward(controller, state, action);
}

/* How act and prepare share what there is to be told. */
enum { REWARD_TO_ACT, EXECUTED, REWARD_TO_PREPARE, WAYS };

static int replay(cart_pole_controller *controller, const numbered_episode *recorded, int way) {
  double worst = 0;
  size_t others = 0;
  float reward = 0;
  int32_t status = cart_pole_reset(controller, recorded->target_return);
  for (size_t step = 0; step < recorded->steps && status == CART_POLE_SUCCESS; step++) {
    const float *state = recorded->states + step * CART_POLE_STATE_DIMENSION;
    const float *uniform = recorded->uniforms ? recorded->uniforms + step : NULL;
    float logits[CART_POLE_ACTION_COUNT];
    int32_t action;
    status = way == REWARD_TO_PREPARE
        ? act_without_reward(controller, state, uniform, &action)
        : act(controller, state, reward, uniform, &action);
    if (status == CART_POLE_SUCCESS) status = cart_pole_logits(controller, logits);
    if (status != CART_POLE_SUCCESS) break;
    /* The action is sent here; then, while the world moves: */
    reward = recorded->rewards[step];
    if (way == REWARD_TO_ACT) status = cart_pole_prepare(controller);
    if (way == EXECUTED) status = cart_pole_prepare_executed(controller, action);
    if (way == REWARD_TO_PREPARE)
      status = cart_pole_prepare_executed_with_reward(controller, action, reward);
    worst = fmax(worst, difference(logits, recorded, step));
    others += action != recorded->actions[step];
  }
  if (status != CART_POLE_SUCCESS) {
    fprintf(stderr, "cart_pole: %s\n", cart_pole_last_error(controller));
    return 1;
  }
  printf("%s, way %d of %d: %zu of %zu actions differ, logits by %.1e of their range\n",
      recorded->uniforms ? "drawn" : "largest logit", way + 1, WAYS, others, recorded->steps, worst);
  return others != 0 || !(worst <= 2e-5);
}

static void expect(const char *what, int32_t expected, int32_t status) {
  if (status != expected) {
    failures++;
    fprintf(stderr, "%s: status %d (%s), expected %d (%s)\n", what, (int)status,
        cart_pole_status_message(status), (int)expected, cart_pole_status_message(expected));
  }
}

static void expect_text(const char *what, const char *expected, const char *text) {
  if (strcmp(expected, text) != 0) {
    failures++;
    fprintf(stderr, "%s: \"%s\", expected \"%s\"\n", what, text, expected);
  }
}

/* What can be wrong besides the calls of refusals.c. */
static void refuse(cart_pole_controller *controller) {
  float state[CART_POLE_STATE_DIMENSION] = {0}, logits[CART_POLE_ACTION_COUNT] = {7, 7};
  int32_t action = 7, numbers[2] = {7, 7};
  int32_t *misaligned = (int32_t *)(void *)((char *)numbers + 2);
  const char *range = "the uniform number is out of range; accepted: 0 or more, below 1";

  expect("action count", CART_POLE_ACTION_COUNT, (int32_t)cart_pole_action_count());
  expect("reset", CART_POLE_SUCCESS, cart_pole_reset(controller, 130));
  expect("executed too early", CART_POLE_NOTHING_TO_PREPARE, cart_pole_prepare_executed(controller, 0));
  const float uniforms[] = {1, -0.1f, NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < sizeof uniforms / sizeof uniforms[0]; i++) {
    expect("uniform", CART_POLE_INVALID_UNIFORM,
        cart_pole_act_drawn(controller, state, 0, uniforms[i], &action));
    expect_text("uniform", range, cart_pole_last_error(controller));
    expect("uniform", CART_POLE_INVALID_UNIFORM,
        cart_pole_act_drawn_without_reward(controller, state, uniforms[i], &action));
  }
  expect("no action", CART_POLE_NULL_ARGUMENT, cart_pole_act(controller, state, 0, NULL));
  expect("odd action", CART_POLE_MISALIGNED_ARGUMENT, cart_pole_act(controller, state, 0, misaligned));
  expect("no drawn action", CART_POLE_NULL_ARGUMENT,
      cart_pole_act_drawn(controller, state, 0, 0.5f, NULL));
  expect("no logits", CART_POLE_NULL_ARGUMENT, cart_pole_logits(controller, NULL));
  expect("odd logits", CART_POLE_MISALIGNED_ARGUMENT,
      cart_pole_logits(controller, (float *)(void *)misaligned));
  if (action != 7 || numbers[0] != 7 || numbers[1] != 7)
    failures++, fprintf(stderr, "a refused act has written an action\n");
  expect("logits before act", CART_POLE_SUCCESS, cart_pole_logits(controller, logits));
  for (int i = 0; i < CART_POLE_ACTION_COUNT; i++)
    if (logits[i] != 0) failures++, fprintf(stderr, "logits before act: not zero\n");

  expect("act", CART_POLE_SUCCESS, cart_pole_act(controller, state, 0, &action));
  const int32_t wrong[] = {-1, CART_POLE_ACTION_COUNT, INT32_MIN, INT32_MAX};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    char text[80];
    snprintf(text, sizeof text, "there is no action %ld", (long)wrong[i]);
    expect("number", CART_POLE_NO_SUCH_ACTION, cart_pole_prepare_executed(controller, wrong[i]));
    expect_text("number", text, cart_pole_last_error(controller));
    expect("number", CART_POLE_NO_SUCH_ACTION,
        cart_pole_prepare_executed_with_reward(controller, wrong[i], 1));
  }
  expect("reward", CART_POLE_NON_FINITE_REWARD,
      cart_pole_prepare_executed_with_reward(controller, 0, NAN));
  expect("executed", CART_POLE_SUCCESS, cart_pole_prepare_executed_with_reward(controller, 1, 1));
  expect("executed twice", CART_POLE_NOTHING_TO_PREPARE, cart_pole_prepare_executed(controller, 1));
  expect("reward twice", CART_POLE_REWARD_GIVEN_TWICE,
      cart_pole_act_drawn(controller, state, 1, 0.5f, &action));
  expect("act", CART_POLE_SUCCESS,
      cart_pole_act_drawn_without_reward(controller, state, 0.5f, &action));
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: numbered_actions <episode.safetensors>...\n");
    return 2;
  }
  int32_t status = cart_pole_self_test(memory, sizeof memory);
  if (status != CART_POLE_SUCCESS) {
    fprintf(stderr, "cart_pole_self_test: %s\n", cart_pole_status_message(status));
    return 1;
  }
  cart_pole_controller *controller;
  status = cart_pole_create(memory, sizeof memory, &controller);
  if (status != CART_POLE_SUCCESS) {
    fprintf(stderr, "cart_pole_create: %s\n", cart_pole_status_message(status));
    return 1;
  }
  for (int i = 1; i < count; i++) {
    const numbered_episode recorded = read_numbered_episode(arguments[i]);
    for (int way = 0; way < WAYS; way++) failures += replay(controller, &recorded, way);
  }
  refuse(controller);
  if (failures == 0) printf("numbered actions: as recorded, and every wrong call had its status\n");
  return failures == 0 ? 0 : 1;
}
