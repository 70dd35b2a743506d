import DecisionTransformer
import Testing

import DTGenReports
import DecisionTransformerCodegen

/// What the page shows, before it is markup.
@Suite("The page's model")
struct PageModelTests {
  @Test(
    "the map has every tensor once, in the order of memory, without a gap",
    arguments: Fixtures.controllers + Fixtures.trunks)
  func map(name: String) throws {
    let plan = try Fixtures.plan(name)
    let map = LayoutMap(plan)
    let regions = map.groups.flatMap(\.regions)
    #expect(regions.map(\.name) == plan.weights.tensors.map(\.name))
    var end = 0
    for region in regions {
      #expect(region.offset == end)
      #expect(!region.transform.isEmpty && !region.sources.isEmpty)
      end += region.bytes
    }
    #expect(end == map.bytes)
    for (layer, form) in plan.forms.enumerated() {
      #expect(map.groups.count { $0.title == "block \(layer) · \(form.rawValue) attention" } == 1)
    }
    // What is enlarged is small, and what is not can be pointed at.
    let largest = map.groups.map(\.bytes).max()!
    for group in map.groups {
      let smallest = group.regions.map(\.bytes).min()!
      let hasThinField = !group.title.hasPrefix("block") && 200 * smallest < group.bytes
      #expect(group.isEnlarged == (4 * group.bytes < largest || hasThinField))
    }
  }

  @Test(
    "the timeline has the operations of the plan, and their sum is what a call costs",
    arguments: Fixtures.controllers + Fixtures.trunks)
  func timeline(name: String) throws {
    let plan = try Fixtures.plan(name)
    let timeline = CostTimeline(plan)
    func phase(_ name: String) -> CostTimeline.Phase? { timeline.phases.first { $0.name == name } }
    if plan.shape.tokenCapacity == nil {
      #expect(phase("act")?.multiplyAdds == plan.total(plan.feedback, \.multiplyAdds))
      #expect(phase("act")?.weightBytes == plan.total(plan.feedback, \.weightBytes))
      #expect(
        phase("prepare")?.multiplyAdds ?? 0 == plan.total(plan.preparation, \.multiplyAdds))
      #expect(phase("act")?.stages.map(\.name) == plan.feedback.map(\.description))
      #expect(timeline.phases.filter(\.isCritical).map(\.name) == ["act", "act, reward known"])
      #expect(timeline.plainGraphMultiplyAdds == plan.plainGraph.multiplyAdds)
    } else {
      #expect(phase("one token")?.multiplyAdds == plan.total(plan.token, \.multiplyAdds))
      #expect(timeline.phases.filter(\.isCritical).isEmpty)
      #expect(timeline.plainGraphMultiplyAdds == nil)
    }
    for (name, set) in plan.workingSets where phase(name) != nil {
      #expect(phase(name)?.workingSetBytes == set.byteCount)
    }
    // A bar's statement is in the generated files, where it may be broken into lines.
    let source = Compiler.sources(plan).map { String(decoding: $0.contents, as: UTF8.self) }
      .joined().split(whereSeparator: \.isWhitespace).joined()
    for bar in timeline.phases.flatMap(\.stages).flatMap(\.bars) {
      let statement = bar.statement.split(whereSeparator: \.isWhitespace).joined()
      #expect(source.contains(statement), "\(bar.statement)")
    }
  }

  @Test("the window of three layers of one head, token by token")
  func window() throws {
    var config = ModelConfig()
    config.stateDimension = 3
    var options = GenerationOptions()
    options.window = 3
    let plan = Plan(Model(name: "Robot", config: config, options: options, configDigest: ""))
    let window = try #require(WindowMap(plan))
    let letters: [WindowMap.State: String] = [
      .kept: "k", .recomputed: "r", .act: "a", .appended: "p", .unused: "-",
    ]
    #expect(
      window.rows.map { row in row.states.map { letters[$0]! }.joined() } == [
        "kkkkkkaap",  // embedding
        "kkkkkkaap", "rrrrrraa-",  // block 0: keys and values are kept, the rest is not
        "rrrrrraa-", "rrrrrraa-",  // block 1
        "rrrrrraa-", "-------a-",  // block 2: only the state token asks
      ])
    #expect(window.name(ofSlot: 0) == "return 2 steps ago")
    #expect(window.name(ofSlot: 4) == "state 1 step ago")
    #expect(window.name(ofSlot: 8) == "action now")
    #expect(window.rows[6].runs.map(\.slots) == [0..<7, 7..<8, 8..<9])
  }

  @Test(
    "act computes the state token in every layer, whatever the model",
    arguments: Fixtures.controllers)
  func stateToken(name: String) throws {
    let plan = try Fixtures.plan(name)
    let window = try #require(WindowMap(plan))
    #expect(window.rows.count == 1 + 2 * plan.shape.layerCount)
    for row in window.rows {
      #expect(row.states.count == 3 * plan.shape.window)
      #expect(row.states[plan.shape.stateToken] == .act, "\(row.title), \(row.stage)")
      #expect(row.runs.map(\.slots.count).reduce(0, +) == row.states.count)
    }
    // Only what depends on its own token alone may be kept.
    for row in window.rows.dropFirst(2) { #expect(!row.states.contains(.kept), "\(row.title)") }
    // (A single layer's tokens are not needed again once their keys and values are made.)
    for row in window.rows.prefix(2).suffix(plan.shape.layerCount == 1 ? 1 : 2) {
      #expect(row.states.prefix(plan.shape.pastTokenCount).allSatisfy { $0 == .kept })
    }
  }

  @Test("a trunk has no window", arguments: Fixtures.trunks)
  func trunk(name: String) throws {
    #expect(WindowMap(try Fixtures.plan(name)) == nil)
  }

  @Test("a logarithmic scale has its ends at powers of ten, and nothing beyond them")
  func scale() {
    let scale = LogarithmicScale(covering: [3e-7, 0, 40])
    #expect((scale.low, scale.high) == (-7, 2))
    #expect(scale.percent(1e-7) == 0 && scale.percent(100) == 100)
    #expect(abs(scale.percent(0.0031622776601683795) - 50) < 1e-9)
    #expect(scale.percent(0) == 0 && scale.percent(1e9) == 100)
    #expect(scale.ticks().count == 10)
    #expect(LogarithmicScale(covering: []).high == 1)
  }

  @Test(
    "numbers in words",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.00 KB"), (2_507_392, "2.51 MB"),
      (999_500, "1.00 MB"), (66_048, "66.0 KB"), (513_280, "513 KB"),
    ])
  func bytes(count: Int, text: String) {
    #expect(NumberText.bytes(count) == text)
  }

  @Test("digits in groups of three, fractions of three digits")
  func numbers() {
    #expect(NumberText.grouped(1_966_080) == "1 966 080")
    #expect(NumberText.grouped(-12_345) == "-12 345")
    #expect(NumberText.grouped(0) == "0")
    #expect(NumberText.significant(21.94) == "21.9")
    #expect(NumberText.significant(1734) == "1734")
    #expect(NumberText.significant(0.8412) == "0.841")
  }
}
