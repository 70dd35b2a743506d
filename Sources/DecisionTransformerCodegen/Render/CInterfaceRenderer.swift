/// Writes the C functions of a generated type, which `CHeaderRenderer` declares.
///
/// Checks that do not depend on the model live in the library (`CController`, `CCall`); here is what knows the type.
package struct CInterfaceRenderer {
  package let plan: Plan

  private var type: String { plan.deployment.name }
  private var prefix: String { CName(model: plan.deployment.name).prefix }
  private var access: String { plan.deployment.access.rawValue }

  package func render(to writer: inout CodeWriter) {
    for part in parts {
      for line in part.split(separator: "\n", omittingEmptySubsequences: false) {
        writer.write(String(line))
      }
      writer.write("")
    }
  }

  private var parts: [String] {
    let start = [creation] + (plan.network.takesEmbeddings ? [] : [selfTest])
    let further = CInterface(plan: plan).functions.map {
      $0.definition(plan.cName, type: type, access: access)
    }
    let members = [CInterface(plan: plan).members]
    if plan.network.takesEmbeddings || plan.deployment.batch > 1 {
      return start + further + [descriptions, sizes(of: plan.cSizes), self.members(members)]
    }
    let forward = CForwardFunctions(plan: plan)
    let isDiscrete = plan.steps.action.choice != nil
    let choices = CChoiceRenderer(plan: plan)
    return start + [episode, isDiscrete ? choices.steps : steps] + further
      + [
        descriptions, sizes(of: plan.cSizes),
        self.members([episodeMember, isDiscrete ? choices.calls : calls, forward.members]),
      ]
  }

  private var creation: String {
    """
    // MARK: - C interface: \(CName(model: plan.deployment.name).header) documents each function

    /// Makes a controller in memory and with packed weights of the caller's; may allocate in a program with Swift's runtime.
    @c(\(prefix)_create_with_weights)
    \(access) nonisolated func \(prefix)_create_with_weights(
      _ memory: UnsafeMutableRawPointer?, _ memorySize: UInt, _ weights: UnsafeRawPointer?, _ weightsSize: UInt,
      _ controller: UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 {
      guard let weights = unsafe weights else { return unsafe CController.refuse(controller, .nullArgument).code }
      return unsafe CController.create(
        in: memory, byteCount: memorySize, model: \(type).layoutDigest,\(plan.cHeaderArgument) memorySize: \(type).memorySize,
        controller: controller
      ) { (memory) throws(InitializationError) in
        try unsafe \(type)(weights: CController.packedWeights(weights, byteCount: weightsSize), memory: memory)
      }.code
    }
    """
  }

  private var selfTest: String {
    """
    /// Replays the episode beside packed weights of the caller's, in memory of the caller's.
    @c(\(prefix)_self_test_with_weights)
    \(access) nonisolated func \(prefix)_self_test_with_weights(
      _ memory: UnsafeMutableRawPointer?, _ memorySize: UInt, _ weights: UnsafeRawPointer?, _ weightsSize: UInt
    ) -> Int32 {
      unsafe \(prefix)_report_self_test(memory, memorySize, weights, weightsSize, nil)
    }

    /// The same, and says what was found.
    @c(\(prefix)_report_self_test)
    \(access) nonisolated func \(prefix)_report_self_test(
      _ memory: UnsafeMutableRawPointer?, _ memorySize: UInt, _ weights: UnsafeRawPointer?, _ weightsSize: UInt,
      _ report: UnsafeMutableRawPointer?
    ) -> Int32 {
      guard let weights = unsafe weights else { return CStatus.nullArgument.code }
      return unsafe CController.selfTest(
        in: memory, byteCount: memorySize,\(plan.cHeaderArgument) memorySize: \(type).memorySize, report: report
      ) { (memory) throws(InitializationError) in
        try unsafe \(type).selfTest(
          weights: CController.packedWeights(weights, byteCount: weightsSize), memory: memory)
      }.code
    }
    """
  }

  private var episode: String {
    """
    /// Starts an episode in which `targetReturn` is to be collected, environment units.
    @c(\(prefix)_reset) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_reset(_ controller: OpaquePointer?, _ targetReturn: Float) -> Int32 {
      var call = unsafe CCall(controller, model: \(type).layoutDigest)
      call.check(targetReturn: targetReturn)
      guard call.isSound else { return call.end() }
      unsafe \(type).of(call).pointee.reset(targetReturn: targetReturn)
      return call.end()
    }

    /// Asks for `targetReturn` from now on, environment units.
    @c(\(prefix)_retarget) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_retarget(_ controller: OpaquePointer?, _ targetReturn: Float) -> Int32 {
      var call = unsafe CCall(controller, model: \(type).layoutDigest)
      call.check(targetReturn: targetReturn)
      guard call.isSound else { return call.end() }
      guard unsafe \(type).of(call).pointee.hasEpisode else { return call.end(.notReset) }
      unsafe \(type).of(call).pointee.retarget(targetReturn)
      return call.end()
    }

    /// Takes the predicted action into the history, and does what needs no new state.
    @c(\(prefix)_prepare) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_prepare(_ controller: OpaquePointer?) -> Int32 {
      let call = unsafe CCall(controller, model: \(type).layoutDigest)
      guard call.isSound else { return call.end() }
      guard unsafe \(type).of(call).pointee.hasEpisode else { return call.end(.notReset) }
      unsafe \(type).of(call).pointee.prepare()
      return call.end()
    }
    """
  }

  private var steps: String {
    """
    /// The action for a state; `reward` is what the environment paid for the previous action.
    @c(\(prefix)_act) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_act(
      _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ reward: Float,
      _ action: UnsafeMutablePointer<Float>?
    ) -> Int32 {
      unsafe \(type).act(controller, state, reward, action)
    }

    /// The same where `prepare` was given the reward, or it is zero.
    @c(\(prefix)_act_without_reward) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_act_without_reward(
      _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ action: UnsafeMutablePointer<Float>?
    ) -> Int32 {
      unsafe \(type).act(controller, state, nil, action)
    }

    /// `prepare` with the action that was really executed, environment units.
    @c(\(prefix)_prepare_executed) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_prepare_executed(
      _ controller: OpaquePointer?, _ executed: UnsafePointer<Float>?
    ) -> Int32 {
      unsafe \(type).prepare(controller, executed, nil)
    }

    /// The same with its reward, if that is known already.
    @c(\(prefix)_prepare_executed_with_reward) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_prepare_executed_with_reward(
      _ controller: OpaquePointer?, _ executed: UnsafePointer<Float>?, _ reward: Float
    ) -> Int32 {
      unsafe \(type).prepare(controller, executed, reward)
    }
    """
  }

  private var descriptions: String {
    """
    /// What the last call that failed on this controller has to say; empty if none has.
    @c(\(prefix)_last_error) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_last_error(_ controller: OpaquePointer?) -> UnsafePointer<CChar> {
      unsafe CCall.lastMessage(of: controller, model: \(type).layoutDigest)
    }

    /// Which component, action or step it is about; -1 if none.
    @c(\(prefix)_last_error_index) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_last_error_index(_ controller: OpaquePointer?) -> Int32 {
      unsafe CCall.lastIndex(of: controller, model: \(type).layoutDigest)
    }

    /// Which agent it is about; -1 if none.
    @c(\(prefix)_last_error_agent) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_last_error_agent(_ controller: OpaquePointer?) -> Int32 {
      unsafe CCall.lastAgent(of: controller, model: \(type).layoutDigest)
    }

    /// What a status means.
    @c(\(prefix)_status_message) @_noAllocation @_noLocks
    \(access) nonisolated func \(prefix)_status_message(_ status: Int32) -> UnsafePointer<CChar> {
      unsafe CCall.text(CStatus(code: status).message)
    }

    /// The generator's version.
    @c(\(prefix)_version)
    \(access) nonisolated func \(prefix)_version() -> UnsafePointer<CChar> { unsafe CCall.text(\(type).generatorVersion) }

    /// The digest of the packed weights that fit, 16 hexadecimal digits.
    @c(\(prefix)_layout_digest)
    \(access) nonisolated func \(prefix)_layout_digest() -> UnsafePointer<CChar> { unsafe CCall.text("\(plan.layoutDigestText)") }

    /// Bytes of memory for one controller.
    @c(\(prefix)_memory_size)
    \(access) nonisolated func \(prefix)_memory_size() -> UInt { UInt(\(plan.cHeaderText) + \(type).memorySize) }

    /// A multiple of what the memory's address must be, in bytes.
    @c(\(prefix)_memory_alignment)
    \(access) nonisolated func \(prefix)_memory_alignment() -> UInt { UInt(\(type).memoryAlignment) }
    """
  }

  private func sizes(of sizes: [CSize]) -> String {
    sizes.map { size in
      """
      /// \(size.meaning).
      @c(\(prefix)_\(size.name))
      \(access) nonisolated func \(prefix)_\(size.name)() -> UInt { \(size.member.map { "UInt(\(type).\($0))" } ?? "\(size.value)") }
      """
    }.joined(separator: "\n\n")
  }

  /// What the functions call, of either kind of action.
  private func members(_ members: [String]) -> String {
    """
    nonisolated extension \(type) {
      @_noAllocation @_noLocks
      fileprivate static func of(_ call: CCall) -> UnsafeMutablePointer<Self> {
        unsafe call.value.assumingMemoryBound(to: Self.self)
      }

    \(members.filter { !$0.isEmpty }.joined(separator: "\n\n"))
    }
    """
  }

  private var episodeMember: String {
    "  fileprivate var hasEpisode: Bool { @_noAllocation @_noLocks get { isStarted } }"
  }

  private var calls: String {
    """
      @_noAllocation @_noLocks
      fileprivate static func act(
        _ controller: OpaquePointer?, _ state: UnsafePointer<\(plan.stateElement)>?, _ reward: Float?,
        _ action: UnsafeMutablePointer<Float>?
      ) -> Int32 {
        var call = unsafe CCall(controller, model: layoutDigest)
        unsafe call.check(state)
        unsafe call.check(action)
        guard call.isSound, let state = unsafe state, let action = unsafe action else { return call.end() }
        do throws(StepError) {
          let result = try unsafe of(call).pointee.act(\(plan.stateOfPointer), reward: reward)
          unsafe UnsafeMutableRawPointer(action).storeBytes(of: result, as: Action.self)
          return call.end()
        } catch {
          return call.end(error)
        }
      }

      @_noAllocation @_noLocks
      fileprivate static func prepare(
        _ controller: OpaquePointer?, _ executed: UnsafePointer<Float>?, _ reward: Float?
      ) -> Int32 {
        var call = unsafe CCall(controller, model: layoutDigest)
        unsafe call.check(executed)
        guard call.isSound, let executed = unsafe executed else { return call.end() }
        do throws(StepError) {
          try unsafe of(call).pointee.prepare(
            executed: UnsafeRawPointer(executed).load(as: Action.self), reward: reward)
          return call.end()
        } catch {
          return call.end(error)
        }
      }
    """
  }
}
