import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// The trained models of this repository, saved by Hugging Face.
@Suite struct TrainedModelTests {
  @Test(
    arguments: [
      ("Sources/hopper/Hopper.dtmodel", [0xBB20_9FA0, 0x3B5E_BF3D, 0xBC98_6B15]),
      ("Sources/pendulum/Pendulum.dtmodel", [0xBBFB_187E]),
      (
        "Tests/Data/Models/HalfCheetah.dtmodel",
        [0xBB90_184A, 0x3B98_FF47, 0xBC22_EC6F, 0xBC41_640A, 0x3BBC_FAF3, 0x3C88_65B9]
      ),
    ] as [(String, [UInt32])])
  func aTrainedModelIsReadWithoutRemarks(folder: String, actionBias: [UInt32]) throws {
    let path = TestData.package.appending(path: folder).path
    let config = try ModelFolder(path: path).readModel().model.config
    var remarks: [Diagnostic] = []
    let checkpoint = try #require(
      try CheckpointReader.read(folder: path, config: config, remarks: &remarks))
    #expect(remarks == [])
    #expect(checkpoint.values("predict_action.0.bias").map(\.bitPattern) == actionBias)
    for (name, shape) in Checkpoint.requiredTensors(of: config) {
      #expect(checkpoint.values(name).count == shape.reduce(1, *), "\(name)")
    }
  }
}
