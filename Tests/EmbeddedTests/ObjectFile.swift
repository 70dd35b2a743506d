import Foundation

/// A little-endian ELF object file, as far as needed to see what it asks the linker for.
struct ObjectFile {
  private let data: [UInt8]
  private let is64Bit: Bool

  /// nil if `data` is no such file.
  init?(_ data: Data) {
    // Mark, class (1 for 32 bits, 2 for 64), little-endian.
    guard data.count > 64, data.prefix(4) == Data([0x7f, 0x45, 0x4c, 0x46]), data[5] == 1 else {
      return nil
    }
    self.data = Array(data)
    is64Bit = data[4] == 2
  }

  /// The names of the symbols that are used and not defined.
  var undefinedSymbols: Set<String> {
    let sectionHeaders = word(at: is64Bit ? 40 : 32)
    let headerSize = Int(half(at: is64Bit ? 58 : 46))
    let count = Int(half(at: is64Bit ? 60 : 48))
    var names: Set<String> = []
    for section in 0..<count {
      let header = sectionHeaders + section * headerSize
      let symbolTable = 2
      guard quad(at: header + 4) == symbolTable else { continue }
      let table = contents(of: header)
      let linked = quad(at: header + (is64Bit ? 40 : 24))
      let strings = contents(of: sectionHeaders + linked * headerSize)
      for symbol in stride(from: table.lowerBound, to: table.upperBound, by: is64Bit ? 24 : 16) {
        let sectionIndex = half(at: symbol + (is64Bit ? 6 : 14))
        let name = data[(strings.lowerBound + quad(at: symbol))...].prefix { $0 != 0 }
        if sectionIndex == 0, !name.isEmpty {
          names.insert(String(decoding: name, as: UTF8.self))
        }
      }
    }
    return names
  }

  private func contents(of header: Int) -> Range<Int> {
    let offset = word(at: header + (is64Bit ? 24 : 16))
    return offset..<offset + word(at: header + (is64Bit ? 32 : 20))
  }

  /// A number as wide as an address.
  private func word(at offset: Int) -> Int { number(at: offset, bytes: is64Bit ? 8 : 4) }
  private func quad(at offset: Int) -> Int { number(at: offset, bytes: 4) }
  private func half(at offset: Int) -> Int { number(at: offset, bytes: 2) }

  private func number(at offset: Int, bytes: Int) -> Int {
    (0..<bytes).reduce(0) { $0 | Int(data[offset + $1]) << (8 * $1) }
  }
}
