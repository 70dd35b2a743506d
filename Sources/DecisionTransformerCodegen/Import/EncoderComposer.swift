/// The layers of a state's encoder as they are put together from a library's modules, one behind the other. Factors and
/// terms of single numbers (a norm's gain and shift, a batch norm) go into the linear map next to them, in double
/// precision; where there is none, a map that changes nothing else takes them.
package struct EncoderComposer {
  package struct Layer {
    /// [outputs, inputs]
    package fileprivate(set) var weights: [Double]
    package fileprivate(set) var biases: [Double]
    package fileprivate(set) var inputs: Int
    package fileprivate(set) var form: ControlSteps.EncoderLayer
  }

  package private(set) var layers: [Layer] = []
  /// What the numbers behind the last layer go through: a norm first, then factors and terms.
  private var normalizes = false
  private var change: Change?
  /// Maps that no module is: between two activations, or for what found no map to go into.
  package private(set) var addedLayers: [Int] = []

  private struct Change {
    var factors: [Double]
    var terms: [Double]
  }

  package init() {}

  /// Numbers behind the last layer.
  package var count: Int { layers.last?.form.size ?? 0 }

  private var isPending: Bool { normalizes || change != nil }

  /// Whether it is one linear map and nothing else.
  package var isOneMap: Bool {
    layers.count == 1 && layers[0].form.activation == .linear && !isPending
  }

  /// - Parameter weights: [outputs, inputs].
  package mutating func map(_ weights: [Double], _ biases: [Double]) {
    let (outputs, inputs) = (biases.count, weights.count / biases.count)
    var layer = Layer(
      weights: weights, biases: biases, inputs: inputs,
      form: ControlSteps.EncoderLayer(
        size: outputs, activation: .linear, normalizesInput: normalizes))
    if let change {
      for output in 0..<outputs {
        for input in 0..<inputs {
          let place = output * inputs + input
          layer.biases[output] += weights[place] * change.terms[input]
          layer.weights[place] *= change.factors[input]
        }
      }
    }
    layers.append(layer)
    (normalizes, change) = (false, nil)
  }

  /// Replaces the first map's numbers.
  package mutating func changeFirst(
    _ change: ([Double], [Double]) -> (weights: [Double], biases: [Double])
  ) {
    (layers[0].weights, layers[0].biases) = change(layers[0].weights, layers[0].biases)
  }

  /// Each number times a factor, plus a term.
  package mutating func scale(_ factors: [Double], _ terms: [Double]) {
    let old =
      change
      ?? Change(
        factors: factors.map { _ in 1 }, terms: factors.map { _ in 0 })
    change = Change(
      factors: zip(old.factors, factors).map(*),
      terms: zip(zip(old.terms, factors).map(*), terms).map(+))
  }

  /// Minus the mean, divided by the deviation.
  package mutating func normalize() {
    if isPending { addMap() }
    normalizes = true
  }

  package mutating func activate(_ activation: Activation) {
    guard activation != .linear else { return }
    if isPending || layers[layers.count - 1].form.activation != .linear { addMap() }
    layers[layers.count - 1].form.activation = activation
  }

  /// Adds what the last map but one read, in front of its norm.
  package mutating func addShortcut() {
    layers[layers.count - 1].form.addsShortcut = true
  }

  /// Nothing comes behind.
  package mutating func finish() {
    guard isPending else { return }
    let last = layers.count - 1
    guard !normalizes, let change, layers[last].form.activation == .linear,
      !layers[last].form.addsShortcut
    else { return addMap() }
    let inputs = layers[last].inputs
    for (output, factor) in change.factors.enumerated() {
      for place in output * inputs..<(output + 1) * inputs { layers[last].weights[place] *= factor }
      layers[last].biases[output] = layers[last].biases[output] * factor + change.terms[output]
    }
    self.change = nil
  }

  private mutating func addMap() {
    let size = count
    addedLayers.append(layers.count)
    map(
      (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }, Array(repeating: 0, count: size))
  }
}
