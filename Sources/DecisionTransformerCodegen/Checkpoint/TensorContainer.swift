/// What holds a checkpoint's tensors: a file, or several files with an index.
public protocol TensorContainer: Sendable {
  /// The file as messages name it; of several files, the index.
  var path: String { get }
  /// Every tensor, in the order of the file; no name occurs twice.
  var storedTensors: [StoredTensor] { get }
  /// Notes on how the tensors are stored.
  var remarks: [Diagnostic] { get }
}

extension TensorContainer {
  /// None.
  public var remarks: [Diagnostic] { [] }
}
