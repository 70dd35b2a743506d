import DecisionTransformer

/// From training to deployment: an episode on a robot.
enum ControlLoop {
  /// Refuses a controller that does not compute its checkpoint here.
  static func makeController() throws -> Hopper {
    try Hopper.selfTest().requirePassed()
    return try Hopper()
  }

  /// One episode, in which `target` is to be collected. The robot stops where
  /// there is no action.
  static func run(_ controller: inout Hopper, on robot: inout Robot, target: Float) {
    controller.reset(targetReturn: target)
    var reward: Float?  // for the action before, environment units
    while !robot.isDone {
      do throws(StepError) {
        let torques = try controller.act(robot.state, reward: reward)
        let executed = robot.send(torques)
        guard !robot.isDone else { return }
        try controller.prepare(executed: executed)  // while the robot moves
        reward = robot.reward
      } catch {
        robot.stop()
      }
    }
  }

  /// The same with weights in a file, which belongs to this code: a newer
  /// checkpoint needs no new program.
  static func makeController(weightsAt path: String) throws -> Hopper {
    let weights = try PackedWeights(path: path)
    try Hopper.selfTest(weights: weights).requirePassed()
    return try Hopper(weights: weights)
  }
}
