import DecisionTransformer

/// Runs the examples of the documentation; ends with a fatal error where one does not do what its article says.
@main
struct Examples {
  static func main() async throws {
    var controller = try ControlLoop.makeController()
    var robot = Robot(episodeLength: 5)
    ControlLoop.run(&controller, on: &robot, target: 3000)
    precondition(robot.stepCount == 5 && !robot.isStopped, "the episode did not run to its end")

    let stepCounts = try await SharedWeights.run(2)
    precondition(stepCounts == [5, 5], "several controllers do not share their weights")

    if CommandLine.arguments.count == 2 {
      controller = try ControlLoop.makeController(weightsAt: CommandLine.arguments[1])
      robot = Robot(episodeLength: 5)
      ControlLoop.run(&controller, on: &robot, target: 3000)
      precondition(robot.stepCount == 5 && !robot.isStopped, "weights in a file do not serve")
    }

    #if os(Linux)
      robot = Robot(episodeLength: 5)
      let latest = try RealTimeLoop.run(&robot, rate: 50)
      precondition(robot.stepCount == 5 && !robot.isStopped, "the loop did not run to its end")
      print("5 steps at 50 Hz; the latest start was \(latest) µs late")
    #endif
  }
}
