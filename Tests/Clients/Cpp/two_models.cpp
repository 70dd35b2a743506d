// Two models in one program, through the C++ class: each gives the actions that it gives alone, wrong calls are
// exceptions, and nothing but making a controller allocates.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

#include "decision_transformer.hpp"
#include "hopper.h"
#include "pendulum.h"

DECISION_TRANSFORMER_MODEL(hopper, HOPPER)
DECISION_TRANSFORMER_MODEL(pendulum, PENDULUM)

using Hopper = decision_transformer::Controller<hopper_model>;
using Pendulum = decision_transformer::Controller<pendulum_model>;

static long allocations = 0;

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

template <class Controller>
static Loop<Controller> run_alone(float target) {
  Loop<Controller> loop;
  loop.controller.reset(target);
  for (std::size_t i = 0; i < loop.actions.size(); i++) loop.step(i);
  return loop;
}

int main() {
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
  try {
    fresh.act(Hopper::State{}, 0);
    expect(false, "act before reset is accepted");
  } catch (const decision_transformer::Error &error) {
    expect(error.status == HOPPER_NOT_RESET, "act before reset has another status");
    expect(std::string(error.what()) == "no episode: call reset first", "another message");
  }
  try {
    alignas(64) static const unsigned char zeros[64] = {};
    Hopper none(zeros, sizeof zeros);
    expect(false, "zeros are accepted as weights");
  } catch (const decision_transformer::Error &error) {
    expect(error.status == HOPPER_NOT_PACKED_WEIGHTS, "zeros have another status");
  }
  if (failures == 0) std::printf("two models in one C++ program: independent, nothing allocated\n");
  return failures == 0 ? 0 : 1;
}
