import Foundation

/// Compares every model of the package with its golden file; prints what differs and the worst.
@main
enum ParityProgram {
  static func main() {
    guard CommandLine.arguments.count == 2 else {
      print("usage: parity <folder of golden files>")
      exit(2)
    }
    var summary = Summary()
    for model in ParityModel.all {
      do {
        let golden = try Golden(path: "\(CommandLine.arguments[1])/\(model.name).json")
        summary.add(try model.compare(golden), of: model.name)
      } catch {
        summary.fail("\(model.name): \(error)")
      }
    }
    summary.print()
    exit(summary.failureCount == 0 ? 0 : 1)
  }
}

/// The worst comparisons, and the count of failures.
private struct Summary {
  private var modelCount = 0
  private(set) var failureCount = 0
  /// By output: how many comparisons, and the one that took the largest part of its tolerance.
  private var outputs: [Substring: (count: Int, worst: Comparison, model: String)] = [:]

  mutating func add(_ comparisons: [Comparison], of model: String) {
    modelCount += 1
    for comparison in comparisons {
      if comparison.failed { fail("\(model): \(comparison)") }
      var entry = outputs[comparison.output] ?? (0, comparison, model)
      entry.count += 1
      if comparison.part > entry.worst.part { (entry.worst, entry.model) = (comparison, model) }
      outputs[comparison.output] = entry
    }
  }

  mutating func fail(_ line: String) {
    failureCount += 1
    Swift.print("FAILED: \(line)")
  }

  func print() {
    for (output, entry) in outputs.sorted(by: { $0.key < $1.key }) {
      Swift.print("  \(output): \(entry.count) comparisons, worst \(entry.model), \(entry.worst)")
    }
    // A self test has tolerances of its own.
    let worst = outputs.filter { $0.key != "self test" }.values.max {
      $0.worst.part < $1.worst.part
    }
    let text = worst.map {
      let difference = $0.worst.difference.formatted, tolerance = $0.worst.tolerance.formatted
      return "worst \(difference) (\($0.model)), tolerance \(tolerance), "
    }
    Swift.print("parity: \(modelCount) models, \(text ?? "")\(failureCount) failures")
  }
}

extension Comparison: CustomStringConvertible {
  var description: String {
    "\(subject): off by \(difference.formatted), tolerance \(tolerance.formatted)"
  }
}

extension Double {
  fileprivate var formatted: String { String(format: "%.1e", self) }
}
