import DecisionTransformer
import RecordedEpisodes

/// One generated type, with everything that is compared.
struct ParityModel: Sendable {
  let name: String
  let compare: @Sendable (Golden) throws -> [Comparison]

  init<Controller: ParityController & ~Copyable>(_: Controller.Type) {
    let name = String(describing: Controller.self)
    self.name = name
    compare = { golden in
      try Self.episodes(Controller.self, golden) + Self.forward(Controller.self, golden)
        + [Comparison(selfTest: Controller.selfTest())]
    }
  }

  /// The whole episode in every pace, and what the model expects after each action.
  private static func episodes<Controller: ParityController & ~Copyable>(
    _: Controller.Type, _ golden: Golden
  ) throws -> [Comparison] {
    var controller = try Controller()
    var comparisons: [Comparison] = []
    for pace in Pace.all(tellingActions: golden.executed != nil) {
      var replay = Replay<Controller>(
        states: golden.states, rewards: golden.rewards, executed: golden.executed,
        targetReturn: golden.targetReturn,
        retarget: golden.retarget.map { ($0.step, $0.targetReturn) }, pace: pace)
      var nextStates: [Float] = []
      var nextReturns: [Float] = []
      let prepares = pace != .actOnly && pace != .alternating
      try replay.run(&controller) { controller, _ in
        guard prepares else { return }
        nextStates += controller.nextState?.values ?? []
        if let nextReturn = controller.nextReturn { nextReturns.append(nextReturn) }
      }
      comparisons.append(
        Comparison("actions, \(pace)", replay.environmentActions.flatMap(\.self), golden.actions))
      guard prepares else { continue }
      // After the last step nothing is prepared.
      let steps = golden.states.count
      comparisons += [
        Comparison("next states, \(pace)", nextStates, golden.nextStates?.dropLast(of: steps)),
        Comparison("next returns, \(pace)", nextReturns, golden.nextReturns?.dropLast(of: steps)),
      ].compactMap(\.self)
    }
    return comparisons
  }

  /// Every window, and that there are no outputs that nobody asked for.
  private static func forward<Controller: ParityController & ~Copyable>(
    _: Controller.Type, _ golden: Golden
  ) throws -> [Comparison] {
    var controller = try Controller()
    var comparisons: [Comparison] = []
    for (index, window) in (golden.windows ?? []).enumerated() {
      try controller.forward(
        states: window.states.span, actions: window.actions.span,
        returnsToGo: window.returnsToGo.span, timesteps: window.timesteps.span,
        attentionMask: window.attentionMask.span)
      for (name, numbers) in controller.forwardOutputs.sorted(by: { $0.key < $1.key }) {
        comparisons += [Comparison("\(name), window \(index)", numbers, window.answers[name])]
          .compactMap(\.self)
      }
    }
    return comparisons
  }
}

extension Golden.Answer {
  /// Without the last of `count` rows.
  fileprivate func dropLast(of count: Int) -> Golden.Answer {
    var answer = self
    answer.values.removeLast(values.count / count)
    return answer
  }
}
