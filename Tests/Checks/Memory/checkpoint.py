#!/usr/bin/env python3
"""Writes a large random checkpoint, with Python alone: python checkpoint.py <folder> <format> <hidden> <layers>.

Formats: safetensors, zip and legacy (pytorch_model.bin in both serialisations). The folder gets a
config.json too, and a codegen.json without self test.
"""
import io
import json
import pickle
import random
import struct
import sys
import types
import zipfile
from array import array
from collections import OrderedDict
from pathlib import Path

S, A, POSITIONS, EPISODE = 11, 3, 64, 100


def shapes(hidden, layers):
    """Name and shape of every tensor, as Hugging Face's DecisionTransformerModel names them."""
    inner = 4 * hidden

    def pair(name, weight, bias):
        yield f"{name}.weight", weight
        yield f"{name}.bias", bias

    yield "encoder.wpe.weight", [POSITIONS, hidden]
    for layer in range(layers):
        block = f"encoder.h.{layer}"
        yield from pair(f"{block}.ln_1", [hidden], [hidden])
        yield from pair(f"{block}.attn.c_attn", [hidden, 3 * hidden], [3 * hidden])
        yield from pair(f"{block}.attn.c_proj", [hidden, hidden], [hidden])
        yield from pair(f"{block}.ln_2", [hidden], [hidden])
        yield from pair(f"{block}.mlp.c_fc", [hidden, inner], [inner])
        yield from pair(f"{block}.mlp.c_proj", [inner, hidden], [hidden])
    yield from pair("encoder.ln_f", [hidden], [hidden])
    yield "embed_timestep.weight", [EPISODE, hidden]
    yield from pair("embed_return", [hidden, 1], [hidden])
    yield from pair("embed_state", [hidden, S], [hidden])
    yield from pair("embed_action", [hidden, A], [hidden])
    yield from pair("embed_ln", [hidden], [hidden])
    yield from pair("predict_state", [S, hidden], [S])
    yield from pair("predict_action.0", [A, hidden], [A])
    yield from pair("predict_return", [1, hidden], [1])


def count(shape):
    product = 1
    for size in shape:
        product *= size
    return product


NOISE = array("f", (random.Random(1).uniform(-0.05, 0.05) for _ in range(9973)))


def numbers(shape):
    size = count(shape)
    return (NOISE * (size // len(NOISE) + 1))[:size].tobytes()


def write_safetensors(path, tensors):
    header, end = {}, 0
    for name, shape in tensors:
        start, end = end, end + 4 * count(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, shape in tensors:
            file.write(numbers(shape))


# What a pickle of torch.save names, without PyTorch.
def _rebuild_tensor_v2():
    pass


class FloatStorage:
    pass


for module, member in [("torch._utils", _rebuild_tensor_v2), ("torch", FloatStorage)]:
    sys.modules[module] = types.ModuleType(module)
    setattr(sys.modules[module], member.__name__, member)
    member.__module__ = module


class Storage:
    def __init__(self, key, size):
        self.key, self.size = key, size


class Tensor:
    def __init__(self, key, shape):
        self.key, self.shape = key, shape

    def __reduce__(self):
        strides, stride = [], 1
        for size in reversed(self.shape):
            strides.insert(0, stride)
            stride *= size
        storage = Storage(self.key, count(self.shape))
        return _rebuild_tensor_v2, (storage, 0, tuple(self.shape), tuple(strides), False, OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Storage):
            return "storage", FloatStorage, value.key, "cpu", value.size
        return None


def pickled(value):
    stream = io.BytesIO()
    Pickler(stream, 2).dump(value)
    return stream.getvalue()


def write_pytorch(path, tensors, is_zip):
    keys = {name: str(index) for index, (name, _) in enumerate(tensors)}
    state = pickled(OrderedDict((name, Tensor(keys[name], shape)) for name, shape in tensors))
    if is_zip:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
            file.writestr("model/data.pkl", state)
            file.writestr("model/byteorder", b"little")
            for name, shape in tensors:
                file.writestr(f"model/data/{keys[name]}", numbers(shape))
        return
    with open(path, "wb") as file:
        for value in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}):
            file.write(pickle.dumps(value, 2))
        file.write(state + pickle.dumps(list(keys.values()), 2))
        for _, shape in tensors:
            file.write(struct.pack("<q", count(shape)) + numbers(shape))


def main():
    folder, form, hidden, layers = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    tensors = list(shapes(hidden, layers))
    config = {"model_type": "decision_transformer", "state_dim": S, "act_dim": A, "hidden_size": hidden,
              "n_layer": layers, "n_head": hidden // 64, "max_ep_len": EPISODE, "n_positions": POSITIONS,
              "max_length": 20}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    # The self test runs the whole model in float64, which is another matter than reading a checkpoint.
    if form == "safetensors":
        write_safetensors(folder / "model.safetensors", tensors)
    else:
        write_pytorch(folder / "pytorch_model.bin", tensors, form == "zip")


if __name__ == "__main__":
    main()
