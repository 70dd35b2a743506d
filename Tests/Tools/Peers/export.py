"""Writes what every peer reads: inputs, Hugging Face's answers, each form of the model as ONNX.

<work>/inputs.npz    windows and cached keys of several control steps, and the expected actions;
                     those of other steps for the quantisers that calibrate
<work>/window.onnx   the whole window, as `get_action` feeds it
<work>/batch16.onnx  the whole window of 16 agents in one call, where a batch is asked for
<work>/cached.onnx   two tokens and cached keys (cached.in_out.onnx: weights [in, out])
<work>/empty.onnx    one addition: what a call costs
<work>/settings.json the configuration with its defaults, the order of inputs
"""

import json
import pathlib
import sys

import numpy as np
import torch
from safetensors.numpy import load_file
from transformers import DecisionTransformerModel

from two_tokens import TwoTokens, cache_of

WINDOW_INPUTS = ["states", "actions", "returns_to_go", "timesteps", "attention_mask"]


class Window(torch.nn.Module):
    """Hugging Face's model behind `get_action`'s inputs; the output is the current action."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, states, actions, returns_to_go, timesteps, attention_mask):
        outputs = self.model(
            states=states,
            actions=actions,
            returns_to_go=returns_to_go,
            timesteps=timesteps,
            attention_mask=attention_mask,
            return_dict=False,
        )
        return outputs[1][:, -1]


class Snapshot:
    """A model folder: Hugging Face's model and the options beside it."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.model = DecisionTransformerModel.from_pretrained(folder, dtype=torch.float32).eval()
        path = folder / "codegen.json"
        options = json.loads(path.read_text()) if path.exists() else {}
        config = self.model.config
        self.steps = options.get("window", 20)
        self.mean = np.array(options.get("state_mean") or [0.0] * config.state_dim)
        self.deviation = np.array(options.get("state_std") or [1.0] * config.state_dim)

    def window(self, episode, step):
        """`get_action`'s inputs at a step: the last K steps, padded on the left to exactly K."""
        first = max(0, step - self.steps + 1)
        count = step + 1 - first
        states = (
            episode["states"][first : step + 1].astype(np.float64) - self.mean
        ) / self.deviation
        placeholder = np.zeros((1, episode["actions"].shape[1]), np.float32)
        arrays = [
            states.astype(np.float32),
            np.concatenate([episode["actions"][first:step], placeholder]),
            episode["returns_to_go"][first : step + 1].reshape(-1, 1),
            np.arange(first, step + 1, dtype=np.int64),
            np.ones(count, np.int64),
        ]
        padding = self.steps - count
        return [
            torch.from_numpy(np.concatenate([np.zeros((padding, *a.shape[1:]), a.dtype), a])[None])
            for a in arrays
        ]


class Empty(torch.nn.Module):
    def forward(self, x):
        return x + x


class Form:
    """One form of the model: its modules by ONNX file, the names of its inputs, and its cases."""

    def __init__(self, name, modules, inputs):
        self.name, self.modules, self.inputs = name, modules, inputs
        self.cases, self.expected, self.calibration = [], [], []

    def add(self, case, expected):
        self.cases.append(case)
        self.expected.append(expected)

    def arrays(self):
        arrays = {f"{self.name}/expected": np.stack([x.numpy() for x in self.expected])}
        for index, name in enumerate(self.inputs):
            arrays[f"{self.name}/{name}"] = np.stack([case[index].numpy() for case in self.cases])
            if self.calibration:
                seen = [case[index].numpy() for case in self.calibration]
                arrays[f"{self.name}/calibration/{name}"] = np.stack(seen)
        return arrays

    def write(self, work):
        for name, module in self.modules.items():
            program = torch.onnx.export(
                module.eval(),
                tuple(self.cases[0]),
                dynamo=True,
                input_names=self.inputs,
                output_names=["action"],
                opset_version=18,
                verbose=False,
            )
            program.save(work / f"{name}.onnx")


def steps_to_calibrate(length):
    """Every eighth step, which a quantiser may look at: no action is compared there."""
    return range(4, length, 8)


def steps_to_check(window, length):
    """Steps whose window is full, then some of a window that still needs padding."""
    stride = max(1, (length - window) // 48)
    steps = [*range(window - 1, length, stride), *range(0, window - 1, 3)]
    return [step for step in steps if step not in steps_to_calibrate(length)]


def batch_form(size, model, window_of, length):
    """The windows of `size` agents in one call: different steps of the episode, again and again if they are too few."""
    form = Form(f"batch{size}", {f"batch{size}": Window(model)}, WINDOW_INPUTS)

    def batches(steps, count):
        for number in range(count):
            chosen = [steps[(number * size + agent) % len(steps)] for agent in range(size)]
            yield [torch.cat(parts) for parts in zip(*map(window_of, chosen), strict=True)]

    calibration = steps_to_calibrate(length)
    checked = [step for step in range(length) if step not in calibration]
    for case in batches(checked, count=max(2, 48 // size)):
        form.add(case, Window(model)(*case))
    form.calibration += batches(calibration, count=-(-len(calibration) // size))
    return form


def export(folder, episode_file, work, batches=()):
    snapshot, episode = Snapshot(folder), load_file(episode_file)
    model = snapshot.model
    layers = range(model.config.n_layer)
    cache_names = [f"{part}_{layer}" for layer in layers for part in ("keys", "values")]
    window = Form("window", {"window": Window(model)}, WINDOW_INPUTS)
    cached = Form(
        "cached",
        {"cached": TwoTokens(model), "cached.in_out": TwoTokens(model, "in_out")},
        ["state", "return_to_go", "timestep", *cache_names],
    )
    empty = Form("empty", {"empty": Empty()}, ["x"])
    length = len(episode["states"])

    def run(step):
        """The inputs of both forms at a step, the cached one's once its window is full, and the action."""
        inputs = snapshot.window(episode, step)
        named = dict(zip(WINDOW_INPUTS, inputs, strict=True))
        outputs = model(**named, output_hidden_states=True)
        cached_inputs = None
        if step >= snapshot.steps - 1:
            now = [named[name][:, -1] for name in ("states", "returns_to_go", "timesteps")]
            past = cache_of(model, outputs.hidden_states, past=3 * (snapshot.steps - 1))
            cached_inputs = [*now, *past]
        return inputs, cached_inputs, outputs.action_preds[:, -1]

    with torch.no_grad():
        for step in steps_to_check(snapshot.steps, length):
            inputs, cached_inputs, action = run(step)
            window.add(inputs, action)
            if cached_inputs:
                cached.add(cached_inputs, action)
        for step in steps_to_calibrate(length):
            inputs, cached_inputs, _ = run(step)
            window.calibration.append(inputs)
            if cached_inputs:
                cached.calibration.append(cached_inputs)
        empty.add([action], action + action)
        forms = [window, cached, empty]
        for size in batches:
            forms.append(
                batch_form(size, model, lambda step: snapshot.window(episode, step), length)
            )

    arrays, settings = {}, {"config": model.config.to_dict(), "inputs": {}}
    settings["snapshot"] = str(pathlib.Path(folder).resolve())
    for form in forms:
        arrays |= form.arrays()
        settings["inputs"][form.name] = form.inputs
        form.write(work)
    np.savez(work / "inputs.npz", **arrays)
    (work / "settings.json").write_text(json.dumps(settings))


if __name__ == "__main__":
    export(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), [int(x) for x in sys.argv[4:]])
