"""OpenVINO's CPU plugin, latency hint, one thread, tensors set once."""

import numpy as np
import openvino

import int8
from runtimes import Peer


def versions():
    return f"OpenVINO {openvino.__version__.split('-')[0]}"


def rounded_to_bfloat16(array):
    """The upper halves of float32 words, to nearest even."""
    bits = array.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def build(case):
    core = openvino.Core()
    model = core.read_model(case.onnx())
    # What is not eight bits wide in an int8 model has a precision of its own.
    hint = case.options.get("hint", "bf16" if case.precision == "bfloat16" else "f32")
    properties = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": hint,
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
    }
    if case.precision == "int8" and case.form != "empty":
        model, more = int8.for_openvino(model, case.options["int8"], case.named_calibration)
        properties |= more
    if hint == "bf16":
        # The cache would be kept in bfloat16 too, so that no call has to convert it.
        preprocess = openvino.preprocess.PrePostProcessor(model)
        for name in filter(case.holds_cache, case.names):
            preprocess.input(name).tensor().set_element_type(openvino.Type.bf16)
        model = preprocess.build()
    compiled = core.compile_model(model, "CPU", properties)
    request = compiled.create_infer_request()
    tensors = {}
    for port in compiled.inputs:
        tensors[port.any_name] = openvino.Tensor(port.element_type, port.shape)
        request.set_tensor(port, tensors[port.any_name])

    def load(arrays):
        for name, array in zip(case.names, arrays, strict=True):
            if name not in tensors:
                continue
            if tensors[name].element_type == openvino.Type.bf16:
                tensors[name].data.view(np.uint16)[...] = rounded_to_bfloat16(array)
            else:
                tensors[name].data[...] = array

    def run():
        request.infer(share_outputs=True)

    return Peer(load, run, lambda: request.get_output_tensor().data.copy())
