#!/usr/bin/env python3
"""Writes a small random model whose states are pictures, and what PyTorch makes of it in float64.

../../Data/Models/NewestFrame.dtmodel is the folder, ../../Data/Goldens/Frames/NewestFrame.safetensors an episode: the newest
frame of each step, bytes; rewards; logits, under `actions` as `dtgen compare` has them, of which the largest decides and is fed
back; returns as they are fed, whole numbers. The loop is that of the original Atari implementation: positions of tokens counted from the window's first one, the current step for
all of them.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "Data"
HIDDEN, HEADS, LAYERS, INNER, ACTIONS, WINDOW, ROWS = 32, 4, 2, 48, 5, 3, 20
FRAMES, CONVOLUTIONS = (3, 12, 10), [(20, 4, 2), (16, 3, 1)]
STEPS, TARGET = 26, 4.6

CONFIG = {
    "act_dim": ACTIONS,
    "action_tanh": False,
    "activation_function": "gelu",
    "embedding_activation": "tanh",
    "embedding_layer_norm": False,
    "hidden_size": HIDDEN,
    "max_ep_len": ROWS,
    "model_type": "decision_transformer_variant",
    "n_head": HEADS,
    "n_inner": INNER,
    "n_layer": LAYERS,
    "n_token_slots": 3 * WINDOW,
    "state_convolution_activation": "relu",
    "state_convolutions": CONVOLUTIONS,
    "state_encoder_activations": ["tanh"],
    "state_encoder_sizes": [HIDDEN],
    "state_frames": FRAMES,
}
OPTIONS = {
    "window": WINDOW,
    "frame_input": "newest",
    "return_rounding": "integer",
    "actions": "discrete",
    "timestep_overflow": "clamp",
    "target_return": TARGET,
    "c_interface": True,
}


def shapes():
    channels, rows, columns = FRAMES
    found = {"embed_timestep.weight": (ROWS, HIDDEN), "embed_slot.weight": (3 * WINDOW, HIDDEN)}

    def add(name, weight, bias):
        found[f"{name}.weight"], found[f"{name}.bias"] = weight, (bias,)

    for layer in range(LAYERS):
        block = f"encoder.h.{layer}"
        add(f"{block}.ln_1", (HIDDEN,), HIDDEN)
        add(f"{block}.attn.c_attn", (HIDDEN, 3 * HIDDEN), 3 * HIDDEN)
        add(f"{block}.attn.c_proj", (HIDDEN, HIDDEN), HIDDEN)
        add(f"{block}.ln_2", (HIDDEN,), HIDDEN)
        add(f"{block}.mlp.c_fc", (HIDDEN, INNER), INNER)
        add(f"{block}.mlp.c_proj", (INNER, HIDDEN), HIDDEN)
    add("encoder.ln_f", (HIDDEN,), HIDDEN)
    add("embed_return", (HIDDEN, 1), HIDDEN)
    for layer, (filters, size, stride) in enumerate(CONVOLUTIONS):
        add(f"embed_frames.{layer}", (filters, channels, size, size), filters)
        channels = filters
        rows, columns = (rows - size) // stride + 1, (columns - size) // stride + 1
    add("embed_state.0", (HIDDEN, channels * rows * columns), HIDDEN)
    add("embed_action", (HIDDEN, ACTIONS), HIDDEN)
    add("predict_action.0", (ACTIONS, HIDDEN), ACTIONS)
    return found


def tensors(random):
    found = {}
    for name, shape in shapes().items():
        numbers = random.standard_normal(shape)
        if "ln_" in name and name.endswith("weight"):
            found[name] = 1 + 0.2 * numbers
        elif name.endswith("bias"):
            found[name] = 0.2 * numbers
        else:
            # As many numbers as are summed for one.
            count = shape[0] if ".c_" in name else int(np.prod(shape[1:]))
            found[name] = numbers * (1.5 / count**0.5 if "slot" not in name else 0.5)
    return {name: numbers.astype(np.float32) for name, numbers in found.items()}


class Reference:
    """The formulas, in float64."""

    def __init__(self, weights):
        self.weights = {k: torch.from_numpy(v.astype(np.float64)) for k, v in weights.items()}

    def linear(self, name, x):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def conv1d(self, name, x):
        return x @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def norm(self, name, x):
        return torch.nn.functional.layer_norm(
            x, (HIDDEN,), self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], 1e-5
        )

    def state(self, stack):
        x = torch.from_numpy(stack.astype(np.float64))[None] / 255
        for layer, (_, _, stride) in enumerate(CONVOLUTIONS):
            name = f"embed_frames.{layer}"
            x = torch.nn.functional.conv2d(
                x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], stride
            ).relu()
        return self.linear("embed_state.0", x.flatten()).tanh()

    def logits(self, stacks, actions, returns, now):
        """Of the last state token; one action less than states."""
        tokens = []
        for step, stack in enumerate(stacks):
            value = torch.tensor([returns[step]], dtype=torch.float64)
            tokens += [self.linear("embed_return", value).tanh(), self.state(stack)]
            if step < len(actions):
                one_hot = torch.nn.functional.one_hot(torch.tensor(actions[step]), ACTIONS).double()
                tokens.append(self.linear("embed_action", one_hot).tanh())
        x = torch.stack(tokens)
        x = x + self.weights["embed_timestep.weight"][now]
        x = x + self.weights["embed_slot.weight"][: len(tokens)]
        for layer in range(LAYERS):
            x = self.block(f"encoder.h.{layer}", x)
        return self.linear("predict_action.0", self.norm("encoder.ln_f", x)[-1])

    def block(self, name, x):
        query, key, value = (
            part.view(len(x), HEADS, -1).transpose(0, 1)
            for part in self.conv1d(f"{name}.attn.c_attn", self.norm(f"{name}.ln_1", x)).split(HIDDEN, 1)
        )
        scores = query @ key.transpose(1, 2) / (HIDDEN // HEADS) ** 0.5
        hidden = torch.ones(len(x), len(x), dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ value
        x = x + self.conv1d(f"{name}.attn.c_proj", mixed.transpose(0, 1).reshape(len(x), HIDDEN))
        inner = torch.nn.functional.gelu(self.conv1d(f"{name}.mlp.c_fc", self.norm(f"{name}.ln_2", x)))
        return x + self.conv1d(f"{name}.mlp.c_proj", inner)


def episode(weights, random):
    reference = Reference(weights)
    frames = random.integers(0, 256, (STEPS, *FRAMES[1:]), dtype=np.uint8)
    rewards = random.integers(-1, 3, STEPS).astype(np.float32)
    # Zeros in front of the first frame.
    before = np.concatenate([np.zeros((FRAMES[0] - 1, *FRAMES[1:]), np.uint8), frames])
    stacks = [before[step : step + FRAMES[0]] for step in range(STEPS)]
    kept, returns, actions, answers = TARGET, [], [], []
    for step in range(STEPS):
        if step:
            kept -= float(rewards[step - 1])
        returns.append(int(kept))
        first = max(0, step - WINDOW + 1)
        logits = reference.logits(
            stacks[first : step + 1], actions[first:], returns[first:], min(step, ROWS - 1)
        ).numpy()
        answers.append(logits)
        actions.append(int(logits.argmax()))
    gaps = [np.diff(np.sort(logits)[-2:])[0] for logits in answers]
    assert min(gaps) > 1e-3, f"two actions are as good as equal: {min(gaps)}"
    assert len(set(actions)) > 1, "one action is always the best"
    return {
        "states": frames,
        "rewards": rewards,
        "actions": np.stack(answers),
        "returns_to_go": np.array(returns, np.float32),
    }


def write(data):
    folder, goldens = data / "Models/NewestFrame.dtmodel", data / "Goldens/Frames"
    folder.mkdir(parents=True, exist_ok=True)
    goldens.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    weights = tensors(random)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    (folder / "codegen.json").write_text(json.dumps(OPTIONS, indent=2) + "\n")
    save_file(weights, folder / "model.safetensors")
    save_file(
        episode(weights, random), goldens / "NewestFrame.safetensors", {"target_return": str(TARGET)}
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="record elsewhere and compare")
    if not parser.parse_args().check:
        return write(DATA)
    with tempfile.TemporaryDirectory() as other:
        write(pathlib.Path(other))
        name = "Goldens/Frames/NewestFrame.safetensors"
        for file in ["config.json", "codegen.json", "model.safetensors"]:
            path = f"Models/NewestFrame.dtmodel/{file}"
            if (DATA / path).read_bytes() != (pathlib.Path(other) / path).read_bytes():
                sys.exit(f"{path}: differs")
        old, new = load_file(DATA / name), load_file(pathlib.Path(other) / name)
        for key in old:
            if np.abs(old[key].astype(np.float64) - new[key]).max() > 1e-11:
                sys.exit(f"{name}: {key} differs")
    print("equal")


if __name__ == "__main__":
    main()
