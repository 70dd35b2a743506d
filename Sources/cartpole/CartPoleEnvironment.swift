import Foundation
import Programs

/// Gymnasium's CartPole-v1: a pole on a cart that is pushed to the left or to the right, never left alone.
///
/// The equations and constants are those of `gymnasium/envs/classic_control/cartpole.py`, Gymnasium 1.4
/// (https://gymnasium.farama.org/environments/classic_control/cart_pole/), after Barto, Sutton and Anderson:
/// no friction, Euler's method with the speeds from before the step. The state is float64; what is shown
/// of it is float32. The order of the operations is Gymnasium's, so that the last bits are, too.
struct CartPoleEnvironment: Equatable {
  /// m/s²
  static let gravity = 9.8
  /// kg
  static let cartMass = 1.0
  /// kg
  static let poleMass = 0.1
  /// m, from the axis to the pole's middle.
  static let halfLength = 0.5
  /// N
  static let force = 10.0
  /// Seconds of a step; 50 steps a second.
  static let timeStep = 0.02
  /// The pole has fallen beyond it. 12° in radians.
  static let angleLimit = 12 * 2 * Double.pi / 360
  /// The cart is off the track beyond it, m.
  static let positionLimit = 2.4
  /// Steps of an episode, after which the registered environment is truncated.
  static let episodeLength = 500
  /// Both ends of what a start is drawn from, in each number's own unit.
  private static let startBound = 0.05

  /// Why an episode is over.
  enum End {
    case poleFell, cartLeft, truncated
  }

  /// Of the cart, m, 0 in the middle of the track, positive to the right.
  private(set) var position: Double
  /// m/s
  private(set) var velocity: Double
  /// Of the pole, radians, 0 upright, positive to the right.
  private(set) var angle: Double
  /// rad/s
  private(set) var angularVelocity: Double
  /// Taken so far.
  private(set) var steps = 0

  init(position: Double, velocity: Double, angle: Double, angularVelocity: Double) {
    (self.position, self.velocity) = (position, velocity)
    (self.angle, self.angularVelocity) = (angle, angularVelocity)
  }

  /// An episode's start: each of the four numbers uniform in ±0.05.
  init(using generator: inout SplitMix64) {
    position = generator.symmetric(Self.startBound)
    velocity = generator.symmetric(Self.startBound)
    angle = generator.symmetric(Self.startBound)
    angularVelocity = generator.symmetric(Self.startBound)
  }

  /// The four numbers.
  var observation: CartPole.State {
    [Float(position), Float(velocity), Float(angle), Float(angularVelocity)]
  }

  /// nil while the episode goes on.
  var end: End? {
    if abs(angle) > Self.angleLimit { return .poleFell }
    if abs(position) > Self.positionLimit { return .cartLeft }
    return steps >= Self.episodeLength ? .truncated : nil
  }

  /// Pushes for one step; the episode is not over.
  ///
  /// - Parameter action: 0 to the left, 1 to the right.
  /// - Returns: the reward, 1 in every step, the last one included.
  mutating func step(_ action: Int) -> Float {
    precondition(end == nil, "the episode is over")
    let force = action == 1 ? Self.force : -Self.force
    let (sine, cosine) = (sin(angle), cos(angle))
    let mass = Self.poleMass + Self.cartMass
    let moment = Self.poleMass * Self.halfLength
    let push = (force + moment * (angularVelocity * angularVelocity) * sine) / mass
    let angularAcceleration =
      (Self.gravity * sine - cosine * push)
      / (Self.halfLength * (4.0 / 3.0 - Self.poleMass * (cosine * cosine) / mass))
    let acceleration = push - moment * angularAcceleration * cosine / mass
    position += Self.timeStep * velocity
    velocity += Self.timeStep * acceleration
    angle += Self.timeStep * angularVelocity
    angularVelocity += Self.timeStep * angularAcceleration
    steps += 1
    return 1
  }
}
