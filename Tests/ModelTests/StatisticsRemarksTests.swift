import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// The build's note on a folder without statistics.
@Suite("A model without state_mean")
struct StatisticsRemarksTests {
  private static let config = #""model_type": "decision_transformer", "max_length": 20"#
  private static let variant =
    #""model_type": "decision_transformer_variant", "max_length": 20, "hidden_size": 16, "n_head": 1, "state_dim": 4, "#

  /// What compiling the code of a folder remarks, with `Hopper.dtmodel` for its path.
  private func remarks(
    _ config: String = config, options: String? = nil, besides file: String? = nil
  ) throws -> [String] {
    let scratch = ScratchFolder(named: "statistics")
    try scratch.write("Hopper.dtmodel/config.json", "{\(config)}")
    if let options { try scratch.write("Hopper.dtmodel/codegen.json", options) }
    if let file { try scratch.write("Hopper.dtmodel/\(file)", "{}") }
    let path = scratch.path("Hopper.dtmodel")
    return try Compiler.compile(folder: path, codeOnly: true).remarks.map {
      $0.description.replacing(path, with: "Hopper.dtmodel")
    }
  }

  private func note(_ returns: String = ", and returns unscaled (no return_scale)") -> String {
    "note: Hopper.dtmodel/codegen.json: state_mean: absent; states go in as they are\(returns); accepted: numbers of the "
      + "training set, for which dtgen init has the lines, or null where it was trained on raw states"
  }

  @Test(
    "is noted, once, with file and key",
    arguments: [nil, "{}", #"{"window": 3, "actions": "discrete"}"#])
  func noted(options: String?) throws {
    #expect(try remarks(options: options) == [note()])
  }

  @Test("is noted without a word on returns that are scaled, or not there")
  func returns() throws {
    #expect(try remarks(options: #"{"return_scale": 1000}"#) == [note("")])
    #expect(
      try remarks(Self.variant + #""return_tokens": false"#) == [note("")])
  }

  @Test(
    "is not noted where it is said, or where there is none",
    arguments: [
      #"{"state_mean": null}"#, #"{"state_mean": null, "state_std": null}"#,
      #"{"state_mean": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "state_std": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], "return_scale": 1}"#,
      #"{"state_mean": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "state_std": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], "return_scale": 1000}"#,
      #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 60}"#,
    ])
  func silent(options: String) throws {
    #expect(try remarks(options: options) == [])
  }

  @Test("with state_mean and without return_scale: that is noted, once, and 1 is an answer")
  func returnScale() throws {
    let statistics =
      #""state_mean": [\#(Array(repeating: "0", count: 17).joined(separator: ", "))], "#
      + #""state_std": [\#(Array(repeating: "1", count: 17).joined(separator: ", "))]"#
    #expect(
      try remarks(options: "{\(statistics)}") == [
        "note: Hopper.dtmodel/codegen.json: return_scale: absent beside state_mean; returns and rewards go in as they are; "
          + "accepted: what training divided them by, or 1 where it did not"
      ])
    #expect(try remarks(options: #"{\#(statistics), "return_scale": 1}"#) == [])
    // A step without a return token has nothing to be divided.
    let four =
      #""state_mean": [0, 0, 0, 0], "state_std": [1, 1, 1, 1]"#
    #expect(
      try remarks(Self.variant + #""return_tokens": false"#, options: "{\(four)}") == [])
    // Raw states, and returns that somebody says are not scaled: one note, of states.
    #expect(try remarks(options: #"{"return_scale": 1}"#) == [note("")])
  }

  @Test("is not noted of pictures, nor where the network normalises")
  func otherStates() throws {
    #expect(
      try remarks(
        Self.variant
          + #""state_encoder_sizes": [8, 16], "state_encoder_activations": ["relu", "linear"], "state_encoder_norms": [false, true]"#
      ) == [])
    let frames = TestData.model("PixelActions").path
    #expect(
      try Compiler.compile(folder: frames, codeOnly: true).remarks.allSatisfy {
        $0.key != "state_mean"
      })
  }

  @Test("is said by the warning of a codegen.json under another name alone")
  func otherName() throws {
    let found = try remarks(besides: "options.json")
    #expect(found.count == 1 && found[0].hasPrefix("warning: Hopper.dtmodel/options.json: "))
  }

  @Test("has no other code, and is equal to one that says null but for the digest")
  func code() throws {
    func source(_ options: String) throws -> String {
      let scratch = ScratchFolder(named: "statistics")
      try scratch.write("Hopper.dtmodel/config.json", "{\(Self.config)}")
      try scratch.write("Hopper.dtmodel/codegen.json", options)
      let files = try Compiler.compile(folder: scratch.path("Hopper.dtmodel"), codeOnly: true).files
      return String(decoding: files[0].contents, as: UTF8.self).split(separator: "\n")
        .filter { !$0.hasPrefix("// codegen.json sha256") }.joined(separator: "\n")
    }
    #expect(try source("{}") == source(#"{"state_mean": null}"#))
  }
}
