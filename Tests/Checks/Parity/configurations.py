"""The cases: random small configurations of everything accepted, and the published gym shapes."""
import itertools
from dataclasses import dataclass

import numpy as np
import torch

from record import DECOYS, OUTPUTS, Case

ACTIVATIONS = ["relu", "silu", "swish", "gelu", "gelu_python", "tanh", "gelu_new", "gelu_accurate",
               "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_10", "quick_gelu", "mish",
               "sigmoid", "leaky_relu", "relu6", "relu2", "hardswish", "laplace", "sqrtsoftplus",
               "linear"]
CONTAINERS = ["safetensors", "safetensors shards", "zip", "zip shards", "zip views", "legacy",
              "legacy views"]
WRAPPERS = ["decision_transformer.", "module.", "_orig_mod.", "module._orig_mod."]
ALIASES = dict(n_head="num_attention_heads", n_layer="num_hidden_layers",
               n_positions="max_position_embeddings")


@dataclass
class ParityCase(Case):
    """A case and how its checkpoint is stored, which must not matter."""

    container: str = "safetensors"
    wrapper: str = ""  # before the tensors' names
    masks: bool = False  # attn.bias and attn.masked_bias, as up to transformers 4.26
    zero_positions: bool = False  # of wpe, as the published checkpoints have it
    original_names: bool = False  # of the original authors, who have no wpe; needs zero_positions
    window_in_options: bool = True  # else codegen.json does not name the window

    @property
    def asks_forward(self):
        return bool(self.outputs) and self.outputs != ["action"]


def random_cases(seed, count):
    for number in range(count):
        yield random_case(f"Seed{seed}Case{number:03}", np.random.default_rng([seed, number]))


def random_case(name, rng):
    def chance(probability):
        return rng.random() < probability

    def pick(values):
        return values[rng.integers(len(values))]

    window = int(rng.integers(1, 13))
    steps = 2 * window + 5 + int(rng.integers(0, 10))
    config = random_config(rng, chance, pick)
    case = ParityCase(name, config, window, steps)
    case.overflow = pick(["error", "error", "error", "clamp", "wrap"])
    longest = (steps, steps + 20) if case.overflow == "error" else (1, steps)
    config["max_ep_len"] = int(rng.integers(*longest))
    case.normalize = chance(0.7)
    if chance(0.6):
        case.return_scale = float(np.float32(pick([-1, 1, 1, 1]) * 10 ** rng.uniform(-1, 3)))
    if chance(0.5):
        scales = rng.uniform(0.3, 3, config["act_dim"]) * rng.choice([-1, 1, 1], config["act_dim"])
        case.action_scale = pick([float(scales[0]), scales.tolist()])
    if chance(0.4):
        offsets = rng.uniform(-3, 3, config["act_dim"])
        case.action_offset = pick([float(offsets[0]), offsets.tolist()])
    case.executed = chance(0.3)
    if chance(0.25):
        case.retarget = int(rng.integers(1, steps))
    if chance(0.36):
        case.outputs = [output for output in OUTPUTS if chance(0.5)] or [pick(OUTPUTS)]
    if chance(0.08):  # No codegen.json: everything has its default but the window.
        case.config_window, config["max_length"] = True, window
        case.normalize, case.return_scale, case.action_scale = False, 1.0, None
        case.action_offset, case.outputs = None, None
        config["max_ep_len"], case.overflow = max(config["max_ep_len"], steps), "error"
    randomize_checkpoint(case, chance, pick)
    return case


def random_config(rng, chance, pick):
    heads, head_size = pick([1, 1, 2, 2, 3, 4, 8]), int(rng.integers(1, 18))
    hidden, layers = heads * head_size, pick([1, 2, 3, 4])
    if hidden > 64:  # Large models say nothing more and take time.
        layers = min(layers, 2)
    config = dict(
        state_dim=int(rng.integers(1, 25)), act_dim=int(rng.integers(1, 9)), hidden_size=hidden,
        n_head=heads, n_layer=layers,
        n_inner=None if chance(0.3) else int(rng.integers(0, 36)) * 2 + 1,
        activation_function=pick(ACTIVATIONS), n_positions=int(rng.integers(1, 60)))
    if chance(0.6):
        config["layer_norm_epsilon"] = float(10 ** rng.uniform(-7, -1))
    for key, probability in [("action_tanh", 0.25), ("scale_attn_weights", 0.3)]:
        if chance(probability):
            config[key] = False
    for key in ("scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn"):
        if chance(0.3):
            config[key] = True
    if chance(0.3):
        config = {ALIASES.get(key, key): value for key, value in config.items()}
    if chance(0.2):
        config |= DECOYS
    if chance(0.1):
        config["vocab_size"] = pick([1, 3, 7])
    if chance(0.1):
        config["add_cross_attention"] = True
    return config


def randomize_checkpoint(case, chance, pick):
    case.dtype = pick([torch.float32, torch.float32, torch.float32, torch.float16, torch.bfloat16,
                       torch.float64])
    if chance(0.45):
        case.container = pick(CONTAINERS[1:])
    if chance(0.2):
        case.wrapper = pick(WRAPPERS)
    case.zero_positions = chance(0.2)
    # The original authors' files have no unused parts.
    case.original_names = (case.zero_positions and chance(0.6)
                           and not case.config.get("add_cross_attention"))
    # Masks are whole tensors, and bytes: no parts of a float storage.
    case.masks = "views" not in case.container and chance(0.15)


# What the config.json of all nine repositories edbeeching/decision-transformer-gym-* says.
GYM = dict(
    action_tanh=True, activation_function="relu", attn_pdrop=0.1, bos_token_id=50256,
    embd_pdrop=0.1, eos_token_id=50256, hidden_size=128, initializer_range=0.02,
    layer_norm_epsilon=1e-5, max_ep_len=1000, n_embd=768, n_head=1, n_inner=None, n_layer=3,
    n_positions=1024, reorder_and_upcast_attn=False, resid_pdrop=0.1,
    scale_attn_by_inverse_layer_idx=False, scale_attn_weights=True, summary_activation=None,
    summary_first_dropout=0.1, summary_proj_to_labels=True, summary_type="cls_index",
    summary_use_proj=True, torch_dtype="float32", transformers_version="4.18.0.dev0",
    use_cache=True, vocab_size=1)

# Each form in which a published gym checkpoint exists, under one data set's name.
GYM_CHECKPOINTS = {
    "expert": dict(container="zip", masks=True),
    "medium": dict(container="safetensors", masks=True),
    "medium-replay": dict(container="safetensors"),
}


def gym_cases():
    """The nine published shapes with random weights. The window is 20 as nothing says otherwise."""
    environments = dict(hopper=(11, 3), halfcheetah=(17, 6), walker2d=(17, 6))
    for (environment, (S, A)), (data_set, checkpoint) in itertools.product(
            environments.items(), GYM_CHECKPOINTS.items()):
        repository = f"{environment}-{data_set}"
        config = GYM | dict(state_dim=S, act_dim=A,
                            _name_or_path=f"edbeeching/decision-transformer-gym-{repository}")
        yield ParityCase(repository.title().replace("-", ""), config, 20, 50, return_scale=1000,
                         zero_positions=True, window_in_options=False, **checkpoint)
