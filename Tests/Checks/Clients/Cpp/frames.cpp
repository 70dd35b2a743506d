// States that are frames of bytes, through the C++ class: d3rlpy's recorded choices.
//
// usage: frames <episode.safetensors>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <type_traits>

#include "../C/episode.h"
#include "decision_transformer.hpp"
#include "pixel_actions.h"

DECISION_TRANSFORMER_NUMBERED_MODEL(pixel_actions, PIXEL_ACTIONS)

using PixelActions = decision_transformer::NumberedController<pixel_actions_model>;
static_assert(std::is_same_v<PixelActions::State, std::array<std::uint8_t, 4 * 84 * 84>>);

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  const framed_episode recorded = read_framed_episode(argv[1]);
  PixelActions::self_test();
  PixelActions controller;
  controller.reset(6);
  const auto frames = std::make_unique<PixelActions::State>();
  float worst = 0;
  for (std::size_t step = 0; step < recorded.steps; step++) {
    std::copy_n(recorded.frames + step * frames->size(), frames->size(), frames->begin());
    const int action = controller.act(*frames, step ? recorded.rewards[step - 1] : 0);
    if (action != recorded.actions[step]) {
      std::fprintf(stderr, "frames: another action in step %zu\n", step);
      return 1;
    }
    const auto logits = controller.logits();
    for (std::size_t index = 0; index < logits.size(); index++)
      worst = std::max(worst, std::fabs(logits[index] - recorded.logits[step * logits.size() + index]));
    controller.prepare();
  }
  std::printf("frames: %zu choices of d3rlpy's, logits off by %.1e at most\n", recorded.steps, double(worst));
  return worst <= 1e-4f ? 0 : 1;
}
