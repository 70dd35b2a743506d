import Programs
import Testing

@Suite struct OptionListTests {
  private func list(_ arguments: String...) throws(OptionList.Problem) -> OptionList {
    try OptionList(
      arguments, flags: ["--json", "-h"], valued: ["--seed"], optionallyValued: ["--sweep"])
  }

  @Test("takes values behind a space or an equals sign, in any order")
  func values() throws {
    for options in [try list("--seed", "-3", "--json"), try list("--json", "--seed=-3")] {
      #expect(options.value(of: "--seed") == "-3")
      #expect(options.has("--json"))
      #expect(!options.has("--sweep"))
      #expect(try options.wholeNumber("--seed", in: -5...5) == -3)
      #expect(try options.number("--seed", from: -5, to: 5) == -3)
      #expect(try options.number("--sweep", from: 0, to: 1) == nil)
    }
    #expect(try list("--seed=a=b").value(of: "--seed") == "a=b")
  }

  @Test("an optional value is the next argument unless that is an option")
  func optionalValues() throws {
    #expect(try list("--sweep", "-1,-2").value(of: "--sweep") == "-1,-2")
    for options in [try list("--sweep"), try list("--sweep", "--json"), try list("--sweep", "-h")] {
      #expect(options.has("--sweep"))
      #expect(options.value(of: "--sweep") == nil)
    }
  }

  @Test(
    arguments: [
      ["--unknown"], ["stray"], [""], ["="], ["--seed"], ["--seed", ""], ["--seed="], ["--sweep="],
      ["--json=1"], ["--json", "--json"], ["--seed", "1", "--seed=1"], ["--sweep", "1", "2"],
    ])
  func refuses(arguments: [String]) {
    #expect(throws: OptionList.Problem.self) {
      try OptionList(
        arguments, flags: ["--json"], valued: ["--seed"], optionallyValued: ["--sweep"])
    }
  }

  @Test(arguments: ["2", "nan", "1.5", "", "0x"])
  func numbersAreInRange(text: String) throws {
    #expect(throws: OptionList.Problem.self) {
      try list("--seed", text).number("--seed", from: 0, to: 1)
    }
    #expect(throws: OptionList.Problem.self) {
      try list("--seed", text).wholeNumber("--seed", in: 0...1)
    }
  }
}
