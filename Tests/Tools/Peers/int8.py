"""Eight-bit forms of an ONNX file for ONNX Runtime and OpenVINO.

A method is a dictionary that a setting of the catalogue has in its options: `method` names a function here, the other keys are
its arguments. Matrices with a side shorter than `SMALL`, the embeddings' and the head's, cost next to nothing and much
accuracy; they stay in float32 unless `small` is true.
"""

import contextlib
import os
import pathlib
import sys

import numpy as np

SMALL = 64


def for_onnx_runtime(path, method, calibration):
    """The path of the quantised file; `calibration` has inputs by name."""
    arguments = dict(method)
    make = {"dynamic": dynamic, "static": static, "blocks": blocks}[arguments.pop("method")]
    target = pathlib.Path(path).with_suffix(f".int8-{os.getpid()}.onnx")
    make(loaded(path), target, calibration, **arguments)
    return target


def for_openvino(model, method, calibration):
    """The quantised `openvino.Model`, and what it has to be compiled with."""
    arguments = dict(method)
    make = {"nncf": nncf_quantized, "weights": weights_only}[arguments.pop("method")]
    with contextlib.redirect_stdout(sys.stderr):  # NNCF's progress; the tables go to standard output.
        return make(model, calibration, **arguments)


# --- ONNX Runtime --------------------------------------------------------------------------------


def loaded(path):
    import onnx

    model = onnx.load(path)
    del model.graph.value_info[:]  # The exporter's shapes, which the quantiser trips over.
    return model


def small_matrices(model):
    """Names of nodes that multiply by a small constant matrix, as the quantisers know them."""
    sides = {tensor.name: min(tensor.dims, default=0) for tensor in model.graph.initializer}
    names = [
        node.name
        for node in model.graph.node
        if node.op_type in ("Gemm", "MatMul") and sides.get(node.input[1], SMALL) < SMALL
    ]
    # The dynamic quantiser gives a Gemm another name before it looks for it.
    return names + [f"{name}_MatMul" for name in names]


def lacks_wide_products():
    """Without VNNI a sum of two products of bytes saturates, unless the weights have seven bits."""
    return "vnni" not in pathlib.Path("/proc/cpuinfo").read_text()


def scope(model, small):
    return {
        "nodes_to_exclude": [] if small else small_matrices(model),
        "reduce_range": lacks_wide_products(),
    }


def dynamic(model, target, calibration, weight="QInt8", per_channel=False, small=False):
    """Activations are quantised when they are there, by tensor."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        model,
        target,
        weight_type=QuantType[weight],
        per_channel=per_channel,
        # The embeddings' tables would be quantised otherwise.
        op_types_to_quantize=None if small else ["Gemm", "MatMul"],
        **scope(model, small),
    )


def static(
    model,
    target,
    calibration,
    layout="QOperator",
    operators=("Gemm", "MatMul"),
    attention=False,
    activation="QUInt8",
    per_channel=False,
    small=False,
):
    """Activations have the scales that were seen in the calibration; `operators` None: all there are."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    wanted = {tensor.name for tensor in model.graph.input}
    cases = iter([{k: v for k, v in case.items() if k in wanted} for case in calibration])

    class Reader(CalibrationDataReader):
        def get_next(self):
            return next(cases, None)

    quantize_static(
        model,
        target,
        Reader(),
        quant_format=QuantFormat[layout],
        op_types_to_quantize=operators and list(operators),
        activation_type=QuantType[activation],
        weight_type=QuantType.QInt8,
        per_channel=per_channel,
        extra_options={"MatMulConstBOnly": not attention},
        **scope(model, small),
    )


def blocks(model, target, calibration, size=64, symmetric=True):
    """MatMulNBits: weights have a scale for each block, activations are quantised in the kernel."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantizer = MatMulNBitsQuantizer(
        with_products_alone(model),
        bits=8,
        block_size=size,
        is_symmetric=symmetric,
        accuracy_level=4,
        nodes_to_exclude=small_matrices(model),
    )
    quantizer.process()
    quantizer.model.save_model_to_file(str(target))


def with_products_alone(model):
    """Gemm as MatMul and Add, since that quantiser knows MatMul alone."""
    from onnx import helper, numpy_helper

    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type != "Gemm" or node.input[1] not in constants:
            nodes.append(node)
            continue
        weight = numpy_helper.to_array(constants[node.input[1]])
        if any(a.name == "transB" and a.i for a in node.attribute):
            weight = np.ascontiguousarray(weight.T)
        name, product = f"{node.name}_weight", list(node.output)
        graph.initializer.append(numpy_helper.from_array(weight, name))
        bias = list(node.input[2:])  # The exporter leaves out one of zeros.
        if bias:
            product = [f"{node.name}_product"]
        nodes.append(helper.make_node("MatMul", [node.input[0], name], product, name=node.name))
        if bias:
            nodes.append(helper.make_node("Add", [*product, *bias], node.output))
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    return model


# --- OpenVINO ------------------------------------------------------------------------------------


def ignored(model, small, attention):
    """Names of the products that stay in float32, for NNCF."""
    import nncf

    names = []
    for node in model.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        right = node.input_value(1)
        is_constant = right.get_node().get_type_name() == "Constant"
        if is_constant and not small and min(right.get_shape()) < SMALL:
            names.append(node.get_friendly_name())
        elif not is_constant and not attention:
            names.append(node.get_friendly_name())
    return nncf.IgnoredScope(names=names)


def nncf_quantized(model, calibration, small=False, attention=True):
    """NNCF's quantisation after training."""
    import logging

    import nncf

    nncf.set_log_level(logging.ERROR)
    wanted = {port.any_name for port in model.inputs}
    cases = [{k: v for k, v in case.items() if k in wanted} for case in calibration]
    quantized = nncf.quantize(
        model,
        nncf.Dataset(cases),
        subset_size=len(cases),
        model_type=nncf.ModelType.TRANSFORMER,
        ignored_scope=ignored(model, small, attention),
    )
    return quantized, {}


def weights_only(model, calibration, group=64, symmetric=True, small=False):
    """NNCF's weights by channel; the plugin quantises activations, a scale for each group of columns."""
    import nncf

    mode = nncf.CompressWeightsMode
    compressed = nncf.compress_weights(
        model,
        mode=mode.INT8_SYM if symmetric else mode.INT8_ASYM,
        ignored_scope=ignored(model, small, attention=True),
    )
    return compressed, {"DYNAMIC_QUANTIZATION_GROUP_SIZE": str(group)}
