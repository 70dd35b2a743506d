extension Model {
  /// Why a model has no C interface; nil if it has one.
  package var problemInC: String? {
    let name = CName(model: name)
    if Self.standardHeaders.contains(name.prefix) {
      return "\(name.header) is a header of C's own library; accepted: another name for the model"
    }
    return nil
  }

  /// Headers that ours would stand in front of: those of C23 and, of POSIX, those that C programs include most.
  private static let standardHeaders = Set(
    """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
    dirent dlfcn fcntl malloc memory poll pthread sched search semaphore spawn strings syslog termios unistd
    """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
