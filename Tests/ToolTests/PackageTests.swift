import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

@testable import dtgen

/// What the packages of `dtgen library` are called, and whom they are for. `Tests/Checks/Clients/packages.sh` uses them.
@Suite("Packages of a library")
struct PackageTests {
  @Test("are those that are asked for")
  func kinds() throws {
    #expect(try PackageKind.kinds([]).isEmpty)
    #expect(try PackageKind.kinds(["c++", "cmake", "c++"]) == [.cPlusPlus, .cmake])
    #expect(try PackageKind.kinds(["all"]) == Set(PackageKind.allCases))
    let error = #expect(throws: UsageError.self) { try PackageKind.kinds(["wheel", "conda"]) }
    #expect(
      error?.message
        == "--package 'conda': no kind of package; accepted: cmake, pkg-config, c++, wheel, all")
  }

  @Test(
    "have versions that CMake, pkg-config and pip understand alike",
    arguments: [
      ("1", "1"), ("0", "0"), ("0.3", "0.3"), ("0.3.10", "0.3"), ("2.0.1", "2"),
      ("10.20.30.40", "10"),
    ])
  func versions(text: String, compatible: String) throws {
    let version = try PackageVersion(text)
    #expect(version.numbers == text)
    #expect(version.compatible == compatible)
    #expect(version.inPython(contents: [1]) == text)
  }

  @Test(
    "have no other versions",
    arguments: ["", ".", "1.", "v1", "1.02", "1.2.3.4.5", "1.0rc1", "1,2", "١", "-1", "1234567890"])
  func noVersions(text: String) {
    let error = #expect(throws: UsageError.self) { try PackageVersion(text) }
    #expect(error?.message.hasPrefix("--package-version '\(text)': no version; accepted: ") == true)
  }

  /// pip would leave the old one where it is.
  @Test("have another version in Python for another library, unless one is given")
  func digests() {
    let version = PackageVersion()
    #expect(version.numbers == Compiler.version)
    let first = version.inPython(contents: Array("abc".utf8))
    #expect(first == "\(Compiler.version)+shaba7816bf")
    #expect(version.inPython(contents: Array("abd".utf8)) != first)
  }

  @Test(
    "name the machines that a wheel is for",
    arguments: [
      ("x86_64-unknown-linux-gnu", ["GLIBC_2.2.5"], "manylinux_2_17_x86_64"),
      ("x86_64-unknown-linux-gnu", ["GLIBC_2.2.5", "GLIBC_2.36"], "manylinux_2_36_x86_64"),
      ("aarch64-unknown-linux-gnu", ["GLIBC_2.17"], "manylinux_2_17_aarch64"),
      ("riscv64-unknown-linux-gnu", ["GLIBC_2.27"], "manylinux_2_27_riscv64"),
      ("armv7-unknown-linux-gnueabihf", ["GLIBC_2.4"], "manylinux_2_17_armv7l"),
    ])
  func platforms(triple: String, versions: [String], tag: String) throws {
    #expect(try WheelPlatform(triple: triple, symbolVersions: versions).tag == tag)
  }

  @Test(
    "are no wheels for machines that pip cannot name",
    arguments: [
      ("hexagon-unknown-linux-gnu", ["GLIBC_2.17"], "the processor hexagon"),
      ("x86_64-unknown-linux-musl", [], "another C library than GNU's"),
      ("x86_64-unknown-linux-gnu", ["GLIBC_2.17", "OTHER_1"], "another C library than GNU's"),
    ] as [(String, [String], String)])
  func noPlatforms(triple: String, versions: [String], reason: String) {
    let error = #expect(throws: InvalidInput.self) {
      try WheelPlatform(triple: triple, symbolVersions: versions)
    }
    #expect(error?.description.hasPrefix("\(triple): --package wheel: ") == true)
    #expect(error?.description.contains(reason) == true)
  }

  @Test("are not made where they could not be used, and then no library either")
  func refusals() throws {
    let directory = ScratchFolder(named: "dtgen")
    try directory.writeTinyModel()
    func run(_ arguments: String...) throws -> Tool.Result {
      try Tool(name: "dtgen").run(arguments, directory: directory.path)
    }
    let weights = try run("library", "Tiny.dtmodel", "--output", "out", "--package", "wheel")
    #expect(weights.status == 1)
    #expect(
      weights.error.contains(
        "Tiny.dtmodel: --package wheel: a wheel holds the weights, and there is no checkpoint; accepted: "
      ))
    for (name, kind, reason) in [
      ("Random", "wheel", "'random' is a word or a module of Python's own"),
      ("A__b", "wheel", "'a__b' is no name that pip takes"),
      ("virtual", "c++", "'virtual' is a word of C++"),
    ] {
      let folder = "\(name).dtmodel"
      try directory.write(
        "\(folder)/config.json", try directory.read("Tiny.dtmodel/config.json"))
      try directory.write("\(folder)/codegen.json", #"{"window": 2}"#)
      let result = try run("library", folder, "--output", "out", "--package", kind)
      #expect(result.status == 1)
      #expect(result.error.contains("\(folder): --package \(kind): \(reason)"), "\(result.error)")
      try FileManager.default.removeItem(atPath: directory.path(folder))
    }
    let packages = try run(
      "library", "Tiny.dtmodel", "--output", "out", "--package", "c++", "--runtime", directory.path)
    #expect(packages.status == 1)
    #expect(try directory.entries() == ["Tiny.dtmodel"])
    try directory.write("out/include/tiny.hpp", "// by hand\n")
    let foreign = try run("library", "Tiny.dtmodel", "--output", "out", "--package", "c++")
    #expect(foreign.status == 1)
    #expect(
      foreign.error.contains(
        "out/include/tiny.hpp: is there and was not written by dtgen; accepted"))
    #expect(try directory.entries("out") == ["include"])
    #expect(try directory.entries("out/include") == ["tiny.hpp"])
  }
}
