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
// Where actions are numbers, they are DECISION_TRANSFORMER_NUMBERED_MODEL and NumberedController.
//
// One header for every model; copy it into your project.
#ifndef DECISION_TRANSFORMER_HPP
#define DECISION_TRANSFORMER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
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

/// What a function `act` reads of a state: float, or std::uint8_t where states are frames.
template <class Act>
struct Observed;
template <class Controller, class Number, class... Others>
struct Observed<std::int32_t (*)(Controller *, const Number *, Others...)> {
  using number = Number;
};

/// What a controller is whatever its actions are.
template <class Model>
class AnyController {
 public:
  /// Of frames, their bytes, oldest first: as large as they are, so keep them in one place and refill it.
  using State = std::array<
      typename Observed<std::remove_cv_t<decltype(Model::act)>>::number, Model::state_dimension>;

  /// With the weights in the library.
  AnyController() {
    check_status(Model::create(memory_.bytes, Model::memory_size, &controller_));
  }

  /// With packed weights of the caller's, at a multiple of 64 bytes, which must outlive the controller.
  AnyController(const void *weights, std::size_t size) {
    check_status(Model::create_with_weights(
        memory_.bytes, Model::memory_size, weights, size, &controller_));
  }

  AnyController(AnyController &&other) noexcept
      : memory_(std::move(other.memory_)),
        controller_(std::exchange(other.controller_, nullptr)) {}

  AnyController &operator=(AnyController &&other) noexcept {
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

  /// Call it after the action is sent, while the world moves.
  void prepare() { check(Model::prepare(controller_)); }

  /// Asks for `target_return` from now on, environment units.
  void retarget(float target_return) { check(Model::retarget(controller_, target_return)); }

 protected:
  ~AnyController() = default;

  typename Model::controller *controller() const { return controller_; }

  void check(std::int32_t status) const {
    if (status == 0) return;
    if (!controller_)
      throw Error(status, "this controller was moved from: use the one it was moved to");
    // The message in a busy controller is of another call, and may change while it is read.
    if (status == Model::busy) check_status(status);
    throw Error(status, Model::last_error(controller_));
  }

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

  static void check_status(std::int32_t status) {
    if (status != 0) throw Error(status, Model::status_message(status));
  }
};

/// A controller with memory of its own. May be moved, not copied; one thread at a time uses it.
///
/// Making one allocates its memory, once; act, prepare and the others allocate nothing unless they throw.
template <class Model>
class Controller : public AnyController<Model> {
  using Base = AnyController<Model>;

 public:
  using typename Base::State;
  using Action = std::array<float, Model::action_dimension>;

  using Base::Base;
  using Base::prepare;

  /// The action for `state`; `reward` is what the environment paid for the previous action.
  Action act(const State &state, float reward) {
    Action action;
    this->check(Model::act(this->controller(), state.data(), reward, action.data()));
    return action;
  }

  /// The same where `prepare` was given the reward.
  Action act(const State &state) {
    Action action;
    this->check(Model::act_without_reward(this->controller(), state.data(), action.data()));
    return action;
  }

  /// `prepare` with the action that was really executed.
  void prepare(const Action &executed) {
    this->check(Model::prepare_executed(this->controller(), executed.data()));
  }

  /// The same with its reward, if that is known already.
  void prepare(const Action &executed, float reward) {
    this->check(Model::prepare_executed_with_reward(this->controller(), executed.data(), reward));
  }
};

/// The same for a model whose actions are numbers, 0 to `action_count` - 1.
///
/// Nothing random is inside: whoever wants actions drawn brings the random numbers.
template <class Model>
class NumberedController : public AnyController<Model> {
  using Base = AnyController<Model>;

 public:
  using typename Base::State;
  using Action = int;
  using Logits = std::array<float, Model::action_count>;

  static constexpr int action_count = int(Model::action_count);

  using Base::Base;
  using Base::prepare;

  /// The action with the largest logit for `state`, of equal ones the first; `reward` is what the environment
  /// paid for the previous action.
  int act(const State &state, float reward) {
    std::int32_t action;
    this->check(Model::act(this->controller(), state.data(), reward, &action));
    return action;
  }

  /// The same where `prepare` was given the reward.
  int act(const State &state) {
    std::int32_t action;
    this->check(Model::act_without_reward(this->controller(), state.data(), &action));
    return action;
  }

  /// An action drawn from softmax(logits / temperature), the temperature being the model's: its number is how
  /// many of the cumulative probabilities are at most `uniform`, which is 0 or more and below 1.
  int act_drawn(const State &state, float reward, double uniform) {
    std::int32_t action;
    this->check(
        Model::act_drawn(this->controller(), state.data(), reward, fraction(uniform), &action));
    return action;
  }

  /// The same where `prepare` was given the reward. A name of its own: a reward may look like `uniform`.
  int act_drawn_without_reward(const State &state, double uniform) {
    std::int32_t action;
    this->check(Model::act_drawn_without_reward(
        this->controller(), state.data(), fraction(uniform), &action));
    return action;
  }

  /// Those of the latest act, by action; zeros before an episode's first.
  Logits logits() const {
    Logits logits;
    this->check(Model::logits(this->controller(), logits.data()));
    return logits;
  }

  /// `prepare` with the number of the action that was really executed.
  void prepare(int executed) {
    this->check(Model::prepare_executed(this->controller(), executed));
  }

  /// The same with its reward, if that is known already.
  void prepare(int executed, float reward) {
    this->check(Model::prepare_executed_with_reward(this->controller(), executed, reward));
  }

  /// Of a wider number, an index for example: what int does not hold is the number of no action.
  template <class Number, class... Reward,
      std::enable_if_t<std::is_integral_v<Number> && (sizeof(Number) > sizeof(int)), int> = 0>
  void prepare(Number executed, Reward... reward) {
    const int number = static_cast<int>(executed);
    prepare(static_cast<Number>(number) == executed ? number : -1, reward...);
  }

  /// No number of an action; it would be converted to one, a reward alone for example.
  template <class Number, class... Reward,
      class = std::enable_if_t<std::is_floating_point_v<Number> || std::is_same_v<Number, bool>>>
  void prepare(Number executed, Reward... reward) = delete;

 private:
  /// In float, what is just below 1 may be rounded to 1, which is refused.
  static float fraction(double uniform) {
    const float largest = 1 - std::numeric_limits<float>::epsilon() / 2;
    return uniform > largest && uniform < 1 ? largest : float(uniform);
  }
};

}  // namespace decision_transformer

/// What both of the following declare.
#define DECISION_TRANSFORMER_MEMBERS(prefix, PREFIX)                                      \
  using controller = prefix##_controller;                                                 \
  static constexpr std::size_t state_dimension = PREFIX##_STATE_DIMENSION;                \
  static constexpr std::size_t memory_size = PREFIX##_MEMORY_SIZE;                        \
  static constexpr std::size_t memory_alignment = PREFIX##_MEMORY_ALIGNMENT;              \
  static constexpr std::int32_t busy = PREFIX##_BUSY;                                     \
  static constexpr auto create = prefix##_create;                                         \
  static constexpr auto create_with_weights = prefix##_create_with_weights;               \
  static constexpr auto self_test = prefix##_self_test;                                   \
  static constexpr auto self_test_with_weights = prefix##_self_test_with_weights;         \
  static constexpr auto reset = prefix##_reset;                                           \
  static constexpr auto act = prefix##_act;                                               \
  static constexpr auto act_without_reward = prefix##_act_without_reward;                 \
  static constexpr auto prepare = prefix##_prepare;                                       \
  static constexpr auto prepare_executed = prefix##_prepare_executed;                     \
  static constexpr auto prepare_executed_with_reward =                                    \
      prefix##_prepare_executed_with_reward;                                              \
  static constexpr auto retarget = prefix##_retarget;                                     \
  static constexpr auto last_error = prefix##_last_error;                                 \
  static constexpr auto status_message = prefix##_status_message;

/// Declares `<prefix>_model`, the model whose functions begin with `prefix` and whose constants with `PREFIX`.
#define DECISION_TRANSFORMER_MODEL(prefix, PREFIX)                                        \
  struct prefix##_model {                                                                 \
    DECISION_TRANSFORMER_MEMBERS(prefix, PREFIX)                                          \
    static constexpr std::size_t action_dimension = PREFIX##_ACTION_DIMENSION;            \
  };

/// The same where actions are numbers.
#define DECISION_TRANSFORMER_NUMBERED_MODEL(prefix, PREFIX)                               \
  struct prefix##_model {                                                                 \
    DECISION_TRANSFORMER_MEMBERS(prefix, PREFIX)                                          \
    static constexpr std::size_t action_count = PREFIX##_ACTION_COUNT;                    \
    static constexpr auto act_drawn = prefix##_act_drawn;                                 \
    static constexpr auto act_drawn_without_reward = prefix##_act_drawn_without_reward;   \
    static constexpr auto logits = prefix##_logits;                                       \
  };

#endif
