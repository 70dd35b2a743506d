#!/usr/bin/env python3
"""Makes small random Decision Transformers and records what Hugging Face answers for them.

    python record.py            writes Models/<Name>.dtmodel and Goldens/<Name>.safetensors of Tests/Data
    python record.py --check    does the same elsewhere and compares with what is checked in
    python record.py Name ...   only these cases (with or without --check)

The format of a golden file and the protocol are described in README.md beside this file.
"""
import argparse
import json
import math
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import numpy as np
import torch
import transformers
from safetensors import safe_open
from transformers import DecisionTransformerConfig, DecisionTransformerModel

from batch import make_batch_data, run_batch
from episode import make_data, random_numbers, returns_to_go, run_episode
from forward import forward_answers, next_answers

DATA = Path(__file__).resolve().parents[2] / "Data"


@dataclass
class Case:
    """One model and one episode. Keys that `config` leaves out keep Hugging Face's defaults."""

    name: str
    config: dict
    window: int  # K
    steps: int  # T, more than two windows, or the whole episode where it fits into one
    normalize: bool = True  # state_mean and state_std
    return_scale: float = 1.0
    action_scale: float | list | None = None
    action_offset: float | list | None = None
    overflow: str = "error"  # timestep_overflow
    executed: bool = False  # actions that differ from the predicted ones
    retarget: int | None = None  # step at which a new target is set
    dtype: torch.dtype = torch.float32  # of the checkpoint file
    prefix: str = ""  # of the tensors' names
    old_buffers: bool = False  # attn.bias (U8) and attn.masked_bias, as up to transformers 4.26
    config_window: bool = False  # K is the config's max_length, and there is no codegen.json
    outputs: list | None = None  # of `forward`
    c_interface: bool = False

    def __post_init__(self):
        whole = self.window == self.steps == self.config["max_ep_len"]
        assert whole or self.steps >= 2 * self.window + 5, self.name


def shape(S, A, H, heads, layers, activation, inner=None, episode=64, positions=64, **more):
    return dict(state_dim=S, act_dim=A, hidden_size=H, n_head=heads, n_layer=layers, n_inner=inner,
                activation_function=activation, max_ep_len=episode, n_positions=positions, **more)


# Keys that configurations written by transformers 4.18 carry and that must not matter.
DECOYS = dict(
    n_embd=768, summary_activation=None, summary_first_dropout=0.1, summary_proj_to_labels=True,
    summary_type="cls_index", summary_use_proj=True, bos_token_id=50256, eos_token_id=50256,
    resid_pdrop=0.3, embd_pdrop=0.2, attn_pdrop=0.4, initializer_range=0.5, use_cache=True,
    torch_dtype="float32", transformers_version="4.18.0.dev0", _name_or_path="somebody/some-model")

OUTPUTS = ["action", "state", "return", "last_hidden_state", "hidden_states", "attentions"]

CASES = [
    # name, shape(S, A, H, heads, layers, activation, inner), window K, steps T
    Case("ReluOneHead", shape(11, 3, 32, 1, 3, "relu"), 20, 46, return_scale=1000),
    Case("SiluTwoHeads", shape(5, 2, 20, 2, 2, "silu", 37), 5, 24, return_scale=10),
    Case("SwishFourHeads", shape(7, 3, 24, 4, 1, "swish", 40, layer_norm_epsilon=1e-3), 3, 20,
         normalize=False),
    Case("GeluFourHeads", shape(6, 1, 36, 4, 4, "gelu", 50, episode=32, positions=16), 2, 16,
         return_scale=5),
    Case("TanhOddInner", shape(9, 4, 20, 4, 3, "tanh", 37, layer_norm_epsilon=0.1), 8, 30,
         return_scale=100),
    Case("GeluNewTwoHeads", shape(3, 2, 16, 2, 2, "gelu_new"), 20, 48, return_scale=200,
         action_scale=[2.0, 0.4]),
    Case("AliasedConfig",
         dict(state_dim=4, act_dim=2, hidden_size=24, num_attention_heads=2, num_hidden_layers=1,
              n_inner=33, max_position_embeddings=32, activation_function="gelu_python",
              max_ep_len=40, max_length=5),
         5, 18, normalize=False, config_window=True),
    Case("WholeEpisode", shape(8, 2, 32, 2, 2, "gelu_pytorch_tanh", 48, episode=30), 8, 30,
         return_scale=50),
    # The window never slides: no step leaves it before the episode ends.
    Case("WholeEpisodeKept", shape(6, 2, 32, 2, 3, "silu", 24, episode=8), 8, 8,
         return_scale=50),
    Case("WholeEpisodeKeptOneHead", shape(5, 3, 40, 1, 3, "gelu", 20, episode=10), 10, 10,
         executed=True, return_scale=4, action_scale=[2.0, 0.5, 1.0]),
    Case("UnscaledAttention",
         shape(4, 2, 16, 1, 2, "gelu_accurate", 29, scale_attn_weights=False), 3, 20),
    Case("InverseLayerScale",
         shape(5, 3, 24, 4, 4, "gelu_python_tanh", 31, episode=48,
               scale_attn_by_inverse_layer_idx=True, reorder_and_upcast_attn=True),
         5, 20, return_scale=20),
    Case("UnboundedActions", shape(6, 6, 64, 4, 1, "relu", 48, action_tanh=False), 8, 26,
         action_scale=1.5),
    Case("WindowOfOne",
         shape(10, 3, 20, 1, 3, "silu", 41, episode=24, positions=3, layer_norm_epsilon=1e-12),
         1, 14, return_scale=4),
    Case("ClampedTimesteps", shape(1, 1, 20, 2, 2, "relu", 24, episode=24), 5, 36, overflow="clamp",
         return_scale=12.7),
    # Twice through the table, which the window never outlasts; carried tokens.
    Case("WrappedTimesteps", shape(6, 3, 20, 1, 2, "mish", 37, episode=7), 5, 30, overflow="wrap",
         return_scale=20, action_scale=[2.0, 0.5, 1.25], action_offset=[-1.5, 0.0, 10.0]),
    Case("ExecutedActions", shape(8, 3, 36, 1, 2, "gelu", 45), 3, 22, executed=True,
         return_scale=30, action_scale=[0.4, 3.0, 1.0], action_offset=[0.5, -2.0, 0.25],
         c_interface=True),
    Case("RetargetedEpisode", shape(5, 2, 24, 1, 2, "gelu_new", 37), 8, 32, retarget=17,
         return_scale=100, action_scale=2.0, executed=True),
    Case("Float16Checkpoint",
         shape(6, 2, 32, 2, 2, "tanh", 40, scale_attn_weights=False,
               scale_attn_by_inverse_layer_idx=True, dtype="float16"),
         2, 14, dtype=torch.float16),
    Case("PrefixedBFloat16Checkpoint",
         shape(7, 2, 16, 4, 2, "swish", vocab_size=3, torch_dtype="bfloat16"),
         3, 18, dtype=torch.bfloat16, prefix="decision_transformer."),
    Case("Float64Checkpoint", shape(5, 2, 20, 1, 1, "gelu", 37, dtype="float64"), 5, 20,
         dtype=torch.float64, return_scale=10),
    # So many heads that the last block keeps keys and values of all heads.
    Case("EightHeads", shape(4, 2, 32, 8, 2, "relu", 24), 8, 24, return_scale=50),
    Case("EightHeadsOneLayer", shape(5, 2, 16, 8, 1, "gelu"), 5, 18),
    # state_dim and act_dim are the defaults, 17 and 4.
    Case("OldCheckpoint",
         dict(hidden_size=16, n_head=2, n_layer=1, n_inner=None, activation_function="relu",
              max_ep_len=40, n_positions=32, add_cross_attention=True, **DECOYS),
         3, 16, old_buffers=True, return_scale=1000),
    Case("ForwardOneHead", shape(4, 2, 20, 1, 2, "gelu", 24), 4, 16, return_scale=50,
         action_scale=[2.0, 0.5], executed=True, outputs=OUTPUTS),
    Case("ForwardFourHeads",
         shape(3, 2, 24, 4, 3, "silu", 20, scale_attn_by_inverse_layer_idx=True), 3, 14,
         outputs=OUTPUTS),
    # Without predictions of the next state, and behind the last timestep.
    Case("ForwardHiddenStates", shape(5, 1, 16, 2, 2, "relu", 18, episode=12), 2, 20,
         overflow="clamp", normalize=False, outputs=["last_hidden_state", "attentions"]),
    # An activation that is not 0 at 0, an odd number of inner columns, and windows over the table's end.
    Case("ForwardSigmoid", shape(4, 2, 24, 2, 2, "sigmoid", 19, episode=9), 4, 24, overflow="wrap",
         action_offset=-0.75, outputs=["action", "state", "last_hidden_state"]),
    Case("ForwardWindowOfOne", shape(2, 3, 16, 2, 1, "tanh", action_tanh=False), 1, 10,
         return_scale=4, outputs=["action", "state", "return"]),
]


@dataclass
class BatchCase:
    """Several agents with the model of a case above, and the steps at which each starts an episode."""

    name: str
    original: str
    starts: list[list[int]]  # an agent a row; the first is 0
    steps: int  # T

    @property
    def batch(self):
        return len(self.starts)


BATCH_CASES = [
    BatchCase("BatchOfThree", "WholeEpisode", [[0], [0, 5, 23], [0, 17, 18]], 30),
    BatchCase("BatchOfTwo", "ReluOneHead", [[0, 3], [0, 31]], 40),
    BatchCase("BatchOfFour", "EightHeads", [[0, 9], [0], [0, 1, 2], [0, 20]], 24),
    BatchCase("BatchOfSix", "WrappedTimesteps",
              [[0], [0, 4], [0, 7, 22], [0, 20], [0, 6, 13], [0, 1]], 28),
]

# ----------------------------------------------------------------------------------------------
# Files


def write_safetensors(path, tensors, metadata=None):
    """The same bytes on every run, which the safetensors library does not promise for metadata.

    Widest elements first, names and metadata sorted.
    """
    kinds = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16",
             torch.bfloat16: "BF16", torch.uint8: "U8"}
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = dict(sorted(metadata.items()))
    for name in sorted(tensors, key=lambda name: (-tensors[name].element_size(), name)):
        tensor = tensors[name]
        content = tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        header[name] = dict(dtype=kinds[tensor.dtype], shape=list(tensor.shape),
                            data_offsets=[len(data), len(data) + len(content)])
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def random_tensor(name, size, rng):
    """Spread so that every tensor moves the actions and neither tanh nor softmax saturates."""
    if name.endswith("weight") and (".ln_" in name or name.startswith("embed_ln")):
        return 1 + rng.uniform(-0.3, 0.3, size)
    noise = rng.standard_normal(size)
    if name.endswith("bias"):
        return 0.2 * noise
    if name in ("encoder.wpe.weight", "encoder.wte.weight"):
        return 0.3 * noise
    if name == "embed_timestep.weight":
        return 0.5 * noise
    # Conv1D, in the blocks, is [in, out]; Linear is [out, in].
    fan_in = size[0] if name.startswith("encoder.h.") else size[1]
    gain = 0.8 if name.startswith("predict_action") else 1.2
    return gain / math.sqrt(fan_in) * noise


def write_model(case, folder, data):
    """config.json, codegen.json and model.safetensors of one case."""
    folder.mkdir(parents=True, exist_ok=True)
    config = dict(case.config, architectures=["DecisionTransformerModel"],
                  model_type="decision_transformer")
    write_json(folder / "config.json", dict(sorted(config.items())))
    if not case.config_window:
        write_json(folder / "codegen.json", data["options"])
    skeleton = DecisionTransformerModel(DecisionTransformerConfig.from_pretrained(folder))
    rng, tensors = random_numbers(case, "weights"), {}
    for name, value in sorted(skeleton.state_dict().items()):
        values = random_tensor(name, tuple(value.shape), rng)
        tensors[case.prefix + name] = torch.from_numpy(values).to(case.dtype)
    if case.old_buffers:
        n = skeleton.config.n_positions
        for layer in range(skeleton.config.n_layer):
            for attention in ("attn", "crossattention"):
                block = f"encoder.h.{layer}.{attention}"
                tensors[f"{block}.bias"] = torch.ones(n, n, dtype=torch.uint8).tril()[None, None]
                tensors[f"{block}.masked_bias"] = torch.tensor(-1e4)
    write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})


# ----------------------------------------------------------------------------------------------
# Answers


def load(case, folder, dtype, attention):
    """Float32 weights whatever the file's type, so that both runs see the same ones."""
    model, report = DecisionTransformerModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation=attention, output_loading_info=True)
    assert not report["missing_keys"] and not report["mismatched_keys"], (case.name, report)
    return model.to(dtype).eval()


def record(case, root):
    folder = root / "Models" / f"{case.name}.dtmodel"
    data = make_data(case)
    write_model(case, folder, data)
    # reorder_and_upcast_attn acts in the eager path only, and always in float32.
    attention = "eager" if case.config.get("reorder_and_upcast_attn") else "sdpa"
    actions, output = run_episode(
        case, data, load(case, folder, torch.float64, "sdpa"), torch.float64)
    actions_float32, _ = run_episode(
        case, data, load(case, folder, torch.float32, attention), torch.float32)
    error = (actions_float32.double() - actions).abs().max().item()
    tensors = {
        "states": torch.from_numpy(data["states"]),
        "rewards": torch.from_numpy(data["rewards"]),
        "returns_to_go": torch.from_numpy(returns_to_go(case, data)),
        "actions": actions,
        "actions_float32": actions_float32,
        "stage.hidden_states": torch.cat(output.hidden_states),
        "stage.action_preds": output.action_preds[0],
        "stage.state_preds": output.state_preds[0],
        "stage.return_preds": output.return_preds[0, :, 0],
    }
    metadata = {
        "target_return": repr(data["target"]), "float32_error": repr(error),
        "stage.timestep": str(case.steps - 1), "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0],
    }
    if case.outputs:
        # Only the eager path returns attentions.
        model = load(case, folder, torch.float64, "eager")
        tensors |= forward_answers(case, model) | next_answers(case, data, model, actions)
    if case.executed:
        tensors["executed"] = torch.from_numpy(data["executed"])
    if case.retarget is not None:
        metadata["retarget_step"] = str(case.retarget)
        metadata["retarget_value"] = repr(data["retarget_value"])
    write_safetensors(root / golden(case), tensors, metadata)
    size = (folder / "model.safetensors").stat().st_size
    print(f"{case.name:28} float32 error {error:.1e}  actions: standard deviation"
          f" {actions.std(0).mean():.2f}, largest {actions.abs().max():.3f}  {size // 1000} kB")


def record_batch(case, root):
    """The folder links to the original's and differs in `batch` alone."""
    original = next(other for other in CASES if other.name == case.original)
    data = make_data(original)
    source = root / "Models" / f"{original.name}.dtmodel"
    if not source.exists():
        write_model(original, source, data)
    folder = root / "Models" / f"{case.name}.dtmodel"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "model.safetensors"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(Path("..") / source.name / name)
    write_json(folder / "codegen.json", dict(batch=case.batch, **data["options"]))
    inputs = make_batch_data(case, original, data)
    actions, actions_float32 = (
        run_batch(case, original, data, inputs, load(original, folder, dtype, "sdpa"), dtype)
        for dtype in (torch.float64, torch.float32))
    error = (actions_float32.double() - actions).abs().max().item()
    tensors = {name: torch.from_numpy(inputs[name]) for name in ("states", "rewards", "targets")}
    tensors["actions"] = actions
    metadata = {
        "starts": json.dumps(case.starts), "float32_error": repr(error),
        "transformers": transformers.__version__, "torch": torch.__version__.split("+")[0],
    }
    write_safetensors(root / golden(case), tensors, metadata)
    print(f"{case.name:28} float32 error {error:.1e}  actions: standard deviation"
          f" {actions.std((0, 1)).mean():.2f}, largest {actions.abs().max():.3f}")


def golden(case):
    folder = "Goldens/Batches" if isinstance(case, BatchCase) else "Goldens"
    return Path(folder) / f"{case.name}.safetensors"


# ----------------------------------------------------------------------------------------------
# Check


def differences(case, new, old, golden):
    """Models must be the same bytes; answers may differ by another processor's rounding."""
    folder = Path("Models") / f"{case.name}.dtmodel"
    names = {file.relative_to(root) for root in (new, old) for file in (root / folder).glob("*")}
    for name in sorted(names):
        contents = [(root / name).read_bytes() if (root / name).exists() else None
                    for root in (new, old)]
        if contents[0] != contents[1]:
            yield f"{name} differs"
    file = golden(case)
    if not (old / file).exists():
        yield f"{file} is missing"
        return
    with safe_open(new / file, "np") as a, safe_open(old / file, "np") as b:
        if set(a.keys()) != set(b.keys()):
            yield f"{file}: tensors {sorted(b.keys())} instead of {sorted(a.keys())}"
            return
        for key in sorted(a.keys()):
            x, y = a.get_tensor(key), b.get_tensor(key)
            inputs = x.dtype == np.float32 and key != "actions_float32"
            tolerance = 0 if inputs else 5e-6 if key == "actions_float32" else 1e-11
            if x.shape != y.shape or x.dtype != y.dtype or not np.abs(x - y).max() <= tolerance:
                yield f"{file}: {key} differs"
        x, y = a.metadata(), b.metadata()
        changed = {key for key in x | y if x.get(key) != y.get(key)} - {"float32_error"}
        if changed:
            yield f"{file}: metadata differs: {', '.join(sorted(changed))}"


def run(cases, record, golden, description):
    """The command line: records `cases`, or compares them with what is checked in.

    `golden` gives the path of a case's answers.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("names", nargs="*", metavar="Name")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - {case.name for case in cases}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases:
            if arguments.names and case.name not in arguments.names:
                continue
            root = Path(scratch) if arguments.check else DATA
            record(case, root)
            if arguments.check:
                found += differences(case, root, DATA, golden)
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    run(CASES + BATCH_CASES,
        lambda case, root: (record_batch if isinstance(case, BatchCase) else record)(case, root),
        golden, __doc__)
