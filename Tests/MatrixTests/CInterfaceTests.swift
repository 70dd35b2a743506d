import CAllocationHook
import DecisionTransformer
import Foundation
import ModelMatrix
import RecordedEpisodes
import Testing

/// The functions that a generated header declares, called as C calls them.
@Suite("Through C, a controller")
struct CInterfaceTests {
  let golden: RecordedEpisode

  init() throws {
    golden = try RecordedEpisode(golden: "ExecutedActions")
  }

  @Test(
    "gives the bits of the Swift type, however it is driven",
    arguments: Pace.all(tellingActions: true))
  func sameBits(pace: Pace) throws {
    var swift = Replay<ExecutedActions>(golden, pace: pace)
    var original = try ExecutedActions()
    try swift.run(&original)
    var c = Replay<ControllerInC>(golden, pace: pace)
    var controller = ControllerInC()
    try c.run(&controller)
    #expect(c.environmentActions == swift.environmentActions)
  }

  @Test("takes a new target like the Swift type")
  func retargeting() throws {
    var swift = try ExecutedActions()
    var c = ControllerInC()
    swift.reset(targetReturn: 40)
    c.reset(targetReturn: 40)
    for step in 0..<8 {
      if step % 3 == 2 {
        swift.retarget(Float(step))
        c.retarget(Float(step))
      }
      let state = ExecutedActions.State(golden.states[step])
      let (expected, action) = (try swift.act(state), try c.act(state, reward: nil))
      #expect(action.values == expected.values)
      swift.prepare()
      c.prepare()
    }
  }

  @Test("never calls the allocator", .enabled(if: allocation_counting_is_supported()))
  func allocations() throws {
    var replay = Replay<ControllerInC>(golden, pace: .alternating)
    var controller = ControllerInC()
    #expect(try allocatorCallCount { try replay.run(&controller) } == 0)
  }

  @Test("passes its self test, in the memory of a controller that then is none")
  func selfTest() throws {
    let controller = ControllerInC()
    let memory = controller.memory
    #expect(executed_actions_self_test(memory.baseAddress, UInt(memory.count)) == 0)
    #expect(executed_actions_prepare(controller.controller) == 3)
    #expect(executed_actions_self_test(nil, UInt(memory.count)) == 1)
    #expect(executed_actions_self_test(memory.baseAddress, UInt(memory.count - 1)) == 10)
    #expect(executed_actions_self_test(memory.baseAddress! + 32, UInt(memory.count)) == 11)
  }

  @Test("says who it is")
  func descriptions() {
    #expect(String(cString: executed_actions_version()) == "\(ExecutedActions.generatorVersion)")
    #expect(
      UInt64(String(cString: executed_actions_layout_digest()), radix: 16)
        == ExecutedActions.layoutDigest)
    #expect(executed_actions_memory_size() >= UInt(ExecutedActions.memorySize))
  }
}
