/* A control loop: the self test, then a recorded episode of the real environment, replayed through the C interface.
 *
 * usage: control_loop <episode.safetensors>
 *
 * Prints how far the actions are from Hugging Face's; 1 if by more than 1e-5. */
#include <math.h>
#include <stdio.h>

#include "episode.h"
#include "hopper.h"

static _Alignas(HOPPER_MEMORY_ALIGNMENT) unsigned char memory[HOPPER_MEMORY_SIZE];

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: control_loop <episode.safetensors>\n");
    return 2;
  }
  const episode recorded = read_episode(arguments[1], 1000);

  /* Once, before anything moves: does this library compute its checkpoint on this machine? */
  int32_t status = hopper_self_test(memory, sizeof memory);
  if (status != HOPPER_SUCCESS) {
    fprintf(stderr, "hopper_self_test: %s\n", hopper_status_message(status));
    return 1;
  }
  hopper_controller *controller;
  status = hopper_create(memory, sizeof memory, &controller);
  if (status != HOPPER_SUCCESS) {
    fprintf(stderr, "hopper_create: %s\n", hopper_status_message(status));
    return 1;
  }
  status = hopper_reset(controller, recorded.target_return);

  double worst = 0;
  float reward = 0;
  for (size_t step = 0; step < recorded.steps && status == HOPPER_SUCCESS; step++) {
    float action[HOPPER_ACTION_DIMENSION];
    status = hopper_act(
        controller, recorded.states + step * HOPPER_STATE_DIMENSION, reward, action);
    /* The action is sent here; then, while the world moves: */
    if (status == HOPPER_SUCCESS) status = hopper_prepare(controller);
    reward = recorded.rewards[step];
    for (size_t i = 0; i < HOPPER_ACTION_DIMENSION; i++) {
      double difference =
          fabs((double)action[i] - recorded.env_actions[step * HOPPER_ACTION_DIMENSION + i]);
      worst = fmax(worst, difference);
    }
  }
  if (status != HOPPER_SUCCESS) {
    fprintf(stderr, "hopper: %s\n", hopper_last_error(controller));
    return 1;
  }
  printf("parity: max |difference of actions| = %.1e over %zu steps\n", worst, recorded.steps);
  return worst <= 1e-5 ? 0 : 1;
}
