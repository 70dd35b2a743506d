import Foundation
import Programs

/// Gymnasium's Pendulum-v1: a rod on a motor that is too weak to lift it at once.
///
/// The equations and constants are those of `gymnasium/envs/classic_control/pendulum.py`, Gymnasium 1.4
/// (https://gymnasium.farama.org/environments/classic_control/pendulum/): a uniform rod with its axis at
/// one end, θ̈ = 3g/(2l)·sin θ + 3/(ml²)·u, the speed integrated and clipped first, then the angle
/// with the new speed. State and reward are float64 and the torque's terms float32, as NumPy computes
/// them for an action of the action space.
struct PendulumEnvironment: Equatable {
  /// rad/s
  static let maximumSpeed = 8.0
  /// N m
  static let maximumTorque: Float = 2
  /// Seconds of a step; 20 steps a second.
  static let timeStep = 0.05
  /// m/s²
  static let gravity = 10.0
  /// kg
  static let mass = 1.0
  /// m
  static let length = 1.0
  /// Steps of an episode, after which the registered environment is truncated.
  static let episodeLength = 200

  /// θ in radians, 0 upright, counterclockwise positive; it counts whole turns.
  private(set) var angle: Double
  /// rad/s
  private(set) var angularVelocity: Double

  init(angle: Double, angularVelocity: Double) {
    (self.angle, self.angularVelocity) = (angle, angularVelocity)
  }

  /// An episode's start: the angle uniform in ±π, the speed uniform in ±1 rad/s.
  init(using generator: inout SplitMix64) {
    angle = generator.symmetric(.pi)
    angularVelocity = generator.symmetric(1)
  }

  /// cos θ, sin θ and the speed.
  var observation: Pendulum.State {
    [Float(cos(angle)), Float(sin(angle)), Float(angularVelocity)]
  }

  /// Applies a torque, in N m, for one step.
  ///
  /// - Returns: the reward, minus what the state before the step and the torque cost.
  mutating func step(torque: Float) -> Double {
    let torque = Self.clipped(torque)
    let cost =
      square(Self.normalized(angle)) + 0.1 * square(angularVelocity)
      + Double(0.001 * (torque * torque))
    let gravityTerm = 3 * Self.gravity / (2 * Self.length) * sin(angle)
    let torqueTerm = Double(Float(3 / (Self.mass * square(Self.length))) * torque)
    let speed = angularVelocity + (gravityTerm + torqueTerm) * Self.timeStep
    angularVelocity = min(max(speed, -Self.maximumSpeed), Self.maximumSpeed)
    angle += angularVelocity * Self.timeStep
    return -cost
  }

  /// What the motor makes of a demanded torque.
  static func clipped(_ torque: Float) -> Float {
    min(max(torque, -maximumTorque), maximumTorque)
  }

  /// The same direction in [-π, π).
  static func normalized(_ angle: Double) -> Double {
    let remainder = (angle + .pi).truncatingRemainder(dividingBy: 2 * .pi)
    return (remainder < 0 ? remainder + 2 * .pi : remainder) - .pi
  }
}

private func square(_ value: Double) -> Double { value * value }
