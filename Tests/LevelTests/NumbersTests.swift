import Foundation
import TestFolders
import Testing
import Toolchain

/// `Numbers` in a release build of somebody else's module, at the top level of its main file, where Swift 6.3 loses changes
/// of an `InlineArray`: a controller was given another state than the one that the program had set.
@Suite("Numbers in a program of its own")
struct NumbersTests {
  private static let program = """
    import DecisionTransformer

    @inline(never) func sum<Some: FixedNumbers>(_ numbers: Some) -> Float { numbers.reduce(0, +) }

    var state = Numbers<3>(repeating: 1)
    state[1] = 4
    print(state, sum(state))
    state[2] += 2
    (state[0], state[1]) = (state[1], state[0])
    print(state, sum(state), state == Numbers([4, 1, 3]))
    for index in state.indices { state[index] *= 2 }
    print(state, Array(state) == [8, 2, 6], Numbers<2>(state[1...]).map { $0 + 1 })
    let copy = state
    state = Numbers { Float($0) }
    print(Numbers<2>(exactly: [1, 2, 3]) == nil, Numbers<2>(exactly: [1, 2])!)
    print(copy, state, copy == Numbers([8, 2, 6]), Numbers<3>.count, state.count)
    """

  @Test("keep what is written into them", arguments: [["-Onone"], ["-O"], ["-O", "-wmo"]])
  func changes(optimization: [String]) throws {
    let folder = ScratchFolder(named: "numbers")
    let runtime = try RuntimeModule.compiled(with: optimization)
    _ = try runtime.output.success()
    let main = try folder.write("main.swift", Self.program)
    _ = try SwiftCompiler.run(
      runtime.flags + optimization + [
        "-swift-version", "6", "-module-name", "Robot", "-o", "robot", main.path, runtime.object,
      ], in: folder.url
    ).success()
    let output = try RunningProcess([folder.url.appending(path: "robot").path], in: folder.url)
      .finish().success()
    #expect(
      "\(output)".contains(
        """
        [1.0, 4.0, 1.0] 6.0
        [4.0, 1.0, 3.0] 8.0 true
        [8.0, 2.0, 6.0] true [3.0, 7.0]
        true [1.0, 2.0]
        [8.0, 2.0, 6.0] [0.0, 1.0, 2.0] true 3 3
        """))
  }
}
