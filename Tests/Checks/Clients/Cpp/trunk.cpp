// The trunk alone through the C++ class: the recorded answers in any cut, and wrong calls.
//
// usage: trunk <TrunkFourHeads.safetensors> <answers>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "../C/episode.h"
#include "../C/script.h"
#include "decision_transformer.hpp"
#include "trunk_four_heads.h"

DECISION_TRANSFORMER_TRUNK_MODEL(trunk_four_heads, TRUNK_FOUR_HEADS)

using decision_transformer::Error;
using decision_transformer::wrong_count;
using Trunk = decision_transformer::Trunk<trunk_four_heads_model>;

static int failures = 0;

static void expect(bool condition, const char *what) {
  if (condition) return;
  failures++;
  std::fprintf(stderr, "trunk: %s\n", what);
}

template <class Call>
static void expect_error(std::int32_t status, const std::string &message, int index, Call call) {
  try {
    call();
    expect(false, message.c_str());
  } catch (const Error &error) {
    expect(error.status == status, "another status");
    expect(error.what() == message, error.what());
    expect(error.index == index && error.agent == -1, "another index");
  }
}

/// The numbers of a tensor as `Number`; none where there is no such tensor.
template <class Number>
static std::vector<Number> tensor(safetensors golden, const std::string &name) {
  std::size_t count;
  const float *found = find_floats(golden, name.c_str(), &count);
  std::vector<Number> numbers;
  for (std::size_t i = 0; found && i < count; i++) numbers.push_back(Number(found[i]));
  return numbers;
}

static double replay(Trunk &trunk, safetensors golden, const std::string &name,
    const std::vector<std::size_t> &pasts, FILE *answers) {
  double worst = 0;
  trunk.reset();
  std::size_t past = 0;
  for (std::size_t call = 0;; call++) {
    const std::string prefix = name + "." + std::to_string(call) + ".";
    const auto embeds = tensor<float>(golden, prefix + "inputs_embeds");
    if (embeds.empty()) break;
    if (!pasts.empty()) past = pasts[call];
    trunk.crop(past);
    const bool uses_cache = pasts.empty() || call != 1;
    const std::vector<float> result = trunk.forward(embeds,
        tensor<std::intptr_t>(golden, prefix + "positions"),
        tensor<std::uint8_t>(golden, prefix + "mask"), uses_cache);
    std::size_t count;
    const double *expected = find_doubles(golden, (prefix + "last_hidden_state").c_str(), &count);
    expect(expected && count == result.size(), "no recorded answer");
    worst = std::fmax(worst, script_difference(result.data(), expected, count));
    script_write(answers, result.data(), result.size());
    if (uses_cache) past += result.size() / Trunk::hidden_size;
    expect(trunk.past_length() == past, "another length of the cache");
  }
  return worst;
}

static void refuse() {
  const std::size_t width = Trunk::hidden_size;
  Trunk trunk;
  std::vector<float> embeds(2 * width);
  std::array<float, 2 * Trunk::hidden_size> result;
  expect_error(wrong_count, "inputs_embeds: found 25 numbers; accepted: 24", -1,
      [&] { trunk.forward({embeds.data(), width + 1}); });
  expect_error(wrong_count, "position_ids: found 3 numbers; accepted: 2", -1,
      [&] { trunk.forward(embeds, std::vector<std::intptr_t>(3)); });
  trunk.forward({embeds.data(), width});
  expect_error(wrong_count, "attention_mask: found 2 numbers; accepted: 3", -1,
      [&] { trunk.forward(embeds, {}, std::vector<std::uint8_t>(2)); });
  expect_error(TRUNK_FOUR_HEADS_NO_TOKENS, "inputsEmbeds has 0 numbers; accepted: one or more rows of 24", -1,
      [&] { trunk.forward(std::vector<float>()); });
  embeds[width] = NAN;
  expect_error(TRUNK_FOUR_HEADS_NON_FINITE_EMBEDDING, "inputsEmbeds[24] is not finite", int(width),
      [&] { trunk.forward(result.data(), embeds); });
  embeds[width] = 0;
  expect_error(TRUNK_FOUR_HEADS_POSITION_OUT_OF_RANGE, "positionIDs[1] is out of range; accepted: 0 to 30", 1,
      [&] { trunk.forward(embeds, std::array<std::intptr_t, 2>{0, -1}); });
  expect_error(TRUNK_FOUR_HEADS_INVALID_MASK, "attentionMask[2] is neither 0 nor 1", 2,
      [&] { trunk.forward(embeds, {}, std::array<std::uint8_t, 3>{1, 1, 2}); });
  expect_error(TRUNK_FOUR_HEADS_CACHE_FULL, "30 tokens do not fit behind 1 cached ones; the cache holds 30", -1,
      [&] { trunk.forward(std::vector<float>(30 * width)); });
  expect(trunk.past_length() == 1, "a refused call has filled the cache");
  Trunk successor = std::move(trunk);
  expect(successor.past_length() == 1, "the cache does not move with the trunk");
  expect_error(TRUNK_FOUR_HEADS_NULL_ARGUMENT, "this trunk was moved from: use the one it was moved to", -1,
      [&] { trunk.reset(); });
}

int main(int count, char **arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: trunk <TrunkFourHeads.safetensors> <answers>\n");
    return 2;
  }
  FILE *answers = std::fopen(arguments[2], "wb");
  if (!answers) return 2;
  double worst = 0;
  try {
    const safetensors golden = read_file(arguments[1]);
    Trunk trunk;
    for (const char *name : {"whole", "parts", "padding", "padding_in_parts", "holes", "holes_in_parts",
             "positions", "positions_in_parts"})
      worst = std::fmax(worst, replay(trunk, golden, name, {}, answers));
    worst = std::fmax(worst, replay(trunk, golden, "branches", {0, 15, 15, 7}, answers));
    expect(worst <= 2e-5, "the hidden states are not the recorded ones");
    refuse();
  } catch (const Error &error) {
    std::fprintf(stderr, "trunk: %s\n", error.what());
    return 1;
  }
  if (std::fclose(answers) != 0) return 2;
  if (failures == 0) std::printf("trunk in C++: off by %.1e at most\n", worst);
  return failures == 0 ? 0 : 1;
}
