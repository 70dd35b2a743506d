// Several agents through the C++ classes: each has the bits that it has alone, wrong calls are exceptions that say which
// agent they are about, and no step allocates.
//
// usage: agents <WindowOfOne.safetensors> <WrappedTimesteps.safetensors> <answers>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <vector>

#include "../C/episode.h"
#include "../C/script.h"
#include "batch_of_seventeen.h"
#include "decision_transformer.hpp"
#include "numbered_actions.h"
#include "numbered_actions_of_two.h"
#include "window_of_one.h"

DECISION_TRANSFORMER_BATCH_MODEL(batch_of_seventeen, BATCH_OF_SEVENTEEN)
DECISION_TRANSFORMER_MODEL(window_of_one, WINDOW_OF_ONE)
DECISION_TRANSFORMER_NUMBERED_BATCH_MODEL(numbered_actions_of_two, NUMBERED_ACTIONS_OF_TWO)
DECISION_TRANSFORMER_NUMBERED_MODEL(numbered_actions, NUMBERED_ACTIONS)

using decision_transformer::Error;
using Batch = decision_transformer::BatchController<batch_of_seventeen_model>;
using Alone = decision_transformer::Controller<window_of_one_model>;
using Pair = decision_transformer::NumberedBatchController<numbered_actions_of_two_model>;
using One = decision_transformer::NumberedController<numbered_actions_model>;

static_assert(!std::is_copy_constructible_v<Batch> && std::is_nothrow_move_assignable_v<Pair>);

static std::atomic<long> allocations{0};

void *operator new(std::size_t size) {
  allocations++;
  if (void *memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void *operator new(std::size_t size, std::align_val_t alignment) {
  allocations++;
  const std::size_t multiple = std::size_t(alignment);
  if (void *memory = std::aligned_alloc(multiple, (size + multiple - 1) / multiple * multiple)) return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void *memory, std::align_val_t) noexcept { std::free(memory); }

static int failures = 0;

static void expect(bool condition, const char *what) {
  if (condition) return;
  failures++;
  std::fprintf(stderr, "agents: %s\n", what);
}

template <class Call>
static void expect_error(std::int32_t status, const std::string &message, int index, int agent, Call call) {
  try {
    call();
    expect(false, message.c_str());
  } catch (const Error &error) {
    expect(error.status == status, "another status");
    expect(error.what() == message, error.what());
    expect(error.index == index && error.agent == agent, "another index or agent");
  }
}

template <class Together>
static typename Together::States states_at(const float *recorded, std::size_t count, std::size_t step) {
  typename Together::States states;
  for (std::size_t agent = 0; agent < states.size(); agent++) {
    const std::size_t size = states[agent].size();
    std::copy_n(recorded + script_row(step, agent, count / size) * size, size, states[agent].begin());
  }
  return states;
}

template <class Rewards>
static Rewards rewards_at(std::size_t step) {
  Rewards rewards;
  for (std::size_t agent = 0; agent < rewards.size(); agent++) rewards[agent] = script_reward(step, agent);
  return rewards;
}

/// Begins episodes and changes targets, of the agents together and of each alone.
template <class Together, class Single>
static void steer(Together &together, std::vector<Single> &alone, std::size_t step) {
  const float target = script_target(step);
  if (script_resets_all(step)) together.reset(target);
  for (std::size_t agent = 0; agent < alone.size(); agent++) {
    const bool resets = script_resets(step, agent, alone.size());
    if (resets) together.reset_agent(agent, target);
    if (resets || script_resets_all(step)) alone[agent].reset(target);
    if (script_retargets(step, agent, alone.size())) {
      together.retarget_agent(agent, target + 1);
      alone[agent].retarget(target + 1);
    }
  }
}

template <class Single, class Action>
static void prepare_alone(Single &alone, const Action &executed, std::size_t step, std::size_t agent) {
  if (!script_has_executed(step)) alone.prepare();
  else if (!script_prepares_reward(step)) alone.prepare(executed);
  else alone.prepare(executed, script_reward(step + 1, agent));
}

template <class Together>
static void prepare(Together &together, const typename Together::Actions &executed, std::size_t step) {
  if (!script_has_executed(step)) together.prepare();
  else if (!script_prepares_reward(step)) together.prepare(executed);
  else together.prepare(executed, rewards_at<typename Together::Rewards>(step + 1));
}

static void vectors(safetensors golden, FILE *answers) {
  std::size_t count;
  const float *recorded = find_floats(golden, "states", &count);
  Batch together;
  std::vector<Alone> alone(Batch::batch);
  const long before = allocations;
  for (std::size_t step = 0; step < SCRIPT_STEPS; step++) {
    steer(together, alone, step);
    const auto states = states_at<Batch>(recorded, count, step);
    const auto rewards = rewards_at<Batch::Rewards>(step);
    Batch::Actions actions =
        script_acts_rewarded(step) ? together.act(states, rewards) : together.act(states);
    script_write(answers, actions.data(), sizeof actions / sizeof(float));
    for (std::size_t agent = 0; agent < Batch::batch; agent++) {
      const Alone::Action expected = script_acts_rewarded(step)
          ? alone[agent].act(states[agent], rewards[agent])
          : alone[agent].act(states[agent]);
      expect(std::memcmp(&expected, &actions[agent], sizeof expected) == 0, "other bits than alone");
      for (float &number : actions[agent]) number /= 2;
      prepare_alone(alone[agent], actions[agent], step, agent);
    }
    if (step % 10 == 4) {  // where it lies does not matter
      Batch other = std::move(together);
      together = std::move(other);
    }
    prepare(together, actions, step);
  }
  expect(allocations == before, "a step allocates");

  Batch::States states{};
  const Batch::Rewards rewards{};
  expect_error(BATCH_OF_SEVENTEEN_NOT_RESET, "agent 0: no episode: call reset first", -1, 0,
      [&] { Batch().act(states, rewards); });
  together.reset(8);
  states[16][3] = NAN;
  expect_error(BATCH_OF_SEVENTEEN_NON_FINITE_STATE, "agent 16: state[3] is not finite", 3, 16,
      [&] { together.act(states, rewards); });
  expect_error(BATCH_OF_SEVENTEEN_NO_SUCH_AGENT, "there is no agent with this number", -1, -1,
      [&] { together.reset_agent(17, 8); });
  expect_error(BATCH_OF_SEVENTEEN_NO_SUCH_AGENT, "there is no agent with this number", -1, -1,
      [&] { together.retarget_agent(std::size_t(-1), 8); });
  expect_error(BATCH_OF_SEVENTEEN_NON_FINITE_RETURN, "the return-to-go is not finite", -1, -1,
      [&] { together.reset_agent(0, INFINITY); });
  states[16][3] = 0;
  Batch::Rewards wrong{};
  wrong[5] = NAN;
  Batch::Actions executed = together.act(states);
  expect_error(BATCH_OF_SEVENTEEN_NON_FINITE_REWARD, "agent 5: the reward is not finite", -1, 5,
      [&] { together.prepare(executed, wrong); });
  executed[2][1] = INFINITY;
  expect_error(BATCH_OF_SEVENTEEN_NON_FINITE_EXECUTED_ACTION,
      "agent 2: the executed action[1] is not finite", 1, 2, [&] { together.prepare(executed); });
  Batch successor = std::move(together);
  successor.prepare();
  expect_error(BATCH_OF_SEVENTEEN_NULL_ARGUMENT,
      "this controller was moved from: use the one it was moved to", -1, -1,
      [&] { together.prepare(); });
}

static void numbers(safetensors golden, FILE *answers) {
  std::size_t count;
  const float *recorded = find_floats(golden, "states", &count);
  Pair together;
  std::vector<One> alone(Pair::batch);
  const long before = allocations;
  for (std::size_t step = 0; step < SCRIPT_STEPS; step++) {
    steer(together, alone, step);
    const auto states = states_at<Pair>(recorded, count, step);
    const auto rewards = rewards_at<Pair::Rewards>(step);
    const bool rewarded = script_acts_rewarded(step), drawn = script_draws(step);
    Pair::Uniforms uniforms;
    for (std::size_t agent = 0; agent < Pair::batch; agent++) uniforms[agent] = script_uniform(step, agent);
    Pair::Actions actions = drawn
        ? (rewarded ? together.act_drawn(states, rewards, uniforms)
                    : together.act_drawn_without_rewards(states, uniforms))
        : (rewarded ? together.act(states, rewards) : together.act(states));
    script_write(answers, actions.data(), actions.size());
    for (std::size_t agent = 0; agent < Pair::batch; agent++) {
      One &one = alone[agent];
      const int expected = drawn
          ? (rewarded ? one.act_drawn(states[agent], rewards[agent], uniforms[agent])
                      : one.act_drawn_without_reward(states[agent], uniforms[agent]))
          : (rewarded ? one.act(states[agent], rewards[agent]) : one.act(states[agent]));
      expect(expected == actions[agent], "another choice than alone");
      const Pair::Logits logits = together.logits(agent);
      const One::Logits of_one = one.logits();
      expect(std::memcmp(&logits, &of_one, sizeof logits) == 0, "other logits than alone");
      script_write(answers, logits.data(), logits.size());
      actions[agent] = (actions[agent] + 1) % Pair::action_count;
      prepare_alone(one, int(actions[agent]), step, agent);
    }
    prepare(together, actions, step);
  }
  expect(allocations == before, "a step allocates");

  const Pair::States states{};
  together.reset(8);
  expect_error(NUMBERED_ACTIONS_OF_TWO_INVALID_UNIFORM,
      "agent 1: the uniform number is out of range; accepted: 0 or more, below 1", -1, 1,
      [&] { together.act_drawn_without_rewards(states, {0.5, 1}); });
  // Rounded to float this is 1.
  expect(together.act_drawn_without_rewards(states, {0, std::nextafter(1.0, 0.0)})
          == Pair::Actions{0, Pair::action_count - 1},
      "0 and almost 1 draw others than the first and the last");
  expect_error(NUMBERED_ACTIONS_OF_TWO_NO_SUCH_ACTION, "agent 1: there is no action 3", 3, 1,
      [&] { together.prepare(Pair::Actions{0, 3}); });
  expect_error(NUMBERED_ACTIONS_OF_TWO_NO_SUCH_AGENT, "there is no agent with this number", -1, -1,
      [&] { together.logits(2); });
}

/// A model whose self test finds a difference.
struct failing_model : batch_of_seventeen_model {
  static std::int32_t report_self_test(void *, std::size_t, const void *, std::size_t, test_report *report) {
    *report = {12, 340, 1, {2, 3, 4, 0.5f, 0.25f}, {-1, 7, 2, 0.125f, 0.0625f}};
    return BATCH_OF_SEVENTEEN_SELF_TEST_FAILED;
  }
};

static void self_tests() {
  const decision_transformer::SelfTestReport report = Batch::self_test();
  expect(report.step_count > 0 && report.comparison_count > report.step_count, "nothing is compared");
  expect(!report.has_failed && report.worst.difference <= report.worst.tolerance, "beyond its tolerance");
  try {
    decision_transformer::BatchController<failing_model>::self_test();
    expect(false, "a difference is no exception");
  } catch (const decision_transformer::SelfTestError &error) {
    expect(error.status == BATCH_OF_SEVENTEEN_SELF_TEST_FAILED, "another status");
    const auto &first = error.report.first_failure;
    expect(error.report.has_failed && first.stage == -1 && first.step == 7 && first.index == 2
            && first.difference == 0.125f && first.tolerance == 0.0625f
            && error.report.worst.stage == 2 && error.report.comparison_count == 340,
        "another report");
  }
  alignas(64) static const unsigned char zeros[64] = {};
  expect_error(BATCH_OF_SEVENTEEN_NOT_PACKED_WEIGHTS,
      "these are no packed weights: the first eight bytes must be DTWEIGHT", -1, -1,
      [] { Batch::self_test(zeros, sizeof zeros); });
}

int main(int count, char **arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: agents <WindowOfOne> <WrappedTimesteps> <answers>\n");
    return 2;
  }
  FILE *answers = std::fopen(arguments[3], "wb");
  if (!answers) return 2;
  try {
    self_tests();
    vectors(read_file(arguments[1]), answers);
    numbers(read_file(arguments[2]), answers);
  } catch (const Error &error) {
    std::fprintf(stderr, "agents: %s\n", error.what());
    return 1;
  }
  if (std::fclose(answers) != 0) return 2;
  if (failures == 0) std::printf("agents in C++: each with the bits that it has alone, nothing allocated\n");
  return failures == 0 ? 0 : 1;
}
