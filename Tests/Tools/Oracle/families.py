#!/usr/bin/env python3
"""Whether Hugging Face's class gives the authors' actions from a folder that `dtgen import` made.

    python families.py path/to/built/dtgen

Imports every checkpoint of ../../Data/Families with the facts of its case.json, and loads the folder with
`DecisionTransformerModel.from_pretrained`, in float64. A loop around `window_output` plays the recorded states and rewards, with
the options of codegen.json, keeps its own actions as history, and is compared with the authors' actions. A folder of another
function than Hugging Face's must be refused by the library.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import numpy as np
import torch
import transformers
from safetensors.numpy import load_file

from checkpoint import load
from episode import window_output

FAMILIES = Path(__file__).resolve().parents[2] / "Data" / "Families"
# Recorded numbers are float32, of actions of up to 2.
TOLERANCE = 2.5e-7


def facts(case):
    """What a user has to say, as keys and values of --set."""
    told = case["not_in_file"]
    names = {"n_head": "n_head", "n_heads": "n_head", "window": "window", "rtg_scale": "return_scale",
             "state_mean": "state_mean", "state_std": "state_std", "return_scale": "return_scale"}
    if case["family"] != "min-dt":
        names["activation"] = "activation_function"
    given = {key: told[name] for name, key in names.items() if name in told}
    if case["family"] == "online-dt":
        low, high = told["action_range"]
        given |= {"return_scale": 1 / told["reward_scale"], "action_minimum": low, "action_maximum": high}
    return given


def import_folder(dtgen, source, case, output):
    command = [dtgen, "import", str(source), "--output", str(output)]
    if case["family"] == "kzl-gym":
        command += ["--family", "kzl-gym"]
    for key, value in facts(case).items():
        command += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
    subprocess.run(command, check=True, capture_output=True)


def return_tokens(options, target, rewards):
    """What is fed, by `return_rounding`."""
    scale, offset = options.get("return_scale", 1), options.get("return_offset", 0)
    rounding = options.get("return_rounding", "step")
    single = np.float32

    def token(value):
        return (single(value) - single(offset)) / single(scale)

    tokens, kept = [], {"none": (target - offset) / scale, "unscaled": float(target)}.get(
        rounding, float(token(target)))
    for reward in [None, *rewards[:-1]]:
        if reward is not None and rounding == "step":
            kept = float(single(kept) - single(reward) / single(scale))
        elif reward is not None:
            kept -= float(reward) / (1 if rounding == "unscaled" else scale)
        tokens.append(token(kept) if rounding == "unscaled" else single(kept))
    return np.array(tokens, np.float64)


def largest_difference(model, options, case, episode, compared):
    """Between the loop's actions and the authors', environment units."""
    config, states = model.config, episode["states"].astype(np.float64)
    T, A = len(states), config.act_dim
    mean = np.array(options.get("state_mean") or np.zeros(config.state_dim))
    deviation = np.array(options.get("state_std") or np.ones(config.state_dim))
    scale = np.ones(A) * options.get("action_scale", 1)
    offset = np.zeros(A) + options.get("action_offset", 0)
    bounds = options.get("action_minimum", -np.inf), options.get("action_maximum", np.inf)
    normalized = torch.from_numpy((states - mean) / deviation)
    tokens = torch.from_numpy(return_tokens(options, case["target_return"], episode["rewards"]))[:, None]
    timesteps = torch.arange(T) + options.get("first_timestep", 0)
    if options.get("timestep_overflow") == "clamp":
        timesteps = timesteps.clamp(max=config.max_ep_len - 1)
    history, largest = torch.zeros(T, A, dtype=torch.float64), 0.0
    for t in range(T):
        output = window_output(model, options["window"], t, normalized, history, tokens, timesteps)
        prediction = output.action_preds[0, -1].numpy()
        action = np.clip(prediction * scale + offset, *bounds)
        expected = episode["actions"][t].astype(np.float64)
        if t >= compared:
            largest = max(largest, np.abs(action - expected).max())
        returned = expected if compared > 0 else action
        clamps = options.get("action_history") == "clamped" or compared > 0
        history[t] = torch.from_numpy((returned - offset) / scale if clamps else prediction)
    return largest


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    failed = False
    for source in sorted(path for path in FAMILIES.iterdir() if path.is_dir()):
        case = json.loads((source / "case.json").read_text())
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "Imported.dtmodel"
            import_folder(sys.argv[1], source, case, folder)
            options = json.loads((folder / "codegen.json").read_text())
            kind = json.loads((folder / "config.json").read_text())["model_type"]
            if kind != "decision_transformer":
                try:
                    transformers.AutoConfig.from_pretrained(folder)
                    failed, text = True, "NOT REFUSED"
                except ValueError:
                    text = f"refused by the library: {kind}"
                print(f"{source.name:28} {text}")
                continue
            model = load(folder, torch.float64, "sdpa")
            # d3rlpy 2.7 sees the padding in front of an episode until the window is full.
            compared = options["window"] - 1 if "padding" in case["not_in_file"] else 0
            episode = load_file(source / "episode.safetensors")
            difference = largest_difference(model, options, case, episode, compared)
            failed |= difference > TOLERANCE
            print(f"{source.name:28} {difference:.1e}{'' if difference <= TOLERANCE else '  TOO MUCH'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
