import DecisionTransformer
import Programs

/// The first calls of the process, with nothing warmed up: the start-up of the weights, and one step.
struct FirstCalls: Encodable {
  /// `init`, with decoding the weights, and `reset`; then `act` and `prepare`. Microseconds.
  var initialization, act, prepare: Double

  init<Controller: MeasuredController & ~Copyable>(_ type: Controller.Type) throws {
    let state = Controller.State(repeating: 0)
    let started = now()
    var controller = try Controller()
    controller.reset(targetReturn: 1)
    let initialized = now()
    _ = try controller.act(state, reward: nil)
    let acted = now()
    controller.prepare()
    let prepared = now()
    initialization = Double(initialized - started) / 1000
    act = Double(acted - initialized) / 1000
    prepare = Double(prepared - acted) / 1000
  }
}
