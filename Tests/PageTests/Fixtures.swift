import DecisionTransformer
import Foundation
import TestFolders

import DecisionTransformerCodegen

/// Models that the tests of pages and differences look at.
enum Fixtures {
  static func folder(_ name: String) -> String { TestData.model(name).path }

  static func plan(_ name: String) throws -> Plan {
    Plan(try ModelFolder(path: folder(name)).readModel().model)
  }

  /// One of each kind: fused; standard and absorbed; one layer; batches; `forward`; rounded; of one step.
  static let controllers = [
    "ReluOneHead", "GeluFourHeads", "EightHeads", "EightHeadsOneLayer", "BatchOfFive",
    "ForwardFourHeads", "RoundedTwoHeads", "WindowOfOne", "ExecutedActions",
  ]
  static let trunks = ["TrunkFourHeads", "TrunkRoundedOneHead", "TrunkOneToken"]

  /// A copy of a model folder, links followed, that a test may change.
  static func copy(_ name: String, into folder: URL, as copy: String? = nil) throws -> String {
    let target = folder.appendingPathComponent("\(copy ?? name).dtmodel")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    for file in try FileManager.default.contentsOfDirectory(atPath: self.folder(name)) {
      try Data(contentsOf: URL(fileURLWithPath: "\(self.folder(name))/\(file)"))
        .write(to: target.appendingPathComponent(file))
    }
    return target.path
  }

  static func replace(_ old: String, by new: String, in path: String) throws {
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    precondition(text.contains(old), "\(path) does not say \(old)")
    try Data(text.replacing(old, with: new).utf8).write(to: URL(fileURLWithPath: path))
  }
}
