import DTGenImport
import Foundation
import TestFolders

/// A checkpoint that another project's own code wrote, an episode that its own loop drove, and the facts that are in no
/// file. Tests/Data/Families/README.md says how they were made.
package struct RecordedFamily: Sendable {
  package let name: String
  /// With the checkpoint, and what its trainer put beside it.
  package let folder: URL
  /// What a user has to say, as `--set` would.
  package let given: [JSONMember]
  package let targetReturn: Double
  /// T rows of raw numbers.
  package let states: [[Float]]
  /// `rewards[t]` follows step t.
  package let rewards: [Float]
  /// As fed; of d3rlpy as kept, environment units.
  package let returnsToGo: [Float]
  /// As fed, where the loop keeps returns in environment units.
  package let scaledReturnsToGo: [Float]?
  /// T rows, environment units: executed, and fed back; of numbered actions their logits.
  package let actions: [[Double]]
  /// Of numbered actions: what was chosen, from which logits, and what it was drawn by.
  package let choices: Choices?

  package struct Choices: Sendable {
    package let numbers: [Int]
    package let logits: [[Double]]
    package let uniforms: [Float]?
  }

  /// Of all families.
  package static let allNames: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: TestData.families.path)) ?? [])
    .filter { !$0.contains(".") }.sorted()

  /// Of those whose actions are vectors, and of the others.
  package static let names = allNames.filter { !discreteNames.contains($0) }
  package static let discreteNames = [
    "d3rlpy-batch-norm-h", "d3rlpy-cartpole", "d3rlpy-discrete-d", "d3rlpy-discrete-pixel-e",
    "d3rlpy-pixel-norm-i", "kzl-atari-a", "kzl-atari-naive-b",
  ]

  /// Every episode of numbered actions: greedy, and drawn where the family's loop takes one number for each action.
  package static let choiceEpisodes = discreteNames.flatMap { name in
    (name.hasPrefix("kzl") || name.contains("-norm-")
      ? ["episode"] : ["episode", "episode_sampled"]).map { (name: name, episode: $0) }
  }

  /// - Parameter episode: The file, of several.
  package init(_ name: String, episode: String = "episode") throws {
    self.name = name
    folder = TestData.families.appending(path: name)
    let text = try Data(contentsOf: folder.appending(path: "case.json"))
    let value = try JSONParser.parse(Array(text))
    let facts = value["not_in_file"]
    var given: [JSONMember] = []
    for (key, other) in [
      ("n_head", "n_head"), ("n_heads", "n_head"), ("window", "window"),
      ("activation", "activation_function"), ("rtg_scale", "return_scale"),
      ("state_mean", "state_mean"), ("state_std", "state_std"), ("return_scale", "return_scale"),
    ] {
      // What is always the same there is no fact of a file.
      if ["activation", "window"].contains(key), value["family"] == .string("kzl-atari") {
        continue
      }
      if key == "activation", value["family"] == .string("min-dt") { continue }
      if let value = facts?[key] { given.append(JSONMember(name: other, value: value)) }
    }
    if value["family"] == .string("online-dt") {
      guard let scale = facts?["reward_scale"]?.asDouble,
        case .array(let range)? = facts?["action_range"]
      else { throw CocoaError(.fileReadCorruptFile) }
      given += [
        JSONMember(name: "return_scale", value: .number(1 / scale)),
        JSONMember(name: "action_minimum", value: range[0]),
        JSONMember(name: "action_maximum", value: range[1]),
      ]
    }
    if case .string(let type)? = facts?["model_type"] {
      given.append(
        JSONMember(name: "return_tokens", value: .bool(type == "reward_conditioned")))
    }
    self.given = given
    targetReturn = (value[episode]?["target_return"] ?? value["target_return"])?.asDouble ?? .nan
    let file = try SafetensorsFile(path: folder.appending(path: "\(episode).safetensors").path)
    func rows(_ name: String, in file: SafetensorsFile) throws -> [[Float]] {
      let size = file.tensors[name]?.shape.dropFirst().reduce(1, *) ?? 1
      return RecordedEpisode.rows(try Self.numbers(name, in: file), of: size)
    }
    // A drawn episode may have the states of the greedy one.
    states = try rows(
      "states",
      in: file.tensors["states"] != nil
        ? file : try SafetensorsFile(path: folder.appending(path: "episode.safetensors").path))
    rewards = file.values(of: "rewards")
    returnsToGo = try Self.numbers("returns_to_go", in: file)
    let scaled = "scaled_returns_to_go"
    scaledReturnsToGo = file.tensors[scaled] == nil ? nil : file.values(of: scaled)
    if file.tensors["action_index"] != nil {
      let logits = try rows("logits", in: file).map { $0.map(Double.init) }
      choices = Choices(
        numbers: try Self.numbers("action_index", in: file).map { Int($0) }, logits: logits,
        uniforms: file.tensors["uniform"] == nil ? nil : file.values(of: "uniform"))
      actions = logits
    } else {
      choices = nil
      actions = try rows("actions", in: file).map { $0.map(Double.init) }
    }
  }

  /// A tensor's numbers, whatever their type.
  private static func numbers(_ name: String, in file: SafetensorsFile) throws -> [Float] {
    guard let tensor = file.tensors[name] else { throw CocoaError(.fileReadCorruptFile) }
    guard !tensor.header.dataType.isReadable else { return file.values(of: name) }
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: file.path)))[tensor.byteRange]
    if tensor.shape.reduce(1, *) == bytes.count { return bytes.map { Float($0) } }
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map {
        Float(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)))
      }
    }
  }

  /// Of numbered actions, as a controller is driven through it.
  package var choiceEpisode: ChoiceEpisode {
    ChoiceEpisode(
      states: states, rewards: rewards, targetReturn: Float(targetReturn),
      uniforms: choices?.uniforms)
  }

  /// The difference that is largest over all steps.
  package func largestDifference(of other: [[Double]]) -> Double {
    guard other.count == actions.count else { return .infinity }
    return RecordedEpisodes.largestDifference(other, actions)
  }

  /// Imports it into a folder of a scratch folder, `<Name>.dtmodel`.
  package func importModel(
    into scratch: ScratchFolder, family: ImportFamily? = nil
  ) throws -> (folder: URL, model: ImportedModel) {
    let words = name.split { !$0.isLetter && !$0.isNumber }.map {
      $0.prefix(1).uppercased() + $0.dropFirst()
    }
    let folder = "\(words.joined()).dtmodel"
    let model = try importer(family: family).run(output: scratch.path(folder))
    for file in model.files { try scratch.write("\(folder)/\(file.name)", file.contents) }
    return (scratch.url.appending(path: folder), model)
  }

  /// kzl gym's file alone does not say whose it is.
  package func importer(family: ImportFamily? = nil) -> Importer {
    Importer(
      path: folder.path, family: family ?? (name.hasPrefix("kzl-gym") ? .kzlGym : nil),
      given: given)
  }
}
