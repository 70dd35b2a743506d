import DecisionTransformer
import Foundation

/// The machine as the measurement found and prepared it.
struct Machine: Encodable {
  var processor = "unknown"
  var cores = ProcessInfo.processInfo.activeProcessorCount
  /// The core that the program was pinned to; nil where that is not possible.
  var core: Int?
  var memoryLocked = false
  /// What the build uses: "avx512", "avx2", "neon" or "baseline".
  var vectorLevel: String
  /// The same in words, and what another build would use of this processor.
  var builtFor = Processor.buildInstructions
  var advice = Processor.buildAdvice
  var optimized: Bool
  var operatingSystem = "unknown"
  var secondLevelCacheBytes: Int?
  var thirdLevelCacheBytes: Int?

  struct Problem: Error {
    var message: String
  }

  /// Pins this thread to `core` (nil: the last allowed one), locks the memory the program has and will
  /// have, and touches the stack.
  init(core wanted: Int?) throws(Problem) {
    #if arch(arm64)
      vectorLevel = VectorMath.level >= 1 ? "neon" : "baseline"
    #else
      vectorLevel =
        VectorMath.level >= 2 ? "avx512" : VectorMath.level >= 1 ? "avx2" : "baseline"
    #endif
    #if DEBUG
      optimized = false
    #else
      optimized = true
    #endif
    var names = utsname()
    if uname(&names) == 0 {
      operatingSystem = "\(Self.text(names.sysname)) \(Self.text(names.release))"
    }
    #if os(Linux)
      processor = Self.processorName ?? processor
      secondLevelCacheBytes = Self.configuration(_SC_LEVEL2_CACHE_SIZE)
      thirdLevelCacheBytes = Self.configuration(_SC_LEVEL3_CACHE_SIZE)
      core = try Self.pin(to: wanted)
      memoryLocked = mlockall(Int32(MCL_CURRENT) | Int32(MCL_FUTURE)) == 0
    #else
      if wanted != nil { throw Problem(message: "--core: threads cannot be pinned on this system") }
    #endif
    Self.touchStack()
  }

  private static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// A control loop's calls need a few kilobytes of stack; this gives it 256 with their pages.
  @inline(never)
  private static func touchStack() {
    withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 64) { bytes in
      for index in stride(from: 0, to: bytes.count, by: 1024) { bytes[index] = 1 }
    }
  }
}

#if os(Linux)
  extension Machine {
    private static var processorName: String? {
      let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
      return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func configuration(_ name: Int) -> Int? {
      let value = sysconf(Int32(name))
      return value > 0 ? value : nil
    }

    private static func pin(to wanted: Int?) throws(Problem) -> Int? {
      guard let getAffinity = affinityCall("sched_getaffinity"),
        let setAffinity = affinityCall("sched_setaffinity")
      else { return nil }
      var allowed = cpu_set_t()
      guard getAffinity(0, MemoryLayout<cpu_set_t>.size, &allowed) == 0 else { return nil }
      let cores = withUnsafeBytes(of: &allowed) { bits in
        (0..<(8 * bits.count)).filter { bits[$0 / 8] & 1 << UInt8($0 % 8) != 0 }
      }
      let core = wanted ?? cores.last ?? 0
      guard cores.contains(core) else {
        let list = cores.map(String.init).joined(separator: ", ")
        throw Problem(message: "--core \(core): one of the allowed cores is accepted: \(list)")
      }
      var chosen = cpu_set_t()
      withUnsafeMutableBytes(of: &chosen) { $0[core / 8] |= 1 << UInt8(core % 8) }
      guard setAffinity(0, MemoryLayout<cpu_set_t>.size, &chosen) == 0 else {
        throw Problem(message: "--core \(core): the system does not pin the program to it")
      }
      return core
    }

    private typealias AffinityCall = @convention(c) (Int32, Int, UnsafeMutableRawPointer) -> Int32

    /// These functions are in the C library but, as extensions of GNU, not in what Swift imports of it.
    private static func affinityCall(_ name: String) -> AffinityCall? {
      dlsym(nil, name).map { unsafeBitCast($0, to: AffinityCall.self) }
    }
  }
#endif
