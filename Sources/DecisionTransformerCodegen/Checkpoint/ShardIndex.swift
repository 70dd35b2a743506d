/// An index of shards (`*.index.json`), as Hugging Face's save_pretrained writes it: `weight_map`
/// says for every tensor in which file of the same folder it lies.
struct ShardIndex {
  /// The file of each tensor, by the tensor's name.
  private(set) var files: [String: String] = [:]
  /// Each file once, sorted.
  var fileNames: [String] { Set(files.values).sorted() }

  /// An index names tensors and files; much more than that is another file under this name.
  private static let maximumByteCount = 16 << 20

  /// Reads `bytes`, a whole file that messages call `path`.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(InvalidInput) {
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
        if !Self.isFileName(file) {
          report(
            "weight_map.\(entry.name)",
            "found \(entry.value.excerpt); accepted: the name of a file in the same folder")
        }
        files[entry.name] = file
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

  /// Whether `name` is one, and no path that leads elsewhere.
  private static func isFileName(_ name: String) -> Bool {
    !["", ".", ".."].contains(name)
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }
}
