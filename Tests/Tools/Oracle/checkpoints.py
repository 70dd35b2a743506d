#!/usr/bin/env python3
"""Writes one small Decision Transformer in every checkpoint format: Tests/Data/Checkpoints/<format>/.

    python checkpoints.py            writes the files
    python checkpoints.py --check    makes them elsewhere and compares

All folders hold the same numbers, multiples of 1/64 that float16 and bfloat16 represent exactly, and
the position embeddings are zero, so that every format must give the same packed weights.
"""
import argparse
import json
import os
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
from safetensors.torch import save_file
from transformers import DecisionTransformerConfig, DecisionTransformerModel

FOLDER = Path(__file__).resolve().parents[2] / "Data/Checkpoints"

CONFIG = dict(state_dim=3, act_dim=2, hidden_size=4, n_layer=1, n_head=2, n_inner=7, max_ep_len=5,
              n_positions=6, activation_function="gelu_new")


def make_model():
    model = DecisionTransformerModel(DecisionTransformerConfig(**CONFIG)).eval()
    generator = torch.Generator().manual_seed(20)
    state = model.state_dict()
    for name, tensor in state.items():
        # Whole numbers up to 127 over 64: 7 significant bits.
        numbers = torch.randint(-127, 128, tensor.shape, generator=generator)
        tensor.copy_(torch.zeros_like(tensor) if "wpe" in name else numbers / 64)
    return model


def legacy(state, path, protocol=2):
    torch.save(state, path, _use_new_zipfile_serialization=False, pickle_protocol=protocol)


def shards(state, folder, count, extension, save):
    """The tensors dealt out to `count` files, and their index."""
    names = list(state)
    stem = "model" if extension == "safetensors" else "pytorch_model"
    weight_map = {}
    for number in range(count):
        file = f"{stem}-{number + 1:05}-of-{count:05}.{extension}"
        part = OrderedDict((name, state[name]) for name in names[number::count])
        save(part, folder / file)
        weight_map.update(dict.fromkeys(part, file))
    size = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(weight_map.items()))}
    (folder / f"{stem}.{extension}.index.json").write_text(json.dumps(index, indent=2) + "\n")


def views(state):
    """The same tensors as parts of few storages: transposed, with offsets and steps, as parameters."""
    result = OrderedDict()
    matrices = [name for name, tensor in state.items() if tensor.dim() == 2]
    pool = torch.cat([state[name].T.flatten() for name in matrices])
    offset = 0
    for name in matrices:
        rows, columns = state[name].shape
        result[name] = torch.as_strided(pool, (rows, columns), (1, rows), offset)
        offset += rows * columns
    for name, tensor in state.items():
        if name not in result:
            spread = torch.zeros(len(tensor), 3)
            spread[:, 1] = tensor
            result[name] = torch.nn.Parameter(spread[:, 1])
    return OrderedDict((name, result[name]) for name in state)


def original(state):
    """Under the original authors' names, with the masks that their files carry."""
    result = OrderedDict()
    for name, tensor in state.items():
        if "wpe" not in name:
            result[name.replace("encoder.", "transformer.")] = tensor
    positions = CONFIG["n_positions"]
    mask = torch.tril(torch.ones(positions, positions, dtype=torch.uint8))
    result["transformer.h.0.attn.bias"] = mask.view(1, 1, positions, positions)
    result["transformer.h.0.attn.masked_bias"] = torch.tensor(-1e4)
    return result


def write(root):
    def folder(name):
        (root / name).mkdir(parents=True, exist_ok=True)
        return root / name

    model = make_model()
    state = model.state_dict()
    (folder(".") / "config.json").write_text(
        json.dumps({"model_type": "decision_transformer", **CONFIG}, indent=2) + "\n")

    def save_safetensors(tensors, path):
        save_file({k: v.contiguous() for k, v in tensors.items()}, path, metadata={"format": "pt"})

    save_safetensors(state, folder("safetensors") / "model.safetensors")
    shards(state, folder("safetensors-shards"), 3, "safetensors", save_safetensors)
    torch.save(state, folder("zip") / "pytorch_model.bin")
    legacy(state, folder("legacy") / "pytorch_model.bin")
    # Other opcodes: lengths ahead, short texts, names from the stack.
    torch.save(state, folder("zip-protocol-5") / "pytorch_model.bin", pickle_protocol=5)
    legacy(state, folder("legacy-protocol-4") / "pytorch_model.bin", protocol=4)
    shards(state, folder("zip-shards"), 2, "bin", torch.save)
    torch.save(views(state), folder("zip-views") / "pytorch_model.bin")
    legacy(views(state), folder("legacy-views") / "pytorch_model.bin")
    prefix = "module._orig_mod.decision_transformer."
    legacy(OrderedDict((prefix + name, tensor) for name, tensor in state.items()),
           folder("legacy-prefixed") / "pytorch_model.bin")
    legacy(original(state), folder("legacy-original") / "pytorch_model.bin")
    save_safetensors(original(state), folder("safetensors-original") / "model.safetensors")
    for dtype in ("float16", "bfloat16", "float64"):
        half = OrderedDict((k, v.to(getattr(torch, dtype))) for k, v in state.items())
        legacy(half, folder(f"legacy-{dtype}") / "pytorch_model.bin")


def contents(path):
    """The bytes; of legacy files the tensors, because storages are named by their addresses."""
    if path.suffix != ".bin" or path.read_bytes().startswith(b"PK"):
        return path.read_bytes()
    # PyTorch's restricted unpickler does not know protocol 4; these are this script's own files.
    state = torch.load(path, weights_only="protocol" not in path.parent.name)
    return [(k, v.dtype, v.stride(), v.storage_offset(), v.tolist()) for k, v in state.items()]


def files(root):
    return {str(path.relative_to(root)): contents(path)
            for path in sorted(root.rglob("*")) if path.is_file()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        write(FOLDER)
        return
    with tempfile.TemporaryDirectory() as temporary:
        write(Path(temporary))
        made, present = files(Path(temporary)), files(FOLDER)
        stale = [name for name in made.keys() | present.keys() if made.get(name) != present.get(name)]
        sys.exit("\n".join(f"{name}: differs" for name in sorted(stale)) if stale else 0)


if __name__ == "__main__":
    main()
