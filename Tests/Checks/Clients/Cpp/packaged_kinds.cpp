// The packages of several agents, of a trunk and of forward in one program.
//
// usage: packaged_kinds <TrunkFourHeads.safetensors> <ForwardOneHead.safetensors>
#include <cmath>
#include <cstdio>

#include <batch_of_seventeen.hpp>
#include <forward_one_head.hpp>
#include <numbered_actions_of_two.hpp>
#include <trunk_four_heads.hpp>

#include "episode.h"

using decision_transformer::BatchOfSeventeen;
using decision_transformer::ForwardOneHead;
using decision_transformer::NumberedActionsOfTwo;
using decision_transformer::Numbers;
using decision_transformer::TrunkFourHeads;

/// The largest difference of the numbers from a recorded tensor.
static double difference(const std::vector<float> &numbers, safetensors golden, const char *name) {
  std::size_t count;
  const double *expected = find_doubles(golden, name, &count);
  if (!expected || count != numbers.size()) return INFINITY;
  double worst = 0;
  for (std::size_t i = 0; i < count; i++) worst = std::fmax(worst, std::fabs(double(numbers[i]) - expected[i]));
  return worst;
}

static Numbers<float> tensor(safetensors golden, const char *name) {
  std::size_t count;
  const float *numbers = find_floats(golden, name, &count);
  return {numbers, count};
}

int main(int count, char **arguments) try {
  if (count != 3) return 2;
  const safetensors trunks = read_file(arguments[1]), forwards = read_file(arguments[2]);
  TrunkFourHeads trunk;
  const double of_trunk =
      difference(trunk.forward(tensor(trunks, "whole.0.inputs_embeds")), trunks, "whole.0.last_hidden_state");

  ForwardOneHead::self_test();
  ForwardOneHead controller;
  const Numbers<float> recorded_steps = tensor(forwards, "forward0.timesteps");
  const std::vector<std::intptr_t> steps(recorded_steps.data, recorded_steps.data + recorded_steps.size);
  controller.forward(tensor(forwards, "forward0.states"), tensor(forwards, "forward0.actions"),
      tensor(forwards, "forward0.returns_to_go"), steps);
  const double of_forward = difference(controller.attentions(), forwards, "forward0.attentions");
  if (!(of_trunk <= 2e-5 && of_forward <= 2e-5)) {
    std::fprintf(stderr, "packaged_kinds: the answers are not the recorded ones\n");
    return 1;
  }

  // Agents that observe the same do the same, and what one observes is nothing to another.
  BatchOfSeventeen::self_test();
  NumberedActionsOfTwo::self_test();
  BatchOfSeventeen batch;
  NumberedActionsOfTwo pair;
  batch.reset(BATCH_OF_SEVENTEEN_DEFAULT_TARGET_RETURN);
  pair.reset(NUMBERED_ACTIONS_OF_TWO_DEFAULT_TARGET_RETURN);
  BatchOfSeventeen::States states{};
  states[7].fill(1);
  const BatchOfSeventeen::Actions actions = batch.act(states);
  for (std::size_t agent = 0; agent < actions.size(); agent++) {
    if ((actions[agent] == actions[0]) == (agent != 7)) continue;
    std::fprintf(stderr, "packaged_kinds: agent %zu does something else\n", agent);
    return 1;
  }
  const NumberedActionsOfTwo::Actions choices = pair.act(NumberedActionsOfTwo::States{});
  if (choices[0] != choices[1] || pair.logits(0) != pair.logits(1)) return 1;
  std::printf("packages of a batch, numbered actions of two, a trunk and forward: off by %.1e at most\n",
      std::fmax(of_trunk, of_forward));
  return 0;
} catch (const decision_transformer::Error &error) {
  std::fprintf(stderr, "packaged_kinds: %s\n", error.what());
  return 1;
}
