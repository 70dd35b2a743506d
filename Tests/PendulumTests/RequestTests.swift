import Programs
import Testing

@testable import pendulum

@Suite("The arguments of pendulum")
struct RequestTests {
  @Test("defaults: in real time, without end, what codegen.json asks for")
  func defaults() throws {
    let request = try Request(arguments: [])
    #expect(request.episodes == nil)
    #expect(!request.fast && !request.json && request.sweep == nil)
    #expect(request.target == -200)
    #expect(request.seed == 0)
  }

  @Test("--fast is one episode unless more are asked for")
  func fast() throws {
    #expect(try Request(arguments: ["--fast"]).episodes == 1)
    #expect(try Request(arguments: ["--fast", "--episodes=3"]).episodes == 3)
  }

  @Test("a sweep has the paper's question as default, or a list")
  func sweep() throws {
    #expect(try Request(arguments: ["--sweep"]).sweep == [-1600, -1200, -800, -400, -200])
    #expect(try Request(arguments: ["--sweep"]).seeds >= 5)
    #expect(try Request(arguments: ["--sweep", "--json"]).sweep == Request.defaultSweep)
    #expect(try Request(arguments: ["--sweep", "-900,-1e2"]).sweep == [-900, -100])
    #expect(try Request(arguments: ["--sweep=-900", "--seeds", "7"]).sweep == [-900])
    #expect(try Request(arguments: ["--seed", "9", "--sweep", "-1.5"]).sweep == [-1.5])
  }

  @Test(
    "wrong usage says what is wrong, and what is accepted",
    arguments: [
      (["--slow"], "'--slow' is unknown; accepted: --episodes, --fast, --help, --json, "),
      (["now"], "'now' is unknown"),
      (["--target"], "--target needs a value"),
      (["--target="], "--target needs a value"),
      (["--target", "nan"], "--target 'nan': a number from -1000000 to 1000000 is accepted"),
      (["--target", "high"], "--target 'high'"),
      (["--episodes", "0"], "--episodes '0': a whole number from 1 to 10000 is accepted"),
      (["--seed", "-1"], "--seed '-1'"),
      (["--fast=yes"], "--fast takes no value; 'yes' is too much"),
      (["--fast", "--fast"], "--fast is given twice; one is accepted"),
      (["--sweep", "-200,"], "--sweep '': a number from -1000000 to 1000000, or several"),
      (["--sweep", "-200,-200"], "--sweep '-200,-200': -200 is there twice"),
      (["--sweep="], "--sweep needs a value"),
      (["--sweep", "--fast"], "--fast is not accepted with --sweep"),
      (["--sweep", "--target", "-200"], "--target is not accepted with --sweep"),
      (["--seeds", "5"], "--seeds is accepted with --sweep only"),
      (["--json"], "--json needs an end: --sweep, --fast or --episodes"),
    ] as [([String], String)])
  func wrongUsage(arguments: [String], message: String) {
    do {
      _ = try Request(arguments: arguments)
      Issue.record("accepted")
    } catch {
      #expect(error.message.hasPrefix(message), "\(error.message)")
    }
  }
}
