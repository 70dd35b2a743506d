#!/usr/bin/env python3
"""Makes small random trunks and records what Hugging Face's DecisionTransformerGPT2Model answers for them.

    python record_trunk.py [--check] [Name ...]     as record.py

The format of a golden file is described in README.md beside this file.
"""
import copy
import json
import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
import transformers
from transformers import DecisionTransformerConfig, DecisionTransformerModel
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model)

from episode import random_numbers
from record import random_tensor, run, shape, write_json, write_safetensors


@dataclass
class Trunk:
    """One model. Keys that `config` leaves out keep Hugging Face's defaults."""

    name: str
    config: dict
    capacity: int  # tokens that the cache holds
    alone: bool  # saved by DecisionTransformerGPT2Model itself, not as part of a whole model
    gives_tokens: bool = True  # codegen.json says how many tokens


CASES = [
    # 20 control steps of three tokens, but there are only 40 positions.
    Trunk("TrunkOneHead", shape(3, 2, 32, 1, 3, "relu", positions=40), 40, alone=False,
          gives_tokens=False),
    Trunk("TrunkFourHeads",
          shape(4, 1, 24, 4, 1, "gelu", 37, positions=31, scale_attn_weights=False), 30, alone=True),
    Trunk("TrunkInverseLayerScale",
          shape(2, 2, 20, 2, 3, "gelu_new", 33, positions=64, layer_norm_epsilon=1e-3,
                scale_attn_by_inverse_layer_idx=True), 17, alone=True),
    Trunk("TrunkUnscaled",
          shape(5, 3, 64, 4, 3, "silu", 50, positions=48, scale_attn_weights=False,
                scale_attn_by_inverse_layer_idx=True), 40, alone=False),
    # An activation that is not 0 at 0, and an odd number of inner columns.
    Trunk("TrunkLaplace", shape(2, 1, 20, 2, 2, "laplace", 21, positions=24), 14, alone=False),
    Trunk("TrunkFewTokens", shape(1, 1, 20, 1, 1, "tanh", 21, positions=9), 5, alone=False),
]


def write_model(case, folder):
    folder.mkdir(parents=True, exist_ok=True)
    kind = DecisionTransformerGPT2Model if case.alone else DecisionTransformerModel
    config = dict(case.config, architectures=[kind.__name__], model_type="decision_transformer")
    write_json(folder / "config.json", dict(sorted(config.items())))
    options = dict(model_class="DecisionTransformerGPT2Model")
    if case.gives_tokens:
        options["tokens"] = case.capacity
    write_json(folder / "codegen.json", options)
    skeleton = kind(DecisionTransformerConfig.from_pretrained(folder))
    rng, tensors = random_numbers(case, "weights"), {}
    for name, value in sorted(skeleton.state_dict().items()):
        whole = f"encoder.{name}" if case.alone else name
        tensors[name] = torch.from_numpy(random_tensor(whole, tuple(value.shape), rng)).float()
    write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})


def load(case, folder, dtype):
    kind = DecisionTransformerGPT2Model if case.alone else DecisionTransformerModel
    model, report = kind.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa", output_loading_info=True)
    assert not report["missing_keys"] and not report["mismatched_keys"], (case.name, report)
    return (model if case.alone else model.encoder).to(dtype).eval()


def lengths(capacity):
    """A sequence in calls of unequal lengths, one token among them."""
    rest, parts = capacity, []
    for part in (2, 1, 13, 4, 1, 12):
        if rest > 0:
            parts.append(min(part, rest))
            rest -= parts[-1]
    return parts + [rest] if rest else parts


def calls(case):
    """Scenarios: lists of calls. `past` is to what the cache is cropped before a call."""
    rng, N = random_numbers(case, "calls"), case.capacity
    H, positions = case.config["hidden_size"], case.config["n_positions"]
    inputs = rng.standard_normal((N, H)).astype("float32")
    sequence = torch.from_numpy(inputs)

    def split(parts, mask=None, ids=None):
        past, result = 0, []
        for part in parts:
            end = past + part
            result.append(dict(
                past=past, use_cache=True, inputs=sequence[past:end],
                mask=None if mask is None else torch.tensor(mask[:end]),
                positions=None if ids is None else torch.tensor(ids[past:end])))
            past = end
        return result

    padding = [0] * (N // 3) + [1] * (N - N // 3)
    # Left padding as generation does it: positions count the tokens that may be seen.
    counted = [max(0, sum(padding[:i + 1]) - 1) for i in range(N)]
    holes = (rng.uniform(size=N) < 0.6).astype(int).tolist()
    ids = rng.integers(0, positions, N).tolist()
    branches = split([N // 2, N - N // 2 - 1])
    branches[1]["use_cache"] = False
    other = torch.from_numpy(rng.standard_normal((N, H)).astype("float32"))
    branches.append(dict(branches[1], inputs=other[:N - N // 2], use_cache=True))
    kept = max(1, N // 4)
    # Another mask than that with which the cached tokens were computed.
    branches.append(dict(past=kept, use_cache=True, inputs=other[:2], positions=None,
                         mask=torch.tensor(holes[:kept + 1] + [1])))
    return {
        "whole": split([N]), "parts": split(lengths(N)), "padding": split([N], padding, counted),
        "padding_in_parts": split(lengths(N), padding, counted), "holes": split([N], holes),
        "holes_in_parts": split(lengths(N), holes), "positions": split([N], None, ids),
        "positions_in_parts": split(lengths(N), holes, ids), "branches": branches,
    }


@torch.no_grad()
def answers(model, scenario, dtype):
    cache, results = None, []
    for call in scenario:
        if cache is not None and call["past"] < cache.get_seq_length():
            cache.crop(call["past"] - cache.get_seq_length())
        # The layers append to the cache they are given, with or without use_cache.
        given = cache if call["use_cache"] else copy.deepcopy(cache)
        output = model(
            inputs_embeds=call["inputs"][None].to(dtype), past_key_values=given,
            attention_mask=None if call["mask"] is None else call["mask"][None],
            position_ids=None if call["positions"] is None else call["positions"][None],
            use_cache=call["use_cache"])
        cache = output.past_key_values if call["use_cache"] else cache
        results.append(output.last_hidden_state[0])
    return results


def golden(case):
    return Path("Goldens") / "Trunk" / f"{case.name}.safetensors"


def record(case, root):
    folder = root / "Models" / f"{case.name}.dtmodel"
    write_model(case, folder)
    model, model_float32 = load(case, folder, torch.float64), load(case, folder, torch.float32)
    scenarios, tensors, error = calls(case), {}, 0.0
    for name, scenario in scenarios.items():
        exact = answers(model, scenario, torch.float64)
        rounded = answers(model_float32, scenario, torch.float32)
        for index, call in enumerate(scenario):
            key = f"{name}.{index}"
            tensors[f"{key}.inputs_embeds"] = call["inputs"]
            for part in ("mask", "positions"):
                if call[part] is not None:
                    tensors[f"{key}.{part}"] = call[part].float()
            tensors[f"{key}.last_hidden_state"] = exact[index]
            error = max(error, (rounded[index].double() - exact[index]).abs().max().item())
    calls_by_scenario = {
        name: [dict(past=call["past"], use_cache=call["use_cache"]) for call in scenario]
        for name, scenario in scenarios.items()}
    write_safetensors(
        root / golden(case), tensors,
        {"calls": json.dumps(calls_by_scenario), "float32_error": repr(error),
         "transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]})
    largest = max(value.abs().max() for key, value in tensors.items() if key.endswith("state"))
    print(f"{case.name:28} float32 error {error:.1e}  largest {largest:.3f}")


if __name__ == "__main__":
    run(CASES, record, golden, __doc__)
