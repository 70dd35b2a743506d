import Foundation
import TestFolders
import Testing

import DTGenReports
import DecisionTransformerCodegen

@Suite("A benchmark's file")
struct LatencyBenchmarkTests {
  /// One second of dtbench --model Hopper --json.
  private let file = TestData.package.appending(path: "Tests/Checks/Pages/hopper.json")
  private let plan: Plan

  init() throws {
    let folder = TestData.package.appending(path: "Sources/hopper/Hopper.dtmodel")
    plan = Plan(try ModelFolder(path: folder.path).readModel().model)
  }

  private func read(_ text: String, model: String = "Hopper") throws -> LatencyBenchmark {
    let folder = ScratchFolder(named: "benchmark")
    try folder.write("bench.json", text)
    return try LatencyBenchmark.read(path: folder.path("bench.json"), model: model, plan: plan)
  }

  private var text: String { get throws { try String(contentsOf: file, encoding: .utf8) } }

  @Test("has latencies, and histograms that hold every call")
  func reads() throws {
    let benchmark = try LatencyBenchmark.read(path: file.path, model: "Hopper", plan: plan)
    #expect(benchmark.latencies.map(\.name) == ["act", "prepare", "spin loop"])
    for latency in benchmark.latencies {
      let histogram = try #require(latency.histogram)
      #expect(histogram.counts.reduce(0, +) == benchmark.steps)
      // The median lies in the bin that half of the calls reach.
      let bin = Int((log2(latency.p50) * Double(histogram.binsPerOctave)).rounded(.down))
      let below = histogram.counts.prefix(max(0, bin - histogram.firstBin)).reduce(0, +)
      #expect(2 * below <= benchmark.steps)
      #expect(2 * (below + histogram.counts[bin - histogram.firstBin]) >= benchmark.steps)
    }
    #expect(try read("[\(text)]").latencies == benchmark.latencies)
  }

  @Test("of earlier versions has no histogram, and no self test, which the page says")
  func earlier() throws {
    let earlier = try text.replacing("\"histogram\"", with: "\"other\"")
      .replacing("\"self_test\"", with: "\"another\"")
    let benchmark = try read(earlier)
    #expect(benchmark.latencies.allSatisfy { $0.histogram == nil })
    #expect(benchmark.selfTestPassed == nil)
    #expect(
      LatencySection(benchmark: benchmark).markup.html.contains(
        "does not say whether the program passed its self test"))
    let proven = try read(
      earlier.replacing("\"model\"", with: "\"self_test\" : {\"passed\" : true}, \"model\""))
    #expect(proven.selfTestPassed == true)
    #expect(LatencySection(benchmark: proven).markup.html.contains("passed its self test in the"))
  }

  @Test("is said in parts of a period, by medians and by the slowest call in a thousand")
  func period() throws {
    var benchmark = try LatencyBenchmark.read(path: file.path, model: "Hopper", plan: plan)
    func sentences() -> String { LatencySection(benchmark: benchmark).markup.html }
    for text in [
      "At 100 Hz act takes 0.47 % of the period and prepare 4.4 % (p50), 1.1 % and 6.3 % at p99.9.",
      "At 1000 Hz act takes 4.7 % of the period and prepare 44 % (p50), 11 % and 63 % at p99.9.",
    ] {
      #expect(sentences().contains(text))
    }
    benchmark.latencies[0].p50 = 0.2
    #expect(sentences().contains("At 100 Hz act takes less than 0.01 % of the period"))
    #expect(sentences().contains("At 1000 Hz act takes 0.02 % of the period"))
  }

  @Test("has marks with units, few over many decades")
  func axis() throws {
    var benchmark = try LatencyBenchmark.read(path: file.path, model: "Hopper", plan: plan)
    func marks() -> [String] {
      LatencySection(benchmark: benchmark).markup.html.matches(of: /class="tick"[^>]*>([^<]*)</)
        .map { String($0.1) }
    }
    #expect(marks() == ["50 µs", "100 µs", "200 µs", "500 µs"])
    benchmark.latencies[1].max = 20_000
    #expect(marks() == ["100 µs", "300 µs", "1 ms", "3 ms", "10 ms"])
    benchmark.latencies[0].min = 0.5
    benchmark.latencies[1].max = 2_000_000
    #expect(
      marks() == ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"])
  }

  @Test(
    "is refused where it is of another model or shape, or damaged",
    arguments: [
      ("\"Hopper\"", "\"Walker\"", "model: found \"Walker\"; accepted: \"Hopper\""),
      ("779904", "779905", "work.feedback_multiply_adds: found 779905; accepted: 779904"),
      ("2624128", "1", "work.packed_weight_bytes: found 1"),
      ("\"p99.9\"", "\"p99.5\"", "act: found an object; accepted: min, p50"),
      ("\"bins_per_octave\" : 16", "\"bins_per_octave\" : 0", "histogram.act.bins_per_octave"),
      (
        "\"passed\" : true", "\"passed\" : false",
        "self_test.passed: found false; accepted: true"
      ),
      ("\"counts\" : [", "\"counts\" : [-1,", "histogram.act.counts"),
      ("\"processor\"", "\"processors\"", "machine.processor: found nothing; accepted: a string"),
      ("{", "", "line 2"),
    ])
  func refuses(old: String, new: String, message: String) throws {
    let damaged = try text.replacing(old, with: new)
    do {
      _ = try read(damaged)
      Issue.record("it was accepted")
    } catch let error as InvalidInput {
      #expect(error.description.contains("bench.json: \(message)"), "\(error)")
    }
  }

  @Test("that is not there is named")
  func missing() {
    #expect(throws: InvalidInput.self) {
      try LatencyBenchmark.read(path: "no.json", model: "Hopper", plan: plan)
    }
  }
}
