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
// By the kind of model:
//
//   actions are vectors     DECISION_TRANSFORMER_MODEL                  Controller
//   actions are numbers     DECISION_TRANSFORMER_NUMBERED_MODEL         NumberedController
//   several agents          DECISION_TRANSFORMER_BATCH_MODEL            BatchController
//   several, numbers        DECISION_TRANSFORMER_NUMBERED_BATCH_MODEL   NumberedBatchController
//   the trunk alone         DECISION_TRANSFORMER_TRUNK_MODEL            Trunk
//
// Where a model has outputs besides the action, DECISION_TRANSFORMER_FORWARD(hopper, HOPPER) follows the first macro
// and declares hopper_forward_model, which takes hopper_model's place: its Controller has `forward`.
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
#include <vector>

namespace decision_transformer {

/// A call that was refused. It has changed nothing.
class Error : public std::runtime_error {
 public:
  Error(std::int32_t status, const std::string &message, std::int32_t index = -1,
      std::int32_t agent = -1)
      : std::runtime_error(message), status(status), index(index), agent(agent) {}

  /// One of the constants of the model's header, HOPPER_NON_FINITE_STATE for example.
  const std::int32_t status;
  /// Which component, action, step or token it is about, and which agent; -1 if none.
  const std::int32_t index, agent;
};

/// The status of an array of another size than a call reads, for every model. C has it for results alone: it cannot
/// notice the others.
inline constexpr std::int32_t wrong_count = 44;

/// One number of a self test beside the expected one. stage: 0 is the embedded state token, 1, 2, ... the token after
/// block 0, 1, ..., -1 the action. A difference beyond its tolerance is a failure.
struct Comparison {
  std::int32_t stage = 0, step = 0, index = 0;
  float difference = 0, tolerance = 0;
};

/// What a self test compared; where it failed, `first_failure` says where.
struct SelfTestReport {
  std::int32_t step_count = 0, comparison_count = 0;
  bool has_failed = false;
  Comparison worst, first_failure;
};

/// A self test that found a difference.
class SelfTestError : public Error {
 public:
  SelfTestError(std::int32_t status, const std::string &message, const SelfTestReport &report)
      : Error(status, message), report(report) {}

  const SelfTestReport report;
};

/// Numbers that a call reads: those of a std::vector, a std::array, or any container whose elements lie in a row; or
/// `size` of them at an address. They are not copied.
template <class Number>
struct Numbers {
  const Number *data = nullptr;
  std::size_t size = 0;

  Numbers() = default;
  Numbers(const Number *data, std::size_t size) : data(data), size(size) {}
  template <class Container,
      class = std::enable_if_t<
          std::is_convertible_v<decltype(std::declval<const Container &>().data()), const Number *>>>
  Numbers(const Container &numbers) : data(numbers.data()), size(numbers.size()) {}
};

/// What is taken by a function that a model may lack: see DECISION_TRANSFORMER_FORWARD.
struct Absent {};

/// What a function `act` reads of a state: float, or std::uint8_t where states are frames.
template <class Act>
struct Observed;
template <class Controller, class Number, class... Others>
struct Observed<std::int32_t (*)(Controller *, const Number *, Others...)> {
  using number = Number;
};

/// What lives in memory of its own, made by the model's `create`.
template <class Model>
class Instance {
 public:
  /// With the weights in the library.
  Instance() { check_status(Model::create(memory_.bytes, Model::memory_size, &instance_)); }

  /// With packed weights of the caller's, at a multiple of 64 bytes, which must outlive the instance.
  Instance(const void *weights, std::size_t size) {
    check_status(Model::create_with_weights(
        memory_.bytes, Model::memory_size, weights, size, &instance_));
  }

  Instance(Instance &&other) noexcept
      : memory_(std::move(other.memory_)), instance_(std::exchange(other.instance_, nullptr)) {}

  Instance &operator=(Instance &&other) noexcept {
    memory_ = std::move(other.memory_);
    instance_ = std::exchange(other.instance_, nullptr);
    return *this;
  }

 protected:
  ~Instance() = default;

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

  typename Model::instance *instance() const { return instance_; }

  void check(std::int32_t status) const {
    if (status == 0) return;
    if (!instance_) {
      const std::string name = Model::instance_name;
      throw Error(status, "this " + name + " was moved from: use the one it was moved to");
    }
    // The message in a busy controller is of another call, and may change while it is read.
    if (status == Model::busy) check_status(status);
    throw Error(status, Model::last_error(instance_), Model::last_error_index(instance_),
        Model::last_error_agent(instance_));
  }

  static void check_status(std::int32_t status) {
    if (status != 0) throw Error(status, Model::status_message(status));
  }

  /// Refuses an array of another size than the call reads.
  static void check_count(const char *name, std::size_t found, std::size_t expected) {
    if (found == expected) return;
    throw Error(wrong_count, std::string(name) + ": found " + std::to_string(found)
            + " numbers; accepted: " + std::to_string(expected));
  }

  /// In float, what is just below 1 may be rounded to 1, which is refused.
  static float fraction(double uniform) {
    const float largest = 1 - std::numeric_limits<float>::epsilon() / 2;
    return uniform > largest && uniform < 1 ? largest : float(uniform);
  }

 private:
  Memory memory_;
  typename Model::instance *instance_ = nullptr;
};

/// What a controller is whatever its actions are, and however many agents it has.
template <class Model>
class SelfTested : public Instance<Model> {
  using Base = Instance<Model>;

 public:
  using Base::Base;

  /// Replays the episode that was recorded with the weights and compares with its double-precision reference; throws
  /// unless this library computes its checkpoint on this machine, a SelfTestError where it found a difference. In
  /// memory of its own, for as long as some hundred steps: at the start of the program. No controller notices it.
  static SelfTestReport self_test() {
    std::size_t size = 0;
    const void *weights = Model::weights(&size);
    if (weights) return self_test(weights, size);
    typename Base::Memory memory;
    Base::check_status(Model::self_test(memory.bytes, Model::memory_size));
    return {};
  }

  /// The same with packed weights of the caller's.
  static SelfTestReport self_test(const void *weights, std::size_t size) {
    typename Base::Memory memory;
    typename Model::test_report found = {};
    const std::int32_t status =
        Model::report_self_test(memory.bytes, Model::memory_size, weights, size, &found);
    SelfTestReport report;
    report.step_count = found.step_count;
    report.comparison_count = found.comparison_count;
    report.has_failed = found.has_failed != 0;
    report.worst = comparison(found.worst);
    report.first_failure = comparison(found.first_failure);
    if (report.has_failed) throw SelfTestError(status, Model::status_message(status), report);
    Base::check_status(status);
    return report;
  }

 private:
  template <class Found>
  static Comparison comparison(const Found &found) {
    Comparison result;
    result.stage = found.stage;
    result.step = found.step;
    result.index = found.index;
    result.difference = found.difference;
    result.tolerance = found.tolerance;
    return result;
  }
};

/// What a controller of one agent is whatever its actions are.
template <class Model>
class AnyController : public SelfTested<Model> {
  using Base = SelfTested<Model>;

 public:
  /// Of frames, their bytes, oldest first: as large as they are, so keep them in one place and refill it.
  using State = std::array<
      typename Observed<std::remove_cv_t<decltype(Model::act)>>::number, Model::state_dimension>;

  using Base::Base;

  /// Starts an episode in which `target_return` is to be collected, environment units.
  void reset(float target_return) { this->check(Model::reset(this->instance(), target_return)); }

  /// Call it after the action is sent, while the world moves.
  void prepare() { this->check(Model::prepare(this->instance())); }

  /// Asks for `target_return` from now on, environment units.
  void retarget(float target_return) {
    this->check(Model::retarget(this->instance(), target_return));
  }
};

/// A controller with memory of its own. May be moved, not copied; one thread at a time uses it.
///
/// Making one allocates its memory, once; act, prepare and the others allocate nothing unless they throw,
/// but for the results of `forward`, which are vectors.
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
    this->check(Model::act(this->instance(), state.data(), reward, action.data()));
    return action;
  }

  /// The same where `prepare` was given the reward.
  Action act(const State &state) {
    Action action;
    this->check(Model::act_without_reward(this->instance(), state.data(), action.data()));
    return action;
  }

  /// `prepare` with the action that was really executed.
  void prepare(const Action &executed) {
    this->check(Model::prepare_executed(this->instance(), executed.data()));
  }

  /// The same with its reward, if that is known already.
  void prepare(const Action &executed, float reward) {
    this->check(Model::prepare_executed_with_reward(this->instance(), executed.data(), reward));
  }

  // Of models with `forward`. What a model lacks does not compile.

  /// Hugging Face's DecisionTransformerModel.forward over one step for each of `timesteps`, in model units: states
  /// normalised, row after row, returns scaled. attention_mask: 1 for a step that is attended to, 0 for padding; empty
  /// is all ones. The episode stays as it is; the results stay until the next forward that succeeds.
  void forward(Numbers<float> states, Numbers<float> actions, Numbers<float> returns_to_go,
      Numbers<std::intptr_t> timesteps, Numbers<std::uint8_t> attention_mask = {}) {
    const std::size_t steps = timesteps.size;
    Base::check_count("states", states.size, steps * Model::state_dimension);
    Base::check_count("actions", actions.size, steps * Model::action_dimension);
    Base::check_count("returns_to_go", returns_to_go.size, steps);
    if (attention_mask.size) Base::check_count("attention_mask", attention_mask.size, steps);
    // An empty container may have no address. C refuses no steps with a message that says what is accepted.
    static const float none = 0;
    static const std::intptr_t no_timestep = 0;
    this->check(Model::forward(this->instance(), steps, steps ? states.data : &none,
        steps ? actions.data : &none, steps ? returns_to_go.data : &none,
        steps ? timesteps.data : &no_timestep, attention_mask.size ? attention_mask.data : nullptr));
    step_count_ = steps;
  }

  /// Steps of the latest forward; 0 before the first.
  std::size_t step_count() const { return step_count_; }

  // Its results, T steps of 3T tokens, row after row; empty before the first forward.

  /// action_preds, T x action dimension, model units.
  std::vector<float> action_predictions() const {
    std::vector<float> result(step_count_ * Model::action_dimension);
    if (!result.empty())
      this->check(Model::action_predictions(this->instance(), result.data(), result.size()));
    return result;
  }

  /// state_preds, T x state dimension, normalised.
  std::vector<float> state_predictions() const {
    std::vector<float> result(step_count_ * Model::state_dimension);
    if (!result.empty())
      this->check(Model::state_predictions(this->instance(), result.data(), result.size()));
    return result;
  }

  /// return_preds, T, scaled.
  std::vector<float> return_predictions() const {
    std::vector<float> result(step_count_);
    if (!result.empty())
      this->check(Model::return_predictions(this->instance(), result.data(), result.size()));
    return result;
  }

  /// last_hidden_state, 3T x hidden size, after ln_f.
  std::vector<float> last_hidden_state() const {
    std::vector<float> result(3 * step_count_ * Model::hidden_size);
    if (!result.empty())
      this->check(Model::last_hidden_state(this->instance(), result.data(), result.size()));
    return result;
  }

  /// hidden_states, layers + 1 x 3T x hidden size: what enters each block, and the last one.
  std::vector<float> hidden_states() const {
    std::vector<float> result((Model::layer_count + 1) * 3 * step_count_ * Model::hidden_size);
    if (!result.empty())
      this->check(Model::hidden_states(this->instance(), result.data(), result.size()));
    return result;
  }

  /// attentions, layers x heads x 3T x 3T: probabilities by query and key.
  std::vector<float> attentions() const {
    std::vector<float> result(
        Model::layer_count * Model::head_count * 3 * step_count_ * 3 * step_count_);
    if (!result.empty())
      this->check(Model::attentions(this->instance(), result.data(), result.size()));
    return result;
  }

  /// The state that the model expects after the latest prepared action, environment units.
  State next_state() const {
    State state;
    this->check(Model::next_state(this->instance(), state.data()));
    return state;
  }

  /// The return-to-go that it expects then, environment units.
  float next_return() const {
    float target_return = 0;
    this->check(Model::next_return(this->instance(), &target_return));
    return target_return;
  }

 private:
  std::size_t step_count_ = 0;
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
    this->check(Model::act(this->instance(), state.data(), reward, &action));
    return action;
  }

  /// The same where `prepare` was given the reward.
  int act(const State &state) {
    std::int32_t action;
    this->check(Model::act_without_reward(this->instance(), state.data(), &action));
    return action;
  }

  /// An action drawn from softmax(logits / temperature), the temperature being the model's: its number is how
  /// many of the cumulative probabilities are at most `uniform`, which is 0 or more and below 1.
  int act_drawn(const State &state, float reward, double uniform) {
    std::int32_t action;
    this->check(
        Model::act_drawn(this->instance(), state.data(), reward, Base::fraction(uniform), &action));
    return action;
  }

  /// The same where `prepare` was given the reward. A name of its own: a reward may look like `uniform`.
  int act_drawn_without_reward(const State &state, double uniform) {
    std::int32_t action;
    this->check(Model::act_drawn_without_reward(
        this->instance(), state.data(), Base::fraction(uniform), &action));
    return action;
  }

  /// Those of the latest act, by action; zeros before an episode's first.
  Logits logits() const {
    Logits logits;
    this->check(Model::logits(this->instance(), logits.data()));
    return logits;
  }

  /// `prepare` with the number of the action that was really executed.
  void prepare(int executed) {
    this->check(Model::prepare_executed(this->instance(), executed));
  }

  /// The same with its reward, if that is known already.
  void prepare(int executed, float reward) {
    this->check(Model::prepare_executed_with_reward(this->instance(), executed, reward));
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
};

/// What a controller of several agents is whatever their actions are. Arrays are by agent.
template <class Model>
class AnyBatchController : public SelfTested<Model> {
  using Base = SelfTested<Model>;

 public:
  using State = std::array<float, Model::state_dimension>;
  using States = std::array<State, Model::batch>;
  using Rewards = std::array<float, Model::batch>;

  static_assert(sizeof(States) == Model::batch * Model::state_dimension * sizeof(float));

  static constexpr std::size_t batch = Model::batch;

  using Base::Base;

  /// Starts an episode of every agent, in which `target_return` is to be collected, environment units.
  void reset(float target_return) { this->check(Model::reset(this->instance(), target_return)); }

  /// Starts an episode of one agent alone; the others go on with theirs.
  void reset_agent(std::size_t agent, float target_return) {
    this->check(Model::reset_agent(this->instance(), agent, target_return));
  }

  /// Asks one agent for `target_return` from now on, environment units.
  void retarget_agent(std::size_t agent, float target_return) {
    this->check(Model::retarget_agent(this->instance(), agent, target_return));
  }

  /// Call it after the actions are sent, while the world moves.
  void prepare() { this->check(Model::prepare(this->instance())); }

 protected:
  static const float *floats(const States &states) { return states.data()->data(); }
};

/// A controller of several agents, one step of all of them at a time. May be moved, not copied; one thread at a time
/// uses it.
template <class Model>
class BatchController : public AnyBatchController<Model> {
  using Base = AnyBatchController<Model>;

 public:
  using typename Base::Rewards;
  using typename Base::States;
  using Action = std::array<float, Model::action_dimension>;
  using Actions = std::array<Action, Model::batch>;

  static_assert(sizeof(Actions) == Model::batch * Model::action_dimension * sizeof(float));

  using Base::Base;
  using Base::prepare;

  /// The agents' actions for their states; `rewards` are what was paid for the previous ones.
  Actions act(const States &states, const Rewards &rewards) {
    Actions actions;
    this->check(Model::act(
        this->instance(), Base::floats(states), rewards.data(), actions.data()->data()));
    return actions;
  }

  /// The same where `prepare` was given the rewards.
  Actions act(const States &states) {
    Actions actions;
    this->check(Model::act_without_rewards(
        this->instance(), Base::floats(states), actions.data()->data()));
    return actions;
  }

  /// `prepare` with the actions that were really executed.
  void prepare(const Actions &executed) {
    this->check(Model::prepare_executed(this->instance(), executed.data()->data()));
  }

  /// The same with their rewards, if those are known already.
  void prepare(const Actions &executed, const Rewards &rewards) {
    this->check(Model::prepare_executed_with_rewards(
        this->instance(), executed.data()->data(), rewards.data()));
  }
};

/// The same for a model whose actions are numbers, 0 to `action_count` - 1.
template <class Model>
class NumberedBatchController : public AnyBatchController<Model> {
  using Base = AnyBatchController<Model>;

 public:
  using typename Base::Rewards;
  using typename Base::States;
  using Action = std::int32_t;
  using Actions = std::array<std::int32_t, Model::batch>;
  using Uniforms = std::array<double, Model::batch>;
  using Logits = std::array<float, Model::action_count>;

  static constexpr int action_count = int(Model::action_count);

  using Base::Base;
  using Base::prepare;

  /// The agents' actions with the largest logits; `rewards` are what was paid for the previous ones.
  Actions act(const States &states, const Rewards &rewards) {
    Actions actions;
    this->check(
        Model::act(this->instance(), Base::floats(states), rewards.data(), actions.data()));
    return actions;
  }

  /// The same where `prepare` was given the rewards.
  Actions act(const States &states) {
    Actions actions;
    this->check(
        Model::act_without_rewards(this->instance(), Base::floats(states), actions.data()));
    return actions;
  }

  /// Actions drawn by `uniforms`, each 0 or more and below 1, as NumberedController's are.
  Actions act_drawn(const States &states, const Rewards &rewards, const Uniforms &uniforms) {
    Actions actions;
    this->check(Model::act_drawn(this->instance(), Base::floats(states), rewards.data(),
        fractions(uniforms).data(), actions.data()));
    return actions;
  }

  /// The same where `prepare` was given the rewards.
  Actions act_drawn_without_rewards(const States &states, const Uniforms &uniforms) {
    Actions actions;
    this->check(Model::act_drawn_without_rewards(
        this->instance(), Base::floats(states), fractions(uniforms).data(), actions.data()));
    return actions;
  }

  /// Those of an agent in the latest act, by action; zeros before an episode's first.
  Logits logits(std::size_t agent) const {
    Logits logits;
    this->check(Model::logits(this->instance(), agent, logits.data()));
    return logits;
  }

  /// `prepare` with the numbers of the actions that were really executed.
  void prepare(const Actions &executed) {
    this->check(Model::prepare_executed(this->instance(), executed.data()));
  }

  /// The same with their rewards, if those are known already.
  void prepare(const Actions &executed, const Rewards &rewards) {
    this->check(Model::prepare_executed_with_rewards(
        this->instance(), executed.data(), rewards.data()));
  }

 private:
  static std::array<float, Model::batch> fractions(const Uniforms &uniforms) {
    std::array<float, Model::batch> result;
    for (std::size_t agent = 0; agent < Model::batch; agent++)
      result[agent] = Base::fraction(uniforms[agent]);
    return result;
  }
};

/// The trunk alone, Hugging Face's DecisionTransformerGPT2Model: embeddings in, last hidden state out, with a cache of
/// the tokens before. However a sequence is cut into calls, its hidden states are the same to the bit.
template <class Model>
class Trunk : public Instance<Model> {
  using Base = Instance<Model>;

 public:
  static constexpr std::size_t hidden_size = Model::hidden_size;
  static constexpr std::size_t token_capacity = Model::token_capacity;
  static constexpr std::size_t position_count = Model::position_count;

  using Base::Base;

  /// Runs new tokens, rows of `hidden_size` finite numbers, behind those of the cache, in which they stay where
  /// `use_cache` says so. position_ids: rows of wpe; empty is those behind the cached ones. attention_mask: of the
  /// cached and the new tokens, 1 for one that may be seen, 0 for one that may not; empty is all ones.
  std::vector<float> forward(Numbers<float> inputs_embeds, Numbers<std::intptr_t> position_ids = {},
      Numbers<std::uint8_t> attention_mask = {}, bool use_cache = true) {
    std::vector<float> result(inputs_embeds.size);
    forward(result.data(), inputs_embeds, position_ids, attention_mask, use_cache);
    return result;
  }

  /// The same into memory of the caller's, as many numbers as `inputs_embeds` and beside them: it allocates nothing.
  void forward(float *last_hidden_state, Numbers<float> inputs_embeds,
      Numbers<std::intptr_t> position_ids = {}, Numbers<std::uint8_t> attention_mask = {},
      bool use_cache = true) {
    const std::size_t tokens = inputs_embeds.size / hidden_size;
    Base::check_count("inputs_embeds", inputs_embeds.size, tokens * hidden_size);
    if (position_ids.size) Base::check_count("position_ids", position_ids.size, tokens);
    if (attention_mask.size)
      Base::check_count("attention_mask", attention_mask.size, past_length() + tokens);
    // An empty container may have no address. C refuses no tokens with a message that says what is accepted.
    static const float none = 0;
    float nowhere = 0;
    this->check(Model::forward(this->instance(), tokens, tokens ? inputs_embeds.data : &none,
        position_ids.size ? position_ids.data : nullptr,
        attention_mask.size ? attention_mask.data : nullptr, use_cache,
        tokens ? last_hidden_state : &nowhere));
  }

  /// Tokens in the cache.
  std::size_t past_length() const {
    std::size_t length = 0;
    this->check(Model::past_length(this->instance(), &length));
    return length;
  }

  /// Empties the cache.
  void reset() { this->check(Model::reset(this->instance())); }

  /// Keeps the first `length` tokens of the cache; with as many as it has, or more, it stays as it is.
  void crop(std::size_t length) { this->check(Model::crop(this->instance(), length)); }
};

}  // namespace decision_transformer

/// What every model declares.
#define DECISION_TRANSFORMER_INSTANCE(prefix, PREFIX)                                     \
  static constexpr std::size_t memory_size = PREFIX##_MEMORY_SIZE;                        \
  static constexpr std::size_t memory_alignment = PREFIX##_MEMORY_ALIGNMENT;              \
  static constexpr std::int32_t busy = PREFIX##_BUSY;                                     \
  static constexpr auto create = prefix##_create;                                         \
  static constexpr auto create_with_weights = prefix##_create_with_weights;               \
  static constexpr auto weights = prefix##_weights;                                       \
  static constexpr auto last_error = prefix##_last_error;                                 \
  static constexpr auto last_error_index = prefix##_last_error_index;                     \
  static constexpr auto last_error_agent = prefix##_last_error_agent;                     \
  static constexpr auto status_message = prefix##_status_message;

/// What every controller declares.
#define DECISION_TRANSFORMER_CONTROLLER(prefix, PREFIX)                                   \
  DECISION_TRANSFORMER_INSTANCE(prefix, PREFIX)                                           \
  using instance = prefix##_controller;                                                   \
  using test_report = prefix##_test_report;                                               \
  static constexpr const char *instance_name = "controller";                              \
  static constexpr std::size_t state_dimension = PREFIX##_STATE_DIMENSION;                \
  static constexpr auto self_test = prefix##_self_test;                                   \
  static constexpr auto report_self_test = prefix##_report_self_test;                     \
  static constexpr auto reset = prefix##_reset;                                           \
  static constexpr auto act = prefix##_act;                                               \
  static constexpr auto prepare = prefix##_prepare;                                       \
  static constexpr auto prepare_executed = prefix##_prepare_executed;

/// What a controller of one agent declares.
#define DECISION_TRANSFORMER_MEMBERS(prefix, PREFIX)                                      \
  DECISION_TRANSFORMER_CONTROLLER(prefix, PREFIX)                                         \
  static constexpr auto act_without_reward = prefix##_act_without_reward;                 \
  static constexpr auto prepare_executed_with_reward =                                    \
      prefix##_prepare_executed_with_reward;                                              \
  static constexpr auto retarget = prefix##_retarget;

/// The same of several.
#define DECISION_TRANSFORMER_BATCH_MEMBERS(prefix, PREFIX)                                \
  DECISION_TRANSFORMER_CONTROLLER(prefix, PREFIX)                                         \
  static constexpr std::size_t batch = PREFIX##_BATCH;                                    \
  static constexpr auto act_without_rewards = prefix##_act_without_rewards;               \
  static constexpr auto prepare_executed_with_rewards =                                   \
      prefix##_prepare_executed_with_rewards;                                             \
  static constexpr auto reset_agent = prefix##_reset_agent;                               \
  static constexpr auto retarget_agent = prefix##_retarget_agent;

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

/// Of several agents.
#define DECISION_TRANSFORMER_BATCH_MODEL(prefix, PREFIX)                                  \
  struct prefix##_model {                                                                 \
    DECISION_TRANSFORMER_BATCH_MEMBERS(prefix, PREFIX)                                    \
    static constexpr std::size_t action_dimension = PREFIX##_ACTION_DIMENSION;            \
  };

/// Of several agents whose actions are numbers.
#define DECISION_TRANSFORMER_NUMBERED_BATCH_MODEL(prefix, PREFIX)                         \
  struct prefix##_model {                                                                 \
    DECISION_TRANSFORMER_BATCH_MEMBERS(prefix, PREFIX)                                    \
    static constexpr std::size_t action_count = PREFIX##_ACTION_COUNT;                    \
    static constexpr auto act_drawn = prefix##_act_drawn;                                 \
    static constexpr auto act_drawn_without_rewards = prefix##_act_drawn_without_rewards; \
    static constexpr auto logits = prefix##_logits;                                       \
  };

/// Of the trunk alone.
#define DECISION_TRANSFORMER_TRUNK_MODEL(prefix, PREFIX)                                  \
  struct prefix##_model {                                                                 \
    DECISION_TRANSFORMER_INSTANCE(prefix, PREFIX)                                         \
    using instance = prefix##_trunk;                                                      \
    static constexpr const char *instance_name = "trunk";                                 \
    static constexpr std::size_t hidden_size = PREFIX##_HIDDEN_SIZE;                      \
    static constexpr std::size_t token_capacity = PREFIX##_TOKEN_CAPACITY;                \
    static constexpr std::size_t position_count = PREFIX##_POSITION_COUNT;                \
    static constexpr auto forward = prefix##_forward;                                     \
    static constexpr auto past_length = prefix##_past_length;                             \
    static constexpr auto reset = prefix##_reset;                                         \
    static constexpr auto crop = prefix##_crop;                                           \
  };

/// A function of `forward`'s that a model may lack. The overload makes the name known where the header has none; the
/// model's own is found by its first argument, the controller.
#define DECISION_TRANSFORMER_OVERLOAD(prefix, name)                                       \
  decision_transformer::Absent prefix##_##name(decision_transformer::Absent);
#define DECISION_TRANSFORMER_OPTIONAL(prefix, name)                                       \
  template <class... Arguments>                                                           \
  static auto name(prefix##_controller *controller, Arguments... arguments)               \
      -> decltype(prefix##_##name(controller, arguments...)) {                            \
    return prefix##_##name(controller, arguments...);                                     \
  }

/// Declares `<prefix>_forward_model`, which is `<prefix>_model` with `forward` and those results that the model has.
#define DECISION_TRANSFORMER_FORWARD(prefix, PREFIX)                                      \
  DECISION_TRANSFORMER_OVERLOAD(prefix, action_predictions)                               \
  DECISION_TRANSFORMER_OVERLOAD(prefix, state_predictions)                                \
  DECISION_TRANSFORMER_OVERLOAD(prefix, return_predictions)                               \
  DECISION_TRANSFORMER_OVERLOAD(prefix, last_hidden_state)                                \
  DECISION_TRANSFORMER_OVERLOAD(prefix, hidden_states)                                    \
  DECISION_TRANSFORMER_OVERLOAD(prefix, attentions)                                       \
  DECISION_TRANSFORMER_OVERLOAD(prefix, next_state)                                       \
  DECISION_TRANSFORMER_OVERLOAD(prefix, next_return)                                      \
  struct prefix##_forward_model : prefix##_model {                                        \
    static constexpr std::size_t hidden_size = PREFIX##_HIDDEN_SIZE;                      \
    static constexpr std::size_t layer_count = PREFIX##_LAYER_COUNT;                      \
    static constexpr std::size_t head_count = PREFIX##_HEAD_COUNT;                        \
    static constexpr auto forward = prefix##_forward;                                     \
    DECISION_TRANSFORMER_OPTIONAL(prefix, action_predictions)                             \
    DECISION_TRANSFORMER_OPTIONAL(prefix, state_predictions)                              \
    DECISION_TRANSFORMER_OPTIONAL(prefix, return_predictions)                             \
    DECISION_TRANSFORMER_OPTIONAL(prefix, last_hidden_state)                              \
    DECISION_TRANSFORMER_OPTIONAL(prefix, hidden_states)                                  \
    DECISION_TRANSFORMER_OPTIONAL(prefix, attentions)                                     \
    DECISION_TRANSFORMER_OPTIONAL(prefix, next_state)                                     \
    DECISION_TRANSFORMER_OPTIONAL(prefix, next_return)                                    \
  };

#endif
