/* A recorded episode through a model's C interface, its self test, and calls whose instructions are counted.
 *
 * Prints "self test: <status>", "difference: <billionths> steps: <count>" and "counted calls: <how many>". Without
 * fractions, whose formatting is large on a microcontroller. check.sh judges.
 *
 * STEPS: at most so many steps; 0 where the recording is not of this model (its self test stays). */
#include <stdio.h>
#include <stdlib.h>

#include "constant_work.h"
#include "model.h"
#include "recording.h"

static _Alignas(MODEL_CONSTANT(MEMORY_ALIGNMENT)) unsigned char
    memory[MODEL_CONSTANT(MEMORY_SIZE)];

static int32_t replay(model_controller *controller) {
  enum { STATE = MODEL_CONSTANT(STATE_DIMENSION), ACTION = MODEL_CONSTANT(ACTION_DIMENSION) };
  recorded_tensor states = find_tensor("states"), rewards = find_tensor("rewards");
  recorded_tensor actions = find_tensor("env_actions");
  if (actions.count == 0) actions = find_tensor("actions");
  size_t steps = STEPS;
  if (rewards.count < steps) steps = rewards.count;
  const char *target = find_text("target_return");
  if (!target || steps == 0 || states.count != rewards.count * STATE
      || actions.count != rewards.count * ACTION) {
    printf("the recording is of another model\n");
    exit(1);
  }
  int32_t status = MODEL(reset)(controller, (float)strtod(target, NULL));
  double worst = 0;
  for (size_t step = 0; step < steps && status == 0; step++) {
    float state[STATE], action[ACTION], reward = step ? (float)number(rewards, step - 1) : 0;
    for (size_t i = 0; i < STATE; i++) state[i] = (float)number(states, step * STATE + i);
    status = MODEL(act)(controller, state, reward, action);
    if (status == 0) status = MODEL(prepare)(controller);
    for (size_t i = 0; i < ACTION; i++) {
      double difference = action[i] - number(actions, step * ACTION + i);
      if (difference < 0) difference = -difference;
      if (!(difference <= worst)) worst = difference; /* so is what is no number */
    }
  }
  printf("difference: %ld steps: %d\n", worst < 2 ? (long)(worst * 1e9 + 0.5) : 2000000000L,
      (int)steps);
  return status;
}

int main(void) {
  int32_t status = MODEL(self_test)(memory, sizeof memory);
  printf("self test: %s\n", MODEL(status_message)(status));
  if (status) return 1;
  model_controller *controller;
  status = MODEL(create)(memory, sizeof memory, &controller);
  if (status) {
    printf("create: %s\n", MODEL(status_message)(status));
    return 1;
  }
  if (STEPS > 0) status = replay(controller);
  int calls = 0;
  if (status == 0) status = count_calls(controller, &calls);
  if (status) printf("stopped: %s\n", MODEL(last_error)(controller));
  printf("counted calls: %d\n", calls);
  return status ? 1 : 0;
}
