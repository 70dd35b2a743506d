#!/usr/bin/env python3
"""Records what Hugging Face answers for any checkpoint: every stage, for `dtgen compare`.

    python record_checkpoint.py <Name>.dtmodel --output golden.safetensors [--steps N] [--seed N]

The folder holds config.json and weights that transformers can read, and optionally codegen.json, whose
window, normalisation, scales and target are used. The format is described in README.md beside this file.
"""
import argparse
import os
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import numpy as np
import torch
import transformers

from checkpoint import load, read_options
from episode import returns_to_go, run_episode
from record import write_safetensors


def make_episode(folder, config, steps, seed):
    """The options that matter, and the episode's random inputs, as `run_episode` takes them."""
    options = read_options(folder, config)
    steps = steps or 2 * options.window + 5
    if options.overflow == "error":
        steps = min(steps, config.max_ep_len)
    target = float(options.return_scale if options.target_return is None else options.target_return)
    rng, S = np.random.default_rng(seed), config.state_dim
    mean, std = options.state_mean, options.state_std
    rewards = target / steps * (1 + 0.5 * rng.standard_normal(steps))
    case = SimpleNamespace(window=options.window, steps=steps, return_scale=options.return_scale,
                           overflow=options.overflow, executed=False, retarget=None,
                           discrete=options.discrete)
    data = dict(states=(mean + std * rng.standard_normal((steps, S))).astype(np.float32),
                rewards=rewards.astype(np.float32), mean=mean, std=std, target=target)
    return case, data


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
    model = load(arguments.folder, torch.float64, "eager")
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
