"""A model folder as transformers reads it, and the options of its codegen.json."""

import json
import sys
from dataclasses import dataclass

import numpy as np
import torch
from transformers import DecisionTransformerModel


@dataclass(frozen=True)
class Options:
    """What Hugging Face's loop needs besides the checkpoint; in environment units."""

    window: int
    state_mean: np.ndarray
    state_std: np.ndarray
    return_scale: float
    action_scale: np.ndarray
    action_offset: np.ndarray
    target_return: float | None
    overflow: str
    discrete: bool


def read_json(path):
    return json.loads(path.read_text()) if path.exists() else {}


# What Hugging Face's loop does not do.
OTHER_LOOPS = ["action_minimum", "action_maximum", "action_history", "return_offset", "return_rounding",
               "first_timestep"]


def read_options(folder, config):
    """codegen.json's options, and its defaults where it or a key is missing."""
    options = read_json(folder / "codegen.json")
    other = [key for key in OTHER_LOOPS if key in options]
    if other:
        sys.exit(f"{folder}/codegen.json: Hugging Face's loop has no {', '.join(other)}")
    S, A = config.state_dim, config.act_dim
    return Options(
        # transformers 5 drops max_length, which is no key of the model's configuration.
        window=options.get("window") or read_json(folder / "config.json").get("max_length") or 20,
        state_mean=np.array(options.get("state_mean") or np.zeros(S), np.float64),
        state_std=np.array(options.get("state_std") or np.ones(S), np.float64),
        return_scale=float(options.get("return_scale", 1)),
        action_scale=np.ones(A) * options.get("action_scale", 1),
        action_offset=np.zeros(A) + options.get("action_offset", 0),
        target_return=options.get("target_return"),
        overflow=options.get("timestep_overflow", "error"),
        discrete=options.get("actions") == "discrete",
    )


def load(folder, dtype, attention):
    """Float32 values whatever the file's type, computed with in `dtype`."""
    model, report = DecisionTransformerModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation=attention, output_loading_info=True
    )
    for problem in ("missing_keys", "mismatched_keys"):
        if report[problem]:
            sys.exit(f"{folder}: {problem.replace('_', ' ')}: {sorted(map(str, report[problem]))}")
    return model.to(dtype).eval()
