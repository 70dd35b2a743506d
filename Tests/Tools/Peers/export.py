"""Writes what every peer reads: inputs, Hugging Face's answers, both forms of the model as ONNX.

<work>/inputs.npz    windows and cached keys of several control steps, and the expected actions
<work>/window.onnx   the whole window, as `get_action` feeds it
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
        self.mean = np.array(options.get("state_mean", [0.0] * config.state_dim))
        self.deviation = np.array(options.get("state_std", [1.0] * config.state_dim))

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
        self.cases, self.expected = [], []

    def add(self, case, expected):
        self.cases.append(case)
        self.expected.append(expected)

    def arrays(self):
        arrays = {f"{self.name}/expected": np.stack([x.numpy() for x in self.expected])}
        for index, name in enumerate(self.inputs):
            arrays[f"{self.name}/{name}"] = np.stack([case[index].numpy() for case in self.cases])
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


def steps_to_check(window, length):
    """Steps whose window is full, then some of a window that still needs padding."""
    stride = max(1, (length - window) // 12)
    return [*range(window - 1, length, stride), 0, 1, window // 2]


def export(folder, episode_file, work):
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
    with torch.no_grad():
        for step in steps_to_check(snapshot.steps, len(episode["states"])):
            inputs = snapshot.window(episode, step)
            named = dict(zip(WINDOW_INPUTS, inputs, strict=True))
            outputs = model(**named, output_hidden_states=True)
            action = outputs.action_preds[:, -1]
            window.add(inputs, action)
            if step >= snapshot.steps - 1:
                now = [named[name][:, -1] for name in ("states", "returns_to_go", "timesteps")]
                past = cache_of(model, outputs.hidden_states, past=3 * (snapshot.steps - 1))
                cached.add([*now, *past], action)
        empty.add([action], action + action)

    arrays, settings = {}, {"config": model.config.to_dict(), "inputs": {}}
    settings["snapshot"] = str(pathlib.Path(folder).resolve())
    for form in (window, cached, empty):
        arrays |= form.arrays()
        settings["inputs"][form.name] = form.inputs
        form.write(work)
    np.savez(work / "inputs.npz", **arrays)
    (work / "settings.json").write_text(json.dumps(settings))


if __name__ == "__main__":
    export(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))
