import Programs
import Testing

@testable import cartpole

@Suite("The arguments of cartpole")
struct RequestTests {
  @Test("defaults: one episode in real time, greedy, what codegen.json asks for")
  func defaults() throws {
    let request = try Request(arguments: [])
    #expect(request.episodes == 1)
    #expect(!request.fast && !request.samples && !request.json && request.sweep == nil)
    #expect(request.target == 130)
    #expect(request.seed == 0)
  }

  @Test("every option, in any order")
  func everything() throws {
    let request = try Request(
      arguments: [
        "--sample", "--svg", "a.svg", "--target=60.5", "--fast", "--episodes", "3", "--seed=9",
        "--json",
      ])
    #expect(request.samples && request.fast && request.json)
    #expect(request.svg == "a.svg")
    #expect(request.target == 60.5)
    #expect(request.episodes == 3 && request.seed == 9)
  }

  @Test("a sweep has a default, or a list")
  func sweep() throws {
    #expect(try Request(arguments: ["--sweep"]).sweep == [15, 30, 60, 100, 200, 400])
    #expect(try Request(arguments: ["--sweep"]).seeds == 20)
    #expect(try Request(arguments: ["--sweep", "--json"]).sweep == Request.defaultSweep)
    #expect(try Request(arguments: ["--sweep", "90,1e2"]).sweep == [90, 100])
    #expect(try Request(arguments: ["--sweep=90", "--seeds", "7", "--sample"]).seeds == 7)
  }

  @Test(
    "wrong usage says what is wrong, and what is accepted",
    arguments: [
      (
        ["--slow"],
        "'--slow' is unknown; accepted: --episodes, --fast, --help, --json, --sample, --seed, --seeds, "
          + "--svg, --sweep, --target"
      ),
      (["--target"], "--target needs a value"),
      (["--target="], "--target needs a value"),
      (["--target", "nan"], "--target 'nan': a number from 0 to 1000 is accepted"),
      (["--target", "-1"], "--target '-1': a number from 0 to 1000 is accepted"),
      (["--episodes", "0"], "--episodes '0': a whole number from 1 to 10000 is accepted"),
      (["--seed", "-1"], "--seed '-1': a whole number from 0 to 2147483647 is accepted"),
      (["--seeds", "0", "--sweep"], "--seeds '0': a whole number from 1 to 10000 is accepted"),
      (["--sample=yes"], "--sample takes no value; 'yes' is too much"),
      (["--fast", "--fast"], "--fast is given twice; one is accepted"),
      (
        ["--sweep", "20,"],
        "--sweep '': a number from 0 to 1000, or several with commas between them, is accepted"
      ),
      (["--sweep", "20,20"], "--sweep '20,20': 20 is there twice"),
      (["--sweep="], "--sweep needs a value"),
      (["--sweep", "--fast"], "--fast is not accepted with --sweep"),
      (["--sweep", "--target", "20"], "--target is not accepted with --sweep"),
      (["--sweep", "--svg", "a.svg"], "--svg is not accepted with --sweep"),
      (["--seeds", "5"], "--seeds is accepted with --sweep only"),
    ] as [([String], String)])
  func wrongUsage(arguments: [String], message: String) {
    do {
      _ = try Request(arguments: arguments)
      Issue.record("accepted")
    } catch {
      #expect(error.message == message)
    }
  }

  @Test("help names every option")
  func help() {
    for option in [
      "--target", "--episodes", "--seed", "--sample", "--fast", "--sweep", "--seeds", "--svg",
      "--json",
    ] {
      #expect(Request.helpText.contains("\n  \(option) "))
    }
  }
}
