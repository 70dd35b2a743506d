import DecisionTransformer

/// The bytes of a self test, in the format of `SelfTestEpisode`.
package struct SelfTestSection {
  package var shape: Shape
  package var schedule: SelfTestSchedule
  package var episode: EpisodeInputs
  package var stageTolerances: [Float]
  package var actionTolerances: [Float]
  /// In the order in which they are compared.
  package var expected: [Float]

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ words: [UInt32]) {
      for word in words {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
          bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
      }
    }
    func append(_ floats: [Float]) { append(floats.map(\.bitPattern)) }

    append(
      [
        schedule.steps.count, shape.testedStateDimension, shape.actionDimension,
        schedule.inputRowCount,
        stageTolerances.count, schedule.samples.count, shape.hiddenSize,
      ].map { UInt32($0) })
    append([Float(episode.targetReturn)])
    append(
      [UInt32](repeating: 0, count: (SelfTestEpisode.headerByteCount - bytes.count) / 4))
    bytes += schedule.steps.map(\.byte)
    bytes += [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    append(schedule.samples.map { UInt32($0) })
    append(stageTolerances)
    append(actionTolerances)
    for row in 0..<schedule.inputRowCount {
      // The pattern of frames follows from its number.
      append(
        shape.statesFollowFromSeeds ? [Float(row + 1)] : episode.states[row])
      append(episode.executedActions[row])
      append([episode.rewards[row]])
    }
    append(expected)
    return bytes
  }

  /// `first` with `second` behind it, of which its header says so.
  package static func joined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    var bytes = first + second
    for byte in 0..<4 { bytes[32 + byte] = UInt8(truncatingIfNeeded: second.count >> (8 * byte)) }
    return bytes
  }
}
