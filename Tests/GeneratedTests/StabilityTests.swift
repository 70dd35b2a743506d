import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes
import Testing

/// What generated code depends on: shape and options, byte by byte, and nothing else.
@Suite("Generated code")
struct StabilityTests {
  let folder: URL

  init() throws { folder = try RecordedEpisode(golden: "WholeEpisode").folder }

  @Test("and weights are the same bytes on every run and in every folder")
  func repeats() throws {
    let first = try ModelFolderCopy(of: folder).compile()
    #expect(
      first.keys.sorted() == [
        ".WholeEpisode.manifest.json", "WholeEpisode.swift", "WholeEpisodeKernels.swift",
        "WholeEpisodeWeights.swift",
      ])
    #expect(try ModelFolderCopy(of: folder).compile() == first)
    let copy = try ModelFolderCopy(of: folder)
    #expect(try copy.compile() == first)
    #expect(try copy.compile() == first)
  }

  @Test("is the same with and without the checkpoint")
  func codeOnly() throws {
    let copy = try ModelFolderCopy(of: folder)
    let code = try copy.compile(codeOnly: true)
    #expect(
      code.keys.sorted() == [
        ".WholeEpisode.manifest.json", "WholeEpisode.swift", "WholeEpisodeKernels.swift",
      ])
    let withCheckpoint = try copy.compile()
    #expect(code["WholeEpisode.swift"] == withCheckpoint["WholeEpisode.swift"])
    try FileManager.default.removeItem(at: copy.url.appending(path: "model.safetensors"))
    #expect(try copy.compile() == code)
  }

  @Test(
    "does not change with the checkpoint's numbers or their type; the weights do",
    arguments: [TensorDataType.float32, .float64, .bfloat16])
  func checkpoint(type: TensorDataType) throws {
    let copy = try ModelFolderCopy(of: folder)
    let before = try copy.compile()
    try copy.replaceCheckpoint(storing: type) { $0 * 1.5 + 0.01 }
    let after = try copy.compile()
    for file in ["WholeEpisode.swift", "WholeEpisodeKernels.swift"] {
      #expect(after[file] == before[file])
    }
    #expect(after["WholeEpisodeWeights.swift"] != before["WholeEpisodeWeights.swift"])
  }

  @Test("and weights do not change when the same numbers are stored in a wider type")
  func widerType() throws {
    let copy = try ModelFolderCopy(of: folder)
    let before = try copy.compile()
    try copy.replaceCheckpoint(storing: .float64)
    #expect(try copy.compile() == before)
  }
}

/// Options are literals in the code: one number is a few lines, and they are known.
@Suite("Editing a number of codegen.json")
struct OptionTests {
  @Test(
    "state_mean or state_std changes the weights alone", arguments: ["state_mean", "state_std"])
  func normalisation(key: String) throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(golden: "WholeEpisode").folder)
    let before = try copy.compile()
    try copy.setOptions([key: [1, 2, 3, 4, 5, 6, 7, 8.5]])
    let after = try copy.compile()
    expectEqualCode(before, after)
    #expect(after["WholeEpisodeWeights.swift"] != before["WholeEpisodeWeights.swift"])
  }

  @Test("target_return changes its constant")
  func targetReturn() throws {
    try expectChanges(
      ["target_return": 2500],
      ["public static var defaultTargetReturn: Float { 2500 }"])
  }

  @Test("return_scale changes the three divisions by it")
  func returnScale() throws {
    try expectChanges(
      ["return_scale": 500],
      [
        "(timestep, returnToGo, rewardWeight) = (0, targetReturn / 500, 0)",
        "(returnToGo, rewardWeight, returnIsPrepared) = (targetReturn / 500, 0, false)",
        "let next = returnToGo - (paid * rewardWeight) / 500",
      ])
  }

  @Test("return_offset is taken off where a target comes in, and nowhere else")
  func returnOffset() throws {
    try expectChanges(
      ["return_offset": -2.5],
      [
        "/// Of the last return token, less the return offset, divided by the return scale.",
        "(timestep, returnToGo, rewardWeight) = (0, (targetReturn - -2.5) / 1000, 0)",
        "(returnToGo, rewardWeight, returnIsPrepared) = ((targetReturn - -2.5) / 1000, 0, false)",
      ])
    try expectChanges(["return_offset": 0], [])
  }

  @Test("return_rounding none keeps the return in double precision, and rounds the token")
  func returnRounding() throws {
    try expectChanges(
      ["return_rounding": "none", "return_offset": 0.1],
      [
        "/// Of the last return token, less the return offset, divided by the return scale: the token is its float32.",
        "private var returnToGo: Swift::Double = 0",
        "(timestep, returnToGo, rewardWeight) = (0, (Swift::Double(targetReturn) - 0.1) / 1000, 0)",
        "(returnToGo, rewardWeight, returnIsPrepared) = ((Swift::Double(targetReturn) - 0.1) / 1000, 0, false)",
        "returnInput[0] = Float(nextReturn)",
        "/// The next return token: kept in double precision.",
        "private func returnToGo(after reward: Float?) throws(DecisionTransformer::StepError) -> Swift::Double {",
        "let next = returnToGo - Swift::Double(paid * rewardWeight) / 1000",
        "guard Float(next).isFinite else { throw paid.isFinite ? .nonFiniteReturn : .nonFiniteReward }",
        "returnInput[0] = Float(nextReturn)",
      ])
    try expectChanges(["return_rounding": "step"], [])
  }

  @Test("return_rounding unscaled keeps the return in environment units, and scales its float32")
  func unscaledReturns() throws {
    try expectChanges(
      ["return_rounding": "unscaled"],
      [
        "/// Of the last return token, environment units.",
        "private var returnToGo: Swift::Double = 0",
        "(timestep, returnToGo, rewardWeight) = (0, Swift::Double(targetReturn), 0)",
        "(returnToGo, rewardWeight, returnIsPrepared) = (Swift::Double(targetReturn), 0, false)",
        "returnInput[0] = Float(nextReturn) / 1000",
        "/// The next return token: kept in double precision.",
        "private func returnToGo(after reward: Float?) throws(DecisionTransformer::StepError) -> Swift::Double {",
        "let next = returnToGo - Swift::Double(paid * rewardWeight)",
        "guard (Float(next) / 1000).isFinite else { throw paid.isFinite ? .nonFiniteReturn : .nonFiniteReward }",
        "returnInput[0] = Float(nextReturn) / 1000",
      ])
  }

  @Test("a bound clamps what act returns, and with a clamped history what prepare takes of it")
  func bounds() throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(golden: "WholeEpisode").folder)
    func code(_ options: [String: Any]) throws -> String {
      try copy.setOptions(options)
      let text = String(decoding: try #require(copy.compile()["WholeEpisode.swift"]), as: UTF8.self)
      // Wherever lines are broken.
      return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let one = try code(["action_minimum": -0.5])
    #expect(one.contains("action[index] = VectorMath.larger(prediction[index], -0.5)"))
    #expect(one.contains("actionInput[index] = prediction[index]"))
    #expect(!one.contains("smaller"))
    let both = try code([
      "action_minimum": -0.5, "action_maximum": [0.25, 1], "action_history": "clamped",
    ])
    let clamped =
      "VectorMath.smaller(VectorMath.larger(prediction[index], -0.5), heads.actionMaximum[index])"
    #expect(both.contains("action[index] = \(clamped)"))
    #expect(both.contains("actionInput[index] = \(clamped)"))
  }

  @Test("first_timestep moves the row, and ends an episode a step earlier")
  func firstTimestep() throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(trained: "Hopper").folder)
    func code(_ options: [String: Any]) throws -> String {
      try copy.setOptions(options)
      return String(
        decoding: try #require(copy.compile(codeOnly: true)["Hopper.swift"]), as: UTF8.self)
    }
    let ends = try code(["first_timestep": 1])
    #expect(ends.contains("timesteps + (timestep + 1) * 128 }"))
    #expect(ends.contains("throw .episodeEnded(maximumLength: 999)"))
    #expect(ends.contains("? timestep + 1 : timestep) < 999"))
    let clamps = try code(["first_timestep": 1, "timestep_overflow": "clamp"])
    #expect(clamps.contains("min(timestep + 1, 999) * 128 }"))
    let wraps = try code(["first_timestep": 1, "timestep_overflow": "wrap"])
    #expect(wraps.contains("timesteps + (timestep + 1) % 1000 * 128 }"))
  }

  @Test("action_scale for all components changes what leaves and enters of the actions")
  func actionScale() throws {
    try expectChanges(
      ["action_scale": 2.5],
      [
        "for index in 0..<Action.count { action[index] = prediction[index] * 2.5 }",
        "for index in 0..<Action.count { actionInput[index] = executed[index] / 2.5 }",
      ])
  }

  @Test("action_scale for each component lies with the weights: other factors change no line")
  func actionScales() throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(golden: "WholeEpisode").folder)
    try copy.setOptions(["action_scale": [2, 0.5]])
    let before = try copy.compile()
    let code = String(decoding: try #require(before["WholeEpisode.swift"]), as: UTF8.self)
    #expect(code.contains("action[index] = prediction[index] * heads.actionScale[index]"))
    #expect(code.contains("actionInput[index] = executed[index] / heads.actionScale[index]"))
    try copy.setOptions(["action_scale": [2, -3]])
    let after = try copy.compile()
    expectEqualCode(before, after)
    #expect(after["WholeEpisodeWeights.swift"] != before["WholeEpisodeWeights.swift"])
  }

  @Test("action_offset for all components is added behind the scale, and taken off before it")
  func actionOffset() throws {
    try expectChanges(
      ["action_offset": -0.5],
      [
        "for index in 0..<Action.count { action[index] = prediction[index] + -0.5 }",
        "for index in 0..<Action.count { actionInput[index] = executed[index] - -0.5 }",
      ])
    try expectChanges(
      ["action_offset": 3, "action_scale": 2.5],
      [
        "for index in 0..<Action.count { action[index] = prediction[index] * 2.5 + 3 }",
        "for index in 0..<Action.count { actionInput[index] = (executed[index] - 3) / 2.5 }",
      ])
    try expectChanges(["action_offset": [0, 0, 0]], [])
  }

  @Test("action_offset for each component lies with the weights: other offsets change no line")
  func actionOffsets() throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(golden: "WholeEpisode").folder)
    try copy.setOptions(["action_scale": 2, "action_offset": [2, 0.5]])
    let before = try copy.compile()
    let code = String(decoding: try #require(before["WholeEpisode.swift"]), as: UTF8.self)
    #expect(code.contains("action[index] = prediction[index] * 2 + heads.actionOffset[index]"))
    #expect(code.contains("actionInput[index] = (executed[index] - heads.actionOffset[index]) / 2"))
    try copy.setOptions(["action_scale": 2, "action_offset": [2, -3]])
    let after = try copy.compile()
    expectEqualCode(before, after)
    #expect(after["WholeEpisodeWeights.swift"] != before["WholeEpisodeWeights.swift"])
  }

  @Test("timestep_overflow wrap takes the timestep modulo the table's rows, and no episode ends")
  func wrap() throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(trained: "Hopper").folder)
    try copy.setOptions(["timestep_overflow": "wrap"])
    let code = String(
      decoding: try #require(copy.compile(codeOnly: true)["Hopper.swift"]), as: UTF8.self)
    #expect(code.contains("timesteps + timestep % 1000 * 128 }"))
    #expect(!code.contains("episodeEnded"))
  }

  @Test(
    "leaves the packed weights as they are, where the model does not know the number; the self test changes"
  )
  func weights() throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(golden: "WholeEpisode").folder)
    let before = try PackedModel(folder: copy.url)
    try copy.setOptions([
      "target_return": 7, "return_scale": 3, "action_scale": 2, "action_offset": 4,
    ])
    let after = try PackedModel(folder: copy.url)
    #expect(after.payload == before.payload)
    #expect(after.section != before.section)
  }

  /// Expects that nothing but the digest of codegen.json differs.
  private func expectEqualCode(
    _ before: [String: [UInt8]], _ after: [String: [UInt8]],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for file in ["WholeEpisode.swift", "WholeEpisodeKernels.swift"] {
      let texts = [before, after].map { files in
        String(decoding: files[file] ?? [], as: UTF8.self).split(separator: "\n")
          .filter { !$0.hasPrefix("// codegen.json sha256 ") }
      }
      #expect(!texts[0].isEmpty && texts[0] == texts[1], sourceLocation: sourceLocation)
    }
  }

  /// Expects that with `options` just these lines of Hopper's code are new, in this order.
  private func expectChanges(
    _ options: [String: Any], _ expected: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let copy = try ModelFolderCopy(of: RecordedEpisode(trained: "Hopper").folder)
    func lines() throws -> [Substring] {
      let code = try #require(copy.compile(codeOnly: true)["Hopper.swift"])
      return String(decoding: code, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
    }
    let before = try lines()
    try copy.setOptions(options)
    let after = try lines()
    #expect(before.count == after.count, sourceLocation: sourceLocation)
    let changed = zip(before, after).dropFirst(3).filter { $0 != $1 }.map {
      $1.trimmingCharacters(in: .whitespaces)
    }
    #expect(changed == expected, sourceLocation: sourceLocation)
  }
}
