// A C++17 class around the C interface that `dtgen library` writes: errors are exceptions, memory is the object's.
//
//   #include "hopper.h"
//   #include "decision_transformer.hpp"
//   DECISION_TRANSFORMER_MODEL(hopper, HOPPER)
//   using Hopper = decision_transformer::Controller<hopper_model>;
//
//   Hopper::self_test();  // once, at the start: throws where this build does not compute its checkpoint here
//   Hopper controller;
//
// One header for every model; copy it into your project.
#ifndef DECISION_TRANSFORMER_HPP
#define DECISION_TRANSFORMER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace decision_transformer {

/// A call that was refused. It has changed nothing.
class Error : public std::runtime_error {
 public:
  Error(std::int32_t status, const std::string &message)
      : std::runtime_error(message), status(status) {}

  /// One of the constants of the model's header, HOPPER_NON_FINITE_STATE for example.
  const std::int32_t status;
};

/// A controller with memory of its own. May be moved, not copied; one thread at a time uses it.
///
/// Making one allocates its memory, once; act, prepare and the others allocate nothing unless they throw.
template <class Model>
class Controller {
 public:
  using State = std::array<float, Model::state_dimension>;
  using Action = std::array<float, Model::action_dimension>;

  /// With the weights in the library.
  Controller() {
    check_status(Model::create(memory_.bytes, Model::memory_size, &controller_));
  }

  /// With packed weights of the caller's, at a multiple of 64 bytes, which must outlive the controller.
  Controller(const void *weights, std::size_t size) {
    check_status(Model::create_with_weights(
        memory_.bytes, Model::memory_size, weights, size, &controller_));
  }

  Controller(Controller &&other) noexcept
      : memory_(std::move(other.memory_)),
        controller_(std::exchange(other.controller_, nullptr)) {}

  Controller &operator=(Controller &&other) noexcept {
    memory_ = std::move(other.memory_);
    controller_ = std::exchange(other.controller_, nullptr);
    return *this;
  }

  /// Replays the episode that was recorded with the weights and compares with its double-precision reference; throws
  /// unless this library computes its checkpoint on this machine. In memory of its own, for as long as some hundred
  /// steps: at the start of the program. No controller notices it.
  static void self_test() {
    Memory memory;
    check_status(Model::self_test(memory.bytes, Model::memory_size));
  }

  /// The same with packed weights of the caller's.
  static void self_test(const void *weights, std::size_t size) {
    Memory memory;
    check_status(
        Model::self_test_with_weights(memory.bytes, Model::memory_size, weights, size));
  }

  /// Starts an episode in which `target_return` is to be collected, environment units.
  void reset(float target_return) { check(Model::reset(controller_, target_return)); }

  /// The action for `state`; `reward` is what the environment paid for the previous action.
  Action act(const State &state, float reward) {
    Action action;
    check(Model::act(controller_, state.data(), reward, action.data()));
    return action;
  }

  /// The same where `prepare` was given the reward.
  Action act(const State &state) {
    Action action;
    check(Model::act_without_reward(controller_, state.data(), action.data()));
    return action;
  }

  /// Call it after the action is sent, while the world moves.
  void prepare() { check(Model::prepare(controller_)); }

  /// The same with the action that was really executed.
  void prepare(const Action &executed) {
    check(Model::prepare_executed(controller_, executed.data()));
  }

  /// The same with its reward, if that is known already.
  void prepare(const Action &executed, float reward) {
    check(Model::prepare_executed_with_reward(controller_, executed.data(), reward));
  }

  /// Asks for `target_return` from now on, environment units.
  void retarget(float target_return) { check(Model::retarget(controller_, target_return)); }

 private:
  /// The bytes stay where they are when the object moves: a controller knows its address.
  struct Memory {
    unsigned char *bytes = static_cast<unsigned char *>(
        ::operator new(Model::memory_size, std::align_val_t(Model::memory_alignment)));

    Memory() = default;
    Memory(Memory &&other) noexcept : bytes(std::exchange(other.bytes, nullptr)) {}
    Memory &operator=(Memory &&other) noexcept {
      std::swap(bytes, other.bytes);
      return *this;
    }
    ~Memory() { ::operator delete(bytes, std::align_val_t(Model::memory_alignment)); }
  };

  Memory memory_;
  typename Model::controller *controller_ = nullptr;

  void check(std::int32_t status) const {
    if (status == 0) return;
    if (!controller_)
      throw Error(status, "this controller was moved from: use the one it was moved to");
    // The message in a busy controller is of another call, and may change while it is read.
    if (status == Model::busy) check_status(status);
    throw Error(status, Model::last_error(controller_));
  }

  static void check_status(std::int32_t status) {
    if (status != 0) throw Error(status, Model::status_message(status));
  }
};

}  // namespace decision_transformer

/// Declares `<prefix>_model`, the model whose functions begin with `prefix` and whose constants with `PREFIX`.
#define DECISION_TRANSFORMER_MODEL(prefix, PREFIX)                                        \
  struct prefix##_model {                                                                 \
    using controller = prefix##_controller;                                               \
    static constexpr std::size_t state_dimension = PREFIX##_STATE_DIMENSION;              \
    static constexpr std::size_t action_dimension = PREFIX##_ACTION_DIMENSION;            \
    static constexpr std::size_t memory_size = PREFIX##_MEMORY_SIZE;                      \
    static constexpr std::size_t memory_alignment = PREFIX##_MEMORY_ALIGNMENT;            \
    static constexpr std::int32_t busy = PREFIX##_BUSY;                                   \
    static constexpr auto create = prefix##_create;                                       \
    static constexpr auto create_with_weights = prefix##_create_with_weights;             \
    static constexpr auto self_test = prefix##_self_test;                                 \
    static constexpr auto self_test_with_weights = prefix##_self_test_with_weights;       \
    static constexpr auto reset = prefix##_reset;                                         \
    static constexpr auto act = prefix##_act;                                             \
    static constexpr auto act_without_reward = prefix##_act_without_reward;               \
    static constexpr auto prepare = prefix##_prepare;                                     \
    static constexpr auto prepare_executed = prefix##_prepare_executed;                   \
    static constexpr auto prepare_executed_with_reward =                                  \
        prefix##_prepare_executed_with_reward;                                            \
    static constexpr auto retarget = prefix##_retarget;                                   \
    static constexpr auto last_error = prefix##_last_error;                               \
    static constexpr auto status_message = prefix##_status_message;                       \
  };

#endif
