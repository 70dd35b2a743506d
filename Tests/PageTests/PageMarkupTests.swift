import DecisionTransformer
import Foundation
import Testing

import DTGenReports
import DecisionTransformerCodegen

@Suite("The page's markup")
struct PageMarkupTests {
  @Test("escapes whatever HTML knows, and shows what it forbids")
  func escapes() {
    let hostile = "</script><img src=x onerror=\"a('b')\">&amp;\u{0}\u{1B}\u{202E}"
    let text = Markup.tag("p", ["title": hostile], hostile).html
    let escaped =
      "&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;amp;␀␛\u{FFFD}"
    #expect(text == "<p title=\"\(escaped)\">\(escaped)</p>\n")
  }

  @Test("leaves out attributes without a value; closes what has to be closed")
  func elements() {
    #expect(
      Markup.tag("meta", ["charset": "utf-8", "name": nil]).html == "<meta charset=\"utf-8\">\n")
    #expect(Markup.tag("p", [:], [.tag("b", [:], "x"), .text("y")]).html == "<p><b>x</b>y</p>\n")
    #expect(Markup.tag("i").html == "<i></i>")
  }

  /// Names come from folders, which are checked; a checkpoint's file and a benchmark's texts are not.
  @Test("keeps hostile names out of the markup")
  func hostileNames() throws {
    let hostile = "<script>alert(1)</script>\"' onload='x"
    var compilation = try Compiler.compile(folder: Fixtures.folder("WindowOfOne"))
    compilation.model.name = hostile
    compilation.model.configDigest = hostile
    compilation.checkpointFile = hostile
    let latency = LatencyBenchmark.Latency(
      name: hostile, min: 1, p50: 2, p90: 3, p99: 4, p999: 5, max: 6, histogram: nil)
    let benchmark = LatencyBenchmark(
      path: hostile, processor: hostile, vectorLevel: hostile, steps: 1, latencies: [latency])
    let html = InspectionPage(compilation, benchmark: benchmark).html
    #expect(!html.contains("alert(1)</script>") && !html.contains("onload='x"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=&#39;x"))
    #expect(html.split(separator: "<script").count == 2, "one script, the page's own")
  }

  @Test(
    "is the same each time, loads nothing, and closes what it opens",
    arguments: ["ReluOneHead", "EightHeads", "RoundedOneHead", "TrunkFourHeads"])
  func page(name: String) throws {
    let compilation = try Compiler.compile(folder: Fixtures.folder(name))
    let html = InspectionPage(compilation).html
    #expect(html == InspectionPage(try Compiler.compile(folder: Fixtures.folder(name))).html)
    for word in ["http:", "https:", "src=", "@import", "url(", "<link"] {
      #expect(!html.contains(word), "\(word)")
    }
    var open: [Substring] = []
    for tag in html.matches(of: /<(\/?)([a-z][a-z0-9]*)[^>]*>/) {
      if tag.1 == "/" {
        #expect(open.popLast() == tag.2)
      } else if !["meta", "br"].contains(tag.2) {
        open.append(tag.2)
      }
    }
    #expect(open.isEmpty)
    for tensor in compilation.plan.weights.tensors {
      #expect(html.contains("id=\"tensor-\(tensor.name)\""))
    }
    // The policy lets no script run but this one.
    let script = try #require(html.firstMatch(of: /<script>((?s).*)<\/script>/)?.1)
    var digest: [UInt8] = []
    Base64.encode(SHA256.digest(of: Array(script.utf8)), into: &digest)
    #expect(html.contains("script-src &#39;sha256-\(String(decoding: digest, as: UTF8.self))&#39;"))
  }

  @Test("says why there is no error to show")
  func errors() throws {
    let bare = try Compiler.compile(folder: Fixtures.folder("WindowOfOne"), codeOnly: true)
    #expect(InspectionPage(bare).html.contains("Without a checkpoint there are no numbers"))
    let whole = try Compiler.compile(folder: Fixtures.folder("WindowOfOne"))
    for stage in whole.selfTest!.stages {
      #expect(InspectionPage(whole).html.contains("<th scope=\"row\">\(stage.name)</th>"))
    }
    let trunk = try Compiler.compile(folder: Fixtures.folder("TrunkFourHeads"))
    #expect(InspectionPage(trunk).html.contains("A trunk has no episode to replay"))
  }

  @Test("shows what rounding costs beside what float32 costs")
  func rounded() throws {
    let compilation = try Compiler.compile(folder: Fixtures.folder("RoundedOneHead"))
    let cost = try #require(compilation.precisionCost)
    #expect(cost.stages.count == compilation.plan.shape.layerCount + 1)
    #expect(cost.stages.dropFirst().allSatisfy { $0.largestDifference > $0.meanDifference })
    // Embeddings are not rounded: what is left is the rounding of packing them as float32.
    #expect(cost.stages[0].largestDifference < 1e-2 * cost.stages[1].largestDifference)
    #expect(InspectionPage(compilation).html.contains("bfloat16, largest"))
  }

  @Test("shows what each rounded matrix costs alone, in the precision that it has")
  func matrices() throws {
    for name in ["RoundedOneHead", "Int8FourHeads"] {
      let folder = Fixtures.folder(name)
      let compilation = try Compiler.compile(folder: folder)
      let errors = try #require(try MatrixErrors(folder) { _ in })
      #expect(errors.matrices.map(\.name) == compilation.plan.matrices.map(\.name))
      #expect(
        errors.matrices.allSatisfy {
          $0.precision == compilation.model.options.precision && $0.largest > $0.mean && $0.mean > 0
        })
      // None alone is far above all together.
      let together = try #require(compilation.precisionCost).largestActionDifference
      #expect(errors.matrices.allSatisfy { $0.largest < 4 * together })
      let html = InspectionPage(compilation, matrixErrors: errors).html
      for matrix in errors.matrices {
        #expect(html.contains("<th scope=\"row\">\(matrix.name)</th>"))
      }
    }
    #expect(try MatrixErrors(Fixtures.folder("ReluOneHead")) { _ in } == nil)
  }
}
