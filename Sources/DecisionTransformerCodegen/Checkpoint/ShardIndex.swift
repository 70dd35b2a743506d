/// An index of shards (`*.index.json`), as Hugging Face's save_pretrained writes it: `weight_map`
/// says for every tensor in which file of the same folder, or of one below it, it lies.
package struct ShardIndex {
  /// The file of each tensor, by the tensor's name: a path from the index's folder, always spelled
  /// the same way.
  package private(set) var files: [String: String] = [:]
  /// Each file once, sorted.
  package var fileNames: [String] { Set(files.values).sorted() }

  /// An index names tensors and files; much more than that is another file under this name.
  private static let maximumByteCount = 16 << 20

  /// Reads `bytes`, a whole file that messages call `path`.
  package init(_ bytes: UnsafeRawBufferPointer, path: String) throws(InvalidInput) {
    if GitLFSPointer.matches(bytes) { throw InvalidInput([GitLFSPointer.diagnostic(path: path)]) }
    guard bytes.count <= Self.maximumByteCount else {
      throw InvalidInput([
        Diagnostic(path: path, "is larger than 16 MiB; accepted: an index of shards")
      ])
    }
    let index: JSONValue
    do throws(JSONError) {
      index = try JSONParser.parse(bytes)
    } catch {
      throw InvalidInput([Diagnostic(path: path, key: error.position, error.message)])
    }
    var problems: [Diagnostic] = []
    func report(_ key: String, _ message: String) {
      problems.append(Diagnostic(path: path, key: key, message))
    }
    guard case .object(let members) = index else {
      throw InvalidInput([
        Diagnostic(path: path, "found \(index.excerpt); accepted: an object with a weight_map")
      ])
    }
    let accepted = "an object of tensors' names and the files they are in"
    switch members.first(where: { $0.name == "weight_map" })?.value {
    case .object(let entries)?:
      if entries.isEmpty { report("weight_map", "is empty; accepted: \(accepted)") }
      for entry in entries {
        guard case .string(let file) = entry.value else {
          report(
            "weight_map.\(entry.name)",
            "found \(entry.value.excerpt); accepted: the name of a file")
          continue
        }
        guard let path = Self.path(file) else {
          report(
            "weight_map.\(entry.name)",
            "found \(entry.value.excerpt); accepted: the name of a file in the same folder or below"
          )
          continue
        }
        files[entry.name] = path
      }
    case let value?: report("weight_map", "found \(value.excerpt); accepted: \(accepted)")
    case nil: report("weight_map", "is missing; accepted: \(accepted)")
    }
    if problems.count > NameList.limit {
      let rest = problems.count - NameList.limit
      problems.removeLast(rest)
      report("weight_map", "\(rest) more entries are wrong in the same way")
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
  }

  /// `name` without steps that lead nowhere; nil if it leads out of the folder.
  private static func path(_ name: String) -> String? {
    if name.hasPrefix("/") || name.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0 }) {
      return nil
    }
    let steps = name.split(separator: "/").filter { $0 != "." }
    return steps.isEmpty || name.hasSuffix("/") || steps.contains("..")
      ? nil : steps.joined(separator: "/")
  }
}
