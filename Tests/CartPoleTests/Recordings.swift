import Foundation
import TestFolders

@testable import cartpole

/// Episodes of Gymnasium, recorded by Tests/Tools/Oracle/record_cartpole.py.
struct Recordings: Decodable {
  struct Episode: Decodable {
    /// T + 1 rows, float64, as the environment holds them.
    var states: [[Double]]
    /// T rows: what it showed after each action.
    var observations: [[Float]]
    var actions: [Int]
    /// By the last action.
    var terminated: Bool
  }

  var truncatedAfter: Int
  /// Where the episodes of `FamilyEpisode` began.
  var starts: [String: [Double]]
  var episodes: [String: Episode]

  static func read() throws -> Recordings {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = TestData.cartPole.appending(path: "steps.json")
    return try decoder.decode(Recordings.self, from: Data(contentsOf: file))
  }
}

/// An episode that d3rlpy's own loop played in Gymnasium, of Tests/Data/Families/d3rlpy-cartpole.
struct FamilyEpisode {
  /// T rows: what the environment showed before each action, float32.
  var states: [[Float]]
  /// The last one ended the episode.
  var actions: [Int]

  /// - Parameter name: `episode` or `episode_sampled`.
  init(_ name: String) throws {
    let file = TestData.families.appending(path: "d3rlpy-cartpole/\(name).safetensors")
    let data = try Data(contentsOf: file)
    // The length of the header, the header, the numbers; little-endian.
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONDecoder().decode(Header.self, from: data.dropFirst(8).prefix(length))
    func numbers<Number: BitwiseCopyable>(_ tensor: Tensor, _: Number.Type) -> [Number] {
      let bytes = data.dropFirst(8 + length)[
        (8 + length + tensor.data_offsets[0])..<(8 + length + tensor.data_offsets[1])]
      let size = MemoryLayout<Number>.size
      return Array(bytes).withUnsafeBytes { bytes in
        (0..<bytes.count / size).map {
          bytes.loadUnaligned(fromByteOffset: $0 * size, as: Number.self)
        }
      }
    }
    let values = numbers(header.states, Float.self)
    states = stride(from: 0, to: values.count, by: 4).map { Array(values[$0..<$0 + 4]) }
    actions = numbers(header.action_index, Int64.self).map { Int($0) }
  }

  private struct Header: Decodable {
    var states, action_index: Tensor
  }

  private struct Tensor: Decodable {
    /// Behind the header.
    var data_offsets: [Int]
  }
}

extension CartPoleEnvironment {
  init(_ numbers: [Double]) {
    self.init(
      position: numbers[0], velocity: numbers[1], angle: numbers[2], angularVelocity: numbers[3])
  }

  /// Float64, in Gymnasium's order.
  var numbers: [Double] { [position, velocity, angle, angularVelocity] }

  /// The observation's.
  var shown: [Float] { observation.indices.map { observation[$0] } }
}

extension Episode {
  /// As many steps as there are probabilities, with the pole leaning more and more.
  static func sample(probabilities: [Double], lean: Double = 0.001) -> Episode {
    var episode = Episode(
      seed: 5, target: 60, state: CartPoleEnvironment([0.1, 0, 0, 0]))
    for (index, probability) in probabilities.enumerated() {
      let state = CartPoleEnvironment([-0.1, 0, lean * Double(index), 0])
      episode.steps.append(
        Episode.Step(
          state: state, action: probability > 0.5 ? 1 : 0, probabilityOfRight: probability,
          act: UInt64(1000 + 1000 * index)))
      episode.achieved += 1
    }
    episode.state = CartPoleEnvironment([-0.1, 0, lean * Double(probabilities.count), 0])
    return episode
  }
}
