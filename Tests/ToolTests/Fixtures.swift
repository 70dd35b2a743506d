import Foundation
import TestFolders

/// What the tests of the programs put into a folder and look at in it.
extension ScratchFolder {
  /// `Tiny.dtmodel`: a small model without a checkpoint, of which nothing is to be remarked.
  func writeTinyModel() throws {
    try write(
      "Tiny.dtmodel/config.json",
      """
      {"model_type": "decision_transformer", "state_dim": 3, "act_dim": 2, "hidden_size": 16,
       "n_layer": 1, "n_head": 1, "max_ep_len": 30}
      """)
    try write("Tiny.dtmodel/codegen.json", #"{"window": 2, "state_mean": null}"#)
  }

  /// A trained model with its checkpoint, copied so that a test may change it.
  func copyPendulum() throws {
    try FileManager.default.copyItem(
      atPath: TestData.package.appending(path: "Sources/pendulum/Pendulum.dtmodel").path,
      toPath: path("Pendulum.dtmodel"))
  }

  /// Changes when the file is written again, even with the same bytes.
  func identity(_ name: String) throws -> [String] {
    let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
    return ["\(attributes[.systemFileNumber]!)", "\(attributes[.modificationDate]!)"]
  }
}
