import Testing

@testable import Programs

@Suite("Shares of a control loop's period")
struct PeriodShareTests {
  @Test("follow from the latencies, for both rates")
  func sentences() {
    let share = PeriodShare(
      act: .init(median: 46.8, tail: 107), prepare: .init(median: 436, tail: 1250),
      quantile: "p99.9")
    #expect(
      share.sentences == [
        "at 100 Hz act takes 0.47 % of the period and prepare 4.4 % (p50), 1.1 % and 12 % at p99.9",
        "at 1000 Hz act takes 4.7 % of the period and prepare 44 % (p50), 11 % and 125 % at p99.9",
      ])
  }

  @Test(
    "have two digits, or say how small they are",
    arguments: [
      (0.00004, "less than 0.01 %"), (0.00005, "0.01 %"), (0.0047, "0.47 %"), (0.00996, "1.0 %"),
      (0.0996, "10 %"), (1.2, "120 %"),
    ])
  func percent(share: Double, text: String) {
    #expect(PeriodShare.percent(share) == text)
  }
}
