import DecisionTransformer
import Foundation
import Programs

/// Twenty steps a second, each from its intended start: a step that takes long does not move the next.
struct RealTime: ~Copyable {
  private static let period = UInt64(PendulumEnvironment.timeStep * 1e9)
  private static let stepsOfSecond = Int((1 / PendulumEnvironment.timeStep).rounded())

  private var intended = now()
  private var lateStarts = 0
  private var screen = Screen()
  private let display: Display

  /// What is shown while an episode runs.
  enum Display {
    /// The picture, on a terminal.
    case view
    /// A line a second.
    case lines
    case none
  }

  init(display: Display) { self.display = display }

  /// Runs episodes until there were enough or somebody asks to end.
  ///
  /// - Parameter over: told every episode, also one that was cut short.
  mutating func run(
    _ loop: inout ControlLoop, _ request: Request, over: (Episode) throws -> Void
  ) throws {
    Signals.listen()
    if display == .view { screen.enter() }
    defer { screen.leave() }
    var index = 0
    while index < request.episodes ?? .max, !Signals.askToEnd {
      loop.begin(seed: request.seed + UInt64(index), target: request.target)
      while !loop.episode.isComplete {
        waitForStart()
        if Signals.askToEnd { break }
        try loop.step()
        show(loop.episode, index)
      }
      try over(loop.episode)
      index += 1
    }
  }

  private mutating func waitForStart() {
    if Signals.takeSuspension() { suspend() }
    intended += Self.period
    let time = now()
    if time > intended {
      lateStarts += 1
      // What a whole period cannot make up for is lost; the steps behind keep their distance.
      if time - intended > Self.period { intended = time }
    } else {
      Waiting.sleep.until(intended)
    }
  }

  /// Stops as Ctrl-Z without this program's view would, and goes on with the shell's `fg`.
  private mutating func suspend() {
    screen.leave()
    raise(SIGSTOP)
    if display == .view { screen.enter() }
    intended = now()
  }

  private mutating func show(_ episode: Episode, _ index: Int) {
    switch display {
    case .view:
      let size = Screen.size
      let view = LiveView(episode: episode, index: index, lateStarts: lateStarts, size: size)
      screen.show(view.lines, size: size)
    case .lines where episode.steps.count % Self.stepsOfSecond == 0:
      Console.output(PlainLine(episode).text)
    case .lines, .none: break
    }
  }
}
