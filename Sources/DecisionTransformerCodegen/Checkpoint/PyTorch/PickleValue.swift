/// A value that a pickle builds.
///
/// Collections are places in a `PickleHeap`: a pickle can nest and even contain itself to any depth,
/// and neither reading nor freeing it may recurse.
package enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  /// A tuple or a list.
  case sequence(Int)
  case dictionary(Int)
  /// A name that the pickle may use; nothing is called.
  case global(PyTorchGlobal)
  case storage(PyTorchStorage)
  case tensor(PyTorchTensor)
  /// A name of NumPy's; nothing is called.
  case numpy(NumpyGlobal)
  case bytes(Int)
  case numberType(Int)
  case array(Int)
  /// What is left of an object that says nothing about numbers, such as a device.
  case ignored
}

/// The collections of a pickle.
package struct PickleHeap {
  package var sequences: [[PickleValue]] = []
  package var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []

  package var byteStrings: [[UInt8]] = []
  package var numberTypes: [String] = []
  package var arrays: [NumpyArray] = []

  package mutating func byteString(_ bytes: [UInt8]) -> PickleValue {
    byteStrings.append(bytes)
    return .bytes(byteStrings.count - 1)
  }

  package mutating func numberType(_ name: String) -> PickleValue {
    numberTypes.append(name)
    return .numberType(numberTypes.count - 1)
  }

  package mutating func array() -> PickleValue {
    arrays.append(NumpyArray())
    return .array(arrays.count - 1)
  }

  package mutating func sequence(_ values: [PickleValue]) -> PickleValue {
    sequences.append(values)
    return .sequence(sequences.count - 1)
  }

  package mutating func dictionary() -> PickleValue {
    dictionaries.append([])
    return .dictionary(dictionaries.count - 1)
  }

  /// The elements of a tuple or a list; nil for other values.
  package func elements(_ value: PickleValue) -> [PickleValue]? {
    if case .sequence(let place) = value { sequences[place] } else { nil }
  }

  /// The elements of a sequence of integers; nil for other values.
  package func integers(_ value: PickleValue) -> [Int]? {
    guard let elements = elements(value) else { return nil }
    let integers = elements.compactMap { element in
      if case .integer(let integer) = element { integer } else { nil }
    }
    return integers.count == elements.count ? integers : nil
  }
}

extension PickleValue {
  /// The value in a few words, for messages.
  package var excerpt: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): JSONValue.string(value).excerpt
    case .sequence: "a tuple or a list"
    case .dictionary: "a dictionary"
    case .global(let global): global.rawValue
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .numpy(let global): global.rawValue
    case .bytes: "bytes"
    case .numberType: "a type of numbers"
    case .array: "an array"
    case .ignored: "another object"
    }
  }
}
