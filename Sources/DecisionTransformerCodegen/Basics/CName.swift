/// The names of a model's C interface.
public struct CName: Equatable, Sendable {
  /// What its functions begin with, and its header and libraries are called: the type's name in lower case, words
  /// apart. `hopper` for Hopper, `half_cheetah` for HalfCheetah, `hopper_bf16` for HopperBF16.
  public let prefix: String

  public init(model name: String) {
    var prefix = ""
    var previous: Character = "_"
    for character in name {
      if character.isUppercase, previous.isLowercase || previous.isNumber { prefix += "_" }
      prefix += character.lowercased()
      previous = character
    }
    self.prefix = prefix
  }

  /// The opaque type of a controller.
  public var type: String { "\(prefix)_controller" }
  /// What its constants begin with.
  public var constantPrefix: String { prefix.uppercased() }
  /// The header's file name.
  public var header: String { "\(prefix).h" }

  /// Headers that ours would stand in front of: those of C23 and, of POSIX, those that C programs include most.
  package static let standardHeaders = Set(
    """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
    dirent dlfcn fcntl malloc memory poll pthread sched search semaphore spawn strings syslog termios unistd
    """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
