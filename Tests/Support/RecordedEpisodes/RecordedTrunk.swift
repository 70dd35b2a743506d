import DecisionTransformerCodegen
import Foundation
import TestFolders

/// A trunk and the calls that Hugging Face's model answered with it.
///
/// Tests/Tools/Oracle/README.md describes the files.
package struct RecordedTrunk: Sendable {
  /// One call.
  package struct Call: Sendable {
    /// To how many tokens the cache is cut before the call.
    package var past: Int
    package var usesCache: Bool
    /// T × H.
    package var inputsEmbeds: [[Float]]
    /// One for each cached and each new token; nil shows all.
    package var mask: [Bool]?
    package var positions: [Int]?
    /// T × H, in double precision.
    package var lastHiddenState: [[Double]]
  }

  package static let names = [
    "TrunkOneHead", "TrunkFourHeads", "TrunkInverseLayerScale", "TrunkUnscaled", "TrunkLaplace",
    "TrunkFewTokens",
  ]

  package let model: Model
  package let checkpoint: Checkpoint
  /// The calls of each scenario, which begins with an empty cache.
  package let scenarios: [String: [Call]]
  /// How far PyTorch's own float32 answers are off.
  package let float32Error: Double

  /// - Parameters:
  ///   - name: The folder of the model.
  ///   - original: The case that the golden file is of, if another.
  package init(_ name: String, answersOf original: String? = nil) throws {
    let folder = TestData.model(name).path
    let model = try ModelFolder(path: folder).readModel().model
    var remarks: [Diagnostic] = []
    guard
      let checkpoint = try CheckpointReader.read(
        folder: folder, config: model.config, remarks: &remarks)
    else { throw CocoaError(.fileNoSuchFile) }
    (self.model, self.checkpoint) = (model, checkpoint)

    let file = try SafetensorsFile(
      path: TestData.goldens.appending(path: "Trunk/\(original ?? name).safetensors").path)
    struct Call: Decodable {
      let past: Int
      let use_cache: Bool
    }
    let calls = try JSONDecoder().decode(
      [String: [Call]].self, from: Data(file.metadata["calls"]!.utf8))
    let hidden = model.config.hiddenSize
    scenarios = Dictionary(
      uniqueKeysWithValues: calls.map { name, calls in
        let recorded = calls.enumerated().map { index, call in
          func numbers(_ part: String) -> [Double]? {
            let key = "\(name).\(index).\(part)"
            return file.tensors[key] == nil ? nil : file.doubles(of: key)
          }
          return RecordedTrunk.Call(
            past: call.past, usesCache: call.use_cache,
            inputsEmbeds: RecordedEpisode.rows(
              file.values(of: "\(name).\(index).inputs_embeds"), of: hidden),
            mask: numbers("mask").map { $0.map { $0 == 1 } },
            positions: numbers("positions").map { $0.map { Int($0) } },
            lastHiddenState: RecordedEpisode.rows(numbers("last_hidden_state")!, of: hidden))
        }
        return (name, recorded)
      })
    float32Error = Double(file.metadata["float32_error"]!)!
  }
}
