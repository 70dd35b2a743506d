// forward and its results through the C++ class: Hugging Face's recorded answers, and wrong calls.
//
// usage: forward <ForwardOneHead.safetensors> <answers>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../C/episode.h"
#include "../C/script.h"
#include "decision_transformer.hpp"
#include "forward_hidden_states.h"
#include "forward_one_head.h"

DECISION_TRANSFORMER_MODEL(forward_one_head, FORWARD_ONE_HEAD)
DECISION_TRANSFORMER_FORWARD(forward_one_head, FORWARD_ONE_HEAD)
DECISION_TRANSFORMER_MODEL(forward_hidden_states, FORWARD_HIDDEN_STATES)

// Where the macros stand does not matter. The model has last_hidden_state and attentions, and no predictions.
namespace inside {
DECISION_TRANSFORMER_FORWARD(forward_hidden_states, FORWARD_HIDDEN_STATES)
using Controller = decision_transformer::Controller<forward_hidden_states_forward_model>;
}  // namespace inside

using decision_transformer::Error;
using decision_transformer::wrong_count;
using Forward = decision_transformer::Controller<forward_one_head_forward_model>;
using Bits = std::vector<float>;

// A result that the model lacks does not compile.
template <class Model, class Void = void>
constexpr bool has_states = false;
template <class Model>
constexpr bool has_states<Model,
    std::void_t<decltype(Model::state_predictions(nullptr, static_cast<float *>(nullptr), std::size_t{}))>> = true;
static_assert(has_states<forward_one_head_forward_model>);
static_assert(!has_states<inside::forward_hidden_states_forward_model>);

static int failures = 0;

static void expect(bool condition, const char *what) {
  if (condition) return;
  failures++;
  std::fprintf(stderr, "forward: %s\n", what);
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

template <class Number>
static std::vector<Number> tensor(safetensors golden, const std::string &name) {
  std::size_t count;
  const float *found = find_floats(golden, name.c_str(), &count);
  std::vector<Number> numbers;
  for (std::size_t i = 0; found && i < count; i++) numbers.push_back(Number(found[i]));
  return numbers;
}

static double replay(Forward &controller, safetensors golden, FILE *answers) {
  double worst = 0;
  for (std::size_t call = 0;; call++) {
    const std::string prefix = "forward" + std::to_string(call) + ".";
    const auto timesteps = tensor<std::intptr_t>(golden, prefix + "timesteps");
    if (timesteps.empty()) break;
    const auto mask = tensor<std::uint8_t>(golden, prefix + "attention_mask");
    controller.forward(tensor<float>(golden, prefix + "states"), tensor<float>(golden, prefix + "actions"),
        tensor<float>(golden, prefix + "returns_to_go"), timesteps, mask);
    expect(controller.step_count() == timesteps.size(), "another number of steps");
    const std::size_t steps = timesteps.size(), tokens = 3 * steps, width = FORWARD_ONE_HEAD_HIDDEN_SIZE;
    const std::size_t hidden = std::size_t(std::find(mask.begin(), mask.end(), 1) - mask.begin());
    const struct {
      const char *name;
      Bits numbers;
      std::size_t width, rows;
    } results[] = {
        {"action_preds", controller.action_predictions(), FORWARD_ONE_HEAD_ACTION_DIMENSION, steps},
        {"state_preds", controller.state_predictions(), FORWARD_ONE_HEAD_STATE_DIMENSION, steps},
        {"return_preds", controller.return_predictions(), 1, steps},
        {"last_hidden_state", controller.last_hidden_state(), width, tokens},
        {"hidden_states", controller.hidden_states(), width, tokens},
        {"attentions", controller.attentions(), tokens, tokens},
    };
    for (const auto &[name, numbers, row, rows] : results) {
      std::size_t count;
      const double *expected = find_doubles(golden, (prefix + name).c_str(), &count);
      expect(expected && count == numbers.size(), "another shape than the recorded one");
      worst = std::fmax(worst, script_difference_of_rows(
          numbers.data(), expected, count, row, rows, rows / steps * hidden));
      script_write(answers, numbers.data(), count);
    }
  }
  expect(controller.step_count() > 0, "nothing is recorded");
  return worst;
}

static void expectations(Forward &controller, safetensors golden, FILE *answers) {
  const auto states = tensor<float>(golden, "states"), rewards = tensor<float>(golden, "rewards");
  const auto executed = tensor<float>(golden, "executed");
  controller.reset(FORWARD_ONE_HEAD_DEFAULT_TARGET_RETURN);
  expect_error(FORWARD_ONE_HEAD_NOTHING_EXPECTED, "nothing is expected before the first prepare of an episode", -1,
      [&] { controller.next_return(); });
  for (std::size_t step = 0; step < rewards.size(); step++) {
    Forward::State state;
    Forward::Action done;
    std::copy_n(states.begin() + std::ptrdiff_t(step * state.size()), state.size(), state.begin());
    std::copy_n(executed.begin() + std::ptrdiff_t(step * done.size()), done.size(), done.begin());
    const Forward::Action action = controller.act(state, step ? rewards[step - 1] : 0);
    controller.prepare(done);
    const Forward::State next = controller.next_state();
    const float target = controller.next_return();
    script_write(answers, action.data(), action.size());
    script_write(answers, next.data(), next.size());
    script_write(answers, &target, 1);
  }
}

static void refuse() {
  Forward controller;
  const Bits states(8), actions(4), returns(2);
  const std::array<std::intptr_t, 2> steps{0, 1};
  expect(controller.state_predictions().empty() && controller.attentions().empty(), "results before a forward");
  expect_error(wrong_count, "states: found 7 numbers; accepted: 8", -1,
      [&] { controller.forward({states.data(), 7}, actions, returns, steps); });
  expect_error(wrong_count, "actions: found 8 numbers; accepted: 4", -1,
      [&] { controller.forward(states, states, returns, steps); });
  expect_error(wrong_count, "returns_to_go: found 4 numbers; accepted: 2", -1,
      [&] { controller.forward(states, actions, actions, steps); });
  expect_error(wrong_count, "attention_mask: found 1 numbers; accepted: 2", -1,
      [&] { controller.forward(states, actions, returns, steps, std::vector<std::uint8_t>(1)); });
  expect_error(FORWARD_ONE_HEAD_WRONG_STEP_COUNT, "timesteps: found 0 steps; accepted: 1 ... 4", -1,
      [&] { controller.forward({}, {}, {}, {}); });
  expect_error(FORWARD_ONE_HEAD_WRONG_STEP_COUNT, "timesteps: found 5 steps; accepted: 1 ... 4", -1,
      [&] { controller.forward(Bits(20), Bits(10), Bits(5), std::vector<std::intptr_t>(5)); });
  expect_error(FORWARD_ONE_HEAD_NON_FINITE_INPUT, "actions[3] is not finite", 3,
      [&] { controller.forward(states, Bits{0, 0, 0, INFINITY}, returns, steps); });
  expect_error(FORWARD_ONE_HEAD_INVALID_MASK, "attentionMask[1] is neither 0 nor 1", 1,
      [&] { controller.forward(states, actions, returns, steps, std::array<std::uint8_t, 2>{1, 2}); });
  expect(controller.step_count() == 0, "a refused forward has results");
  controller.forward(states, actions, returns, steps);
  const Bits result = controller.hidden_states();
  Forward successor = std::move(controller);
  expect(result == successor.hidden_states(), "the results do not move with the controller");

  inside::Controller some;
  const std::size_t width = FORWARD_HIDDEN_STATES_HIDDEN_SIZE;
  some.forward(Bits(FORWARD_HIDDEN_STATES_STATE_DIMENSION), Bits(FORWARD_HIDDEN_STATES_ACTION_DIMENSION), Bits(1),
      std::array<std::intptr_t, 1>{0});
  expect(some.last_hidden_state().size() == 3 * width, "another size of the hidden states");
  const Bits attentions = some.attentions();
  double sum = 0;
  for (const float probability : attentions) sum += double(probability);
  // Each query's probabilities are 1 in all.
  expect(std::fabs(sum - double(attentions.size()) / 3) < 1e-5, "attentions are no probabilities");
}

int main(int count, char **arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: forward <ForwardOneHead.safetensors> <answers>\n");
    return 2;
  }
  FILE *answers = std::fopen(arguments[2], "wb");
  if (!answers) return 2;
  double worst = 0;
  try {
    const safetensors golden = read_file(arguments[1]);
    Forward controller;
    worst = replay(controller, golden, answers);
    expect(worst <= 2e-5, "the results are not the recorded ones");
    expectations(controller, golden, answers);
    refuse();
  } catch (const Error &error) {
    std::fprintf(stderr, "forward: %s\n", error.what());
    return 1;
  }
  if (std::fclose(answers) != 0) return 2;
  if (failures == 0) std::printf("forward in C++: off by %.1e at most\n", worst);
  return failures == 0 ? 0 : 1;
}
