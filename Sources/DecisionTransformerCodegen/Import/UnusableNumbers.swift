/// Why what stands where numbers are expected is of no use.
package struct UnusableNumbers: Error, Equatable {
  /// Behind the name of what stands there: `has nan at [2]`.
  package let text: String

  package init(_ text: String) { self.text = text }

  /// For messages about arrays of NumPy.
  package static let accepted = "accepted: finite numbers, <f4, <f8, <i4 or <i8"

  /// The numbers, which are all finite.
  ///
  /// - Parameter excerpt: What stands there, in a few words.
  package static func none(
    in numbers: [Double]?, else excerpt: String
  ) throws(UnusableNumbers) -> [Double] {
    guard let numbers else { throw UnusableNumbers("is \(excerpt)") }
    guard let index = numbers.firstIndex(where: { !$0.isFinite }) else { return numbers }
    throw UnusableNumbers("has \(numbers[index]) at [\(index)]")
  }
}

extension NumpyFile {
  /// The numbers of such a file, row by row.
  package static func numbers(_ bytes: UnsafeRawBufferPointer) throws(UnusableNumbers) -> [Double] {
    guard let array = NumpyFile(bytes)?.array else {
      throw UnusableNumbers("is nothing that numpy.save wrote")
    }
    return try UnusableNumbers.none(in: array.numbers, else: "an array of type \(array.type)")
  }
}
