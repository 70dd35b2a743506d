/// The rules for the name of a generated type.
public enum ModelName {
  /// What is wrong with `name`, and what is accepted; nil if it can name a generated type.
  public static func problem(with name: String) -> String? {
    let example = nearestName(to: name)
    let accepted =
      "accepted: an ASCII letter, then letters, digits and underscores, as in \(example ?? "Hopper").dtmodel"
    let free = "accepted: a name that is free" + (example.map { ", as in \($0).dtmodel" } ?? "")
    let quoted = JSONValue.string(name).excerpt
    guard let first = name.utf8.first else {
      return "the folder's name leaves no name for the type; \(accepted)"
    }
    guard isLetter(first), name.utf8.allSatisfy({ isLetter($0) || isDigitOrUnderscore($0) }) else {
      return "\(quoted) is not a name for a Swift type; \(accepted)"
    }
    if keywords.contains(name) {
      return "\(quoted) is a word of the Swift language; \(free)"
    }
    if standardTypes.contains(name) {
      return "\(quoted) is a type of the Swift standard library; \(free)"
    }
    if generatedNames.contains(name) {
      return "\(quoted) is a name that generated code uses; \(free)"
    }
    return nil
  }

  /// The same in capitalised words without what stands between them, where that is a name: `Hopper` for `hopper`, `MyRobot`
  /// for `my-robot`.
  package static func nearestName(to name: String) -> String? {
    let words = name.split { $0 == "-" || $0 == "." || $0 == " " }
    let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return joined != name && isFree(joined) ? joined : nil
  }

  private static func isFree(_ name: String) -> Bool {
    guard let first = name.utf8.first else { return false }
    return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || isDigitOrUnderscore($0) }
      && !keywords.contains(name) && !standardTypes.contains(name)
      && !generatedNames.contains(name)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
  }

  private static func isDigitOrUnderscore(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
  }
}

// MARK: - Names that are taken

extension ModelName {
  /// Every name that a model cannot have, of those that begin as they should.
  package static let taken = keywords.union(standardTypes).union(generatedNames)

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  /// What generated code takes from modules, the modules, and the members that code beside it names most.
  private static let generatedNames = words(
    "Action CDecisionTransformer DecisionTransformer Foundation State Swift"
  ).union(NamesOfModules.all.keys)

  private static let keywords = words(
    """
    Any Protocol Self Type actor any as associatedtype async await borrowing break case catch class
    consume consuming continue copy default defer deinit discard do dynamic each else enum extension
    fallthrough false fileprivate final for func get guard if import in indirect infix init inout
    internal is isolated lazy let macro mutating nil nonisolated open operator optional override
    package postfix precedencegroup prefix private protocol public repeat required rethrows return
    self sending set some static struct subscript super switch throw throws true try typealias
    unowned unsafe var weak where while willSet yield
    """)

  /// The types without which ordinary code beside the generated file would no longer compile.
  private static let standardTypes = words(
    """
    Actor AnyHashable AnyIterator AnyKeyPath AnyObject AnySequence Array ArraySlice AsyncSequence
    AsyncStream BidirectionalCollection BinaryFloatingPoint BinaryInteger BitwiseCopyable Bool
    CancellationError CaseIterable Character ClosedRange Codable CodingKey Collection
    CollectionOfOne CommandLine Comparable ContiguousArray ContinuousClock Copyable
    CustomDebugStringConvertible CustomStringConvertible Decodable Decoder DecodingError Dictionary
    Double Duration EmptyCollection Encodable Encoder EncodingError Equatable Error Escapable
    ExpressibleByArrayLiteral ExpressibleByFloatLiteral ExpressibleByIntegerLiteral
    ExpressibleByStringLiteral FixedWidthInteger Float Float16 Float32 Float64 Float80
    FloatingPoint Hashable Hasher Identifiable InlineArray Int Int128 Int16 Int32 Int64 Int8
    IteratorProtocol KeyPath LosslessStringConvertible ManagedBuffer MemoryLayout Mirror
    MutableCollection MutableRawSpan MutableSpan Never Numeric ObjectIdentifier OpaquePointer
    OptionSet Optional OutputRawSpan OutputSpan RandomAccessCollection RandomNumberGenerator Range
    RangeReplaceableCollection RawRepresentable RawSpan Repeated Result SIMD SIMD16 SIMD2 SIMD3
    SIMD32 SIMD4 SIMD64 SIMD8 SIMDMask SIMDScalar SIMDStorage Sendable Sequence Set SetAlgebra
    SignedInteger SignedNumeric Slice Span StaticBigInt StaticString Strideable String
    StringProtocol Substring SuspendingClock SystemRandomNumberGenerator Task TaskGroup
    TextOutputStream UInt UInt128 UInt16 UInt32 UInt64 UInt8 UTF16 UTF32 UTF8 UTF8Span Unicode
    UnicodeScalar Unmanaged UnsafeBufferPointer UnsafeMutableBufferPointer UnsafeMutablePointer
    UnsafeMutableRawBufferPointer UnsafeMutableRawPointer UnsafePointer UnsafeRawBufferPointer
    UnsafeRawPointer UnsignedInteger Void
    """)
}
