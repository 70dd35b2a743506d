import DecisionTransformer
import Foundation
import ModelMatrix
import RecordedEpisodes
import TestFolders
import Testing

/// Whatever can go wrong in C and be noticed: a status, a message, and no trace in the episode.
@Suite("Through C, a wrong call")
struct CRefusalTests {
  /// A call in the middle of an episode that must be refused.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: Int32
    var message: String
    /// Given the controller and a finite state that it may change.
    var call: @Sendable (OpaquePointer?, UnsafeMutablePointer<Float>) -> Int32

    init(
      _ description: String, _ status: Int32, _ message: String,
      call: @escaping @Sendable (OpaquePointer?, UnsafeMutablePointer<Float>) -> Int32
    ) {
      testDescription = description
      self.status = status
      self.message = message
      self.call = call
    }
  }

  static let null = "an argument is a null pointer"
  static let misaligned = "an array does not begin at a multiple of its elements' size"

  static let refusals = [
    Refusal("act without a state", 1, null) { executed_actions_act($0, nil, 0, $1) },
    Refusal("act without room for an action", 1, null) { executed_actions_act($0, $1, 0, nil) },
    Refusal("prepare without the executed action", 1, null) { controller, _ in
      executed_actions_prepare_executed_with_reward(controller, nil, 1)
    },
    Refusal("act on a misaligned state", 2, misaligned) {
      executed_actions_act($0, shifted($1), 0, $1)
    },
    Refusal("act into a misaligned action", 2, misaligned) {
      executed_actions_act_without_reward($0, $1, shifted($1))
    },
    Refusal("act on a state that is not finite", 31, "state[5] is not finite") {
      $1[5] = .nan
      return executed_actions_act($0, $1, 0, $1)
    },
    Refusal("act on a reward that is not finite", 32, "the reward is not finite") {
      executed_actions_act($0, $1, .infinity, $1)
    },
    Refusal("reset to no target", 33, "the return-to-go is not finite") { controller, _ in
      executed_actions_reset(controller, .nan)
    },
    Refusal("retarget to no target", 33, "the return-to-go is not finite") { controller, _ in
      executed_actions_retarget(controller, -.infinity)
    },
    Refusal("prepare twice", 37, "there is no action to prepare from: call act first") {
      executed_actions_prepare_executed($0, $1)
    },
  ]

  @Test("is refused with status and message, and leaves no trace", arguments: refusals)
  func refusal(refusal: Refusal) throws {
    let golden = try RecordedEpisode(golden: "ExecutedActions")
    func actions(_ mistake: (OpaquePointer?) -> Void) throws -> [[Float]] {
      var controller = ControllerInC()
      controller.reset(targetReturn: 60)
      return try golden.states.prefix(9).map { state in
        let action = try controller.act(ControllerInC.State(state), reward: 1).values
        controller.prepare()
        mistake(controller.controller)
        return action
      }
    }
    let expected = try actions { #expect(String(cString: executed_actions_last_error($0)) == "") }
    var scratch = golden.states[3]
    let disturbed = try actions { controller in
      let status = scratch.withUnsafeMutableBufferPointer {
        refusal.call(controller, $0.baseAddress!)
      }
      #expect(status == refusal.status)
      #expect(String(cString: executed_actions_last_error(controller)) == refusal.message)
      #expect(String(cString: executed_actions_status_message(status)).count > 10)
    }
    #expect(disturbed == expected)
  }

  @Test("before reset is refused")
  func notReset() {
    let controller = ControllerInC()
    var (state, action) = ([Float](repeating: 0, count: 8), [Float](repeating: 7, count: 3))
    for status in [
      executed_actions_act(controller.controller, &state, 0, &action),
      executed_actions_act_without_reward(controller.controller, &state, &action),
      executed_actions_prepare(controller.controller),
      executed_actions_prepare_executed(controller.controller, &action),
      executed_actions_retarget(controller.controller, 1),
    ] {
      #expect(status == 30)
    }
    #expect(action == [7, 7, 7])
    let message = String(cString: executed_actions_last_error(controller.controller))
    #expect(message == "no episode: call reset first")
  }

  @Test("of an episode's end and of a reward given twice are refused")
  func endAndReward() throws {
    var controller = ControllerInC()
    controller.reset(targetReturn: 1)
    var (state, action) = ([Float](repeating: 0, count: 8), [Float](repeating: 0, count: 3))
    for _ in 0..<ExecutedActions.maximumEpisodeLength {
      #expect(executed_actions_act(controller.controller, &state, 0, &action) == 0)
      #expect(executed_actions_prepare_executed(controller.controller, &action) == 0)
    }
    // Behind the last step there is nothing to do, and nothing wrong but what is no number.
    #expect(
      executed_actions_prepare_executed_with_reward(controller.controller, &action, 1) == 0)
    var wrong: [Float] = [0, .nan, 0]
    #expect(executed_actions_prepare_executed(controller.controller, &wrong) == 35)
    #expect(executed_actions_act(controller.controller, &state, 0, &action) == 38)
    let end = String(cString: executed_actions_last_error(controller.controller))
    #expect(end == "the episode has had its 64 steps: call reset")

    controller.reset(targetReturn: 1)
    #expect(executed_actions_act(controller.controller, &state, 0, &action) == 0)
    let prepared = executed_actions_prepare_executed_with_reward(controller.controller, &action, 1)
    #expect(prepared == 0)
    #expect(executed_actions_act(controller.controller, &state, 1, &action) == 36)
    #expect(executed_actions_act_without_reward(controller.controller, &state, &action) == 0)
  }

  @Test("on what is no controller is refused: null, other memory, a copy, another model's")
  func noController() throws {
    let controller = ControllerInC()
    #expect(executed_actions_prepare(nil) == 1)
    #expect(String(cString: executed_actions_last_error(nil)) == Self.null)
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: controller.memory.count, alignment: 64)
    defer { copy.deallocate() }
    copy.initializeMemory(as: UInt8.self, repeating: 0)
    let none = "this is no controller that create of this model has made at this address"
    for _ in 0..<2 {
      for offset in [0, 8] {
        let pointer = OpaquePointer(copy.baseAddress! + offset)
        #expect(executed_actions_prepare(pointer) == 3)
        #expect(String(cString: executed_actions_last_error(pointer)) == none)
      }
      copy.copyMemory(from: UnsafeRawBufferPointer(controller.memory))
    }
    // Where another model's mark is.
    controller.memory[0] ^= 1
    #expect(executed_actions_reset(controller.controller, 1) == 3)
  }

  @Test("of a second thread is refused while the first is inside")
  func busy() {
    var controller = ControllerInC()
    controller.reset(targetReturn: 1)
    // What a call raises while it runs.
    controller.memory[16] = 1
    var (state, action) = ([Float](repeating: 0, count: 8), [Float](repeating: 7, count: 3))
    #expect(executed_actions_act(controller.controller, &state, 0, &action) == 4)
    #expect(executed_actions_prepare(controller.controller) == 4)
    #expect(executed_actions_reset(controller.controller, 1) == 4)
    #expect(action == [7, 7, 7])
    controller.memory[16] = 0
    #expect(executed_actions_act(controller.controller, &state, 0, &action) == 0)
  }

  @Test("of create is refused, and gives no controller")
  func creation() throws {
    let size = Int(executed_actions_memory_size())
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size + 64, alignment: 64)
    defer { memory.deallocate() }
    let base = memory.baseAddress!
    var controller = OpaquePointer(bitPattern: 64)
    func expect(_ status: Int32, _ result: Int32) {
      #expect(result == status)
      #expect(controller == nil)
      controller = OpaquePointer(bitPattern: 64)
    }
    expect(1, executed_actions_create(nil, UInt(size), &controller))
    expect(10, executed_actions_create(base, UInt(size - 1), &controller))
    expect(10, executed_actions_create(base, 0, &controller))
    expect(11, executed_actions_create(base + 32, UInt(size), &controller))
    #expect(executed_actions_create(base, UInt(size), nil) == 1)
    #expect(executed_actions_create(base, .max, &controller) == 0)
    #expect(executed_actions_reset(controller, 1) == 0)
  }

  @Test("with weights that do not fit is refused, and ends the controller that was there")
  func weights() throws {
    let own = try PackedModel(folder: TestData.model("ExecutedActions")).bytes
    let other = try PackedModel(folder: TestData.model("WindowOfOne")).bytes
    let swift = ControllerInC()
    func status(_ bytes: [UInt8], offset: Int = 0, count: Int? = nil) -> Int32 {
      let weights = UnsafeMutableRawBufferPointer.allocate(
        byteCount: bytes.count + 64, alignment: 64)
      defer { weights.deallocate() }
      UnsafeMutableRawBufferPointer(rebasing: weights[offset...]).copyBytes(from: bytes)
      var controller: OpaquePointer?
      let result = executed_actions_create_with_weights(
        swift.memory.baseAddress, UInt(swift.memory.count), weights.baseAddress! + offset,
        UInt(count ?? bytes.count), &controller)
      #expect((controller == nil) == (result != 0))
      if result != 0 { #expect(executed_actions_prepare(swift.controller) == 3) }
      return result
    }
    #expect(status(own) == 0)
    #expect(status(own, offset: 16) == 12)
    #expect(status([UInt8](repeating: 0, count: 64)) == 13)
    #expect(status(own, count: own.count - 1) == 16)
    #expect(status(own, count: 10) == 16)
    #expect(status(other) == 18)
    for (index, expected) in [(3, 13), (8, 14), (13, 15), (60, 15), (17, 18), (1000, 17)] {
      var damaged = own
      damaged[index] ^= 0x40
      #expect(status(damaged) == Int32(expected), "byte \(index)")
    }
    var controller = OpaquePointer(bitPattern: 64)
    let null = executed_actions_create_with_weights(
      swift.memory.baseAddress, UInt(swift.memory.count), nil, 64, &controller)
    #expect(null == 1)
    #expect(controller == nil)
  }

  private static func shifted(_ floats: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  {
    UnsafeMutableRawPointer(floats).advanced(by: 2).assumingMemoryBound(to: Float.self)
  }
}
