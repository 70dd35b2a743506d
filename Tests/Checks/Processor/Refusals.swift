// Everything that a controller can be made with, on a processor that lacks the program's instructions, or has them.
//
// usage: refusals refused|accepted <packed weights of ReluOneHead>

import DecisionTransformer
import Models

@main
struct Refusals {
  static func main() {
    let isRefused = CommandLine.arguments[1] == "refused"
    let path = CommandLine.arguments[2]
    var wrong = 0
    func expect(_ name: String, _ make: () throws(InitializationError) -> Void) {
      do {
        try make()
        if isRefused { wrong += 1 }
        print("\(name): made")
      } catch {
        if error != .unsupportedProcessor || !isRefused { wrong += 1 }
        print("\(name): \(error)")
      }
    }
    expect("Processor.check()") { () throws(InitializationError) in try Processor.check() }
    expect("ReluOneHead()") { () throws(InitializationError) in _ = try ReluOneHead() }
    expect("ReluOneHead.selfTest()") { () throws(InitializationError) in
      _ = try ReluOneHead.selfTest()
    }
    expect("ReluOneHead.embeddedWeights()") { () throws(InitializationError) in
      _ = try ReluOneHead.embeddedWeights()
    }
    expect("ReluOneHead(weights:)") { () throws(InitializationError) in
      _ = try ReluOneHead(weights: PackedWeights(path: path))
    }
    expect("BatchOfTwo()") { () throws(InitializationError) in _ = try BatchOfTwo() }
    expect("BatchOfTwo.selfTest()") { () throws(InitializationError) in
      _ = try BatchOfTwo.selfTest()
    }
    expect("TrunkOneHead()") { () throws(InitializationError) in _ = try TrunkOneHead() }
    expect("PackedWeights(path:)") { () throws(InitializationError) in
      _ = try PackedWeights(path: path)
    }
    // What is wrong with the bytes is said on a processor that can read them.
    let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
    for index in zeros.indices { zeros[index] = 0 }
    expect("PackedWeights(_:)") { () throws(InitializationError) in
      do throws(InitializationError) {
        _ = try PackedWeights(UnsafeRawBufferPointer(zeros))
      } catch .notPackedWeights {
        return
      }
    }
    expect("PackedWeights(base64:)") { () throws(InitializationError) in
      do throws(InitializationError) {
        _ = try PackedWeights(base64: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
      } catch .wrongByteCount {
        return
      }
    }
    guard wrong == 0 else { fatalError("\(wrong) of them are wrong") }
  }
}
