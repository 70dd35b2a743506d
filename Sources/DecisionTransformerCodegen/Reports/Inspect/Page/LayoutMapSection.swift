/// Draws the map of the packed weights.
package struct LayoutMapSection {
  package let map: LayoutMap
  package let digest: String

  package var markup: Markup {
    .section(
      id: "layout", title: "Packed weights",
      introduction:
        "\(NumberText.grouped(map.bytes)) bytes, layout \(digest), in the order of memory: "
        + "each row is a part of the model, each field a tensor. Fields that lie side by side are in proportion to bytes.",
      [
        legend, wholeMap, enlargedMap,
        .panel(of: "a tensor"), table,
      ])
  }

  private var legend: Markup {
    let roles = map.groups.flatMap(\.regions).map(\.role)
    return .legend(
      LayoutMap.Role.allCases.filter(roles.contains).map {
        ($0.style, $0 == .attention ? "values" : $0.title)
      })
  }

  /// The height of the largest row, in pixels.
  private var rowHeight: Double { map.groups.count > 8 ? 80 : 108 }

  private var wholeMap: Markup {
    let largest = Double(map.groups.map(\.bytes).max() ?? 1)
    return .tag(
      "div", ["class": "map", "role": "group", "aria-label": "Map of the packed weights"],
      map.groups.map { group in
        let height =
          "height:\(NumberText.position(rowHeight * Double(group.bytes) / largest))px"
        return .tag(
          "div",
          [
            "class": group.isEnlarged ? "map-row thin" : "map-row",
            "style": group.isEnlarged ? nil : height,
            "aria-hidden": group.isEnlarged ? "true" : nil,
          ],
          [
            title(group),
            .tag(
              "div",
              [
                "class": "map-fields", "role": group.isEnlarged ? nil : "toolbar",
                "aria-label": group.isEnlarged ? nil : group.title,
                // A thin row is as high as its title, and its fields are in proportion.
                "style": group.isEnlarged ? height : nil,
              ],
              group.isEnlarged
                ? group.regions.map(thinField) : group.regions.map { field($0, of: group) }),
          ])
      })
  }

  /// The rows that are too thin, side by side, all of them on one scale.
  private var enlargedMap: Markup {
    let groups = map.enlarged
    guard !groups.isEmpty else { return .nothing }
    let bytes = groups.reduce(0) { $0 + $1.bytes }
    let names = groups.map(\.title).joined(separator: ", ")
    return .sequence([
      .tag(
        "p", ["class": "note"],
        "Enlarged: \(names) (\(NumberText.bytes(bytes)), \(NumberText.percent(Double(bytes) / Double(map.bytes))) "
          + "of the whole); a field is at least as wide as can be pointed at."),
      .tag(
        "div", ["class": "map enlarged", "role": "group", "aria-label": "Small tensors, enlarged"],
        groups.map { group in
          .tag(
            "div", ["class": "enlarged-group", "style": share(group.bytes)],
            [
              .tag(
                "div",
                ["class": "map-fields", "role": "toolbar", "aria-label": group.title],
                group.regions.map { field($0, of: group) }),
              title(group),
            ])
        }),
    ])
  }

  private func title(_ group: LayoutMap.Group) -> Markup {
    .tag(
      "div", ["class": "map-title"],
      parts: .tag("b", [:], group.title), .tag("span", [:], NumberText.bytes(group.bytes)))
  }

  private func share(_ bytes: Int) -> String { "flex:\(bytes) 1 0" }

  private func thinField(_ region: LayoutMap.Region) -> Markup {
    .tag("i", ["class": region.role.style, "style": share(region.bytes)])
  }

  private func field(_ region: LayoutMap.Region, of group: LayoutMap.Group) -> Markup {
    let name = name(region)
    return .mark(
      row: id(region),
      label: "\(region.name), \(region.shape), \(NumberText.grouped(region.bytes)) bytes",
      kind: "field \(length(name))\(region.role.style)",
      style: share(region.bytes),
      [
        .tag("b", [:], name), .tag("span", [:], region.shape),
        .tag("span", [:], NumberText.bytes(region.bytes)),
      ])
  }

  /// Longer names stand upright in fields where shorter ones still lie: `PageStyle` has the widths.
  private func length(_ name: String) -> String {
    name.count <= 6 ? "" : name.count <= 11 ? "long " : "longest "
  }

  /// The name without the block, which the row says.
  private func name(_ region: LayoutMap.Region) -> String {
    region.name.split(separator: ".").last.map(String.init) ?? region.name
  }

  private func id(_ region: LayoutMap.Region) -> String { "tensor-\(region.name)" }

  private var table: Markup {
    let regions = map.groups.flatMap(\.regions)
    return .foldedTable(
      caption: "All \(regions.count) packed tensors",
      columns: ["tensor", "shape", "offset", "bytes", "share", "from", "what is done to it"],
      numeric: [2, 3, 4],
      rows: regions.map { region in
        (
          id(region),
          [
            region.name, "\(region.shape) \(region.arrangement)", NumberText.grouped(region.offset),
            NumberText.grouped(region.bytes),
            NumberText.percent(Double(region.bytes) / Double(map.bytes)), region.sources,
            region.transform,
          ]
        )
      })
  }
}
