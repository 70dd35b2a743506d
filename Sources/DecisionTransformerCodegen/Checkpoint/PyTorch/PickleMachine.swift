/// Reads a pickle as `torch.save` writes it: a small stack machine with the opcodes of protocols 2
/// to 5 that this takes, and no others.
///
/// It builds numbers, texts, collections and descriptions of tensors (`PickleValue`). It has no way
/// to call anything: a global name is one of `PyTorchGlobal`, or an error. Opcodes and format:
/// https://docs.python.org/3/library/pickletools.html. Time and memory are proportional to the
/// pickle's length, which is limited besides.
package struct PickleMachine {
  /// The versions of the format. `torch.save` writes 2 unless asked for another; 0 and 1 are older than
  /// PyTorch.
  package static let protocols: ClosedRange<UInt8> = 2...5
  /// The deepest models that are accepted, of 1024 layers, take less than half of this.
  package static let maximumOperationCount = 1 << 20

  package var heap = PickleHeap()
  /// The storages that the pickle names, by key.
  package private(set) var storages: [String: PyTorchStorage] = [:]
  /// Texts that were read so far, which tell whose checkpoint it is even if the rest is refused.
  package private(set) var texts: [String] = []
  private var scanner: PickleScanner
  private var stack: [PickleValue] = []
  /// Stack heights.
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]
  /// Of the operation that is being carried out.
  private var start = 0

  /// Whether NumPy's arrays and byte strings are read, as data: what surrounds a state_dict may have some.
  package let readsArrays: Bool

  /// A machine for the pickle that begins at `position`.
  package init(_ bytes: UnsafeRawBufferPointer, position: Int = 0, readsArrays: Bool = false) {
    scanner = PickleScanner(bytes, position: position)
    self.readsArrays = readsArrays
  }

  /// The byte after the pickle, once it was read.
  package var end: Int { scanner.position }

  /// Reads up to the end of the pickle and returns the value it stands for.
  package mutating func run() throws(PickleError) -> PickleValue {
    for _ in 0..<Self.maximumOperationCount {
      start = scanner.position
      let opcode = try scanner.byte()
      if opcode == UInt8(ascii: ".") {
        guard stack.count == 1, marks.isEmpty else {
          throw error("the pickle ends with \(stack.count) values instead of one")
        }
        return stack[0]
      }
      try execute(opcode)
    }
    throw error("a pickle of more than \(Self.maximumOperationCount) operations")
  }

  private func error(_ message: String) -> PickleError { PickleError(at: start, message) }
}

// MARK: - Operations

extension PickleMachine {
  private mutating func execute(_ opcode: UInt8) throws(PickleError) {
    switch opcode {
    case 0x80:  // PROTO
      let version = try scanner.byte()
      guard Self.protocols.contains(version) else {
        let (first, last) = (Self.protocols.lowerBound, Self.protocols.upperBound)
        throw error("pickle protocol \(version); accepted: \(first) to \(last)")
      }
    case 0x95:  // FRAME: the length of what follows, for whoever reads ahead.
      let length = try scanner.integer(UInt64.self)
      guard length <= UInt64(scanner.remaining) else {
        throw error("a frame of \(length) bytes, the file has \(scanner.remaining) more")
      }
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.bool(true))
    case 0x89: push(.bool(false))
    case UInt8(ascii: "K"): push(.integer(Int(try scanner.byte())))
    case UInt8(ascii: "M"): push(.integer(Int(try scanner.integer(UInt16.self))))
    case UInt8(ascii: "J"): push(.integer(Int(try scanner.integer(Int32.self))))
    case 0x8A: push(.integer(try scanner.longInteger(Int(try scanner.byte()))))
    case UInt8(ascii: "G"):
      push(.number(Double(bitPattern: try scanner.integer(UInt64.self).byteSwapped)))
    case UInt8(ascii: "X"): try pushText(Int(try scanner.integer(UInt32.self)))
    case 0x8C: try pushText(Int(try scanner.byte()))
    case UInt8(ascii: "C") where readsArrays: try pushBytes(Int(try scanner.byte()))
    case UInt8(ascii: "B") where readsArrays: try pushBytes(Int(try scanner.integer(UInt32.self)))
    case 0x8E where readsArrays:
      try pushBytes(Int(clamping: try scanner.integer(UInt64.self)))
    case UInt8(ascii: ")"): push(heap.sequence([]))
    case UInt8(ascii: "]"): push(heap.sequence([]))
    case UInt8(ascii: "}"): push(heap.dictionary())
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "t"): push(heap.sequence(try popToMark()))
    case 0x85: push(heap.sequence(try pop(1)))
    case 0x86: push(heap.sequence(try pop(2)))
    case 0x87: push(heap.sequence(try pop(3)))
    case UInt8(ascii: "a"): try append(pop(1))
    case UInt8(ascii: "e"): try append(popToMark())
    case UInt8(ascii: "s"): try insert(pop(2))
    case UInt8(ascii: "u"): try insert(popToMark())
    case UInt8(ascii: "q"): try remember(UInt32(try scanner.byte()))
    case UInt8(ascii: "r"): try remember(try scanner.integer(UInt32.self))
    case 0x94: try remember(UInt32(memo.count))
    case UInt8(ascii: "h"): try recall(UInt32(try scanner.byte()))
    case UInt8(ascii: "j"): try recall(try scanner.integer(UInt32.self))
    case UInt8(ascii: "c"):
      let module = try scanner.line(maximumLength: Self.maximumNameLength)
      try pushGlobal(module, try scanner.line(maximumLength: Self.maximumNameLength))
    case 0x93:  // STACK_GLOBAL
      let names = try pop(2)
      guard case (.text(let module), .text(let name)) = (names[0], names[1]) else {
        throw error("a global name that is no text")
      }
      try pushGlobal(module, name)
    case UInt8(ascii: "Q"): try pushStorage()
    case UInt8(ascii: "R"):
      let call = try pop(2)
      push(try built(call[0], call[1]))
    case UInt8(ascii: "b"):  // BUILD: an attribute, such as the version numbers of a state_dict.
      let values = try pop(2)
      if case .dictionary = values[0] {
      } else if !setState(values[1], of: values[0]) {
        throw error("attributes of \(values[0].excerpt); accepted: of a dictionary")
      }
      push(values[0])
    default:
      let digits = String(opcode, radix: 16)
      throw error("the opcode 0x\(digits) is not one that torch.save writes")
    }
  }

  private mutating func push(_ value: PickleValue) { stack.append(value) }

  private mutating func pushText(_ length: Int) throws(PickleError) {
    let text = try scanner.text(length)
    texts.append(text)
    push(.text(text))
  }

  private mutating func pushBytes(_ length: Int) throws(PickleError) {
    push(heap.byteString(try scanner.bytes(length)))
  }

  /// The last `count` values, which leave the stack.
  private mutating func pop(_ count: Int) throws(PickleError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw error("the stack has too few values; the file is damaged")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  /// The values after the last mark, which leave the stack, as does the mark.
  private mutating func popToMark() throws(PickleError) -> [PickleValue] {
    guard let mark = marks.popLast() else {
      throw error("a mark is missing; the file is damaged")
    }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func append(_ values: [PickleValue]) throws(PickleError) {
    guard case .sequence(let place)? = top else { throw error("values outside a list") }
    heap.sequences[place] += values
  }

  private mutating func insert(_ values: [PickleValue]) throws(PickleError) {
    guard case .dictionary(let place)? = top, values.count.isMultiple(of: 2) else {
      throw error("keys and values outside a dictionary")
    }
    for index in stride(from: 0, to: values.count, by: 2) {
      heap.dictionaries[place].append((values[index], values[index + 1]))
    }
  }

  /// The last value above the last mark.
  private var top: PickleValue? { stack.count > (marks.last ?? 0) ? stack.last : nil }

  private mutating func remember(_ index: UInt32) throws(PickleError) {
    guard let top else { throw error("there is no value to remember; the file is damaged") }
    memo[index] = top
  }

  private mutating func recall(_ index: UInt32) throws(PickleError) {
    guard let value = memo[index] else {
      throw error("value \(index) was not remembered; the file is damaged")
    }
    push(value)
  }
}

// MARK: - What torch.save writes

extension PickleMachine {
  private static let maximumNameLength = 1000

  private mutating func pushGlobal(_ module: String, _ name: String) throws(PickleError) {
    let name = "\(module).\(name)"
    if let global = PyTorchGlobal(rawValue: name) {
      push(.global(global))
    } else if readsArrays, let global = NumpyGlobal(rawValue: name) {
      push(.numpy(global))
    } else {
      throw PickleError(global: name)
    }
  }

  /// A persistent id: ("storage", type, key, location, number of elements). The location, a device,
  /// does not matter. Old files have None as a sixth.
  private mutating func pushStorage() throws(PickleError) {
    let fields = heap.elements(try pop(1)[0]) ?? []
    guard (5...6).contains(fields.count), case .text("storage") = fields[0],
      case .global(let global) = fields[1], let dataType = global.dataType,
      case .text(let key) = fields[2], case .text = fields[3],
      case .integer(let count) = fields[4], count >= 0
    else { throw error("a persistent id that is no storage; accepted: those of torch.save") }
    if fields.count == 6 {
      guard case .none = fields[5] else {
        throw error("a storage that is a part of another one is not accepted; save the model anew")
      }
    }
    let storage = PyTorchStorage(key: key, dataType: dataType, count: count)
    if let first = storages[key], first != storage {
      throw error(
        "storage \(PickleValue.text(key).excerpt) is \(first.count) elements of "
          + "\(first.dataType.rawValue) and \(count) of \(dataType.rawValue) at once")
    }
    storages[key] = storage
    push(.storage(storage))
  }

  /// The value that `callee` of `arguments` stands for.
  private mutating func built(
    _ callee: PickleValue, _ arguments: PickleValue
  ) throws(PickleError) -> PickleValue {
    if case .numpy(let global) = callee {
      guard let fields = heap.elements(arguments), let value = array(global, fields) else {
        throw error("\(global.rawValue) with unexpected arguments; accepted: those of an array")
      }
      return value
    }
    guard case .global(let global) = callee, let fields = heap.elements(arguments) else {
      throw error("\(callee.excerpt) is called; accepted: a function that makes a tensor")
    }
    switch global {
    case .orderedDictionary where fields.isEmpty: return heap.dictionary()
    case .size where fields.count == 1 && heap.integers(fields[0]) != nil: return fields[0]
    case .device: return .ignored
    case .rebuildTensor:
      if let tensor = tensor(fields) { return .tensor(tensor) }
    case .rebuildParameter:
      if case .tensor? = fields.first { return fields[0] }
    default: break
    }
    throw error("\(global.rawValue) with unexpected arguments; accepted: those of torch.save")
  }

  /// A tensor of (storage, offset, size, stride, requires_grad, hooks, ...); nil if it is none.
  private func tensor(_ fields: [PickleValue]) -> PyTorchTensor? {
    guard (6...7).contains(fields.count), case .storage(let storage) = fields[0],
      case .integer(let offset) = fields[1], let shape = heap.integers(fields[2]),
      let strides = heap.integers(fields[3]), shape.count == strides.count
    else { return nil }
    return PyTorchTensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }
}
