/// A file of `numpy.save`: a magic number, a header that is a Python dictionary, and the numbers.
///
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package struct NumpyFile {
  package let array: NumpyArray

  /// nil for bytes that are no such file.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    let magic: [UInt8] = [0x93] + "NUMPY".utf8
    guard bytes.count >= 12, bytes.starts(with: magic), (1...3).contains(bytes[6]) else {
      return nil
    }
    let lengthSize = bytes[6] == 1 ? 2 : 4
    let length = (0..<lengthSize).reversed().reduce(0) { $0 << 8 | Int(bytes[8 + $1]) }
    let start = 8 + lengthSize
    guard length <= bytes.count - start else { return nil }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard
      let type = header.firstMatch(of: /'descr': '([^']*)'/)?.1,
      let order = header.firstMatch(of: /'fortran_order': (True|False)/)?.1,
      let sizes = header.firstMatch(of: /'shape': \(([^)]*)\)/)?.1
    else { return nil }
    var array = NumpyArray()
    for size in sizes.split(separator: ",").map({ $0.filter { $0 != " " } }) where !size.isEmpty {
      guard let size = Int(size) else { return nil }
      array.shape.append(size)
    }
    array.type = String(type)
    array.isColumnMajor = order == "True"
    array.bytes = Array(bytes[(start + length)...])
    self.array = array
  }
}
