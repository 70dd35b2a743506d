import Foundation
import Testing

/// The main job as a process. (All 300 steps are its own business; a few suffice to see what it says.)
@Suite("hopper")
struct HopperTests {
  let hopper = Tool(name: "hopper")

  @Test("explains itself")
  func help() throws {
    let result = try hopper.run(["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("usage: hopper"))
  }

  @Test(
    "answers wrong usage with status 2",
    arguments: [
      ["--steps"], ["--steps", "0"], ["--steps=301"], ["--steps", "ten"], ["--fast"], ["x"],
      ["--self-test", "--json"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let result = try hopper.run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.error.contains("--help"))
  }

  @Test("keeps its promises, and says so in its last line")
  func lastLine() throws {
    let result = try hopper.run(["--steps", "25"])
    #expect(result.status == 0, "\(result.output)")
    let line = try #require(result.output.split(separator: "\n").last)
    let form = /parity: max \|Δaction\| = (\d\.\de-\d\d) over 25 steps; allocations in loop: 0/
    let match = try #require(try form.wholeMatch(in: line), "\(line)")
    let difference = try #require(Double(match.1))
    #expect(difference > 0 && difference <= 1e-5)
  }

  @Test("says what part of a control loop's period the calls take")
  func periodShare() throws {
    let result = try hopper.run(["--steps", "2"])
    for rate in [100, 1000] {
      let form = try Regex(
        "(?m)^at \(rate) Hz act takes .* % of the period and prepare .* % \\(p50\\), .* % and .* % at p99$"
      )
      #expect(result.output.contains(form), "\(result.output)")
    }
  }

  @Test("prints a report as JSON and nothing else")
  func json() throws {
    let result = try hopper.run(["--json", "--steps", "2"])
    #expect(result.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let report = try #require(object as? [String: Any])
    #expect(report["steps"] as? Int == 2)
    #expect(report["allocations_in_loop"] as? Int == 0)
    let latency = try #require(report["latency_microseconds"] as? [String: Any])
    for phase in ["act", "prepare"] {
      let times = try #require(latency[phase] as? [String: Double])
      #expect(times["min"]! <= times["p50"]!)
      #expect(times["p50"]! <= times["p99"]!)
      #expect(times["p99"]! <= times["max"]!)
    }
  }

  @Test("proves in one line that it computes its checkpoint")
  func selfTest() throws {
    let result = try hopper.run(["--self-test"])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.hasPrefix("self test passed: "))
    #expect(result.output.split(separator: "\n").count == 1)
  }
}
