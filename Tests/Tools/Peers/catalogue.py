"""What is measured: one entry per peer, form of the model and precision."""

import dataclasses

WINDOW, CACHED = "window", "cached"


@dataclasses.dataclass(frozen=True)
class Entry:
    """A peer in one form; `options` belong to its module under runtimes/."""

    name: str
    module: str
    form: str
    precision: str = "float32"
    options: dict = dataclasses.field(default_factory=dict)

    @property
    def identifier(self):
        words = f"{self.form} {self.name} {self.precision}".lower().split()
        return "-".join("".join(c for c in word if c.isalnum() or c == "-") for word in words)


PLAIN = ["-O3", "-march=native"]
FAST = [*PLAIN, "-ffast-math"]

ENTRIES = [
    # As users run them: get_action's 60 tokens.
    Entry("PyTorch eager", "pytorch", WINDOW),
    Entry("TorchScript", "pytorch", WINDOW, options={"mode": "script"}),
    Entry("torch.compile", "pytorch", WINDOW, options={"mode": "compile"}),
    Entry("torch.compile", "pytorch", WINDOW, "bfloat16", options={"mode": "compile"}),
    Entry("ONNX Runtime", "onnx_runtime", WINDOW),
    Entry("ONNX Runtime", "onnx_runtime", WINDOW, "int8"),
    Entry("OpenVINO", "openvino_cpu", WINDOW),
    Entry("OpenVINO", "openvino_cpu", WINDOW, "bfloat16"),
    Entry("JAX", "jax_xla", WINDOW),
    Entry("JAX", "jax_xla", WINDOW, "bfloat16"),
    Entry("IREE", "iree_cpu", WINDOW),
    Entry("emx-onnx-cgen, -O3", "emx", WINDOW, options={"flags": PLAIN}),
    Entry("emx-onnx-cgen, -O3 -ffast-math", "emx", WINDOW, options={"flags": FAST}),
    # The strongest form: two tokens, 57 cached keys and values given. Each entry has the settings
    # and the weight layout that were fastest for it.
    Entry("PyTorch eager", "pytorch", CACHED),
    Entry("TorchScript", "pytorch", CACHED, options={"mode": "script"}),
    Entry("torch.compile, tuned", "pytorch", CACHED, options={"mode": "tuned"}),
    Entry("ONNX Runtime", "onnx_runtime", CACHED),
    Entry("OpenVINO", "openvino_cpu", CACHED),
    Entry("OpenVINO", "openvino_cpu", CACHED, "bfloat16"),
    Entry("JAX", "jax_xla", CACHED),
    Entry("JAX", "jax_xla", CACHED, "bfloat16"),
    Entry("IREE", "iree_cpu", CACHED),
    Entry("emx-onnx-cgen, -O3", "emx", CACHED, options={"flags": PLAIN, "layout": ".in_out"}),
    Entry("emx-onnx-cgen, -O3 -ffast-math", "emx", CACHED, options={"flags": FAST}),
]
