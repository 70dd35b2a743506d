#if !hasFeature(Embedded)
  #if canImport(Darwin)
    internal import Darwin
  #elseif canImport(Glibc)
    internal import Glibc
  #elseif canImport(Musl)
    internal import Musl
  #elseif canImport(Android)
    internal import Android
  #endif

  #if canImport(Darwin) || canImport(Glibc) || canImport(Musl) || canImport(Android)
    extension PackedWeights {
      /// Maps a file of packed weights, read-only; unmapped when the last copy of the value goes.
      ///
      /// All programs that map the file share its memory. Every byte is read once here, so that no step waits for
      /// the disk as long as memory suffices; `mlockall` keeps the pages. Replace the file by renaming a new one over
      /// it: a file that is cut short while it is mapped ends the program. Not on Windows and WASI.
      ///
      /// - Parameter path: The file, `<Name>.weights` of `dtgen generate`.
      /// - Throws: `unreadableFile`, and what `init(_:)` throws of the bytes.
      public init(path: String) throws(InitializationError) {
        try Processor.check()
        self = try Self.mapped(path)
      }

      /// Not inlined: see `Processor`.
      @inline(never)
      private static func mapped(_ path: String) throws(InitializationError) -> PackedWeights {
        let file = try MappedFile(path: path)
        return try PackedWeights(file.bytes, owner: file)
      }
    }

    /// A whole file in memory, read-only.
    private final class MappedFile: @unchecked Sendable {
      let bytes: UnsafeRawBufferPointer

      init(path: String) throws(InitializationError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadableFile(path: path, systemError: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
          throw .unreadableFile(path: path, systemError: errno)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
          throw .unreadableFile(path: path, systemError: EISDIR)
        }
        let count = Int(status.st_size)
        // An empty file cannot be mapped.
        guard count >= PackedWeights.headerByteCount else {
          throw .wrongByteCount(found: count, expected: PackedWeights.headerByteCount)
        }
        let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else {
          throw .unreadableFile(path: path, systemError: errno)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
      }

      deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
      }
    }

    func systemErrorMessage(_ systemError: Int32) -> String {
      String(cString: strerror(systemError))
    }
  #else
    func systemErrorMessage(_ systemError: Int32) -> String { "error \(systemError)" }
  #endif
#endif
