import Foundation

/// Where the files are that tests read.
package enum TestData {
  /// This package.
  package static let package = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in
    folder.deletingLastPathComponent()
  }

  private static let folder = package.appending(path: "Tests/Data")

  /// Small models, made from random numbers, and HalfCheetah.
  package static let models = folder.appending(path: "Models")
  /// What Hugging Face answers for the small models.
  package static let goldens = folder.appending(path: "Goldens")
  /// Episodes of single models.
  package static let episodes = folder.appending(path: "Episodes")
  /// One model in every checkpoint format.
  package static let checkpoints = folder.appending(path: "Checkpoints")
  /// Checkpoints and episodes by other projects' own code.
  package static let families = folder.appending(path: "Families")
  /// Gymnasium's pendulum, and what Hugging Face's model achieves in it.
  package static let pendulum = folder.appending(path: "Pendulum")
  /// Steps of Gymnasium's cart and pole.
  package static let cartPole = folder.appending(path: "CartPole")

  /// The folder of one of `models`.
  package static func model(_ name: String) -> URL {
    models.appending(path: "\(name).dtmodel")
  }

  /// The names of a folder's safetensors files, sorted.
  package static func recordings(in folder: URL) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".safetensors") }
      .map { String($0.dropLast(".safetensors".count)) }.sorted()
  }
}
