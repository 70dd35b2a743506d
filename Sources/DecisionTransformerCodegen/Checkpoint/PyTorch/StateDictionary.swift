/// The tensors of a saved state_dict: a dictionary from names to tensors, and nothing else.
package struct StateDictionary {
  package private(set) var tensors: [StoredTensor] = []
  package private(set) var problems: [Diagnostic] = []
  private let path: String

  /// Reads the object that `archive` holds; `bytes` is its file, which messages call `path`.
  package init(_ archive: PyTorchArchive, path: String, bytes: FileBytes) {
    self.init(archive.root, of: archive, path: path, bytes: bytes)
    if case .dictionary(let place) = archive.root,
      let family = Self.family(inside: archive.heap.dictionaries[place], archive.heap)
    {
      tensors = []
      problems = [family.diagnostic(path: path)]
    }
  }

  /// Reads `object`, which `archive` holds.
  package init(
    _ object: PickleValue, of archive: PyTorchArchive, path: String, bytes: FileBytes
  ) {
    self.path = path
    guard case .dictionary(let place) = object else {
      report(nil, "holds \(object.excerpt); accepted: a state_dict, names and their tensors")
      return
    }
    let entries = archive.heap.dictionaries[place]
    var names: Set<String> = []
    for (key, value) in entries {
      guard case .text(let name) = key else {
        report(nil, "has the key \(key.excerpt); accepted: names of tensors")
        continue
      }
      guard names.insert(name).inserted else {
        report(name, "occurs twice; accepted: once")
        continue
      }
      guard case .tensor(let tensor) = value else {
        let place = PickleValue.text(name).excerpt
        report(
          name,
          "found \(value.excerpt); accepted: a tensor"
            + (Self.isDictionary(value)
              ? "; where a state_dict lies inside, save it alone: torch.save(checkpoint[\(place)], ...)"
              : ""))
        continue
      }
      add(tensor, name, archive, bytes)
    }
    if problems.count > NameList.limit {
      let rest = problems.count - NameList.limit
      problems.removeLast(rest)
      report(nil, "\(rest) more entries are wrong")
    }
  }

  /// Reads one tensor, which has no name.
  package init(_ tensor: PyTorchTensor, of archive: PyTorchArchive, path: String, bytes: FileBytes)
  {
    self.path = path
    add(tensor, "", archive, bytes)
  }

  private mutating func report(_ key: String?, _ message: String) {
    problems.append(Diagnostic(path: path, key: key, message))
  }

  private static func isDictionary(_ value: PickleValue) -> Bool {
    if case .dictionary = value { true } else { false }
  }

  /// The family that the names in nested dictionaries speak of: some save more than a state_dict.
  private static func family(
    inside entries: [(key: PickleValue, value: PickleValue)], _ heap: PickleHeap
  ) -> CheckpointFamily? {
    for case (_, .dictionary(let place)) in entries {
      let names = heap.dictionaries[place].compactMap { entry in
        if case .text(let name) = entry.key { name } else { nil }
      }
      if let family = CheckpointFamily(names: names) { return family }
    }
    return nil
  }
}

// MARK: - One tensor

extension StateDictionary {
  private mutating func add(
    _ tensor: PyTorchTensor, _ name: String, _ archive: PyTorchArchive, _ bytes: FileBytes
  ) {
    let storage = tensor.storage
    guard let range = archive.storages[storage.key] else {
      preconditionFailure("storage \(storage.key) was not resolved")
    }
    guard let last = Self.lastElement(tensor), last < storage.count else {
      report(
        name,
        "shape \(tensor.shape), strides \(tensor.strides) and offset \(tensor.offset) reach outside "
          + "a storage of \(storage.count) elements")
      return
    }
    guard Self.elementCount(tensor.shape).map({ $0 <= storage.count }) ?? false else {
      report(
        name,
        "shape \(tensor.shape) has more elements than its storage, \(storage.count); "
          + "accepted: tensors whose elements are stored one by one")
      return
    }
    tensors.append(
      StoredTensor(
        TensorHeader(name, storage.dataType, tensor.shape), path: path, bytes: bytes,
        start: range.lowerBound + tensor.offset * (storage.dataType.bitWidth / 8),
        strides: tensor.strides))
  }

  /// Index of the last element in its storage, -1 if there is no element; nil where it overflows or
  /// a number is negative.
  private static func lastElement(_ tensor: PyTorchTensor) -> Int? {
    guard tensor.offset >= 0, (tensor.shape + tensor.strides).allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    if tensor.shape.contains(0) { return tensor.offset <= tensor.storage.count ? -1 : nil }
    var last = tensor.offset
    for (size, stride) in zip(tensor.shape, tensor.strides) {
      let (distance, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(distance)
      if overflow || carry { return nil }
      last = sum
    }
    return last
  }

  private static func elementCount(_ shape: [Int]) -> Int? {
    if shape.contains(0) { return 0 }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      count = product
    }
    return count
  }
}
