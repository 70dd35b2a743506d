import Foundation
import TestFolders
import Testing

/// The closed loop with discrete actions as a process. (What its returns are is Tests/Checks/CartPole/check.sh's to
/// say, of an optimised build.)
@Suite("cartpole")
struct CartPoleProgramTests {
  let cartpole = Tool(name: "cartpole")
  let directory = ScratchFolder(named: "dtgen")

  @Test("explains itself")
  func help() throws {
    let result = try cartpole.run(["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("usage: cartpole"))
    #expect(result.error == "")
  }

  @Test(
    "answers wrong usage with status 2",
    arguments: [["--seeds", "3"], ["--fast", "x"], ["--sweep=a"], ["--target", ""]])
  func wrongUsage(arguments: [String]) throws {
    let result = try cartpole.run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.error.hasPrefix("cartpole: "))
    #expect(result.error.hasSuffix("; see 'cartpole --help'\n"))
  }

  @Test("prints a sweep as JSON and nothing else")
  func sweep() throws {
    let result = try cartpole.run(["--sweep", "15", "--seeds", "2", "--seed", "3", "--json"])
    #expect(result.status == 0)
    #expect(result.error == "")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let rows = try #require((object as? [String: [[String: Any]]])?["sweep"])
    #expect(rows.count == 1)
    #expect(Set(rows[0].keys) == ["target", "mean", "std", "returns"])
    #expect(rows[0]["target"] as? Double == 15)
    #expect((rows[0]["returns"] as? [Double])?.count == 2)
  }

  @Test("in real time, without escape sequences where there is no terminal, and draws the episode")
  func realTime() throws {
    let began = ContinuousClock.now
    let result = try cartpole.run(
      ["--target", "15", "--svg", "episode.svg"], directory: directory.path)
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("built for "))
    let words = try #require(
      lines[1].wholeMatch(of: /seed 0  target 15  return (\d+)  [a-z0-9 ]+  act .* µs, at most .*/))
    // 20 ms a step.
    #expect(ContinuousClock.now - began >= .milliseconds(20) * (try #require(Int(words.1))))
    #expect(!result.output.contains("\u{1B}"))
    #expect(try directory.read("episode.svg").hasSuffix("</svg>\n"))
  }

  @Test("says which file it cannot write")
  func unwritable() throws {
    let result = try cartpole.run(["--fast", "--svg", "missing/a.svg"], directory: directory.path)
    #expect(result.status == 1)
    #expect(result.error.hasPrefix("cartpole: missing/a.svg: cannot be written: "))
  }
}
