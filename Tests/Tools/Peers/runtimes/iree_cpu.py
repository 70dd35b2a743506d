"""IREE: the ONNX file compiled for this CPU, run by the synchronous local device."""

import subprocess
import sys

import iree.compiler
import iree.compiler.version
import iree.runtime
import numpy as np

from runtimes import Peer


def versions():
    return f"IREE {iree.compiler.version.VERSION}"


def build(case):
    program = case.work / f"{case.form}.mlir"
    importer = [sys.executable, "-m", "iree.compiler.tools.import_onnx"]
    subprocess.run(
        [*importer, case.onnx(), "-o", program], check=True, capture_output=True, text=True
    )
    binary = iree.compiler.compile_file(
        str(program),
        extra_args=[
            "--iree-hal-target-device=local",
            "--iree-hal-local-target-device-backends=llvm-cpu",
            "--iree-llvmcpu-target-cpu=host",
            "--iree-opt-level=O3",
            # With 256 agents a function has 240 KB on the stack, for which there is room.
            "--iree-llvmcpu-fail-on-out-of-bounds-stack-allocation=false",
        ],
    )
    device = iree.runtime.get_device("local-sync")
    config = iree.runtime.Config(device=device)
    context = iree.runtime.SystemContext(config=config)
    module = iree.runtime.VmModule.copy_buffer(config.vm_instance, binary)
    context.add_vm_module(module)
    (name,) = [n for n in module.function_names if not n.startswith("__") and "$" not in n]
    function = module.lookup_function(name)
    held = {}

    def load(arrays):
        held["arrays"] = [iree.runtime.asdevicearray(device, array) for array in arrays]
        held["inputs"] = iree.runtime.VmVariantList(len(arrays))
        for array in held["arrays"]:
            held["inputs"].push_ref(array._buffer_view)

    # Straight into the virtual machine: the Python function object costs some microseconds more.
    def run():
        held["outputs"] = iree.runtime.VmVariantList(1)
        context.vm_context.invoke(function, held["inputs"], held["outputs"])

    def read():
        view = held["outputs"].get_as_object(0, iree.runtime.HalBufferView)
        action = iree.runtime.DeviceArray(
            device, view, implicit_host_transfer=True, override_dtype=np.float32
        )
        return action.to_host()

    return Peer(load, run, read)
