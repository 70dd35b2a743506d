// A control loop with the class of a package: the self test, then a recorded episode of the real environment.
//
// usage: control_loop <episode.safetensors>
//
// Prints how far the actions are from Hugging Face's; 1 if by more than 1e-5.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <hopper.hpp>

#include "episode.h"

using decision_transformer::Hopper;

int main(int count, char **arguments) try {
  if (count != 2) {
    std::fprintf(stderr, "usage: control_loop <episode.safetensors>\n");
    return 2;
  }
  const episode recorded = read_episode(arguments[1], 1000);

  Hopper::self_test();  // once, before anything moves
  Hopper hopper;
  hopper.reset(HOPPER_DEFAULT_TARGET_RETURN);

  double worst = 0;
  float reward = 0;
  for (std::size_t step = 0; step < recorded.steps; step++) {
    Hopper::State state;
    std::copy_n(recorded.states + step * state.size(), state.size(), state.begin());
    const Hopper::Action action = hopper.act(state, reward);
    hopper.prepare();  // while the world moves
    reward = recorded.rewards[step];
    for (std::size_t i = 0; i < action.size(); i++)
      worst = std::fmax(
          worst, std::fabs(double(action[i]) - recorded.env_actions[step * action.size() + i]));
  }
  std::printf("parity: max |difference of actions| = %.1e over %zu steps\n", worst, recorded.steps);
  return worst <= 1e-5 ? 0 : 1;
} catch (const decision_transformer::Error &error) {
  std::fprintf(stderr, "hopper: %s\n", error.what());
  return 1;
}
