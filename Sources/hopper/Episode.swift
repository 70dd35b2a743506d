import Foundation

/// One closed-loop episode that Hugging Face's model drove in the real environment.
struct Episode {
  struct Damaged: Error, CustomStringConvertible {
    var description: String
  }

  /// What the environment showed at each step.
  var states: [Hopper.State]
  /// `rewards[t]` is what the environment paid for the action at step t.
  var rewards: [Float]
  /// The actions Hugging Face's model took.
  var actions: [Hopper.Action]
  /// The return that was asked for, in the environment's units.
  var targetReturn: Float

  static var bundledPath: String {
    get throws {
      guard let url = Bundle.module.url(forResource: "episode", withExtension: "safetensors") else {
        throw Damaged(description: "episode.safetensors is not among the program's resources")
      }
      return url.path
    }
  }

  /// Reads a recording in safetensors format.
  init(path: String) throws {
    let recording = try Recording(path: path)
    let states = try recording.values("states")
    let actions = try recording.values("env_actions")
    rewards = try recording.values("rewards")
    let steps = rewards.count
    guard steps > 0, states.count == steps * Hopper.State.count,
      actions.count == steps * Hopper.Action.count,
      let target = recording.metadata["target_return"].flatMap({ Float($0) })
    else {
      throw Damaged(description: "\(path): is no recording of this controller's episode")
    }
    self.states = (0..<steps).map { step in
      Hopper.State { states[step * Hopper.State.count + $0] }
    }
    self.actions = (0..<steps).map { step in
      Hopper.Action { actions[step * Hopper.Action.count + $0] }
    }
    targetReturn = target
  }

  /// The first `steps` steps.
  func prefix(_ steps: Int) -> Episode {
    var episode = self
    episode.states = Array(states.prefix(steps))
    episode.rewards = Array(rewards.prefix(steps))
    episode.actions = Array(actions.prefix(steps))
    return episode
  }
}

/// As much of a safetensors reader as a recording in this program's own resources needs.
private struct Recording {
  var metadata: [String: String]
  private var tensors: [String: [String: Any]] = [:]
  private let data: Data
  private let path: String
  private let start: Int

  init(path: String) throws {
    data = try Data(contentsOf: URL(fileURLWithPath: path))
    self.path = path
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard data.count >= 8, length <= UInt64(data.count - 8) else {
      throw Episode.Damaged(description: "\(path): its header is cut off")
    }
    start = 8 + Int(length)
    let header = try JSONSerialization.jsonObject(with: data[8..<start]) as? [String: Any]
    metadata = header?["__metadata__"] as? [String: String] ?? [:]
    for (name, value) in header ?? [:] {
      tensors[name] = value as? [String: Any]
    }
  }

  /// A float32 tensor's values in row-major order.
  func values(_ name: String) throws -> [Float] {
    guard let tensor = tensors[name], tensor["dtype"] as? String == "F32",
      let offsets = tensor["data_offsets"] as? [Int], offsets.count == 2,
      0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= data.count - start
    else {
      throw Episode.Damaged(description: "\(path): \(name): no such float32 tensor")
    }
    let bytes = data[(start + offsets[0])..<(start + offsets[1])]
    return bytes.withUnsafeBytes { bytes in
      (0..<(bytes.count / 4)).map { index in
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
      }
    }
  }
}
