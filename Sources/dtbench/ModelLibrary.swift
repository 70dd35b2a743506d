import DecisionTransformer
import Foundation

/// A shared library that `dtgen library` made, loaded into this program.
struct ModelLibrary {
  typealias Create =
    @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> Int32
  typealias SelfTest = @convention(c) (UnsafeMutableRawPointer?, Int) -> Int32
  typealias Reset = @convention(c) (OpaquePointer?, Float) -> Int32
  typealias Act =
    @convention(c) (
      OpaquePointer?, UnsafePointer<Float>?, Float, UnsafeMutablePointer<Float>?
    ) -> Int32
  typealias Prepare = @convention(c) (OpaquePointer?) -> Int32
  typealias Message = @convention(c) (Int32) -> UnsafePointer<CChar>
  typealias LastError = @convention(c) (OpaquePointer?) -> UnsafePointer<CChar>
  typealias Text = @convention(c) () -> UnsafePointer<CChar>
  typealias Size = @convention(c) () -> Int

  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  private let path: String
  /// What its functions begin with, from the file's name.
  private let prefix: String
  private let handle: UnsafeMutableRawPointer

  init(path: String) throws(Problem) {
    self.path = path
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    guard name.hasPrefix("lib") else {
      throw Problem(
        description: "\(path): a library is called lib<name>.so, libhopper.so for example")
    }
    prefix = String(name.dropFirst(3))
    // Without a slash the system would look in its own folders.
    guard let handle = dlopen(path.contains("/") ? path : "./\(path)", RTLD_NOW | RTLD_LOCAL) else {
      throw Problem(description: String(cString: dlerror()))
    }
    self.handle = handle
  }

  func function<Function>(_ name: String, _: Function.Type) throws(Problem) -> Function {
    guard let address = dlsym(handle, "\(prefix)_\(name)") else {
      throw Problem(
        description: "\(path): has no \(prefix)_\(name); dtgen library makes one that has")
    }
    return unsafeBitCast(address, to: Function.self)
  }

  /// Refuses a library that was made of another model than `Model`, or that fails its self test.
  func prove<Model: MeasuredController & ~Copyable>(is _: Model.Type) throws(Problem) {
    let digest = String(cString: try function("layout_digest", Text.self)())
    guard UInt64(digest, radix: 16) == Model.layoutDigest else {
      throw Problem(
        description: "\(path): is of another model or generator: layout \(digest), expected "
          + PackedWeights.digestText(Model.layoutDigest))
    }
    let size = try function("memory_size", Size.self)()
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: try function("memory_alignment", Size.self)())
    defer { memory.deallocate() }
    let status = try function("self_test", SelfTest.self)(memory, size)
    guard status == 0 else { throw Problem(description: "\(path): \(try message(of: status))") }
  }

  /// What a status of the library means.
  func message(of status: Int32) throws(Problem) -> String {
    String(cString: try function("status_message", Message.self)(status))
  }
}

/// A controller behind the C interface.
final class LibraryController<State: FixedNumbers> {
  private let memory: UnsafeMutableRawPointer
  private var controller: OpaquePointer?
  /// The latest action.
  let action: UnsafeMutableRawBufferPointer
  private let callReset: ModelLibrary.Reset
  private let callAct: ModelLibrary.Act
  private let callPrepare: ModelLibrary.Prepare
  private let message: ModelLibrary.LastError

  init(_ library: ModelLibrary) throws(ModelLibrary.Problem) {
    callReset = try library.function("reset", ModelLibrary.Reset.self)
    callAct = try library.function("act", ModelLibrary.Act.self)
    callPrepare = try library.function("prepare", ModelLibrary.Prepare.self)
    message = try library.function("last_error", ModelLibrary.LastError.self)
    let size = try library.function("memory_size", ModelLibrary.Size.self)()
    let alignment = try library.function("memory_alignment", ModelLibrary.Size.self)()
    let actionSize = try library.function("action_dimension", ModelLibrary.Size.self)() * 4
    let create = try library.function("create", ModelLibrary.Create.self)
    memory = .allocate(byteCount: size, alignment: alignment)
    action = .allocate(byteCount: actionSize, alignment: 16)
    action.initializeMemory(as: UInt8.self, repeating: 0)
    let status = create(memory, size, &controller)
    guard status == 0 else {
      throw ModelLibrary.Problem(description: try library.message(of: status))
    }
  }

  deinit {
    memory.deallocate()
    action.deallocate()
  }

  func reset(targetReturn: Float) throws(ModelLibrary.Problem) {
    if callReset(controller, targetReturn) != 0 { throw refusal }
  }

  /// The status; `action` receives the action.
  @inline(__always)
  func act(_ state: State, reward: Float) -> Int32 {
    withUnsafeBytes(of: state) { state in
      callAct(
        controller, state.baseAddress?.assumingMemoryBound(to: Float.self), reward,
        action.baseAddress?.assumingMemoryBound(to: Float.self))
    }
  }

  @inline(__always)
  func prepare() -> Int32 { callPrepare(controller) }

  /// What the latest call that failed has to say.
  var refusal: ModelLibrary.Problem {
    ModelLibrary.Problem(description: String(cString: message(controller)))
  }
}
