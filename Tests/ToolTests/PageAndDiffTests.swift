import Foundation
import TestFolders
import Testing

/// `dtgen inspect --html` and `dtgen diff` as processes.
@Suite("dtgen: pages and differences")
struct PageAndDiffTests {
  let dtgen = Tool(name: "dtgen")
  let directory: ScratchFolder

  init() throws {
    directory = ScratchFolder(named: "dtgen")
    try write(hiddenSize: 16, window: 2, to: "Tiny.dtmodel")
  }

  private func write(hiddenSize: Int, window: Int, to folder: String) throws {
    try directory.write(
      "\(folder)/config.json",
      """
      {"model_type": "decision_transformer", "state_dim": 3, "act_dim": 2,
       "hidden_size": \(hiddenSize), "n_layer": 1, "n_head": 1, "max_ep_len": 30}
      """)
    try directory.write("\(folder)/codegen.json", "{\"window\": \(window), \"state_mean\": null}")
  }

  private func run(_ arguments: String...) throws -> Tool.Result {
    try dtgen.run(arguments, directory: directory.path)
  }

  @Test("writes one page, and touches it only where its bytes change")
  func page() throws {
    let first = try run("inspect", "Tiny.dtmodel", "--html", "pages/tiny.html")
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output == "written pages/tiny.html\n")
    #expect(try directory.read("pages/tiny.html").hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    let before = try directory.identity("pages/tiny.html")
    #expect(
      try run("inspect", "Tiny.dtmodel", "--html=pages/tiny.html").output
        == "unchanged pages/tiny.html\n")
    #expect(try directory.identity("pages/tiny.html") == before)
    #expect(try directory.entries("pages") == ["tiny.html"])
  }

  @Test("writes no page for a wrong benchmark, a wrong model or a folder")
  func wrongPage() throws {
    try directory.write("bench.json", #"{"model": "Walker"}"#)
    let bench = try run("inspect", "Tiny.dtmodel", "--html", "tiny.html", "--bench", "bench.json")
    #expect(bench.status == 1)
    #expect(bench.error == "bench.json: model: found \"Walker\"; accepted: \"Tiny\"\n")
    #expect(try run("inspect", "No.dtmodel", "--html", "tiny.html").status == 1)
    let folder = try run("inspect", "Tiny.dtmodel", "--html", "pages/")
    #expect(folder.status == 1)
    #expect(folder.error == "pages/: is a folder; accepted: the name of a file\n")
    #expect(try directory.entries() == ["Tiny.dtmodel", "bench.json"])
  }

  @Test("writes the error by step of a recorded episode onto the page; nothing for a wrong one")
  func episode() throws {
    let folder = TestData.model("EightHeads").path
    let golden = TestData.goldens.appending(path: "EightHeads.safetensors").path
    let page = try run("inspect", folder, "--html", "heads.html", "--golden", golden)
    #expect(page.output == "written heads.html\n", "\(page.error)")
    let html = try directory.read("heads.html")
    #expect(
      html.contains("24 steps of a recorded episode") && html.contains("class=\"step-packed\""))
    let other = TestData.goldens.appending(path: "ReluOneHead.safetensors").path
    let wrong = try run("inspect", folder, "--html", "wrong.html", "--golden", other)
    #expect(wrong.status == 1 && wrong.error.contains("ReluOneHead.safetensors: states: found"))
    #expect(try !directory.entries().contains("wrong.html"))
  }

  @Test("explains a change, and tells of it by its status where it is asked to")
  func diff() throws {
    #expect(try run("generate", "Tiny.dtmodel", "--output", "old").status == 0)
    let same = try run("diff", "old", "Tiny.dtmodel", "--exit-code")
    #expect(same.status == 0, "\(same.error)")
    #expect(same.output.contains("Nothing changed in the code."))
    try write(hiddenSize: 32, window: 3, to: "Tiny.dtmodel")
    let changed = try run("diff", "old", "Tiny.dtmodel")
    #expect(changed.status == 0)
    #expect(changed.output.contains("- hidden_size: 16 → 32\n"))
    #expect(changed.output.contains("- window: 2 → 3\n"))
    #expect(try run("diff", "old", "Tiny.dtmodel", "--exit-code").status == 1)
    let json = try run("diff", "old", "Tiny.dtmodel", "--json").output
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(object?["verdict"] as? String == "layout")
  }

  @Test("names the side that cannot be read")
  func wrongSide() throws {
    let result = try run("diff", "Tiny.dtmodel", "nowhere")
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(result.error.hasPrefix("nowhere: does not exist; accepted: "))
  }

  @Test(
    "traces a tensor of the checkpoint to packed tensors, formulas and lines of code, and an offset back"
  )
  func trace() throws {
    func traced(_ arguments: String...) throws -> String {
      let result = try dtgen.run(["trace", "Tiny.dtmodel"] + arguments, directory: directory.path)
      #expect(result.status == 0 && result.error == "")
      return result.output
    }
    let outer = try traced("h.0.mlp.c_proj.weight")
    #expect(outer.hasPrefix("encoder.h.0.mlp.c_proj.weight, of 64 x 16\n"))
    let place = try #require(
      outer.firstMatch(of: /layer0.outer: 64x16 strips, offsets (\d+) to (\d+)/))
    #expect(outer.contains("weights = h.0.mlp.c_proj.weight\n"))
    #expect(outer.contains(#/Tiny\.swift:\d+: Kernels\.linear_1x64x16_add\(/#))

    #expect(try traced("encoder.h.0.mlp.c_proj.weight") == outer)
    let back = try traced("--offset", String(place.1))
    #expect(back.hasPrefix("offset \(place.1): bias of column 0 of layer0.outer\n"))
    #expect(back.contains("made of h.0.mlp.c_proj\n"))
    #expect(try traced("predict_state.weight").contains("is not read: nothing"))
    #expect(try traced("h.0.ln_2.weight[3]").contains("needs a checkpoint to tell"))
  }

  @Test(
    "refuses what cannot be traced",
    arguments: [
      (["nope"], "Tiny.dtmodel: nope: is no tensor of the model; accepted: encoder.wpe.weight, "),
      (["wpe.weight[1]"], "is no number of encoder.wpe.weight; accepted: [0..<1024, 0..<16]"),
      (["embed_ln.bias[16]"], "is no number of embed_ln.bias; accepted: [0..<16]"),
      (["--offset", "9999999"], "lies outside of the packed weights; accepted: 0 to "),
    ])
  func refusesTraces(arguments: [String], message: String) throws {
    let result = try dtgen.run(["trace", "Tiny.dtmodel"] + arguments, directory: directory.path)
    #expect(result.status == 1 && result.output == "")
    #expect(result.error.contains(message))
  }
}
