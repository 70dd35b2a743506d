import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import ModelMatrix
import RecordedEpisodes
import TestFolders
import Testing

/// Rows that a model folder expects travel beside the weights, and generated code replays them: every precision, windows
/// that hold one row, less than all of them and more, numbered actions, bounds, several agents.
@Suite("Rows that a model folder expects, on this machine")
struct ExpectedRowsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let selfTest: @Sendable (PackedWeights) throws -> SelfTestReport

    var testDescription: String { name }

    init(
      _ name: String, _ selfTest: @escaping @Sendable (PackedWeights) throws -> SelfTestReport
    ) {
      (self.name, self.selfTest) = (name, selfTest)
    }

    func packed(expecting rows: Int) throws -> PackedModel {
      try PackedModel(folder: TestData.model(name), expecting: rows)
    }
  }

  static let cases = [
    Case("WindowOfOne") { try WindowOfOne.selfTest(weights: $0) },
    Case("WholeEpisode") { try WholeEpisode.selfTest(weights: $0) },
    Case("ExecutedActions") { try ExecutedActions.selfTest(weights: $0) },
    Case("UnboundedActions") { try UnboundedActions.selfTest(weights: $0) },
    Case("BoundedLoop") { try BoundedLoop.selfTest(weights: $0) },
    Case("RoundedTwoHeads") { try RoundedTwoHeads.selfTest(weights: $0) },
    Case("Int8OneHead") { try Int8OneHead.selfTest(weights: $0) },
    Case("Int8FourHeads") { try Int8FourHeads.selfTest(weights: $0) },
    Case("Int16OneHead") { try Int16OneHead.selfTest(weights: $0) },
    Case("Int16FourHeads") { try Int16FourHeads.selfTest(weights: $0) },
    Case("NumberedActions") { try NumberedActions.selfTest(weights: $0) },
    Case("NumberedActionsOfTwo") { try NumberedActionsOfTwo.selfTest(weights: $0) },
    Case("BatchOfTwo") { try BatchOfTwo.selfTest(weights: $0) },
  ]

  @Test("are replayed behind the synthetic episode, and pass", arguments: cases)
  func passes(tested: Case) throws {
    let synthetic = try tested.packed(expecting: 0).withWeights(tested.selfTest)
    #expect(synthetic.passed)
    for rows in [1, 10] {
      let packed = try tested.packed(expecting: rows)
      let report = try packed.withWeights(tested.selfTest)
      #expect(report.passed, "\(report)")
      #expect(report.stepCount == synthetic.stepCount + rows)
      let compared = report.comparisonCount - synthetic.comparisonCount
      #expect(compared == rows * packed.model.config.actionDimension)
    }
  }

  @Test("fail where one of their actions is another one, and are named", arguments: cases)
  func changed(tested: Case) throws {
    let packed = try tested.packed(expecting: 10)
    let width = packed.model.config.actionDimension
    for (row, index) in [(0, 0), (9, width - 1), (4, width / 2)] {
      var changed = packed
      var section = packed.section
      // The last numbers are the expected actions, row by row.
      let place = section.count - 4 * (10 * width - row * width - index)
      section.withUnsafeMutableBytes { bytes in
        let value = bytes.loadUnaligned(fromByteOffset: place, as: Float.self)
        bytes.storeBytes(of: value + 2, toByteOffset: place, as: Float.self)
      }
      changed.replace(section: section)
      let report = try changed.withWeights(tested.selfTest)
      let failure = try #require(report.firstFailure, "\(row), \(index)")
      #expect(failure.stage == .expectedAction && failure.step == row && failure.index == index)
      #expect("\(failure)".hasPrefix("expected action of step \(row), element \(index): "))
    }
  }

  @Test("fail with their reward, which another row's took the place of")
  func reward() throws {
    let packed = try PackedModel(folder: TestData.model("WholeEpisode"), expecting: 4)
    let words = packed.section.count / 4
    let (states, width) = (packed.model.config.stateDimension, packed.model.config.actionDimension)
    // In front of the expected actions: states, actions and reward of each row.
    let rows = words - 4 * width - 4 * (states + width + 1)
    var section = packed.section
    let place = 4 * (rows + states + width)
    section.withUnsafeMutableBytes { bytes in
      let value = bytes.loadUnaligned(fromByteOffset: place, as: Float.self)
      bytes.storeBytes(of: value + 500, toByteOffset: place, as: Float.self)
    }
    var changed = packed
    changed.replace(section: section)
    let failure = try changed.withWeights { try WholeEpisode.selfTest(weights: $0) }.firstFailure
    #expect(failure?.stage == .expectedAction && failure?.step == 1)
  }

  @Test("are replayed through C", arguments: ["ExecutedActions", "NumberedActions", "BoundedLoop"])
  func throughC(name: String) throws {
    func status(_ packed: PackedModel) throws -> Int32 {
      let weights = UnsafeMutableRawBufferPointer.allocate(
        byteCount: packed.bytes.count, alignment: 64)
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
      defer {
        weights.deallocate()
        memory.deallocate()
      }
      weights.copyBytes(from: packed.bytes)
      let call: (UnsafeMutableRawPointer?, UInt, UnsafeRawPointer?, UInt) -> Int32 =
        switch name {
        case "ExecutedActions": executed_actions_self_test_with_weights
        case "NumberedActions": numbered_actions_self_test_with_weights
        default: bounded_loop_self_test_with_weights
        }
      return call(
        memory.baseAddress, UInt(memory.count), weights.baseAddress, UInt(weights.count))
    }
    let packed = try PackedModel(folder: TestData.model(name), expecting: 6)
    #expect(try status(packed) == 0)
    var changed = packed
    var section = packed.section
    // Sign and exponent of the last expected number.
    section[section.count - 1] ^= 0x7f
    changed.replace(section: section)
    let code = try status(changed)
    #expect(code == CStatus.selfTestFailed.code)
  }
}
