/// Mean and deviation of states in the training data, from a file or from the user.
public enum Statistics {
  /// The members of a JSON object, or the arrays of an .npz file, that are `state_mean` and `state_std`.
  ///
  /// - Throws: Where the file has none.
  public static func read(_ bytes: [UInt8], path: String) throws(InvalidInput) -> [JSONMember] {
    let isArchive = bytes.withUnsafeBytes(ZipArchive.matches)
    let found = try isArchive ? arrays(bytes, path) : members(bytes, path)
    let statistics = [
      ("state_mean", ["state_mean", "mean"]), ("state_std", ["state_std", "std"]),
    ]
    .compactMap { key, names in
      names.lazy.compactMap { name in found.first { $0.name == name } }.first.map {
        JSONMember(name: key, value: $0.value)
      }
    }
    guard statistics.count == 2 else {
      throw InvalidInput([
        Diagnostic(
          path: path,
          "has \(NameList.text(found.map(\.name))); accepted: state_mean and state_std (or mean and std), numbers in an array each"
        )
      ])
    }
    return statistics
  }

  private static func members(_ bytes: [UInt8], _ path: String) throws(InvalidInput) -> [JSONMember]
  {
    do throws(JSONError) {
      if case .object(let members) = try JSONParser.parse(bytes) { return members }
    } catch {
      throw InvalidInput([Diagnostic(path: path, key: error.position, error.message)])
    }
    throw InvalidInput([
      Diagnostic(path: path, "is neither a JSON object nor an .npz file; accepted: one of them")
    ])
  }

  private static func arrays(_ bytes: [UInt8], _ path: String) throws(InvalidInput) -> [JSONMember]
  {
    do throws(Diagnostic) {
      return try FileBytes.memory(bytes).withBytes { (bytes) throws(Diagnostic) in
        let entries = try ZipArchive(bytes, path: path).entries
        var members: [JSONMember] = []
        for (name, range) in entries.sorted(by: { $0.key < $1.key }) where name.hasSuffix(".npy") {
          let file = NumpyFile(UnsafeRawBufferPointer(rebasing: bytes[range]))
          guard let numbers = file?.array.numbers else { continue }
          members.append(JSONMember(name: String(name.dropLast(4)), value: JSONValue(numbers)))
        }
        return members
      }
    } catch {
      throw InvalidInput([error])
    }
  }

  /// Asks for both; `note` says what people must know about the deviation.
  package static func ask(
    _ facts: inout Facts, mean: String = "mean of each number of the state in the training data",
    note: String
  ) {
    facts.ask(
      "state_mean", mean,
      example: "[...], or --statistics <file>; null where states go in as they are",
      mayBeAbsent: true)
    facts.ask(
      "state_std", "what each is divided by behind that: \(note)",
      example: "[...], or --statistics <file>; null where states go in as they are",
      mayBeAbsent: true)
  }
}
