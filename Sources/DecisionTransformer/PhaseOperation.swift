#if !hasFeature(Embedded)
  /// One operation of a control loop's phases, with what it costs: what a type that is generated with `"explain": true`
  /// says of each, so that a benchmark can run them one by one.
  public struct PhaseOperation: Sendable {
    /// The call that performs it.
    public enum Phase: Hashable, Sendable {
      /// `act` that is given the reward.
      case act
      /// `prepare` without a reward.
      case prepare
    }

    /// The call that performs it.
    public let phase: Phase
    /// The generated type's method that it is a line of.
    public let routine: StaticString
    /// The function that it calls.
    public let name: StaticString
    /// Packed tensors that it reads, with commas between them.
    public let tensors: StaticString
    /// Multiply-adds of matrix products.
    public let multiplyAdds: Int
    /// Bytes of packed weights that it reads.
    public let weightBytes: Int
    /// The same bytes if the model were generated with another `precision`.
    public let weightBytesByPrecision: KeyValuePairs<String, Int>
    /// Bytes of the controller's memory that it reads or writes, none of them counted twice.
    public let memoryBytes: Int

    /// Generated code makes them.
    public init(
      _ phase: Phase, _ routine: StaticString, _ name: StaticString, tensors: StaticString,
      multiplyAdds: Int, weightBytes: Int, _ weightBytesByPrecision: KeyValuePairs<String, Int>,
      memoryBytes: Int
    ) {
      (self.phase, self.routine, self.name, self.tensors) = (phase, routine, name, tensors)
      (self.multiplyAdds, self.weightBytes, self.memoryBytes) = (
        multiplyAdds, weightBytes, memoryBytes
      )
      self.weightBytesByPrecision = weightBytesByPrecision
    }
  }
#endif
