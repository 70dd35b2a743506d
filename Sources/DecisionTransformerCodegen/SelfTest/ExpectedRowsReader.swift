import Foundation

/// Reads the rows that a model folder expects, and checks that they fit the model.
package struct ExpectedRowsReader {
  private static let keys = ["target_return", "states", "rewards", "actions", "tolerance"]

  private let model: Model
  private var file: ExpectedRowsFile

  /// The rows in the folder; nil where there is no such file.
  ///
  /// - Throws: Everything that is wrong with the file, or that there are two.
  package static func read(
    folder: String, _ model: Model
  ) throws(InvalidInput) -> ExpectedRows? {
    let paths = ExpectedRows.fileNames.map { ModelFolder(path: folder).path(of: $0) }
      .filter { FileManager.default.fileExists(atPath: $0) }
    guard let path = paths.first else { return nil }
    if let problem = problem(of: model) {
      throw InvalidInput(paths.map { Diagnostic(path: $0, problem) })
    }
    guard paths.count == 1 else {
      throw InvalidInput([
        Diagnostic(
          path: paths[1], "is there beside \(ExpectedRows.fileNames[0]); accepted: one of them")
      ])
    }
    var reader = ExpectedRowsReader(
      model: model, file: try ExpectedRowsFile(path: path, model: model))
    let rows = reader.rows(path: path)
    guard reader.file.problems.isEmpty, let rows else { throw InvalidInput(reader.file.problems) }
    return rows
  }

  /// Why a model has no rows.
  private static func problem(of model: Model) -> String? {
    if model.isTrunk {
      return
        "is of episodes, and a trunk has none (model_class in codegen.json); accepted: no such file"
    }
    return model.config.frames == nil
      ? nil
      : "is of states that are numbers, and these are pictures (state_frames in config.json); accepted: no such file"
  }

  /// The rows, as far as nothing is wrong with them.
  private mutating func rows(path: String) -> ExpectedRows? {
    guard !file.object.isUnreadable else { return nil }
    for key in file.object.keys where !Self.keys.contains(key) {
      let suggestion =
        NearestName.of(key, in: Self.keys).map { "did you mean \"\($0)\"?" }
        ?? "accepted: \(Self.keys.map { "\"\($0)\"" }.joined(separator: ", "))"
      file.reject(key, "is not a key; \(suggestion)")
    }
    let states = states()
    let rewards = rewards(count: stepCount)
    let actions = actions(count: stepCount)
    let target = targetReturn()
    var tolerance: Double?
    if let value = value("tolerance") {
      tolerance = value.asDouble
      if !(tolerance.map { $0 > 0 } ?? false) {
        file.reject("tolerance", "found \(value.excerpt); accepted: a number above 0")
      }
    }
    guard let states, let rewards, let actions, let target else { return nil }
    return ExpectedRows(
      path: path, targetReturn: target, states: states, rewards: rewards, actions: actions,
      tolerance: tolerance)
  }
}

// MARK: - Columns

extension ExpectedRowsReader {
  private mutating func states() -> [[Float]]? {
    guard let rows = array("states", "one row for each step") else { return nil }
    if rows.isEmpty || rows.count > ExpectedRows.mostRows {
      file.reject(
        "states", "found \(rows.count) rows; accepted: 1 to \(ExpectedRows.mostRows)")
      return nil
    }
    if let length = model.episodeLength, rows.count > length {
      let limit = "max_ep_len\(model.options.firstTimestep == 0 ? "" : " - first_timestep")"
      file.reject("states", "found \(rows.count) rows; accepted: up to \(limit), \(length)")
    }
    return vectors(
      "states", rows, width: model.config.stateDimension, "state_dim"
    ).map { $0.map { $0.map { Float($0) } } }
  }

  /// Rows of states, whatever is wrong in them; nil where that is no number of steps.
  private var stepCount: Int? {
    guard case .array(let rows) = file.object["states"],
      1...ExpectedRows.mostRows ~= rows.count
    else { return nil }
    return rows.count
  }

  /// - Parameter count: That of the states; nil where it is not known.
  private mutating func rewards(count: Int?) -> [Float]? {
    if !model.config.hasReturnTokens, file.object["rewards"] == nil {
      return Array(repeating: 0, count: count ?? 0)
    }
    guard
      let elements = array("rewards", "the reward of the step before each, 0 in front of the first")
    else { return nil }
    expect(elements.count, count, "rewards", "number")
    return numbers("rewards", elements, row: nil).map { $0.map { Float($0) } }
  }

  private mutating func actions(count: Int?) -> [[Double]]? {
    guard let rows = array("actions", "the action of each step") else { return nil }
    expect(rows.count, count, "actions", "row")
    let width = model.config.actionDimension
    guard model.options.actions == .discrete else {
      return vectors("actions", rows, width: width, "act_dim")
    }
    var isSound = true
    let actions = rows.enumerated().map { index, value -> [Double] in
      guard let number = value.asDouble.flatMap(Int.init(exactly:)), (0..<width).contains(number)
      else {
        file.reject(
          "actions", element: index,
          "found \(value.excerpt); accepted: the number of an action, 0 to \(width - 1)")
        isSound = false
        return []
      }
      return (0..<width).map { $0 == number ? 1 : 0 }
    }
    return isSound ? actions : nil
  }

  private mutating func targetReturn() -> Double? {
    guard let value = value("target_return") else {
      guard file.object["target_return"] == nil else { return nil }
      // Without return tokens it changes nothing.
      if let target = model.options.targetReturn ?? (model.config.hasReturnTokens ? nil : 0) {
        return target
      }
      file.reject(
        "target_return",
        "is missing, here and in codegen.json; accepted: what the episode asked for, environment units"
      )
      return nil
    }
    let (scale, offset) = (model.options.returnScale, model.options.returnOffset)
    guard let target = value.asDouble, Float(target).isFinite,
      ((Float(target) - Float(offset)) / Float(scale)).isFinite
    else {
      file.reject(
        "target_return",
        "found \(value.excerpt); accepted: a number that float32 can hold, divided by return_scale, too"
      )
      return nil
    }
    return target
  }
}

// MARK: - Values

extension ExpectedRowsReader {
  /// Nil also for a tensor that no value could be made of, which has been said.
  private func value(_ key: String) -> JSONValue? {
    let value = file.object[key]
    return value == .null && !file.object.isSound(key) ? nil : value
  }

  private mutating func array(_ key: String, _ meaning: String) -> [JSONValue]? {
    if case .array(let elements) = file.object[key] { return elements }
    if file.object[key] == nil {
      file.reject(key, "is missing; accepted: an array, \(meaning)")
    } else if let value = value(key) {
      file.reject(key, "found \(value.excerpt); accepted: an array, \(meaning)")
    }
    return nil
  }

  private mutating func expect(_ found: Int, _ count: Int?, _ key: String, _ what: String) {
    guard let count, found != count else { return }
    file.reject(
      key,
      "found \(found) \(what)\(found == 1 ? "" : "s"); accepted: \(count), one for each row of states"
    )
  }

  private mutating func vectors(
    _ key: String, _ rows: [JSONValue], width: Int, _ size: String
  ) -> [[Double]]? {
    let vectors = rows.enumerated().map { row, value -> [Double]? in
      guard case .array(let elements) = value else {
        file.reject(
          key, element: row, "found \(value.excerpt); accepted: an array of \(width) (\(size))")
        return nil
      }
      guard elements.count == width else {
        file.reject(
          key, element: row,
          "found \(GenerationOptionsReader.count(elements)); accepted: \(width) (\(size) in config.json)"
        )
        return nil
      }
      return numbers(key, elements, row: row)
    }
    let sound = vectors.compactMap(\.self)
    return sound.count == rows.count ? sound : nil
  }

  private mutating func numbers(_ key: String, _ elements: [JSONValue], row: Int?) -> [Double]? {
    let numbers = elements.enumerated().map { index, value -> Double? in
      if let number = value.asDouble, NumberRule.float32.admits(number) { return number }
      let message = "found \(value.excerpt); accepted: \(NumberRule.float32.accepted)"
      if let row {
        file.reject(key, element: row, part: index, message)
      } else {
        file.reject(key, element: index, message)
      }
      return nil
    }
    let sound = numbers.compactMap(\.self)
    return sound.count == elements.count ? sound : nil
  }
}
