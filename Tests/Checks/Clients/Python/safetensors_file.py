"""Recorded episodes, as arrays."""

import json
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[4]
TYPES = {
    "F64": ("<f8", np.float64),
    "F32": ("<f4", np.float32),
    "I64": ("<i8", np.int64),
    "U8": ("u1", np.uint8),
}


def read_tensors(path):
    """The tensors of a safetensors file in which all are float64, float32, int64 or bytes."""
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    tensors = {}
    for name, tensor in header.items():
        if name != "__metadata__":
            begin, end = tensor["data_offsets"]
            stored, type_ = TYPES[tensor["dtype"]]
            values = np.frombuffer(data[start + begin : start + end], stored)
            tensors[name] = values.reshape(tensor["shape"]).astype(type_)
    return tensors


def read_metadata(path):
    """What a safetensors file says of itself: texts by key."""
    data = Path(path).read_bytes()
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
