import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

@testable import dtgen

/// `dtgen library --artifact-bundle`. `Tests/Checks/Consumer/check.sh` builds a package with one.
@Suite("A binary target for SwiftPM")
struct ArtifactBundleTests {
  private let folder = ScratchFolder(named: "bundle")
  private let archive = OutputFile(name: "libexecuted_actions.a", contents: [1, 2, 3])

  private func bundle(weights: [UInt8] = [7]) throws -> ArtifactBundle {
    let model = try ModelFolder(path: TestData.model("ExecutedActions").path).readModel().model
    let plan = Plan(model)
    return ArtifactBundle(
      subject: PackageSubject(plan: plan, version: PackageVersion()),
      wrapper: try Compiler.wrapper(plan).get(), header: Compiler.header(plan), weights: weights)
  }

  private func write(_ bundle: ArtifactBundle, _ triple: String) throws {
    let output = OutputFolder(path: folder.path)
    _ = try output.write(try bundle.files(of: archive, for: triple, in: output))
  }

  private func triples() throws -> [String] {
    let path = folder.path("ExecutedActionsLibrary.artifactbundle/info.json")
    let object = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: path)))
    let artifacts = try #require((object as? [String: Any])?["artifacts"] as? [String: Any])
    let artifact = try #require(artifacts["ExecutedActionsLibrary"] as? [String: Any])
    #expect(artifact["type"] as? String == "staticLibrary")
    let variants = try #require(artifact["variants"] as? [[String: Any]])
    for variant in variants {
      let library = try #require(variant["path"] as? String)
      #expect(
        FileManager.default.fileExists(
          atPath: folder.path("ExecutedActionsLibrary.artifactbundle/\(library)")))
    }
    return variants.flatMap { $0["supportedTriples"] as? [String] ?? [] }
  }

  @Test("takes the libraries of one target after the other, of the same model and weights")
  func targets() throws {
    try write(bundle(), "x86_64-unknown-linux-gnu")
    #expect(try triples() == ["x86_64-unknown-linux-gnu"])
    try write(bundle(), "aarch64-unknown-linux-gnu")
    #expect(try triples() == ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"])
    try write(bundle(), "aarch64-unknown-linux-gnu")
    #expect(try triples() == ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"])
    let error = #expect(throws: InvalidInput.self) {
      try write(bundle(weights: [8]), "aarch64-unknown-linux-gnu")
    }
    #expect(error?.description.contains("with other weights") == true)
    #expect(error?.description.contains("(x86_64-unknown-linux-gnu)") == true)
  }

  /// The toolchain has Embedded Swift for this processor without a system, and that is enough.
  @Test("is made for Linux on arm64, too")
  func arm() throws {
    let triple = "aarch64-unknown-linux-gnu"
    let result = try Tool(name: "dtgen").run(
      [
        "library", TestData.model("ExecutedActions").path, "--output", "out", "--artifact-bundle",
        "--target", triple,
      ], directory: folder.path)
    guard !result.error.contains("has no Embedded Swift") else { return }
    #expect(result.status == 0, "\(result.error)")
    let bundle = "out/ExecutedActionsLibrary.artifactbundle"
    #expect(
      FileManager.default.fileExists(atPath: folder.path("\(bundle)/\(triple)/\(archive.name)")))
    #expect(
      try folder.read("\(bundle)/info.json").contains("\"supportedTriples\": [\"\(triple)\"]"))
  }

  @Test("of one target alone is made anew whatever it held")
  func anew() throws {
    try write(bundle(), "x86_64-unknown-linux-gnu")
    try write(bundle(weights: [8]), "x86_64-unknown-linux-gnu")
    #expect(try triples() == ["x86_64-unknown-linux-gnu"])
  }

  @Test("is refused where there is no type over a library, and with packages")
  func refusals() throws {
    try folder.writeTinyModel()
    func run(_ arguments: String...) throws -> Tool.Result {
      try Tool(name: "dtgen").run(
        ["library", "Tiny.dtmodel", "--output", "out"] + arguments, directory: folder.path)
    }
    let both = try run("--artifact-bundle", "--package", "wheel")
    #expect(both.status == 2)
    #expect(both.error.contains("--artifact-bundle is for SwiftPM and --package for others"))
    let noWeights = try run("--artifact-bundle")
    #expect(noWeights.status == 1)
    #expect(
      noWeights.error.contains("Tiny.dtmodel: --artifact-bundle: the library holds the weights"))
    for (options, reason) in [
      (#""batch": 3"#, "several agents"), (#""outputs": ["state"]"#, "outputs other than"),
    ] {
      try folder.write("Tiny.dtmodel/codegen.json", "{\"window\": 2, \(options)}")
      let result = try run("--artifact-bundle")
      #expect(result.status == 1)
      #expect(
        result.error.contains("Tiny.dtmodel: --artifact-bundle: \(reason)"), "\(result.error)")
    }
    #expect(try folder.entries() == ["Tiny.dtmodel"])
  }
}
