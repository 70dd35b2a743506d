import DTGenCommands
import DTGenReports
import Foundation

/// The programs of the Swift toolchain that make a library.
struct Toolchain {
  /// The folder with `swiftc`, `clang`, `ld.lld`, `llvm-ar`, `llvm-nm` and `llvm-objcopy`; nothing else is used.
  private let programs: URL
  /// The target, as the compiler writes it out.
  let triple: String

  /// The toolchain of the `swiftc` that the shell would run.
  static func find(for target: LibraryTarget) throws(InvalidInput) -> Toolchain {
    guard let own = information(of: nil) else {
      throw InvalidInput([
        Diagnostic(
          path: "swiftc",
          "is not found; the toolchain of Swift 6.3 or later is needed (https://swift.org/install)"
        )
      ])
    }
    guard let information = target.triple == nil ? own : information(of: target.triple) else {
      throw InvalidInput([
        Diagnostic(
          path: "dtgen library", key: "--target \(target.triple ?? "")",
          "swiftc does not know it; accepted: \(own.embeddedTriples.joined(separator: ", "))")
      ])
    }
    let name = information.target.triple
    try ObjectFormat(triple: name).check(triple: name)
    let resources = URL(fileURLWithPath: information.paths.runtimeResourcePath)
    let module = "embedded/Swift.swiftmodule/\(information.target.moduleTriple).swiftmodule"
    guard
      FileManager.default.fileExists(atPath: resources.appendingPathComponent(module).path)
    else {
      throw InvalidInput([
        Diagnostic(
          path: resources.path,
          "has no Embedded Swift for \(information.target.moduleTriple); accepted: \(own.embeddedTriples.joined(separator: ", ")), "
            + "and a toolchain from swift.org")
      ])
    }
    return Toolchain(
      programs: resources.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("bin"), triple: name)
  }

  /// What the compiler says of a target, nil for this machine's; nil where it does not know it, or there is none.
  private static func information(of triple: String?) -> TargetInformation? {
    let target = triple.map { ["-target", $0] } ?? []
    let answer = try? run(
      URL(fileURLWithPath: "/usr/bin/env"), ["swiftc", "-print-target-info"] + target, in: "/")
    return answer.flatMap {
      try? JSONDecoder().decode(TargetInformation.self, from: Data($0.utf8))
    }
  }

  /// The target without a system that has the processor of one of Linux for which the toolchain has no Embedded Swift: its
  /// code is the same, for what is made here calls no system. Nil where it is of no use.
  static func bareTarget(for target: LibraryTarget) -> LibraryTarget? {
    guard let triple = target.triple, triple.contains("-linux"),
      let processor = triple.split(separator: "-").first,
      let known = information(of: nil)?.embeddedTriples, !known.contains(triple)
    else { return nil }
    var bare = target
    bare.triple = "\(processor)-none-none-elf"
    return known.contains("\(processor)-none-none-elf") ? bare : nil
  }

  /// - Throws: Where the C compiler does not know the processor; all else would be hundreds of lines of its own.
  func check(_ target: LibraryTarget) throws(InvalidInput) {
    let option = target.architecture.map { "--march \($0)" } ?? "--clang-flags"
    do {
      _ = try Self.run(
        programs.appendingPathComponent("clang"),
        target.clangFlags + ["-fsyntax-only", "-x", "c", "/dev/null"], in: "/")
    } catch let failure as Failure {
      let reason = failure.output.split(separator: "\n").first { $0.contains("error: ") }
      throw InvalidInput([
        Diagnostic(
          path: "dtgen library", key: option,
          "\(reason.map { $0.drop { $0 != " " }.dropFirst() } ?? "refused by the C compiler"); accepted: native, "
            + "x86-64-v3 and the other names that clang --print-supported-cpus lists for the target"
        )
      ])
    } catch {
      throw InvalidInput([Diagnostic(path: "clang", "cannot be run: \(error)")])
    }
  }

  private struct TargetInformation: Decodable {
    struct Target: Decodable { var triple, moduleTriple: String }
    struct Paths: Decodable { var runtimeResourcePath: String }
    var target: Target
    var paths: Paths

    /// The targets with objects that are read here, for which the toolchain has Embedded Swift.
    var embeddedTriples: [String] {
      let folder = paths.runtimeResourcePath + "/embedded/Swift.swiftmodule"
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return entries.filter { $0.hasSuffix(".swiftmodule") }
        .map { String($0.dropLast(".swiftmodule".count)) }
        .filter { ObjectFormat(triple: $0) == .elf }.sorted()
    }
  }

  /// Runs one of the programs in `folder`.
  ///
  /// - Returns: what it prints.
  @discardableResult
  func run(
    _ program: String, _ arguments: [String], in folder: URL
  ) throws(InvalidInput) -> String {
    do {
      return try Self.run(programs.appendingPathComponent(program), arguments, in: folder.path)
    } catch let failure as Failure {
      throw InvalidInput(
        [
          Diagnostic(path: program, "stopped with status \(failure.status)")
        ] + failure.output.split(separator: "\n").map { Diagnostic(path: program, String($0)) })
    } catch {
      throw InvalidInput([Diagnostic(path: program, "cannot be run: \(error)")])
    }
  }

  private struct Failure: Error {
    var status: Int32
    var output: String
  }

  /// - Returns: standard output; standard error is kept for a failure.
  private static func run(_ program: URL, _ arguments: [String], in folder: String) throws -> String
  {
    let process = Process()
    let (output, errors) = (
      Pipe(),
      FileManager.default.temporaryDirectory
        .appendingPathComponent("dtgen-\(UUID().uuidString).log")
    )
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        status: process.terminationStatus,
        output: text + ((try? String(contentsOf: errors, encoding: .utf8)) ?? ""))
    }
    return text
  }
}
