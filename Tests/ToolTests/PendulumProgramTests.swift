import Foundation
import TestFolders
import Testing

/// The closed loop as a process. (What its returns are is Tests/Checks/Pendulum/check.sh's to say, of an
/// optimised build.)
@Suite("pendulum")
struct PendulumProgramTests {
  let pendulum = Tool(name: "pendulum")
  let directory: ScratchFolder

  init() throws { directory = ScratchFolder(named: "dtgen") }

  @Test("explains itself")
  func help() throws {
    let result = try pendulum.run(["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("usage: pendulum"))
    #expect(result.error == "")
  }

  @Test(
    "answers wrong usage with status 2",
    arguments: [["--json"], ["--fast", "x"], ["--sweep=a"], ["--target", ""]])
  func wrongUsage(arguments: [String]) throws {
    let result = try pendulum.run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.error.contains("see 'pendulum --help'"))
  }

  @Test("prints a sweep as JSON and nothing else, and draws it")
  func sweep() throws {
    let result = try pendulum.run(
      ["--sweep", "-200", "--seeds", "1", "--seed", "3", "--json", "--svg", "sweep.svg"],
      directory: directory.path)
    #expect(result.status == 0)
    #expect(result.error == "")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let rows = try #require((object as? [String: [[String: Any]]])?["sweep"])
    #expect(rows.count == 1)
    #expect(Set(rows[0].keys) == ["target", "mean", "std", "returns"])
    #expect(rows[0]["target"] as? Double == -200)
    #expect((rows[0]["returns"] as? [Double])?.count == 1)
    #expect(try directory.read("sweep.svg").hasPrefix("<svg"))
  }

  @Test("prints lines without escape sequences where there is no terminal, and ends when asked to")
  func interruption() throws {
    try directory.write("output", "")
    let process = pendulum.process(["--svg", "episode.svg"], directory: directory.path)
    process.standardOutput = try FileHandle(
      forWritingTo: directory.url.appendingPathComponent("output"))
    try process.run()
    // It says something once a second.
    while process.isRunning, try !directory.read("output").contains("  1.0 s  ") { usleep(20_000) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 0)
    let lines = try directory.read("output").split(separator: "\n")
    #expect(lines.count >= 3)
    #expect(lines[0].hasPrefix("built for "))
    #expect(lines[1].hasPrefix("  1.0 s  angle "))
    #expect(lines.last?.wholeMatch(of: /seed 0  target -200  return .* after \d+ steps .*/) != nil)
    #expect(!lines.joined().contains("\u{1B}"))
    #expect(try directory.read("episode.svg").hasSuffix("</svg>\n"))
  }

  @Test("says which file it cannot write")
  func unwritable() throws {
    let result = try pendulum.run(["--fast", "--svg", "missing/a.svg"], directory: directory.path)
    #expect(result.status == 1)
    #expect(result.error.contains("missing/a.svg: "))
  }
}
