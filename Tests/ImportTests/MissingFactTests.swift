import DTGenImport
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// What no file says.
@Suite("A fact that is missing")
struct MissingFactTests {
  private func problems(_ importer: Importer) -> [Diagnostic] {
    do throws(InvalidInput) {
      _ = try importer.run(output: "A.dtmodel")
      return []
    } catch {
      return error.diagnostics
    }
  }

  @Test("is asked for by its key, every one at once", arguments: RecordedFamily.allNames)
  func asked(name: String) throws {
    let family = try RecordedFamily(name)
    var importer = family.importer()
    importer.given = []
    let problems = problems(importer)
    #expect(problems.compactMap(\.key).sorted() == family.given.map(\.name).sorted())
    for problem in problems {
      let key = problem.key ?? ""
      #expect(problem.message.hasPrefix("is in no file: "), "\(problem)")
      #expect(problem.message.contains("say it with --set \(key)="), "\(problem)")
    }
    // And each of them alone.
    for member in family.given {
      importer.given = family.given.filter { $0.name != member.name }
      #expect(self.problems(importer).compactMap(\.key) == [member.name])
    }
  }

  @Test("is not called unknown where the file has other problems, and a wrong key is")
  func askedTooEarly() {
    let given = ["return_tokens", "sees_padding"].map { JSONMember(name: $0, value: .bool(true)) }
    var facts = Facts(path: "F", given: given + [JSONMember(name: "fo", value: .integer(1))])
    facts.reject("pos_emb", "has 9 rows")
    facts.finish()
    #expect(facts.problems.map(\.key) == ["pos_emb", "--set fo"])
    facts = Facts(path: "F", given: given)
    facts.finish()
    #expect(facts.problems.map(\.key) == ["--set return_tokens", "--set sees_padding"])
  }

  @Test("is CORL's where the state_dict was saved without its config.yaml")
  func corlAlone() throws {
    let family = try RecordedFamily("corl-b")
    let scratch = ScratchFolder(named: "import")
    let data = try Data(contentsOf: family.folder.appending(path: "dt_checkpoint.pt"))
    try scratch.write("dt_checkpoint.pt", Array(data))
    var importer = Importer(path: scratch.path("dt_checkpoint.pt"))
    #expect(problems(importer).compactMap(\.key) == ["n_head", "return_scale", "action_scale"])
    importer.given = [
      JSONMember(name: "n_head", value: .integer(2)),
      JSONMember(name: "return_scale", value: .integer(1)),
      JSONMember(name: "action_scale", value: .integer(2)),
      // config.yaml has it, and the file does not.
      JSONMember(name: "target_return", value: .integer(12)),
    ]
    #expect(
      try importer.run(output: "A.dtmodel").files
        == family.importer().run(output: "A.dtmodel").files)
  }

  @Test("is not called missing where a trainer's argument is there and of no use")
  func unusableArguments() throws {
    let family = try RecordedFamily("online-dt-a")
    var bytes = try Data(contentsOf: family.folder.appending(path: "model.pt"))
    // Behind a name comes its number in the memo, then the value: the dictionary of all, and None.
    for (name, value) in [("n_head", [0x68, 0] as [UInt8]), ("eval_rtg", [0x4E, 0x71, 0])] {
      let end = try #require(bytes.range(of: Data(name.utf8))).upperBound + 5
      bytes.replaceSubrange(end..<end + value.count, with: value)
    }
    let scratch = ScratchFolder(named: "import")
    try scratch.write("model.pt", Array(bytes))
    var importer = family.importer()
    importer.path = scratch.path
    let found = problems(importer)
    #expect(found.map(\.key) == ["n_head"])
    #expect(
      found.first?.message.hasPrefix("args.n_head is a dictionary in the file: heads of") == true)
    importer.given.append(JSONMember(name: "n_head", value: .integer(3)))
    let model = try importer.run(output: "A.dtmodel")
    #expect(
      model.remarks.contains {
        $0.key == "target_return" && $0.message.hasPrefix("is not set: args.eval_rtg is None")
      })
  }

  @Test("is whose a file with the original's names is, where nothing tells")
  func whose() throws {
    let family = try RecordedFamily("kzl-gym-a")
    var importer = Importer(path: family.folder.path, given: family.given)
    let found = problems(importer)
    #expect(found.count == 1 && found[0].key == "--family")
    #expect(found[0].message.contains("adds no timesteps"))
    #expect(found[0].message.hasSuffix("accepted: kzl-gym, online-dt"))
    importer.family = .kzlGym
    #expect(problems(importer).isEmpty)
    importer.family = .corl
    #expect(problems(importer).count == 1)
  }

  @Test("is not there by null, unless there may be nothing of the kind")
  func null() throws {
    let family = try RecordedFamily("kzl-gym-a")
    for member in family.given {
      var importer = family.importer()
      importer.given.append(JSONMember(name: member.name, value: .null))
      let isStatistic = member.name.hasPrefix("state_")
      let found = problems(importer)
      // One of the statistics without the other is refused by codegen.json.
      #expect(
        found.map(\.key) == [isStatistic ? "--set \(otherStatistic(member.name))" : member.name])
      if !isStatistic { #expect(found[0].message.hasPrefix("found null; accepted: ")) }
    }
  }

  private func otherStatistic(_ name: String) -> String {
    name == "state_mean" ? "state_std" : "state_mean"
  }

  @Test("and a file of another model beside a checkpoint is refused")
  func otherConfiguration() throws {
    let family = try RecordedFamily("corl-b")
    let scratch = ScratchFolder(named: "import")
    for name in ["dt_checkpoint.pt", "config.yaml"] {
      try scratch.write(
        name, Array(Data(contentsOf: family.folder.appending(path: name))))
    }
    var importer = family.importer()
    importer.path = scratch.path("dt_checkpoint.pt")
    #expect(problems(importer).isEmpty)
    let text = String(
      decoding: try Data(contentsOf: family.folder.appending(path: "config.yaml")), as: UTF8.self)
    let changed = text.split(separator: "\n").map {
      $0.hasPrefix("num_layers:") ? "num_layers: 7" : $0
    }
    try scratch.write("config.yaml", Array(changed.joined(separator: "\n").utf8))
    #expect(problems(importer).map(\.key) == ["num_layers"])
  }

  @Test("and an episode begins with the first row of every table that is written")
  func firstTimestep() throws {
    for name in ["kzl-gym-a", "d3rlpy-simple-a", "min-dt-a"] {
      var importer = try RecordedFamily(name).importer()
      importer.given.append(JSONMember(name: "first_timestep", value: .integer(1)))
      #expect(problems(importer).map(\.key) == ["first_timestep"])
    }
  }

  @Test("and what is no fact, or not this model's, is refused")
  func refused() throws {
    let family = try RecordedFamily("kzl-gym-a")
    var importer = family.importer()
    importer.given += [
      JSONMember(name: "hidden_size", value: .integer(32)),
      JSONMember(name: "n_heads", value: .integer(3)),
    ]
    let found = problems(importer)
    #expect(found.map(\.key) == ["hidden_size", "--set n_heads"])
    #expect(found[0].message == "found 32; accepted: 24, as the tensors are")
    importer.given = family.given.filter { $0.name != "n_head" }
    importer.given.append(JSONMember(name: "n_head", value: .integer(5)))
    #expect(problems(importer).map(\.key) == ["--set n_head"])
    // What was read, and not what was never written.
    #expect(problems(importer)[0].path.hasSuffix("kzl-gym-a/model.pt"))
  }
}
