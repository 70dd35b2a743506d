"""PyTorch on Hugging Face's own module: eager, torch.compile, TorchScript."""

import torch

import export
from runtimes import Peer
from two_tokens import TwoTokens


def versions():
    return f"PyTorch {torch.__version__}"


def build(case):
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    dtype = torch.bfloat16 if case.precision == "bfloat16" else torch.float32
    if case.form == "empty":
        module = export.Empty()
    else:
        model = export.Snapshot(case.snapshot).model
        module = {"window": export.Window, "cached": TwoTokens}[case.kind](model)
    module = module.eval().to(dtype)

    def tensors(arrays):
        loaded = [torch.from_numpy(array.copy()) for array in arrays]
        return [x.to(dtype) if x.is_floating_point() else x for x in loaded]

    mode = case.options.get("mode", "eager")
    if mode == "compile":
        module = torch.compile(module, fullgraph=True)
    elif mode == "tuned":
        import torch._inductor.config as inductor

        inductor.freezing = True
        inductor.cpp_wrapper = True
        module = torch.compile(module, fullgraph=True, mode="max-autotune")
    elif mode == "script":
        traced = torch.jit.trace(module, tensors(case.example))
        module = torch.jit.optimize_for_inference(torch.jit.freeze(traced))

    held = {}

    def load(arrays):
        held["inputs"] = tensors(arrays)

    def run():
        held["action"] = module(*held["inputs"])

    return Peer(load, run, lambda: held["action"].float().numpy())
