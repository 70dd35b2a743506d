// Main file of a package that has the blocks of WhereAControllerLives.md beside it: each place gives the same action.
import DecisionTransformer

var state = Hopper.State(repeating: 0)
state[0] = 1.25
func inAFunction() throws -> Hopper.Action {
  var hopper = try Hopper()
  hopper.reset(targetReturn: 3000)
  return try hopper.act(Hopper.State { $0 == 0 ? 1.25 : 0 })
}
let action = try inAFunction()
print("action:", action)

func expect(_ place: String, _ found: Hopper.Action) {
  print("\(place):", found == action ? "right" : "wrong, \(found)")
}
var hopper = try Hopper()
hopper.reset(targetReturn: 3000)
expect("top level", try hopper.act(state))

let pilot = try Pilot()
pilot.start()
expect("class", try pilot.step(state, reward: 0))
let copilot = try Copilot()
expect("actor", try await copilot.step(state, reward: 0))
let shared = try Shared()
shared.start()
expect("lock", try shared.step(state))

let sensors = [9] + Array(state)
var motors: [Float] = [0, 0, 0]
hopper.reset(targetReturn: 3000)
try step(&hopper, sensors: sensors[1...], reward: 0, motors: &motors)
expect("any controller", Hopper.Action(motors))
var standIn = StandIn()
standIn.reset(targetReturn: 1)
try step(&standIn, sensors: sensors[1...], reward: 0, motors: &motors)
print("stand-in:", motors == [1.25, 0, 0] && standIn.states == [state] ? "right" : "wrong")

let onThread = await withCheckedContinuation { continuation in
  onAThread { continuation.resume(returning: $0) }
}
let (inTask, bySeveral) = (try await inATask(), try several())
print("thread, task, several:", onThread == inTask && bySeveral == 2 * inTask ? "right" : "wrong")
