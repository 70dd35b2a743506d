/* forward and its results from C: Hugging Face's recorded answers, in the middle of an episode that does not notice it.
 *
 * usage: forward <ForwardOneHead.safetensors> <answers> */
#include <string.h>

#include "episode.h"
#include "forward_one_head.h"
#include "script.h"

enum {
  STATES = FORWARD_ONE_HEAD_STATE_DIMENSION,
  ACTIONS = FORWARD_ONE_HEAD_ACTION_DIMENSION,
  WINDOW = FORWARD_ONE_HEAD_WINDOW,
  HIDDEN = FORWARD_ONE_HEAD_HIDDEN_SIZE,
  LAYERS = FORWARD_ONE_HEAD_LAYER_COUNT,
  HEADS = FORWARD_ONE_HEAD_HEAD_COUNT,
  TOKENS = 3 * WINDOW
};

static _Alignas(64) unsigned char memory[FORWARD_ONE_HEAD_MEMORY_SIZE];
static forward_one_head_controller *controller;
static double worst;

static void done(int32_t status) {
  if (status == 0) return;
  fprintf(stderr, "forward: status %d: %s\n", (int)status, forward_one_head_last_error(controller));
  exit(1);
}

static void expect(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "forward: %s\n", what);
  exit(1);
}

static const float *input(safetensors golden, size_t call, const char *part, size_t *count) {
  char name[64];
  snprintf(name, sizeof name, "forward%zu.%s", call, part);
  return find_floats(golden, name, count);
}

/* A result beside the recorded one. */
static void compare(safetensors golden, size_t call, const char *part, const float *found, size_t count, size_t width,
    size_t rows, size_t hidden) {
  char name[64];
  size_t recorded;
  snprintf(name, sizeof name, "forward%zu.%s", call, part);
  const double *expected = find_doubles(golden, name, &recorded);
  expect(expected && recorded == count, "a result has another shape than the recorded one");
  worst = fmax(worst, script_difference_of_rows(found, expected, count, width, rows, hidden));
}

static size_t replay(safetensors golden, FILE *answers) {
  for (size_t call = 0;; call++) {
    size_t steps, count;
    intptr_t timesteps[WINDOW];
    uint8_t mask[WINDOW];
    const float *recorded_steps = input(golden, call, "timesteps", &steps);
    if (!recorded_steps) return call;
    const float *recorded_mask = input(golden, call, "attention_mask", &count);
    size_t masked = 0, hidden = 0; /* steps in all, and those in front */
    for (size_t i = 0; i < steps; i++) {
      timesteps[i] = (intptr_t)recorded_steps[i];
      mask[i] = recorded_mask[i] != 0;
      masked += !mask[i];
      hidden += masked == i + 1;
    }
    done(forward_one_head_forward(controller, steps, input(golden, call, "states", &count),
        input(golden, call, "actions", &count), input(golden, call, "returns_to_go", &count), timesteps,
        masked ? mask : NULL));
    static float result[LAYERS * HEADS * TOKENS * TOKENS + (LAYERS + 1) * TOKENS * HIDDEN];
    const size_t tokens = 3 * steps;
    const struct {
      int32_t (*copy)(forward_one_head_controller *, float *, size_t);
      const char *name;
      size_t count, width, rows;
    } results[] = {
        {forward_one_head_action_predictions, "action_preds", steps * ACTIONS, ACTIONS, steps},
        {forward_one_head_state_predictions, "state_preds", steps * STATES, STATES, steps},
        {forward_one_head_return_predictions, "return_preds", steps, 1, steps},
        {forward_one_head_last_hidden_state, "last_hidden_state", tokens * HIDDEN, HIDDEN, tokens},
        {forward_one_head_hidden_states, "hidden_states", (LAYERS + 1) * tokens * HIDDEN, HIDDEN,
            tokens},
        {forward_one_head_attentions, "attentions", LAYERS * HEADS * tokens * tokens, tokens, tokens},
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
      done(results[i].copy(controller, result, results[i].count));
      compare(golden, call, results[i].name, result, results[i].count, results[i].width, results[i].rows,
          results[i].rows / steps * hidden);
      script_write(answers, result, results[i].count);
      expect(results[i].copy(controller, result, results[i].count + 1) == FORWARD_ONE_HEAD_WRONG_COUNT,
          "room for another number of results");
    }
  }
}

/* The recorded episode, and what the model expects after each of its actions. */
static void expectations(safetensors golden, FILE *answers) {
  size_t count, steps;
  float action[ACTIONS], state[STATES], next = 0;
  const float *states = find_floats(golden, "states", &count);
  const float *rewards = find_floats(golden, "rewards", &steps);
  const float *executed = find_floats(golden, "executed", &count);
  const double *next_states = find_doubles(golden, "next.states", &count);
  const double *next_returns = find_doubles(golden, "next.returns", &count);
  expect(states && rewards && executed && next_states && next_returns, "an episode is not recorded");
  double largest = 0, difference = 0;
  done(forward_one_head_reset(controller, FORWARD_ONE_HEAD_DEFAULT_TARGET_RETURN));
  expect(forward_one_head_next_state(controller, state) == FORWARD_ONE_HEAD_NOTHING_EXPECTED, "before an action");
  for (size_t step = 0; step < steps; step++) {
    done(forward_one_head_act(controller, states + step * STATES, step ? rewards[step - 1] : 0, action));
    done(forward_one_head_prepare_executed(controller, executed + step * ACTIONS));
    done(forward_one_head_next_state(controller, state));
    done(forward_one_head_next_return(controller, &next));
    for (size_t i = 0; i < STATES; i++) largest = fmax(largest, fabs(next_states[step * STATES + i]));
    difference = fmax(difference, script_difference(state, next_states + step * STATES, STATES));
    difference = fmax(difference, script_difference(&next, next_returns + step, 1) / 50);
    script_write(answers, action, ACTIONS);
    script_write(answers, state, STATES);
    script_write(answers, &next, 1);
  }
  expect(largest > 0 && difference <= 2e-5, "the expectations are not the recorded ones");
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: forward <ForwardOneHead.safetensors> <answers>\n");
    return 2;
  }
  const safetensors golden = read_file(arguments[1]);
  FILE *answers = fopen(arguments[2], "wb");
  expect(answers != NULL, "the answers cannot be written");
  expect(forward_one_head_create(memory, sizeof memory, &controller) == 0, "no controller");
  expect(forward_one_head_hidden_size() == HIDDEN && forward_one_head_layer_count() == LAYERS
          && forward_one_head_head_count() == HEADS, "header and library have other sizes");
  const size_t calls = replay(golden, answers);
  expect(calls > 0, "nothing is recorded");
  expect(worst <= 2e-5, "the results are not the recorded ones");
  expectations(golden, answers);

  float zeros[WINDOW * (STATES + ACTIONS)] = {0}, wrong[STATES] = {0, 0, NAN};
  const intptr_t steps[WINDOW] = {0}, far[] = {FORWARD_ONE_HEAD_MAXIMUM_EPISODE_LENGTH};
  const uint8_t none[] = {0}, odd[] = {2};
  expect(forward_one_head_forward(controller, 0, zeros, zeros, zeros, steps, NULL)
          == FORWARD_ONE_HEAD_WRONG_STEP_COUNT, "no steps");
  expect(forward_one_head_forward(controller, WINDOW + 1, zeros, zeros, zeros, steps, NULL)
          == FORWARD_ONE_HEAD_WRONG_STEP_COUNT, "too many steps");
  expect(forward_one_head_forward(controller, 1, wrong, zeros, zeros, steps, NULL)
          == FORWARD_ONE_HEAD_NON_FINITE_INPUT, "a state that is not finite");
  expect(forward_one_head_last_error_index(controller) == 2, "another index");
  expect(forward_one_head_forward(controller, 1, zeros, zeros, zeros, far, NULL)
          == FORWARD_ONE_HEAD_TIMESTEP_OUT_OF_RANGE, "a timestep without row");
  expect(forward_one_head_forward(controller, 1, zeros, zeros, zeros, steps, none)
          == FORWARD_ONE_HEAD_NOTHING_ATTENDED, "a mask of zeros");
  expect(forward_one_head_forward(controller, 1, zeros, zeros, zeros, steps, odd)
          == FORWARD_ONE_HEAD_INVALID_MASK, "a mask of 2");
  expect(fclose(answers) == 0, "the answers cannot be written");
  printf("forward: %zu calls, off by %.1e at most\n", calls, worst);
  return 0;
}
