#!/usr/bin/env python3
"""Records what Hugging Face's activation functions (ACT2FN) give, in float64.

    python record_activations.py            writes ../../Data/Goldens/Activations/ACT2FN.safetensors
    python record_activations.py --check    computes them again and compares

Functions with parameters to learn are left out.
"""
import argparse
import sys

import numpy as np
import torch
import transformers
from safetensors import safe_open
from transformers.activations import ACT2FN

from record import DATA, write_safetensors

PATH = DATA / "Goldens" / "Activations" / "ACT2FN.safetensors"


def numbers():
    """Around zero, around the bounds of the functions that have some, and far away."""
    near = np.linspace(-12, 12, 193)
    far = [15, 19.5, 20.5, 30, 60, 88, 90, 120, 1e4, 1e9]
    small = [1e-3, 1e-6, 1e-12, 1e-30]
    others = [sign * number for number in far + small for sign in (-1, 1)]
    return torch.tensor(sorted([*near, *others]), dtype=torch.float32)


def record():
    x, tensors = numbers(), {}
    tensors["x"] = x
    for name in sorted(ACT2FN):
        function = ACT2FN[name]
        if not list(function.parameters()):
            with torch.no_grad():
                tensors[name] = function(x.double())
    return tensors


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    tensors = record()
    if parser.parse_args().check:
        with safe_open(PATH, "pt") as file:
            found = {name: file.get_tensor(name) for name in file.keys()}
        wrong = sorted(set(tensors) ^ set(found)) or [
            name for name, value in tensors.items()
            if not torch.allclose(value, found[name], rtol=1e-14, atol=1e-15)]
        sys.exit(f"{PATH.name}: {', '.join(wrong)} differ" if wrong else 0)
    write_safetensors(PATH, tensors, {
        "transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]})
    print(f"{len(tensors) - 1} functions of {len(tensors['x'])} numbers,"
          f" {PATH.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
