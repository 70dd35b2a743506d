import DecisionTransformer
import Glibc

/// A controller for a very long time: neither the process's memory nor the time of a call may grow.
///
/// usage: soak <steps>
@main
struct Soak {
  private static let blockCount = 20

  static func main() throws {
    let steps = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
    let blockSize = max(1000, steps / blockCount)
    var controller = try Model()
    var times = [Double](repeating: 0, count: blockSize)
    var medians: [Double] = []
    var memory: [Int] = []
    medians.reserveCapacity(blockCount)
    memory.reserveCapacity(blockCount)
    var step = 0
    for _ in 0..<blockCount {
      for index in 0..<blockSize {
        if step % Model.maximumEpisodeLength == 0 { controller.reset(targetReturn: 1) }
        let state = Model.State { Float((step * 37 + $0 * 53) % 101 - 50) / 50 }
        let start = now()
        _ = try controller.act(state, reward: 0.001)
        times[index] = now() - start
        controller.prepare()
        step += 1
      }
      times.sort()
      medians.append(times[blockSize / 2])
      memory.append(residentPages())
    }
    // The first block touches everything for the first time.
    let growth = (memory.last! - memory[1]) * 4
    let (early, late) = (medians[1..<6].min()!, medians.suffix(5).min()!)
    print(
      "soak: \(step) steps; resident memory \(memory[1] * 4) kB, grown by \(growth) kB;",
      "median act \(rounded(early)) us early, \(rounded(late)) us late")
    guard growth <= 64, late <= 1.25 * early else {
      print("soak: memory or latency drifts")
      exit(1)
    }
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  /// Microseconds.
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) * 1e-3
  }

  /// The process's resident pages, from /proc/self/statm.
  private static func residentPages() -> Int {
    let file = open("/proc/self/statm", O_RDONLY)
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = read(file, &text, text.count)
    let numbers = text[..<max(0, count)].split(separator: UInt8(ascii: " "))
    return Int(String(decoding: numbers[1], as: UTF8.self))!
  }
}
