/// Writes the C functions of a step where actions are numbers, in place of `CInterfaceRenderer`'s.
package struct CChoiceRenderer {
  package let plan: Plan

  private var type: String { plan.deployment.name }
  private var prefix: String { CName(model: plan.deployment.name).prefix }
  private var access: String { plan.deployment.access.rawValue }

  package var steps: String {
    """
    /// The action with the largest logit for a state; `reward` is what the environment paid for the previous action.
    @c(\(prefix)_act) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_act(
      _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ reward: Float,
      _ action: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
      unsafe \(type).act(controller, state, reward, nil, action)
    }

    /// The same where `prepare` was given the reward, or it is zero.
    @c(\(prefix)_act_without_reward) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_act_without_reward(
      _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ action: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
      unsafe \(type).act(controller, state, nil, nil, action)
    }

    /// An action drawn by a uniform number.
    @c(\(prefix)_act_drawn) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_act_drawn(
      _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ reward: Float, _ uniform: Float,
      _ action: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
      unsafe \(type).act(controller, state, reward, uniform, action)
    }

    /// The same where `prepare` was given the reward, or it is zero.
    @c(\(prefix)_act_drawn_without_reward) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_act_drawn_without_reward(
      _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ uniform: Float,
      _ action: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
      unsafe \(type).act(controller, state, nil, uniform, action)
    }

    /// The logits of the latest step.
    @c(\(prefix)_logits) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_logits(
      _ controller: OpaquePointer?, _ logits: UnsafeMutablePointer<Float>?
    ) -> Int32 {
      var call = unsafe CCall(controller, model: \(type).layoutDigest)
      unsafe call.check(logits)
      guard call.isSound, let logits = unsafe logits else { return call.end() }
      let result = unsafe \(type).of(call).pointee.logits
      unsafe UnsafeMutableRawPointer(logits).storeBytes(of: result, as: \(type).Logits.self)
      return call.end()
    }

    /// `prepare` with the number of the action that was really executed.
    @c(\(prefix)_prepare_executed) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_prepare_executed(
      _ controller: OpaquePointer?, _ executed: Int32
    ) -> Int32 {
      unsafe \(type).prepare(controller, executed, nil)
    }

    /// The same with its reward, if that is known already.
    @c(\(prefix)_prepare_executed_with_reward) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_prepare_executed_with_reward(
      _ controller: OpaquePointer?, _ executed: Int32, _ reward: Float
    ) -> Int32 {
      unsafe \(type).prepare(controller, executed, reward)
    }
    """
  }

  package var calls: String {
    """
      @_noAllocation @_noLocks
      fileprivate static func act(
        _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ reward: Float?, _ uniform: Float?,
        _ action: UnsafeMutablePointer<Int32>?
      ) -> Int32 {
        var call = unsafe CCall(controller, model: layoutDigest)
        unsafe call.check(state)
        unsafe call.check(action)
        guard call.isSound, let state = unsafe state, let action = unsafe action else { return call.end() }
        do throws(StepError) {
          let number: Int
          if let uniform {
            number = try unsafe of(call).pointee.act(\(plan.stateOfPointer), reward: reward, uniform: uniform)
          } else {
            number = try unsafe of(call).pointee.act(\(plan.stateOfPointer), reward: reward)
          }
          unsafe action.pointee = Int32(truncatingIfNeeded: number)
          return call.end()
        } catch {
          return call.end(error)
        }
      }

      @_noAllocation @_noLocks
      fileprivate static func prepare(_ controller: OpaquePointer?, _ executed: Int32, _ reward: Float?) -> Int32 {
        let call = unsafe CCall(controller, model: layoutDigest)
        guard call.isSound else { return call.end() }
        do throws(StepError) {
          try unsafe of(call).pointee.prepare(executed: Int(truncatingIfNeeded: executed), reward: reward)
          return call.end()
        } catch {
          return call.end(error)
        }
      }
    """
  }
}
