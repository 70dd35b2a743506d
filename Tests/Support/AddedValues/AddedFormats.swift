import DecisionTransformerCodegen

/// Formats that no option names: what one more of them takes. This file has the values, `WeightFormatTests` packs and
/// plans them, `AddedValueTests` compiles and runs them: three files, and not a line of the generator.
extension WeightFormat {
  /// 16-bit integers, two rows in a word, with a scale for each column.
  public static let integers16 = WeightFormat(
    name: "integers16", tableName: "shorts", bits: 16, numbers: .integers, rowsPerWord: 2,
    stripPanels: 8, scales: .perColumn)

  /// 8-bit integers, four rows in a word.
  public static let integers8 = WeightFormat(
    name: "integers8", tableName: "bytes", bits: 8, numbers: .integers, rowsPerWord: 4,
    stripPanels: 8, scales: .perColumn)

  public static let added: [WeightFormat] = [.integers16, .integers8]

  /// These, and the formats of the option `precision`.
  public static let all: [WeightFormat] = WeightPrecision.allCases.map(\.format) + added
}

extension Model {
  /// The plan in a format, and with tiles for targets, that need not have an option.
  public func plan(
    format: WeightFormat? = nil, targets: [Target] = Target.numbered
  ) -> Plan {
    var deployment = deployment
    if let format { deployment.format = format }
    deployment.targets = targets
    return Plan(network, deployment)
  }
}
