// Actions that are numbers, through the C++ class, beside a model whose actions are vectors: the recorded
// choices in every way to drive a controller, wrong calls are exceptions that say what is wrong, and no step
// allocates.
//
// usage: numbered_actions <episode.safetensors>...
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include "../C/episode.h"
#include "cart_pole.h"
#include "decision_transformer.hpp"
#include "hopper.h"

DECISION_TRANSFORMER_MODEL(hopper, HOPPER)
DECISION_TRANSFORMER_NUMBERED_MODEL(cart_pole, CART_POLE)

using Hopper = decision_transformer::Controller<hopper_model>;
using CartPole = decision_transformer::NumberedController<cart_pole_model>;

// What is no number of an action does not compile; what is one does.
template <class... Arguments>
using Prepared = decltype(std::declval<CartPole &>().prepare(std::declval<Arguments>()...));
template <class Void, class... Arguments>
constexpr bool can_prepare = false;
template <class... Arguments>
constexpr bool can_prepare<std::void_t<Prepared<Arguments...>>, Arguments...> = true;
enum Push { LEFT, RIGHT };
static_assert(can_prepare<void> && can_prepare<void, int> && can_prepare<void, int, float>);
static_assert(can_prepare<void, std::size_t> && can_prepare<void, Push, double>);
static_assert(!can_prepare<void, float> && !can_prepare<void, double, float>);
static_assert(!can_prepare<void, bool> && !can_prepare<void, CartPole::Logits>);
static_assert(!std::is_copy_constructible_v<CartPole> && !std::is_copy_assignable_v<CartPole>);
static_assert(std::is_nothrow_move_constructible_v<CartPole>);
static_assert(std::is_nothrow_move_assignable_v<CartPole>);

static std::atomic<long> allocations{0};

void *operator new(std::size_t size) {
  allocations++;
  if (void *memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void *operator new(std::size_t size, std::align_val_t alignment) {
  allocations++;
  if (void *memory = std::aligned_alloc(std::size_t(alignment), size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void *memory, std::align_val_t) noexcept { std::free(memory); }

static int failures = 0;

static void expect(bool condition, const char *what) {
  if (condition) return;
  failures++;
  std::fprintf(stderr, "numbered_actions: %s\n", what);
}

/// What `call` throws must have this status and this message.
template <class Call>
static void expect_error(std::int32_t status, const char *message, Call call) {
  try {
    call();
    expect(false, message);
  } catch (const decision_transformer::Error &error) {
    expect(error.status == status, "another status");
    expect(std::string(error.what()) == message, error.what());
  }
}

static CartPole::State state_of(const numbered_episode &recorded, std::size_t step) {
  CartPole::State state;
  std::copy_n(recorded.states + step * state.size(), state.size(), state.begin());
  return state;
}

/// How far the logits are from the recorded ones, in parts of the range of all of these.
static double difference(const CartPole &cart_pole, const numbered_episode &recorded, std::size_t step) {
  const std::size_t count = CartPole::action_count;
  const auto [least, largest] =
      std::minmax_element(recorded.logits, recorded.logits + recorded.steps * count);
  const CartPole::Logits logits = cart_pole.logits();
  double worst = 0;
  for (std::size_t i = 0; i < count; i++)
    worst = std::fmax(worst, std::fabs(double(logits[i]) - recorded.logits[step * count + i]));
  return worst / (*largest - *least);
}

enum Way { REWARD_TO_ACT, UNPREPARED, EXECUTED, REWARD_TO_PREPARE, MOVED, WAYS };

static int choose(CartPole &cart_pole, const numbered_episode &recorded, std::size_t step, Way way) {
  const CartPole::State state = state_of(recorded, step);
  const float reward = step == 0 ? 0 : recorded.rewards[step - 1];
  if (way == REWARD_TO_PREPARE)
    return recorded.uniforms
        ? cart_pole.act_drawn_without_reward(state, recorded.uniforms[step])
        : cart_pole.act(state);
  return recorded.uniforms
      ? cart_pole.act_drawn(state, reward, recorded.uniforms[step])
      : cart_pole.act(state, reward);
}

static void replay(const numbered_episode &recorded, Way way) {
  CartPole cart_pole;
  Hopper hopper;
  cart_pole.reset(recorded.target_return);
  hopper.reset(3000);
  double worst = 0;
  const long before = allocations;
  for (std::size_t step = 0; step < recorded.steps; step++) {
    const int action = choose(cart_pole, recorded, step, way);
    worst = std::fmax(worst, difference(cart_pole, recorded, step));
    expect(action == recorded.actions[step], "an action is not the recorded one");
    if (way == REWARD_TO_ACT) cart_pole.prepare();
    if (way == EXECUTED) cart_pole.prepare(action);
    if (way == REWARD_TO_PREPARE) cart_pole.prepare(action, recorded.rewards[step]);
    if (way == MOVED) {
      CartPole other = std::move(cart_pole);
      other.prepare();
      cart_pole = std::move(other);
    }
    hopper.act(Hopper::State{}, 1);
    hopper.prepare();
  }
  expect(allocations == before, "a step allocates");
  expect(worst <= 2e-5, "the logits are not the recorded ones");
}

/// With executed actions that the controller would not have chosen, the logits are those of their episode.
static void replay_executed(const numbered_episode &recorded) {
  CartPole cart_pole;
  cart_pole.reset(recorded.target_return);
  double worst = 0;
  long others = 0;
  for (std::size_t step = 0; step < recorded.steps; step++) {
    const float reward = step == 0 ? 0 : recorded.rewards[step - 1];
    others += cart_pole.act_drawn(state_of(recorded, step), reward, 0.999) != recorded.actions[step];
    worst = std::fmax(worst, difference(cart_pole, recorded, step));
    cart_pole.prepare(int(recorded.actions[step]));
  }
  expect(others > 0, "every action was executed as it was chosen");
  expect(worst <= 2e-5, "the executed action is not what counts");
}

static void refuse() {
  const char *range = "the uniform number is out of range; accepted: 0 or more, below 1";
  const CartPole::State state{};
  CartPole cart_pole;
  expect_error(CART_POLE_NOT_RESET, "no episode: call reset first", [&] { cart_pole.act(state, 0); });
  cart_pole.reset(130);
  expect_error(CART_POLE_NOTHING_TO_PREPARE, "there is no action to prepare from: call act first",
      [&] { cart_pole.prepare(1); });
  expect(cart_pole.logits() == CartPole::Logits{}, "logits before the first act");
  for (double uniform : {1.0, 1.5, -1e-9, double(NAN), double(INFINITY)}) {
    expect_error(CART_POLE_INVALID_UNIFORM, range, [&] { cart_pole.act_drawn(state, 0, uniform); });
    expect_error(CART_POLE_INVALID_UNIFORM, range,
        [&] { cart_pole.act_drawn_without_reward(state, uniform); });
  }
  expect(cart_pole.act_drawn(state, 0, 0) == 0, "0 draws another action than the first");
  cart_pole.prepare();
  // Rounded to float this is 1.
  expect(cart_pole.act_drawn(state, 1, std::nextafter(1.0, 0.0)) == 1, "another than the last");
  expect_error(CART_POLE_NO_SUCH_ACTION, "there is no action 2", [&] { cart_pole.prepare(2); });
  expect_error(CART_POLE_NO_SUCH_ACTION, "there is no action -1", [&] { cart_pole.prepare(-1, 1); });
  // An index that int would make 1 of.
  expect_error(CART_POLE_NO_SUCH_ACTION, "there is no action -1",
      [&] { cart_pole.prepare((std::uint64_t{1} << 32) + 1, 1.0f); });
  cart_pole.prepare(RIGHT, 1);
  expect_error(CART_POLE_REWARD_GIVEN_TWICE, "the reward was given to prepare and again to act",
      [&] { cart_pole.act_drawn(state, 1, 0.5); });

  CartPole successor = std::move(cart_pole);
  successor.act(state);
  expect_error(CART_POLE_NULL_ARGUMENT, "this controller was moved from: use the one it was moved to",
      [&] { cart_pole.logits(); });
  alignas(64) static const unsigned char zeros[64] = {};
  expect_error(CART_POLE_NOT_PACKED_WEIGHTS,
      "these are no packed weights: the first eight bytes must be DTWEIGHT",
      [] { CartPole none(zeros, sizeof zeros); });
}

int main(int count, char **arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: numbered_actions <episode.safetensors>...\n");
    return 2;
  }
  try {
    CartPole::self_test();
    for (int i = 1; i < count; i++) {
      const numbered_episode recorded = read_numbered_episode(arguments[i]);
      for (int way = 0; way < WAYS; way++) replay(recorded, Way(way));
      replay_executed(recorded);
    }
    refuse();
  } catch (const decision_transformer::Error &error) {
    std::fprintf(stderr, "numbered_actions: %s\n", error.what());
    return 1;
  }
  if (failures == 0) std::printf("numbered actions in C++: as recorded, nothing allocated\n");
  return failures == 0 ? 0 : 1;
}
