import Foundation

/// The bytes of a regular file, mapped read-only and unmapped with the last reference.
///
/// Mapping costs no memory of its own: pages come from the file as they are read. The file must not
/// be shortened while it is mapped; reading past its new end stops the program.
public final class MappedFile: Sendable {
  /// Address of the first byte as an integer, which is Sendable; 0 for an empty file.
  private let address: UInt
  /// Length in bytes.
  public let count: Int

  /// Maps the file at `path`. An empty file has no bytes; anything but a regular file is an error.
  public init(path: String) throws(Diagnostic) {
    // O_NONBLOCK: opening a named pipe must fail below and not wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure("cannot be opened", path: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw Self.failure("cannot be examined", path: path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Diagnostic(path: path, "is a folder; accepted: a file")
    default: throw Diagnostic(path: path, "is not a regular file")
    }
    count = Int(status.st_size)
    if count == 0 {
      address = 0
      return
    }
    // The two failures of mmap are -1 (MAP_FAILED) and, as imported, nil.
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      UInt(bitPattern: start) != UInt.max
    else { throw Self.failure("cannot be mapped into memory", path: path) }
    address = UInt(bitPattern: start)
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { munmap(start, count) }
  }

  /// Calls `body` with the file's bytes; the pointer is valid only inside `body`.
  public func withBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(
      UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count))
  }

  /// Gives the whole pages in `range` back to the system; they come again from the file when they
  /// are read again. So reading a large file part by part never holds more than a part.
  public func release(_ range: Range<Int>) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    guard page > 0, first < end, let start = UnsafeMutableRawPointer(bitPattern: address) else {
      return
    }
    madvise(start + first, end - first, MADV_DONTNEED)
  }

  private static func failure(_ problem: String, path: String) -> Diagnostic {
    let code = errno
    var status = stat()
    if code == ENOENT, lstat(path, &status) == 0 {
      return Diagnostic(path: path, "is a symbolic link to a file that does not exist")
    }
    return Diagnostic(path: path, "\(problem): \(String(cString: strerror(code)))")
  }
}
