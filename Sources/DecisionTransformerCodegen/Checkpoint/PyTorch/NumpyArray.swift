/// Global names with which NumPy's arrays are pickled. They are read as data: an array of numbers is a shape, a type and
/// bytes, and nothing has to be called to see them.
package enum NumpyGlobal: String, CaseIterable {
  /// numpy 1 and 2 call the same function by these names.
  case reconstruct1 = "numpy.core.multiarray._reconstruct"
  case reconstruct2 = "numpy._core.multiarray._reconstruct"
  case scalar1 = "numpy.core.multiarray.scalar"
  case scalar2 = "numpy._core.multiarray.scalar"
  case array = "numpy.ndarray"
  case type = "numpy.dtype"
  /// Protocol 2 has no bytes: a text whose characters are bytes stands for them.
  case encode = "_codecs.encode"
}

/// An array of NumPy, as a pickle describes it.
package struct NumpyArray {
  package var shape: [Int] = []
  /// As `numpy.dtype` spells it, with its byte order: `<f4`.
  package var type = ""
  package var isColumnMajor = false
  package var bytes: [UInt8] = []

  package init() {}

  /// The numbers in row-major order; nil for types and layouts other than floats and integers in little-endian order
  /// of at most two axes, or where there are fewer bytes than the shape has numbers.
  package var numbers: [Double]? {
    guard let count = count, shape.count <= 2 || !isColumnMajor else { return nil }
    let values: [Double]? =
      switch type {
      case "<f4": decoded(count) { (bits: UInt32) in Double(Float(bitPattern: bits)) }
      case "<f8": decoded(count) { (bits: UInt64) in Double(bitPattern: bits) }
      case "<i4": decoded(count) { (bits: UInt32) in Double(Int32(bitPattern: bits)) }
      case "<i8": decoded(count) { (bits: UInt64) in Double(Int64(bitPattern: bits)) }
      default: nil
      }
    guard let values, isColumnMajor, shape.count == 2 else { return values }
    let (rows, columns) = (shape[0], shape[1])
    return (0..<rows * columns).map { values[$0 % columns * rows + $0 / columns] }
  }

  /// The product of the shape; nil where it overflows.
  private var count: Int? {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  private func decoded<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, _ value: (Bits) -> Double
  ) -> [Double]? {
    let size = MemoryLayout<Bits>.size
    guard bytes.count % size == 0, bytes.count / size == count else { return nil }
    return bytes.withUnsafeBytes { bytes in
      (0..<count).map {
        value(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self)))
      }
    }
  }
}

// MARK: - Pickles

extension PickleMachine {
  /// The value that a NumPy name of `fields` stands for; nil where it is none that pickled arrays have.
  mutating func array(_ global: NumpyGlobal, _ fields: [PickleValue]) -> PickleValue? {
    switch global {
    case .encode:
      guard fields.count == 2, case (.text(let text), .text("latin1")) = (fields[0], fields[1])
      else { return nil }
      let bytes = text.unicodeScalars.map { UInt8(exactly: $0.value) }
      guard !bytes.contains(nil) else { return nil }
      return heap.byteString(bytes.compactMap(\.self))
    case .reconstruct1, .reconstruct2:
      guard fields.count == 3, case .numpy(.array) = fields[0] else { return nil }
      return heap.array()
    case .type:
      guard let first = fields.first, case .text(let name) = first else { return nil }
      return heap.numberType(name)
    case .scalar1, .scalar2:
      guard fields.count == 2, case .numberType(let type) = fields[0],
        case .bytes(let bytes) = fields[1]
      else { return nil }
      let value = heap.array()
      guard case .array(let place) = value else { return nil }
      heap.arrays[place].type = heap.numberTypes[type]
      heap.arrays[place].bytes = heap.byteStrings[bytes]
      return value
    case .array: return nil
    }
  }

  /// What `__setstate__` tells an array or a number type; false where it is not of their form.
  mutating func setState(_ state: PickleValue, of object: PickleValue) -> Bool {
    guard let fields = heap.elements(state) else { return false }
    switch object {
    case .numberType(let place):
      // (version, byte order, ...): "|" where there is none.
      guard fields.count >= 2, case .text(let order) = fields[1],
        ["<", ">", "|", "="].contains(order)
      else { return false }
      heap.numberTypes[place] = (order == "=" ? "<" : order) + heap.numberTypes[place]
      return true
    case .array(let place):
      // (version, shape, type, is column-major, bytes)
      guard fields.count == 5, let shape = heap.integers(fields[1]),
        case .numberType(let type) = fields[2], case .bool(let isColumnMajor) = fields[3]
      else { return false }
      heap.arrays[place].shape = shape
      heap.arrays[place].type = heap.numberTypes[type]
      heap.arrays[place].isColumnMajor = isColumnMajor
      // An array of objects has a list here: it stays without numbers.
      if case .bytes(let bytes) = fields[4] {
        heap.arrays[place].bytes = heap.byteStrings[bytes]
      }
      return true
    default: return false
    }
  }
}
