import DecisionTransformerCodegen
import RecordedEpisodes
import Testing

/// Types made by the build-tool plugin against Hugging Face's float64 answers, on small random models
/// that together touch every option.
@Suite("Generated types equal Hugging Face")
struct GoldenTests {
  @Test("and every golden case is one of them")
  func cases() {
    #expect(MatrixModel.all.map(\.name).sorted() == RecordedEpisode.goldenNames)
  }

  @Test("whose layers have every form of attention in every place")
  func forms() throws {
    var places: Set<String> = []
    for name in RecordedEpisode.goldenNames {
      let forms = Plan(try RecordedEpisode(golden: name).model).forms
      for (layer, form) in forms.enumerated() {
        let place =
          forms.count == 1
          ? "only" : layer == 0 ? "first" : layer == forms.count - 1 ? "last" : "inner"
        places.insert("\(form) \(place)")
      }
    }
    let expected = ["fused", "standard"].flatMap { form in
      ["only", "first", "inner", "last"].map { "\(form) \($0)" }
    }
    #expect(places == Set(expected + ["absorbed only", "absorbed last", "carried first"]))
  }

  @Test("over a whole episode, whichever way it is driven", arguments: MatrixModel.all)
  func episode(model: MatrixModel) throws {
    let golden = try RecordedEpisode(golden: model.name)
    let tolerance = max(2e-5, 3 * golden.float32Error)
    var runs: [Pace: [[Float]]] = [:]
    for pace in Pace.all(tellingActions: golden.executed != nil) {
      let actions = try model.replay(.embeddedWeights, golden, pace, false)
      let difference = largestDifference(golden.modelUnits(actions), golden.actions)
      #expect(difference <= tolerance, "\(pace)")
      runs[pace] = actions
    }
    // Who prepares makes no difference at all.
    #expect(runs[.actOnly] == runs[.prepared])
  }

  @Test("to the same bits, wherever weights and memory come from", arguments: MatrixModel.all)
  func beginnings(model: MatrixModel) throws {
    let golden = try RecordedEpisode(golden: model.name)
    let runs = try MatrixModel.Beginning.allCases.map {
      try model.replay($0, golden, golden.executed == nil ? .prepared : .executed, false)
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
  }

  @Test("and a new target may come before or after the preparation")
  func earlyTarget() throws {
    let model = try #require(MatrixModel.all.first { $0.name == "RetargetedEpisode" })
    let golden = try RecordedEpisode(golden: model.name)
    #expect(golden.retarget != nil)
    for pace in Pace.all(tellingActions: true) {
      let actions = try model.replay(.embeddedWeights, golden, pace, true)
      let difference = largestDifference(golden.modelUnits(actions), golden.actions)
      #expect(difference <= max(2e-5, 3 * golden.float32Error), "\(pace)")
    }
  }
}

extension RecordedEpisode {
  /// How far PyTorch's own float32 answers are off.
  fileprivate var float32Error: Double { Double(file.metadata["float32_error"]!)! }
}
