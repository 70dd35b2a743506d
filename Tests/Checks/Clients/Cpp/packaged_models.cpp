// Several models' packages in one program: numbered actions and frames, as recorded with d3rlpy.
//
// usage: packaged_models <episode of CartPole> <episode of PixelActions>
#include <algorithm>
#include <cstdio>
#include <memory>

#include <cart_pole.hpp>
#include <hopper.hpp>
#include <pixel_actions.hpp>

#include "episode.h"

using decision_transformer::CartPole;
using decision_transformer::Hopper;
using decision_transformer::PixelActions;

/// Whether the controller chooses what was recorded.
template <class Controller, class Episode, class Number>
static bool agrees(const Episode &recorded, const Number *states, float target) {
  Controller::self_test();
  Controller controller;
  controller.reset(target);
  const auto state = std::make_unique<typename Controller::State>();
  for (std::size_t step = 0; step < recorded.steps; step++) {
    std::copy_n(states + step * state->size(), state->size(), state->begin());
    if (controller.act(*state, step ? recorded.rewards[step - 1] : 0) != recorded.actions[step])
      return false;
    controller.prepare();
  }
  return true;
}

int main(int count, char **arguments) try {
  if (count != 3) return 2;
  const numbered_episode poles = read_numbered_episode(arguments[1]);
  const framed_episode pixels = read_framed_episode(arguments[2]);
  Hopper::self_test();
  if (!agrees<CartPole>(poles, poles.states, poles.target_return)
      || !agrees<PixelActions>(pixels, pixels.frames, 6)) {
    std::fprintf(stderr, "packaged_models: an action is not the recorded one\n");
    return 1;
  }
  std::printf("three models' packages in one program: %zu and %zu choices as recorded\n",
      poles.steps, pixels.steps);
  return 0;
} catch (const decision_transformer::Error &error) {
  std::fprintf(stderr, "packaged_models: %s\n", error.what());
  return 1;
}
