// Two models in one program, through the C++ class: each passes its self test and gives the actions that it gives
// alone, wrong calls are exceptions that say what is wrong, and nothing but making a controller allocates.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

#include "decision_transformer.hpp"
#include "hopper.h"
#include "pendulum.h"

DECISION_TRANSFORMER_MODEL(hopper, HOPPER)
DECISION_TRANSFORMER_MODEL(pendulum, PENDULUM)

using Hopper = decision_transformer::Controller<hopper_model>;
using Pendulum = decision_transformer::Controller<pendulum_model>;

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
  std::fprintf(stderr, "two_models: %s\n", what);
}

/// The actions of an episode whose states answer the actions, whatever they mean.
template <class Controller>
struct Loop {
  Controller controller;
  std::vector<typename Controller::Action> actions = std::vector<typename Controller::Action>(90);
  typename Controller::State state{};

  void step(std::size_t index) {
    auto action = controller.act(state, index == 0 ? 0 : 0.5f);
    for (std::size_t i = 0; i < state.size(); i++)
      state[i] += 0.1f * action[i % action.size()] + 0.01f * float(i);
    actions[index] = action;
    if (index % 3 == 0) controller.prepare();
    if (index % 3 == 1) controller.prepare(action);
  }
};

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

/// A call while another thread is in one: its exception says so, whatever failed on the controller before.
static void be_two() {
  const char *busy = "another thread is in a call on this controller: one thread at a time may use it";
  Hopper shared;
  shared.reset(2000);
  std::atomic<bool> is_over{false};
  // Refused only while the other thread is inside, which takes most of its time.
  std::thread other([&] {
    while (!is_over) {
      try {
        shared.act(Hopper::State{}, 0);
        shared.prepare();
      } catch (const decision_transformer::Error &error) {
        if (error.status == HOPPER_EPISODE_ENDED) shared.reset(2000);
      }
    }
  });
  long refusals = 0;
  for (long attempt = 0; attempt < 100'000'000 && refusals < 5; attempt++) {
    try {
      shared.retarget(2000);
    } catch (const decision_transformer::Error &error) {
      expect(error.status == HOPPER_BUSY, "a busy controller has another status");
      expect(std::string(error.what()) == busy, "a busy controller has another message");
      refusals++;
    }
  }
  is_over = true;
  other.join();
  expect(refusals > 0, "no call met another");
}

template <class Controller>
static Loop<Controller> run_alone(float target) {
  Loop<Controller> loop;
  loop.controller.reset(target);
  for (std::size_t i = 0; i < loop.actions.size(); i++) loop.step(i);
  return loop;
}

int main() {
  try {
    Hopper::self_test();
    Pendulum::self_test();
  } catch (const decision_transformer::Error &error) {
    std::fprintf(stderr, "two_models: %s\n", error.what());
    return 1;
  }
  auto hopper_alone = run_alone<Hopper>(2000);
  auto pendulum_alone = run_alone<Pendulum>(-300);

  Loop<Hopper> hopper;
  Loop<Pendulum> pendulum;
  hopper.controller.reset(2000);
  pendulum.controller.reset(-300);
  const long before = allocations;
  for (std::size_t i = 0; i < hopper.actions.size(); i++) {
    hopper.step(i);
    pendulum.step(i);
  }
  expect(allocations == before, "a step allocates");
  expect(hopper.actions == hopper_alone.actions, "Hopper is disturbed by Pendulum");
  expect(pendulum.actions == pendulum_alone.actions, "Pendulum is disturbed by Hopper");

  // Moved in the middle of an episode, a controller goes on.
  Loop<Pendulum> moved;
  moved.controller.reset(-300);
  for (std::size_t i = 0; i < moved.actions.size(); i++) {
    Pendulum other = std::move(moved.controller);
    moved.controller = std::move(other);
    moved.step(i);
  }
  expect(moved.actions == pendulum_alone.actions, "a moved controller loses its episode");

  Hopper fresh;
  expect_error(HOPPER_NOT_RESET, "no episode: call reset first",
      [&] { fresh.act(Hopper::State{}, 0); });
  alignas(64) static const unsigned char zeros[64] = {};
  const char *no_weights = "these are no packed weights: the first eight bytes must be DTWEIGHT";
  expect_error(HOPPER_NOT_PACKED_WEIGHTS, no_weights, [] { Hopper none(zeros, sizeof zeros); });
  expect_error(HOPPER_NOT_PACKED_WEIGHTS, no_weights,
      [] { Hopper::self_test(zeros, sizeof zeros); });

  Hopper successor = std::move(fresh);
  successor.reset(2000);
  expect_error(HOPPER_NULL_ARGUMENT, "this controller was moved from: use the one it was moved to",
      [&] { fresh.reset(2000); });
  fresh = Hopper();
  fresh.reset(2000);
  be_two();
  if (failures == 0) std::printf("two models in one C++ program: independent, nothing allocated\n");
  return failures == 0 ? 0 : 1;
}
