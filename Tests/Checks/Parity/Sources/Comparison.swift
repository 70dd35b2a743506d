import DecisionTransformer

/// One tensor of a generated type beside Hugging Face's, or its self test.
struct Comparison: Sendable {
  /// What was compared, and how it came about: "actions, prepared".
  var subject: String
  /// The largest one, in the model's units.
  var difference: Double
  var tolerance: Double

  /// How much of the tolerance the difference takes.
  var part: Double { difference / tolerance }
  var failed: Bool { !(difference <= tolerance) }

  /// "actions"
  var output: Substring { subject.prefix { $0 != "," } }

  init(_ subject: String, _ numbers: [Float], _ answer: Golden.Answer) {
    self.subject = subject
    difference = answer.difference(from: numbers)
    tolerance = answer.tolerance
  }

  /// Nil where there is neither an answer nor an output; an output without an answer is a failure.
  init?(_ subject: String, _ numbers: [Float], _ answer: Golden.Answer?) {
    if let answer {
      self.init(subject, numbers, answer)
    } else if numbers.isEmpty {
      return nil
    } else {
      self.init(subject: "\(subject), which nobody asked for", difference: .infinity, tolerance: 0)
    }
  }

  /// The comparison that took the largest part of its tolerance; the worst that failed, if one did.
  init(selfTest report: SelfTestReport) {
    let worst = report.firstFailure ?? report.worst
    self.init(
      subject: "self test, \(worst.stage), step \(worst.step)",
      difference: report.comparisonCount == 0 ? .infinity : Double(worst.difference),
      tolerance: Double(worst.tolerance))
  }

  private init(subject: String, difference: Double, tolerance: Double) {
    self.subject = subject
    self.difference = difference
    self.tolerance = tolerance
  }
}
