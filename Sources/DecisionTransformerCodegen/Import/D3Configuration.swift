/// The configuration in a file of d3rlpy: sizes of observations and actions, and the parameters of its algorithm.
package struct D3Configuration {
  /// A preprocessor or an encoder: which it is, and its numbers.
  package struct Factory {
    package var type: String
    package var parameters: JSONValue
  }

  /// The library that wrote the file, such as 2.8.1.
  package let version: String
  /// `decision_transformer`, `discrete_decision_transformer`, or another algorithm.
  package let algorithm: String
  /// Numbers of an observation, or frames, lines and pixels.
  package let observationShape: JSONValue?
  /// Numbers of an action, or how many actions there are.
  package let actionSize: JSONValue?
  private let parameters: JSONValue

  package init(_ text: String, version: String, path: String) throws(InvalidInput) {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONParser.parse(Array(text.utf8))
    } catch {
      throw InvalidInput([
        Diagnostic(path: path, key: "config, \(error.position)", error.message)
      ])
    }
    guard case .string(let algorithm)? = root["config"]?["type"],
      let parameters = root["config"]?["params"]
    else {
      throw InvalidInput([
        Diagnostic(
          path: path, key: "config", "has no type and params; accepted: what d3rlpy's save() writes"
        )
      ])
    }
    (self.version, self.algorithm, self.parameters) = (version, algorithm, parameters)
    (observationShape, actionSize) = (root["observation_shape"], root["action_size"])
  }

  /// The algorithm of a model with such actions.
  package static func algorithm(isDiscrete: Bool) -> String {
    "\(isDiscrete ? "discrete_" : "")decision_transformer"
  }

  /// A parameter of the algorithm; nil where it is not written.
  package subscript(key: String) -> JSONValue? { parameters[key] }

  /// A part that the algorithm was given; nil where none was.
  package func factory(_ key: String) -> Factory? {
    guard case .string(let type)? = parameters[key]?["type"], type != "none" else { return nil }
    return Factory(type: type, parameters: parameters[key]?["params"] ?? .object([]))
  }

  /// Whether the library masks the steps in front of an episode: since 2.8.0.
  package var masksPadding: Bool {
    let numbers = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
    return numbers.count == 2 && (numbers[0], numbers[1]) >= (2, 8)
  }
}

extension D3Configuration.Factory {
  /// nil where there is none, or no number.
  package func number(_ key: String) -> Double? { parameters[key]?.asDouble }

  /// A number that older versions do not write; nil where it is none.
  package func number(_ key: String, orAbsent absent: Double) -> Double? {
    parameters[key] == nil ? absent : number(key)
  }

  /// A name that may be null; nil where it is neither.
  package func name(_ key: String, orAbsent absent: String) -> String? {
    switch parameters[key] {
    case nil, .null?: absent
    case .string(let name)?: name
    default: nil
    }
  }

  /// nil where it is neither.
  package func flag(_ key: String) -> Bool? {
    switch parameters[key] {
    case nil: false
    case .bool(let flag)?: flag
    default: nil
    }
  }

  package func numbers(_ key: String) -> [Double]? {
    guard case .array(let elements)? = parameters[key] else { return nil }
    let numbers = elements.compactMap(\.asDouble)
    return numbers.count == elements.count ? numbers : nil
  }
}

extension JSONValue {
  /// The value of a member of an object; nil for other values, and where there is none.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == key }?.value
  }
}
