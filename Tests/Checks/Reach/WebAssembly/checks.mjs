// What ../target.sh does for other targets, for models in WebAssembly: in Node and in browsers.
import { Controller, Room } from "./controller.mjs";
import { readRecording } from "./recording.mjs";

const tolerance = 1e-5;

/** A line for each model of models.json. `read` gives the bytes of a file. Throws where something is wrong. */
export async function check(read) {
  const models = JSON.parse(new TextDecoder().decode(await read("models.json")));
  const lines = [];
  for (const model of models) {
    const result = await (model.agents > 1 ? checkBatch : checkModel)(model, read);
    const { selfTest, difference, steps, refusals } = result;
    if (selfTest !== "success") throw new Error(`${model.name}: the self test says: ${selfTest}`);
    if (difference !== undefined && !(difference <= tolerance && steps > 0)) {
      throw new Error(`${model.name}: off by ${difference} in ${steps} steps; accepted: ${tolerance}`);
    }
    lines.push([
      model.name.padEnd(14), model.precision.padEnd(9),
      (difference?.toExponential(1) ?? "-").padStart(18), String(steps ?? "-").padStart(6),
      "passed".padStart(10), (refusals ?? "-").padStart(8), "-".padStart(12), "-".padStart(12),
      `${Math.floor(model.code / 1000)} KB`.padStart(8),
    ].join(" "));
  }
  return lines.join("\n");
}

async function checkModel(model, read) {
  const module = await read(`${model.name}.wasm`);
  const weights = new Uint8Array(await read(`${model.name}.weights`));
  const controller = await Controller.make(module, weights, model.prefix);
  const result = { selfTest: controller.selfTest(), refusals: checkRefusals(controller, model) };
  // The recorded actions are those of the weights that are not rounded.
  if (model.precision !== "float32") return result;
  const recording = readRecording(await read(`${model.name}.safetensors`));
  return { ...result, ...replay(controller, recording) };
}

function replay(controller, recording) {
  controller.require(controller.create());
  controller.require(
    controller.call("reset", controller.handle, Number(recording.metadata.target_return)));
  const { stateDimension, actionDimension } = controller;
  const steps = recording.rewards.length;
  let difference = 0;
  for (let step = 0; step < steps; step++) {
    const state = recording.states.subarray(step * stateDimension, (step + 1) * stateDimension);
    const action = controller.act(state, step > 0 ? recording.rewards[step - 1] : 0);
    for (let i = 0; i < actionDimension; i++) {
      difference = Math.max(
        difference, Math.abs(action[i] - recording.env_actions[step * actionDimension + i]));
    }
    controller.require(controller.call("prepare", controller.handle));
  }
  return { difference, steps };
}

/** Calls that must be refused, each with its status (CStatus.swift has the numbers). Leaves a controller. */
function checkRefusals(controller, model) {
  const { block, size, weights, state, action } = controller;
  const expect = (what, expected, status) => {
    if (status !== expected) {
      throw new Error(`${model.name}: ${what}: status ${status}, expected ${expected}`);
    }
  };
  expect("no memory", 1, controller.create(0, size));
  expect("small", 10, controller.create(block, size - 1));
  expect("odd", 11, controller.create(block + 4, size));
  expect("no weights", 1, controller.create(block, size, [0, 64]));
  expect("odd weights", 12, controller.create(block, size, [weights[0] + 8, 1024]));
  expect("short weights", 16, controller.create(block, size, [weights[0], weights[1] - 64]));
  expect("no controller", 3, controller.call("reset", weights[0], 0));
  expect("create", 0, controller.create());
  const { handle } = controller;
  const states = (value) =>
    controller.room.floats(state, controller.stateDimension).fill(value);
  states(0);
  expect("before reset", 30, controller.call("act", handle, state, 0, action));
  expect("target", 33, controller.call("reset", handle, NaN));
  expect("reset", 0, controller.call("reset", handle, 100));
  expect("executed too early", 37, controller.call("prepare_executed", handle, action));
  expect("no state", 1, controller.call("act", handle, 0, 0, action));
  expect("odd state", 2, controller.call("act", handle, state + 2, 0, action));
  states(Infinity);
  expect("state", 31, controller.call("act", handle, state, 0, action));
  states(0);
  expect("act", 0, controller.call("act", handle, state, 0, action));
  expect("reward", 32, controller.call("act", handle, state, NaN, action));
  return "passed";
}

async function checkBatch(model, read) {
  const { instance } = await WebAssembly.instantiate(await read(`${model.name}.wasm`), {});
  const { batch_memory_size, batch_self_test, batch_replay } = instance.exports;
  const room = new Room(instance);
  const bytes = new Uint8Array(await read(`${model.name}.weights`));
  const weights = [room.put(bytes), bytes.length];
  const memory = [room.place(batch_memory_size()), batch_memory_size()];
  const selfTest = batch_self_test(...weights, ...memory) === 0 ? "success" : "failed";

  const recording = readRecording(await read(`${model.name}.safetensors`));
  const steps = recording.rewards.length / model.agents;
  const starts = new Uint8Array(steps * model.agents);
  JSON.parse(recording.metadata.starts).forEach((of_agent, agent) => {
    for (const step of of_agent) starts[step * model.agents + agent] = 1;
  });
  const arrays = [starts, recording.targets, recording.states, recording.rewards];
  const places = arrays.map((array) => room.put(array));
  const actions = room.place(4 * recording.actions.length);
  const status = batch_replay(...weights, ...memory, steps, ...places, actions);
  if (status !== 0) throw new Error(`${model.name}: status ${status}`);
  const answers = room.floats(actions, recording.actions.length);
  const difference = recording.actions.reduce(
    (worst, expected, i) => Math.max(worst, Math.abs(answers[i] - expected)), 0);
  return { selfTest, difference, steps };
}
