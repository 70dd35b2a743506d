import DTGenCommands
import DTGenReports
import Foundation

/// The classes for C++ and Python that work with every model's library, and become part of packages.
struct ClientSources {
  /// `decision_transformer.hpp`
  let cPlusPlus: String
  /// `decision_transformer.py`
  let python: String

  /// - Parameter path: the folder that holds `Clients`; nil means where dtgen was built from.
  init(path: String?) throws(InvalidInput) {
    let folder = RuntimeSources.folder(path)
    func text(_ name: String) throws(InvalidInput) -> String {
      let file = folder.appendingPathComponent("Clients/\(name)")
      guard let text = try? String(contentsOf: file, encoding: .utf8) else {
        throw InvalidInput([
          Diagnostic(
            path: file.path,
            "cannot be read, and is part of a package; accepted: --runtime <folder> with the folder Sources of "
              + "this generator's package")
        ])
      }
      return text
    }
    cPlusPlus = try text("Cpp/decision_transformer.hpp")
    python = try text("Python/decision_transformer.py")
  }
}
