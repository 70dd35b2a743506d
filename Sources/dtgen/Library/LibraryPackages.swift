import DTGenCommands
import DTGenReports

/// What `dtgen library --package` asks for.
struct LibraryPackages {
  var kinds: Set<PackageKind>
  var subject: PackageSubject
  var clients: ClientSources
  var hasSharedLibrary: Bool

  /// Files that do not depend on the library's bytes.
  var textFiles: [OutputFile] {
    var files: [OutputFile] = []
    if kinds.contains(.cPlusPlus) {
      files.append(CPlusPlusPackage(subject: subject, client: clients.cPlusPlus).file)
    }
    if kinds.contains(.cmake) {
      files += CMakePackage(subject: subject, hasSharedLibrary: hasSharedLibrary).files
    }
    if kinds.contains(.pkgConfig) {
      files += PkgConfigPackage(subject: subject, hasSharedLibrary: hasSharedLibrary).files
    }
    return files
  }

  func files(of library: Library) throws(InvalidInput) -> [OutputFile] {
    guard kinds.contains(.wheel), let shared = library.sharedLibrary else { return textFiles }
    let wheel = WheelPackage(
      subject: subject, client: clients.python, sharedLibrary: shared.contents,
      platform: try WheelPlatform(triple: library.triple, symbolVersions: library.symbolVersions))
    return textFiles + [try wheel.file()]
  }

  /// Refuses names and targets that these kinds do not take.
  func check(hasCheckpoint: Bool, target: String) throws(InvalidInput) {
    var problems = PackageName.problems(subject, kinds)
    let wheel = "--package \(PackageKind.wheel.rawValue)"
    let others = PackageKind.allCases.filter { $0 != .wheel }.map { "--package \($0.rawValue)" }
      .joined(separator: ", ")
    if kinds.contains(.wheel), !hasSharedLibrary {
      problems.append(
        Diagnostic(
          path: target, key: wheel,
          "Python loads shared libraries, which are made for Linux only; accepted: a target with Linux, or \(others)"
        ))
    }
    if kinds.contains(.wheel), !hasCheckpoint {
      problems.append(
        Diagnostic(
          path: "\(subject.model).dtmodel", key: wheel,
          "a wheel holds the weights, and there is no checkpoint; accepted: model.safetensors beside config.json, or \(others)"
        ))
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
  }
}
