/// What a plan's phases take on a processor, estimated from what they do: for choosing among plans of one model.
extension Plan {
  /// In multiplications of float32. Those of `act`, which somebody waits for, count `AttentionForm.feedbackWeight` times.
  package var estimatedWork: Int {
    func work(_ phase: [RoutineName]) -> Int {
      total(phase) { $0.operations.reduce(0) { $0 + estimatedWork(of: $1) } }
    }
    return AttentionForm.feedbackWeight * work(feedback) + work(preparation)
  }

  /// Multiplications, of integers a fraction; and two bytes of weights, which come from the second-level cache, take as long
  /// as one.
  private func estimatedWork(of operation: Operation) -> Int {
    let productsPerFloat =
      if case .linear(.linear(_, _, _, _, let format, _), _, _, _, _, _) = operation.kind {
        format.productsPerFloat
      } else {
        1
      }
    return operation.multiplyAdds / productsPerFloat + operation.weightBytes / 2
  }
}
