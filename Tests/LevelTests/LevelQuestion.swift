// Compiled into the tests, which ask, and into the program of each vector level, which answers.

import RecordedEpisodes

/// What a program of one vector level is asked about one of its models.
struct LevelQuestion: Codable {
  /// A trunk's call.
  struct TrunkCall: Codable {
    var past: Int
    var usesCache: Bool
    var inputsEmbeds: [[Float]]
    var mask: [Bool]?
    var positions: [Int]?
  }

  enum Kind: Codable {
    case selfTest
    case episode(
      states: [[Float]], rewards: [Float], executed: [[Float]]?, targetReturn: Float,
      retargetStep: Int?, retargetReturn: Float?, Pace)
    case batch(BatchScript)
    case choices(ChoiceEpisode, Pace)
    case forward(
      states: [Float], actions: [Float], returnsToGo: [Float], timesteps: [Int],
      attentionMask: [UInt8])
    case trunk([TrunkCall])
  }

  var model: String
  var kind: Kind
}

/// What it answers.
struct LevelAnswer: Codable {
  /// Of a self test.
  var report: String?
  var passed: Bool?
  /// Rows of numbers by name, in the order of the question; numbers that are not finite come as text.
  var rows: [String: [[Float]]] = [:]
  /// What was thrown.
  var error: String?
}
