/// The global names that a checkpoint may use: what `torch.save` writes for tensors, and nothing
/// that could run code.
package enum PyTorchGlobal: String, CaseIterable {
  case orderedDictionary = "collections.OrderedDict"
  case rebuildTensor = "torch._utils._rebuild_tensor_v2"
  case rebuildParameter = "torch._utils._rebuild_parameter"
  case size = "torch.Size"
  case device = "torch.device"
  case floatStorage = "torch.FloatStorage"
  case halfStorage = "torch.HalfStorage"
  case bfloat16Storage = "torch.BFloat16Storage"
  case doubleStorage = "torch.DoubleStorage"
  case byteStorage = "torch.ByteStorage"
  case boolStorage = "torch.BoolStorage"
  case longStorage = "torch.LongStorage"
  case intStorage = "torch.IntStorage"

  /// The type of the elements, where this is a storage.
  package var dataType: TensorDataType? {
    switch self {
    case .orderedDictionary, .rebuildTensor, .rebuildParameter, .size, .device: nil
    case .floatStorage: .float32
    case .halfStorage: .float16
    case .bfloat16Storage: .bfloat16
    case .doubleStorage: .float64
    case .byteStorage: .uint8
    case .boolStorage: .bool
    case .longStorage: .int64
    case .intStorage: .int32
    }
  }
}

/// Elements that tensors share, as a pickle names them.
package struct PyTorchStorage: Equatable {
  /// The name of the storage's record in the file.
  package var key: String
  package var dataType: TensorDataType
  /// The number of elements.
  package var count: Int

  /// The number of bytes; nil if it overflows.
  package var byteCount: Int? {
    let (product, overflow) = count.multipliedReportingOverflow(by: dataType.bitWidth / 8)
    return overflow ? nil : product
  }
}

/// A part of a storage, as a pickle describes it.
package struct PyTorchTensor {
  package var storage: PyTorchStorage
  /// In elements.
  package var offset: Int
  package var shape: [Int]
  /// In elements, for each axis.
  package var strides: [Int]
}
