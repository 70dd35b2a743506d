/// Why a pickle is not one that a checkpoint needs.
package struct PickleError: Error {
  /// What is meant: a byte of the pickle, or a global name.
  package var place: String
  package var message: String

  /// Something at byte `position` of the file or of the record.
  package init(at position: Int, _ message: String) {
    place = "byte \(position)"
    self.message = message
  }

  /// A global name that is not accepted.
  package init(global: String) {
    let isPlain = global.utf8.count <= 100 && global.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    place = "global \(isPlain ? global : JSONValue.string(global).excerpt)"
    message =
      "is not accepted, and nothing of the file is executed; a checkpoint's pickle needs "
      + PyTorchGlobal.allCases.map(\.rawValue).joined(separator: ", ")
  }
}
