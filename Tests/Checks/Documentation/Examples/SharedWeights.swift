import DecisionTransformer

/// Several robots of one program: one copy of the weights, one controller a thread.
enum SharedWeights {
  /// Runs `count` robots on threads of their own; returns how many steps each made.
  static func run(_ count: Int) async throws -> [Int] {
    let weights = try Hopper.embeddedWeights()
    try Hopper.selfTest(weights: weights).requirePassed()  // once for all of them
    return try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<count {
        group.addTask {
          var controller = try Hopper(weights: weights)  // memory of its own, the same weights
          var robot = Robot(episodeLength: 5)
          ControlLoop.run(&controller, on: &robot, target: 3000)
          return robot.stepCount
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}
