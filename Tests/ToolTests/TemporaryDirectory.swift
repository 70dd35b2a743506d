import Foundation
import TestFolders

/// A directory that is gone when the test is over.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("dtgen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  var path: String { url.path }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ name: String, _ text: String) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }

  /// Names in the directory, hidden ones included, sorted.
  func entries(_ name: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }

  /// Changes when the file is written again, even with the same bytes.
  func identity(_ name: String) throws -> [String] {
    let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
    return ["\(attributes[.systemFileNumber]!)", "\(attributes[.modificationDate]!)"]
  }
}

// MARK: - Models

extension TemporaryDirectory {
  /// `Tiny.dtmodel`: a small model without a checkpoint.
  func writeTinyModel() throws {
    try write(
      "Tiny.dtmodel/config.json",
      """
      {"model_type": "decision_transformer", "state_dim": 3, "act_dim": 2, "hidden_size": 16,
       "n_layer": 1, "n_head": 1, "max_ep_len": 30}
      """)
    try write("Tiny.dtmodel/codegen.json", #"{"window": 2}"#)
  }

  /// A trained model with its checkpoint, copied so that a test may change it.
  func copyPendulum() throws {
    try FileManager.default.copyItem(
      atPath: TestData.package.appending(path: "Sources/pendulum/Pendulum.dtmodel").path,
      toPath: path("Pendulum.dtmodel"))
  }
}
