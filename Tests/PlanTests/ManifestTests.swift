import Foundation
import Testing

import DecisionTransformerCodegen

@Suite("A manifest")
struct ManifestTests {
  /// With everything that a manifest can hold.
  static func whole(_ model: Model) -> Manifest {
    let plan = Plan(model)
    var manifest = Manifest(plan, generator: "1.2.3")
    manifest.files = [
      Manifest.File(OutputFile(name: "Robot.swift", contents: [1, 2]), .code),
      Manifest.File(OutputFile(name: "robot.h", contents: [3]), .header),
    ]
    manifest.addWeights(
      OutputFile(name: "RobotWeights.swift", contents: Array("...\"AAAA\"".utf8)),
      packedByteCount: 3, checksum: 0xABC, hasSelfTest: true)
    manifest.precisionCost = [
      JSONMember(name: "compared_with", value: .string("a \"b\" \\ \n\u{1}ᵀ")),
      JSONMember(name: "largest", value: JSONValue(1.25e-7)),
    ]
    return manifest
  }

  static let models =
    (UInt64(0)..<40).map { RandomModel.model(seed: $0) }
    + (UInt64(0)..<20).map { RandomModel.trunk(seed: $0) }

  @Test("read back is equal, and has the same bytes each time")
  func roundTrip() throws {
    for (index, model) in Self.models.enumerated() {
      let manifest = Self.whole(model)
      let contents = manifest.contents
      let read = try Manifest.read(contents, path: "m")
      #expect(read == manifest, "model \(index)")
      #expect(read.contents == contents, "model \(index)")
      #expect(Self.whole(model).contents == contents, "model \(index)")
      #expect(manifest.files[2].base64 == 4..<8)
      #expect(
        try JSONSerialization.jsonObject(with: Data(contents)) is [String: Any], "model \(index)")
    }
  }

  @Test("has an entry in each line, or in a few")
  func lines() {
    for model in Self.models {
      let manifest = Self.whole(model)
      let lines = String(decoding: manifest.contents, as: UTF8.self).split(separator: "\n")
      for line in lines where line.count > 120 {
        // A formula or a name that is longer by itself.
        #expect(line.split(separator: "\", \"").count == 1, "\(line)")
      }
      for name in manifest.tensors.map(\.name) + manifest.buffers.map(\.name) {
        #expect(lines.count { $0.hasPrefix("    {\"name\": \"\(name)\", ") } == 1, "\(name)")
      }
      // `self_test` stands in "packed_numbers", too.
      let options = lines.drop { $0 != "  \"options\": {" }.prefix { $0 != "  }," }
      for option in manifest.options {
        #expect(options.count { $0.hasPrefix("    \"\(option.name)\": ") } == 1, "\(option.name)")
      }
    }
  }

  @Test("says what the plan says")
  func facts() throws {
    for model in Self.models {
      let plan = Plan(model)
      let manifest = Manifest(plan, generator: "1.2.3")
      #expect(manifest.tensors.map(\.name) == plan.weights.tensors.map(\.name))
      #expect(manifest.tensors.map(\.arrangement) == plan.weights.tensors.map(\.arrangement))
      #expect(manifest.weightBytes == plan.weights.byteCount)
      #expect(manifest.memoryBytes == plan.memory.byteCount)
      let phase = try #require(manifest.phases.first)
      let routines = model.isTrunk ? plan.token : plan.feedback
      #expect(phase.multiplyAdds == plan.total(routines, \.multiplyAdds))
      #expect(phase.routines == routines.map(\.description))
      // Every tensor of the checkpoint: read, or unread with a reason.
      let names =
        manifest.tensors.flatMap(\.sources).map { String($0.prefix { $0 != "[" }) }
        + manifest.unread.flatMap(\.tensors)
      #expect(Set(plan.network.tensors.map { "\($0)" }).isSubset(of: names))
    }
  }

  // MARK: Completeness

  /// Every place of a JSON value that holds a number, a text or a flag, with the value there changed in a way that
  /// `Value` accepts.
  private static func changed<Value: Codable & Equatable>(_ value: Value) throws -> [(
    String, Value
  )] {
    let words = [
      "relu", "gelu", "clamp", "error", "return", "state", "action", "public", "internal",
      "bfloat16", "float32", "file", "embedded", "attentions", "integers", "floats", "perColumn",
      "none",
      "step", "raw", "clamped", "before", "after", "newest", "stack", "tokens", "steps", "other",
    ]
    let original = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    var found: [(String, Value)] = []
    func visit(_ part: Any, _ place: String, _ rebuild: (Any) -> Any) {
      switch part {
      case let object as [String: Any]:
        for (key, item) in object {
          visit(item, "\(place).\(key)") { item in
            rebuild(object.merging([key: item]) { $1 })
          }
        }
      case let array as [Any]:
        for (index, item) in array.enumerated() {
          visit(item, "\(place)[\(index)]") { item in
            var array = array
            array[index] = item
            return rebuild(array)
          }
        }
      default:
        var others: [Any] = words
        if let number = part as? NSNumber {
          others = [number.doubleValue + 1, !number.boolValue]
        }
        for other in others {
          guard
            let data = try? JSONSerialization.data(
              withJSONObject: rebuild(other), options: .fragmentsAllowed),
            let changed = try? JSONDecoder().decode(Value.self, from: data), changed != value
          else { continue }
          found.append((place, changed))
          return
        }
        Issue.record("\(place): no other value is accepted than \(part)")
      }
    }
    visit(original, "") { $0 }
    return found
  }

  @Test("changes with every number, name and flag of the network and of its deployment")
  func completeness() throws {
    for seed in UInt64(0)..<12 {
      let models = [RandomModel.model(seed: seed), RandomModel.trunk(seed: seed)]
      for var model in models {
        if !model.isTrunk {
          (model.options.targetReturn, model.options.hasSelfTest) = (3, true)
          if model.config.slotCount == nil, model.config.frames == nil,
            model.config.hasReturnTokens,
            !model.config.seesPadding
          {
            model.options.outputs = [.state]
          }
          model.optionsDigest = "45"
        }
        let (network, deployment) = (model.network, model.deployment)
        let facts = [Manifest.shape(network), Manifest.options(network, deployment)]
        let networks = try Self.changed(network)
        #expect(networks.count > 20)
        // Names of tensors are in what is read of them; several agents have no trunk.
        for (place, changed) in networks where !place.hasPrefix(".tensors") {
          #expect(
            [Manifest.shape(changed), Manifest.options(changed, deployment)] != facts, "\(place)")
        }
        // Format and targets are there with all of their numbers.
        #expect(
          Manifest(Plan(model), generator: "1").weightFormats
            == Plan(model).weights.formats)
        #expect(Manifest(Plan(model), generator: "1").targets == deployment.targets)
        let known = [".name", ".origin.configDigest", ".origin.optionsDigest"]
        let ofTrunk =
          model.isTrunk ? [".batch", ".hasCInterface", ".hasOperations", ".hasSelfTest"] : []
        for (place, changed) in try Self.changed(deployment)
        where !(known + ofTrunk).contains(place)
          && !place.hasPrefix(".format") && !place.hasPrefix(".targets")
        {
          #expect(
            [Manifest.shape(network), Manifest.options(network, changed)] != facts, "\(place)")
        }
        let manifest = Manifest(Plan(model), generator: "1")
        #expect(manifest.model == deployment.name)
        #expect(manifest.configDigest == deployment.origin.configDigest)
        #expect(manifest.optionsDigest == deployment.origin.optionsDigest)
      }
    }
  }

  // MARK: Damage

  private static func problems(_ text: String) -> [String] {
    do throws(InvalidInput) {
      _ = try Manifest.read(Array(text.utf8), path: "m")
      return []
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  private static let text = String(
    decoding: whole(RandomModel.model(seed: 3)).contents, as: UTF8.self)

  @Test(
    "is refused where it is damaged, with the place and what is accepted",
    arguments: [
      (
        "\"format\": 1,", "\"format\": 2,",
        "m: format: found 2; accepted: 1; generate the output anew"
      ),
      ("\"format\": 1,", "", "m: format: is missing; accepted: 1; generate the output anew"),
      (
        "\"generator\": ", "\"generater\": ",
        "m: generater: is no key of a manifest; accepted: \"format\", "
      ),
      ("\"generator\": ", "\"generater\": ", "m: generator: is missing; accepted: "),
      ("\"layout\": \"0x", "\"layout\": \"1x", "m: layout: found \"1x"),
      ("\"offset\": 0, ", "\"offset\": 64, ", "m: weights[0]: found "),
      (
        "\"offset\": 0, ", "\"offset\": -1, ",
        "m: weights[0].offset: found -1; accepted: an integer from 0 to "
      ),
      (
        "\"offset\": 0, ", "\"offset\": 1e0, ",
        "m: weights[0].offset: found 1.0; accepted: an integer"
      ),
      (
        "\"arrangement\": \"rows\"", "\"arrangement\": \"rowes\"",
        ".arrangement: found \"rowes\"; accepted: \""
      ),
      (
        "\"rows_per_word\": ", "\"rows_per_word\": 1",
        "m: weight_formats[0].rows_per_word: found 1"
      ),
      ("\n  \"weight_bytes\": ", "\n  \"weight_bytes\": 9", "m: weight_bytes: found 9"),
      (
        "\"name\": \"robot.h\"", "\"name\": \"../robot.h\"",
        "m: files[1].name: found \"../robot.h\"; accepted: a file's name"
      ),
      (
        "\"content\": \"header\"", "\"content\": \"head\"",
        "m: files[1].content: found \"head\"; accepted: \"code\", "
      ),
      ("\"attention\": [", "\"attention\": [1, ", "m: attention[0]: found 1; accepted: a string"),
      (
        "\"state_dim\": ", "\"state_dim\": {}, \"x\": ",
        "m: shape.state_dim: found an object; accepted: "
      ),
      ("\"phases\": [", "\"phases\": [[], ", "m: phases[0]: found an array; accepted: an object"),
      (
        "\"base64_bytes\": 4", "\"base64_bytes\": 99999999999999999",
        "m: files[2].base64_bytes: found "
      ),
      ("{\n", "{\n,", "m: line 2, column 1: "),
    ])
  func damage(old: String, new: String, expected: String) throws {
    let start = try #require(Self.text.firstRange(of: old))
    let found = Self.problems(Self.text.replacingCharacters(in: start, with: new))
    #expect(found.contains { $0.contains(expected) }, "\(found)")
    #expect(Self.problems(Self.text) == [])
  }

  @Test("names all that is wrong at once, in the order of the file")
  func severalProblems() {
    let text = Self.text.replacing("\"operations\": ", with: "\"operations\": -")
      .replacing("\"generator\": \"1.2.3\"", with: "\"generator\": null")
    let found = Self.problems(text)
    #expect(found.first == "m: generator: found null; accepted: a string")
    #expect(found.count == 1 + Plan(RandomModel.model(seed: 3)).routines.count)
    #expect(found.last?.contains("].operations: found -") == true)
  }
}
