#if os(Linux)
  import DecisionTransformer

  /// Real-time set-up: the episode of `ControlLoop` at a fixed rate.
  enum RealTimeLoop {
    /// Drives `robot` at `rate` hertz; returns how late the latest start was, in microseconds.
    static func run(_ robot: inout Robot, rate: Int) throws -> Double {
      // 1. Everything that allocates, reads files or may fail.
      var controller = try ControlLoop.makeController()
      controller.reset()
      // 2. The first calls: caches, branch predictors and the clock of the core warm up.
      for _ in 0..<3 { _ = try controller.act(robot.state) }
      controller.reset()
      // 3. The thread.
      let thread = RealTimeThread(priority: 40)
      for refusal in thread.refusals { print("not granted:", refusal) }
      // 4. The loop. Nothing in it allocates, locks or waits but for the clock.
      var reward: Float?
      let latest = thread.run(every: 1_000_000_000 / rate) {
        do throws(StepError) {
          let torques = try controller.act(robot.state, reward: reward)
          let executed = robot.send(torques)
          guard !robot.isDone else { return false }
          try controller.prepare(executed: executed)
          reward = robot.reward
        } catch {
          robot.stop()
        }
        return !robot.isDone
      }
      return Double(latest) / 1000
    }
  }
#endif
