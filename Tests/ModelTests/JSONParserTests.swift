import DecisionTransformerCodegen
import Programs
import Testing

@Suite("JSON")
struct JSONParserTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONParser.parse(Array(text.utf8))
  }

  @Test(
    "Every kind of value, at the edges of its grammar",
    arguments: [
      ("null", .null),
      (" \t\r\ntrue \n", .bool(true)),
      ("false", .bool(false)),
      ("0", .integer(0)),
      ("-0", .integer(0)),
      ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)),
      ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
      ("2.0", .number(2)),
      ("1e-05", .number(1e-5)),
      ("1E+2", .number(100)),
      ("-0.0", .number(-0.0)),
      ("1e-999", .number(0)),
      ("5e-324", .number(.leastNonzeroMagnitude)),
      ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
      ("[]", .array([])),
      ("{}", .object([])),
      ("[1, [2.5], {}]", .array([.integer(1), .array([.number(2.5)]), .object([])])),
      (#""""#, .string("")),
      (#""é € 😀""#, .string("é € 😀")),
      (#""\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\uDE00""#, .string("\"\\/\u{8}\u{C}\n\r\t\0é😀")),
      (#""a\nb\\""#, .string("a\nb\\")),
    ] as [(String, JSONValue)])
  func accepts(text: String, value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test("Members keep the order of the text")
  func order() throws {
    let value = try parse(#"{"b": 1, "a": {"z": null, "y": false}, "": 2}"#)
    #expect(
      value
        == .object([
          JSONMember(name: "b", value: .integer(1)),
          JSONMember(
            name: "a",
            value: .object([
              JSONMember(name: "z", value: .null), JSONMember(name: "y", value: .bool(false)),
            ])),
          JSONMember(name: "", value: .integer(2)),
        ]))
  }

  @Test(
    "What is not JSON is named, with its position",
    arguments: [
      ("", "line 1, column 1: a value is missing; found the end of the text"),
      ("{\n  \"a\": }", "line 2, column 8: a value is missing; found \"}\""),
      ("tru", "line 1, column 1: a value is missing; found \"t\""),
      ("NULL", "line 1, column 1: a value is missing; found \"N\""),
      ("'a'", "line 1, column 1: a value is missing; found \"'\""),
      (".5", "line 1, column 1: a value is missing; found \".\""),
      ("+1", "line 1, column 1: a value is missing; found \"+\""),
      ("1 2", "line 1, column 3: \"2\" after the end of the JSON value"),
      ("{} \0", "line 1, column 4: the byte 0x00 after the end of the JSON value"),
      ("[1,]", "line 1, column 4: a value is missing; found \"]\""),
      ("[1 2]", "line 1, column 4: \",\" or \"]\" is missing; found \"2\""),
      ("[1", "line 1, column 3: \",\" or \"]\" is missing; found the end of the text"),
      ("{", "line 1, column 2: a name in double quotes is missing; found the end of the text"),
      ("{a:1}", "line 1, column 2: a name in double quotes is missing; found \"a\""),
      (#"{"a" 1}"#, "line 1, column 6: \":\" is missing after a name; found \"1\""),
      (#"{"a":1,}"#, "line 1, column 8: a name in double quotes is missing; found \"}\""),
      (#"{"a":1 "b":2}"#, "line 1, column 8: \",\" or \"}\" is missing; found a double quote"),
      (#"{"é": 1, "é": 2}"#, "line 1, column 10: the key \"é\" occurs twice; accepted: once"),
      ("NaN", "line 1, column 1: NaN is not JSON; a number must be finite"),
      ("Infinity", "line 1, column 1: Infinity is not JSON; a number must be finite"),
      ("[-Infinity]", "line 1, column 2: -Infinity is not JSON; a number must be finite"),
      ("012", "line 1, column 1: a number with a leading zero is not JSON"),
      ("-01.5", "line 1, column 1: a number with a leading zero is not JSON"),
      ("-", "line 1, column 2: a digit is missing after \"-\"; found the end of the text"),
      (
        "1.",
        "line 1, column 3: a digit is missing after the decimal point; found the end of the text"
      ),
      ("1e+", "line 1, column 4: a digit is missing in the exponent; found the end of the text"),
      ("1e999", "line 1, column 1: the number is too large for double precision"),
      ("\"a", "line 1, column 1: the string does not end"),
      ("\"a\nb\"", "line 1, column 3: the byte 0x0A inside a string; it must be escaped"),
      (
        #""\x""#,
        #"line 1, column 2: unknown escape; accepted are \" \\ \/ \b \f \n \r \t \uXXXX"#
      ),
      (#""\u12g4""#, #"line 1, column 2: \u needs four hexadecimal digits"#),
      (#""\uD83D""#, "line 1, column 2: a lone surrogate is not a character"),
      (#""\uD83D\u0041""#, "line 1, column 2: a lone surrogate is not a character"),
      (#""\uDE00""#, "line 1, column 2: a lone surrogate is not a character"),
      (
        "\u{FEFF}{}",
        "line 1, column 1: the text starts with a byte order mark; save it as UTF-8 without one"
      ),
    ])
  func rejects(text: String, message: String) {
    let error = #expect(throws: JSONError.self) { try parse(text) }
    #expect(error?.description == message)
  }

  @Test("A name that occurs twice is found in a long object too")
  func duplicateAmongMany() {
    let names = (0..<100).map { "\"key\($0)\": \($0)" } + ["\"key37\": 0"]
    let error = #expect(throws: JSONError.self) { try parse("{\(names.joined(separator: ","))}") }
    #expect(error?.message == "the key \"key37\" occurs twice; accepted: once")
  }

  @Test(
    "Bytes that are not UTF-8 are rejected where they stand",
    arguments: [
      [0x80], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ] as [[UInt8]])
  func invalidUTF8(sequence: [UInt8]) {
    let text = Array("[\"é".utf8) + sequence + Array("\"]".utf8)
    let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    #expect(error?.position == "line 1, column 4")
    #expect(error?.message.hasSuffix("is not valid UTF-8") == true)
  }

  @Test("UTF-16 is recognised")
  func utf16() {
    let error = #expect(throws: JSONError.self) {
      try JSONParser.parse([0xFF, 0xFE, 0x7B, 0, 0x7D, 0])
    }
    #expect(error?.message == "the text is UTF-16; save it as UTF-8")
  }

  @Test("Nesting is limited", arguments: ["[", "{\"a\":"])
  func depth(opening: String) throws {
    let closing = opening == "[" ? "]" : "}"
    func nested(_ depth: Int) -> String {
      String(repeating: opening, count: depth) + (opening == "[" ? "" : "0")
        + String(repeating: closing, count: depth)
    }
    _ = try parse(nested(JSONParser.maximumDepth))
    let error = #expect(throws: JSONError.self) { try parse(nested(JSONParser.maximumDepth + 1)) }
    #expect(error?.message == "nested too deeply; at most 128 levels are accepted")
    // An unclosed tower of brackets must not exhaust the stack either.
    #expect(throws: JSONError.self) { try parse(String(repeating: opening, count: 1_000_000)) }
  }

  @Test("A value that is written as text is read back", arguments: 0..<4)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let value = Self.randomValue(depth: 0, &random)
      #expect(try parse(Self.text(value, &random)) == value)
    }
  }

  private static func randomValue(depth: Int, _ random: inout SplitMix64) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int(truncatingIfNeeded: random.next() >> UInt64(depth * 12)))
    case 3, 4:
      // Any bits that are a finite number; an integer would be written without a fraction.
      let number = Double(bitPattern: random.next())
      return .number(number.isFinite ? number : 0.5)
    case 5: return .string(randomString(&random))
    case 6:
      return .array(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
          randomValue(depth: depth + 1, &random)
        })
    default:
      let names = Set(
        (0..<Int.random(in: 0...20, using: &random)).map { _ in randomString(&random) })
      return .object(
        names.sorted().map { JSONMember(name: $0, value: randomValue(depth: depth + 1, &random)) })
    }
  }

  private static func randomString(_ random: inout SplitMix64) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let bound: UInt32 = [0x80, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &random)!
      scalars.append(Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) ?? "\u{FFFD}")
    }
    return String(scalars)
  }

  /// JSON for `value`, with spaces and escapes where the grammar leaves a choice.
  private static func text(_ value: JSONValue, _ random: inout SplitMix64) -> String {
    let space = ["", " ", "\n", "\t\r\n "].randomElement(using: &random)!
    switch value {
    case .null: return space + "null" + space
    case .bool(let flag): return space + "\(flag)" + space
    case .integer(let integer): return space + "\(integer)" + space
    case .number(let number): return space + "\(number)" + space
    case .string(let string): return space + text(string, &random) + space
    case .array(let elements):
      return "[" + space + elements.map { text($0, &random) }.joined(separator: ",") + "]"
    case .object(let members):
      let texts = members.map { "\(text($0.name, &random))\(space):\(text($0.value, &random))" }
      return "{" + space + texts.joined(separator: ", ") + "}" + space
    }
  }

  private static func text(_ string: String, _ random: inout SplitMix64) -> String {
    let scalars = string.unicodeScalars.map { scalar in
      if scalar.value >= 32, scalar != "\"", scalar != "\\", Bool.random(using: &random) {
        return String(scalar)
      }
      return String(scalar).utf16.map { unit in
        let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
    return "\"\(scalars.joined())\""
  }
}
