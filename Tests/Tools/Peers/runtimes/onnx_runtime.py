"""ONNX Runtime, inputs and output bound once (no copy, no allocation of ours per call)."""

import numpy as np
import onnxruntime

import int8
from runtimes import Peer


def versions():
    return f"ONNX Runtime {onnxruntime.__version__}"


def build(case):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    path = case.onnx()
    if case.precision == "int8" and case.form != "empty":
        path = int8.for_onnx_runtime(path, case.options["int8"], case.named_calibration)
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    wanted = {node.name for node in session.get_inputs()}
    inputs = {}
    for name, array in zip(case.names, case.example, strict=True):
        if name in wanted:
            inputs[name] = onnxruntime.OrtValue.ortvalue_from_numpy(array.copy())
            binding.bind_ortvalue_input(name, inputs[name])
    action = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros_like(case.expected[0]))
    binding.bind_ortvalue_output("action", action)

    def load(arrays):
        for name, array in zip(case.names, arrays, strict=True):
            if name in inputs:
                inputs[name].update_inplace(array)

    return Peer(load, lambda: session.run_with_iobinding(binding), action.numpy)
