/// What `torch.save` was given, as trainers do: a state_dict, or a dictionary with one in it, beside numbers and texts.
///
/// Read by the same restricted machine as `PyTorchFile`; arrays of NumPy are read as data, and what is neither asked for
/// nor a tensor is never looked at.
package struct SavedObject {
  package let path: String
  private let archive: PyTorchArchive
  private let bytes: FileBytes

  /// Reads a file that is already in memory.
  package init(bytes: [UInt8], path: String) throws(InvalidInput) {
    try self.init(.memory(bytes), path: path)
  }

  /// Reads the file at `path`, of these bytes.
  package init(_ bytes: FileBytes, path: String) throws(InvalidInput) {
    (self.path, self.bytes) = (path, bytes)
    do {
      archive = try bytes.withBytes { (bytes) throws(Diagnostic) in
        try PyTorchArchive(bytes, path: path, readsArrays: true)
      }
    } catch {
      throw InvalidInput([error])
    }
  }

  /// The whole.
  package var root: PickleValue { archive.root }

  /// Keys and values of a dictionary, in order; nothing for other values.
  package func entries(of value: PickleValue) -> [(key: PickleValue, value: PickleValue)] {
    if case .dictionary(let place) = value { archive.heap.dictionaries[place] } else { [] }
  }

  /// The value behind names, one dictionary inside the other; nil where one of them is missing.
  package func value(_ names: String...) -> PickleValue? {
    names.reduce(PickleValue?.some(root)) { value, name in
      value.flatMap { value in
        entries(of: value).last {
          if case .text(name) = $0.key { true } else { false }
        }?.value
      }
    }
  }

  /// A number, a text or a flag; nil for other values.
  package func scalar(_ value: PickleValue?) -> JSONValue? {
    switch value {
    case .bool(let flag): .bool(flag)
    case .integer(let number): .integer(number)
    case .number(let number) where number.isFinite: .number(number)
    case .text(let text): .string(text)
    default: nil
    }
  }

  /// The numbers of an array, a tensor or a sequence, row by row; nil for other values, and where it is one of something else.
  package func numbers(_ value: PickleValue) -> [Double]? {
    switch value {
    case .array(let place): return archive.heap.arrays[place].numbers
    case .tensor(let tensor):
      let state = StateDictionary(tensor, of: archive, path: path, bytes: bytes)
      guard let stored = state.tensors.first, stored.header.dataType.isReadable else { return nil }
      return stored.doubles()
    case .sequence(let place):
      let elements = archive.heap.sequences[place]
      let numbers = elements.compactMap { element -> Double? in
        switch element {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
      }
      return numbers.count == elements.count ? numbers : nil
    default: return nil
    }
  }

  /// A value in a few words, for messages: of arrays and tensors their type, too.
  package func excerpt(_ value: PickleValue) -> String {
    switch value {
    case .array(let place): "an array of type \(archive.heap.arrays[place].type)"
    case .tensor(let tensor): "a tensor of type \(tensor.storage.dataType.rawValue)"
    default: value.excerpt
    }
  }

  /// The tensors of a state_dict.
  package func tensors(_ value: PickleValue) throws(InvalidInput) -> [StoredTensor] {
    let state = StateDictionary(value, of: archive, path: path, bytes: bytes)
    guard state.problems.isEmpty else { throw InvalidInput(state.problems) }
    return state.tensors
  }

  /// Whether a value is a dictionary from names to tensors, and has some.
  package func isStateDictionary(_ value: PickleValue) -> Bool {
    let entries = entries(of: value)
    return !entries.isEmpty
      && entries.allSatisfy { entry in
        if case (.text, .tensor) = (entry.key, entry.value) { true } else { false }
      }
  }
}
