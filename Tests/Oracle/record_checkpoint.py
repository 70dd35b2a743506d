#!/usr/bin/env python3
"""Records what Hugging Face answers for any checkpoint: every stage, for `dtgen compare`.

    python record_checkpoint.py <Name>.dtmodel --output golden.safetensors [--steps N] [--seed N]

The folder holds config.json and weights that transformers can read, and optionally codegen.json, whose
window, normalisation, scales and target are used. The format is described in README.md beside this file.
"""
import argparse
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import numpy as np
import torch
import transformers
from transformers import DecisionTransformerModel

from episode import returns_to_go, run_episode
from record import write_safetensors


def read_json(path):
    return json.loads(path.read_text()) if path.exists() else {}


def make_episode(folder, config, steps, seed):
    """The options that matter, and the episode's random inputs, as `run_episode` takes them."""
    options = read_json(folder / "codegen.json")
    # transformers 5 drops max_length, which is no key of the model's configuration.
    window = options.get("window") or read_json(folder / "config.json").get("max_length") or 20
    clamp = options.get("timestep_overflow") == "clamp"
    steps = steps or 2 * window + 5
    if not clamp:
        steps = min(steps, config.max_ep_len)
    scale = float(options.get("return_scale", 1))
    target = float(options.get("target_return", scale))
    rng, S = np.random.default_rng(seed), config.state_dim
    mean = np.array(options.get("state_mean", np.zeros(S)), np.float64)
    std = np.array(options.get("state_std", np.ones(S)), np.float64)
    rewards = target / steps * (1 + 0.5 * rng.standard_normal(steps))
    case = SimpleNamespace(window=window, steps=steps, return_scale=scale, clamp=clamp,
                           executed=False, retarget=None)
    data = dict(states=(mean + std * rng.standard_normal((steps, S))).astype(np.float32),
                rewards=rewards.astype(np.float32), mean=mean, std=std, target=target)
    return case, data


def load(folder):
    """Float32 values whatever the file's type, computed with in float64."""
    model, report = DecisionTransformerModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    for problem in ("missing_keys", "mismatched_keys"):
        if report[problem]:
            sys.exit(f"{folder}: {problem.replace('_', ' ')}: {sorted(map(str, report[problem]))}")
    return model.double().eval()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="default: two windows and five steps")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    model = load(arguments.folder)
    case, data = make_episode(arguments.folder, model.config, arguments.steps, arguments.seed)
    actions, output = run_episode(case, data, model, torch.float64, attentions=True)
    # A window that is not full is padded on the left, which changes nothing of the rest.
    steps = min(case.window, case.steps)
    tensors = {
        "states": torch.from_numpy(data["states"]),
        "rewards": torch.from_numpy(data["rewards"]),
        "returns_to_go": torch.from_numpy(returns_to_go(case, data)),
        "actions": actions,
        "stage.hidden_states": torch.cat(output.hidden_states)[:, -3 * steps:],
        "stage.attentions": torch.cat(output.attentions)[:, :, -3 * steps:, -3 * steps:],
        "stage.action_preds": output.action_preds[0, -steps:],
        "stage.state_preds": output.state_preds[0, -steps:],
        "stage.return_preds": output.return_preds[0, -steps:, 0],
    }
    write_safetensors(arguments.output, tensors, {
        "target_return": repr(data["target"]), "stage.timestep": str(case.steps - 1),
        "seed": str(arguments.seed), "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0]})
    print(f"{arguments.output}: {case.steps} steps, window {case.window}, "
          f"{arguments.output.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
