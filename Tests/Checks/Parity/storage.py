"""The same tensors in another checkpoint file: container, names, unused parts."""
from collections import OrderedDict

import torch
from safetensors.torch import load_file, save_file

from checkpoints import legacy, shards, views


def zero_positions(folder):
    """Before anything is computed: this is another model."""
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["encoder.wpe.weight"].zero_()
    save_file(tensors, path, metadata={"format": "pt"})


def store(case, folder):
    """Replaces model.safetensors by the case's form of it; the numbers stay."""
    path = folder / "model.safetensors"
    state = OrderedDict(load_file(path))
    path.unlink()
    if case.masks:
        state |= masks(state)
    if case.original_names:
        del state["encoder.wpe.weight"]
        state = OrderedDict((k.replace("encoder.", "transformer."), v) for k, v in state.items())
    state = OrderedDict((case.wrapper + name, tensor) for name, tensor in state.items())
    if case.container.endswith("views"):
        state = views(state)

    def save_safetensors(tensors, file):
        save_file({k: v.contiguous() for k, v in tensors.items()}, file, metadata={"format": "pt"})

    match case.container:
        case "safetensors":
            save_safetensors(state, path)
        case "safetensors shards":
            shards(state, folder, 3, "safetensors", save_safetensors)
        case "zip shards":
            shards(state, folder, 2, "bin", torch.save)
        case "zip" | "zip views":
            torch.save(state, folder / "pytorch_model.bin")
        case "legacy" | "legacy views":
            legacy(state, folder / "pytorch_model.bin")
        case _:
            raise ValueError(case.container)


def masks(state):
    """The causal masks that transformers 4.18 to 4.26 stored in every block."""
    n = len(state["encoder.wpe.weight"])
    found = OrderedDict()
    for name in state:
        if name.endswith("attn.c_proj.weight") and "crossattention" not in name:
            attention = name.removesuffix(".c_proj.weight")
            found[f"{attention}.bias"] = torch.ones(n, n, dtype=torch.uint8).tril()[None, None]
            found[f"{attention}.masked_bias"] = torch.tensor(-1e4)
    return found
