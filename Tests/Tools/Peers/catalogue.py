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
    setting: str = ""

    @property
    def identifier(self):
        words = f"{self.form} {self.name} {self.precision} {self.setting}".lower().split()
        return "-".join("".join(c for c in word if c.isalnum() or c == "-") for word in words)

    def matches(self, word):
        return word in f"{self.form} {self.name} {self.precision}".lower()


def onnx_runtime_int8(form, setting, **method):
    return Entry("ONNX Runtime", "onnx_runtime", form, "int8", {"int8": method}, setting)


def openvino_int8(form, setting, hint="f32", **method):
    options = {"int8": method, "hint": hint}
    return Entry("OpenVINO", "openvino_cpu", form, "int8", options, setting)


def dynamic(form):
    """ONNX Runtime's fastest int8, in every form that was tried."""
    return onnx_runtime_int8(form, "dynamic, a scale for each matrix", method="dynamic")


def after_training(form):
    """OpenVINO's fastest int8 where a matrix meets many tokens."""
    return openvino_int8(form, "NNCF, calibrated, the rest bfloat16", method="nncf", hint="bf16")


PLAIN = ["-O3", "-march=native"]
FAST = [*PLAIN, "-ffast-math"]

ENTRIES = [
    # As users run them: get_action's 60 tokens.
    Entry("PyTorch eager", "pytorch", WINDOW),
    Entry("TorchScript", "pytorch", WINDOW, options={"mode": "script"}),
    Entry("torch.compile", "pytorch", WINDOW, options={"mode": "compile"}),
    Entry("torch.compile", "pytorch", WINDOW, "bfloat16", options={"mode": "compile"}),
    Entry("ONNX Runtime", "onnx_runtime", WINDOW),
    dynamic(WINDOW),
    Entry("OpenVINO", "openvino_cpu", WINDOW),
    Entry("OpenVINO", "openvino_cpu", WINDOW, "bfloat16"),
    after_training(WINDOW),
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
    dynamic(CACHED),
    Entry("OpenVINO", "openvino_cpu", CACHED),
    Entry("OpenVINO", "openvino_cpu", CACHED, "bfloat16"),
    openvino_int8(CACHED, "weights by channel, activations in groups of 64", method="weights"),
    Entry("JAX", "jax_xla", CACHED),
    Entry("JAX", "jax_xla", CACHED, "bfloat16"),
    Entry("IREE", "iree_cpu", CACHED),
    Entry("emx-onnx-cgen, -O3", "emx", CACHED, options={"flags": PLAIN, "layout": ".in_out"}),
    Entry("emx-onnx-cgen, -O3 -ffast-math", "emx", CACHED, options={"flags": FAST}),
]


def batch_entries(size):
    """The best of the whole window, for the windows of `size` agents in one call."""
    form = f"batch{size}"
    return [
        Entry("PyTorch eager", "pytorch", form),
        Entry("torch.compile", "pytorch", form, options={"mode": "compile"}),
        Entry("torch.compile", "pytorch", form, "bfloat16", {"mode": "compile"}),
        Entry("ONNX Runtime", "onnx_runtime", form),
        dynamic(form),
        Entry("OpenVINO", "openvino_cpu", form),
        Entry("OpenVINO", "openvino_cpu", form, "bfloat16"),
        after_training(form),
        Entry("JAX", "jax_xla", form),
        Entry("IREE", "iree_cpu", form),
    ]


def int8_settings(form):
    """What int8 was chosen from; float32 is what they are compared with."""

    def onnx(setting, **method):
        return onnx_runtime_int8(form, setting, **method)

    def openvino(setting, **method):
        return openvino_int8(form, setting, **method)

    return [
        Entry("ONNX Runtime", "onnx_runtime", form),
        onnx("dynamic, a scale for each matrix", method="dynamic"),
        onnx("dynamic, embeddings and head too", method="dynamic", small=True),
        onnx("dynamic, by channel", method="dynamic", per_channel=True),
        onnx("dynamic, QUInt8", method="dynamic", weight="QUInt8"),
        onnx("dynamic, QUInt8 by channel", method="dynamic", weight="QUInt8", per_channel=True),
        onnx("static, QOperator", method="static"),
        onnx("static, QDQ", method="static", layout="QDQ"),
        onnx("static, QDQ, QInt8", method="static", layout="QDQ", activation="QInt8"),
        onnx("static, QDQ by channel", method="static", layout="QDQ", per_channel=True),
        onnx("static, QDQ, attention too", method="static", layout="QDQ", attention=True),
        onnx(
            "static, QDQ, every operator",
            method="static", layout="QDQ", operators=None, attention=True,
        ),
        *[onnx(f"MatMulNBits, blocks of {n}", method="blocks", size=n) for n in (32, 64, 128)],
        onnx("MatMulNBits, blocks of 64, asymmetric", method="blocks", symmetric=False),
        Entry("OpenVINO", "openvino_cpu", form),
        openvino("NNCF, calibrated", method="nncf"),
        openvino("NNCF, calibrated, the rest bfloat16", method="nncf", hint="bf16"),
        openvino("NNCF, calibrated, without attention", method="nncf", attention=False),
        openvino("NNCF, calibrated, embeddings and head too", method="nncf", small=True),
        openvino("weights alone", method="weights", group=0),
        *[
            openvino(f"weights, activations in groups of {n}", method="weights", group=n)
            for n in (32, 64, 128, 256)
        ],
        openvino("weights, groups of 64, asymmetric", method="weights", symmetric=False),
        *[
            openvino(f"weights, groups of {n}, the rest bfloat16", method="weights", group=n, hint="bf16")
            for n in (64, 128)
        ],
    ]
