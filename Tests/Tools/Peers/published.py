#!/usr/bin/env python3
"""Measures the published shapes beside ONNX Runtime and OpenVINO: the original Atari model, and the Online Decision Transformer's.

Weights are random: no trained ones are published with either. Ours is the C library that `dtgen library` makes, called
through ctypes; it is timed only after it passed its self test, and agreed with PyTorch. The others run the whole window, as the
authors' loops do; with `features`, the convolutions of older frames are given to them. Int8 is calibrated on another episode
than the one whose actions are compared.
"""

import argparse
import ctypes
import json
import os
import pathlib
import statistics
import tempfile
import time

import numpy as np
import onnxruntime
import openvino
import torch

import int8
from c_library import make_library, run_dtgen


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dtgen", default="swift run dtgen", help="the command")
    parser.add_argument("--march", default="native")
    parser.add_argument("--precision", default="float32,bfloat16", help="of ours; int8 too where dtgen has it")
    parser.add_argument("--shapes", default="atari,online-dt")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.5, help="per entry and round")
    return parser.parse_args()


class Block(torch.nn.Module):
    """atari/mingpt/model_atari.py: norms in front, separate maps."""

    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = torch.nn.LayerNorm(size), torch.nn.LayerNorm(size)
        self.attn = torch.nn.ModuleDict(
            {name: torch.nn.Linear(size, size) for name in ("key", "query", "value", "proj")}
        )
        self.mlp = torch.nn.Sequential(
            torch.nn.Linear(size, 4 * size), torch.nn.GELU(), torch.nn.Linear(4 * size, size)
        )

    def forward(self, x):
        tokens, size = x.shape
        y = self.ln1(x)

        def heads(name):
            return self.attn[name](y).view(tokens, self.heads, -1).transpose(0, 1)

        mixed = torch.nn.functional.scaled_dot_product_attention(
            heads("query")[None], heads("key")[None], heads("value")[None], is_causal=True
        )[0]
        x = x + self.attn["proj"](mixed.transpose(0, 1).reshape(tokens, size))
        return x + self.mlp(self.ln2(x))


class Atari(torch.nn.Module):
    """The whole window of the evaluation loop: the current step for all tokens, the last state token's logits."""

    size, heads, layers, window, actions, times = 128, 8, 6, 30, 4, 2655

    def __init__(self):
        super().__init__()
        relu, size = torch.nn.ReLU(), self.size
        self.state_encoder = torch.nn.Sequential(
            torch.nn.Conv2d(4, 32, 8, 4), relu, torch.nn.Conv2d(32, 64, 4, 2), relu,
            torch.nn.Conv2d(64, 64, 3, 1), relu, torch.nn.Flatten(),
            torch.nn.Linear(3136, size), torch.nn.Tanh(),
        )
        self.ret_emb = torch.nn.Sequential(torch.nn.Linear(1, size), torch.nn.Tanh())
        self.action_embeddings = torch.nn.Sequential(
            torch.nn.Embedding(self.actions, size), torch.nn.Tanh()
        )
        self.tok_emb = torch.nn.Embedding(self.actions, size)
        self.pos_emb = torch.nn.Parameter(torch.zeros(1, 3 * self.window + 1, size))
        self.global_pos_emb = torch.nn.Parameter(torch.zeros(1, self.times, size))
        self.blocks = torch.nn.Sequential(
            *[Block(size, self.heads) for _ in range(self.layers)]
        )
        self.ln_f = torch.nn.LayerNorm(size)
        self.head = torch.nn.Linear(size, self.actions, bias=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, std=1.5 / parameter[0].numel() ** 0.5)

    def trunk(self, states, actions, returns, now):
        tokens = torch.stack(
            [self.ret_emb(returns), states, self.action_embeddings(actions)], 1
        ).reshape(-1, self.size)[:-1]
        x = tokens + self.global_pos_emb[0, now] + self.pos_emb[0, : tokens.shape[0]]
        return self.head(self.ln_f(self.blocks(x))[-1])

    def forward(self, frames, actions, returns, now):
        return self.trunk(self.state_encoder(frames), actions, returns, now)


class AtariFeatures(torch.nn.Module):
    """The same where the convolutions of the older frames are given."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, features, frame, actions, returns, now):
        states = torch.cat([features, self.model.state_encoder(frame)])
        return self.model.trunk(states, actions, returns, now)


class OnnxRuntime:
    name = f"ONNX Runtime {onnxruntime.__version__}"
    precisions = ("float32", "int8")

    def __init__(self, path, inputs, precision="float32", calibration=()):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        if precision == "int8":
            path = int8.for_onnx_runtime(path, {"method": "dynamic"}, calibration)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.names = [node.name for node in session.get_inputs()]
        self.binding = session.io_binding()
        self.session = session
        self.load(inputs)
        self.binding.bind_output("output", "cpu")

    def load(self, inputs):
        for name in self.names:
            self.binding.bind_ortvalue_input(
                name, onnxruntime.OrtValue.ortvalue_from_numpy(inputs[name])
            )

    def __call__(self):
        self.session.run_with_iobinding(self.binding)

    def output(self):
        return self.binding.copy_outputs_to_cpu()[0]


class OpenVINO:
    name = f"OpenVINO {openvino.__version__.split('-')[0]}"
    precisions = ("float32", "bfloat16", "int8")

    def __init__(self, path, inputs, precision="float32", calibration=()):
        core = openvino.Core()
        model, more = core.read_model(path), {}
        if precision == "int8":
            model, more = int8.for_openvino(model, {"method": "nncf"}, calibration)
        # What NNCF leaves as it is gains by it too.
        hint = "f32" if precision == "float32" else "bf16"
        compiled = core.compile_model(
            model, "CPU",
            {
                "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": hint,
                "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1,
            } | more,
        )
        self.request = compiled.create_infer_request()
        self.ports = list(compiled.inputs)
        self.load(inputs)

    def load(self, inputs):
        for port in self.ports:
            self.request.set_tensor(port, openvino.Tensor(inputs[port.any_name]))

    def __call__(self):
        self.request.infer()

    def output(self):
        return self.request.get_output_tensor(0).data


def dtgen(options, *words):
    run_dtgen(options.dtgen, *words)


def libraries(options, folder, work):
    """Ours in each precision, by name."""
    found = {}
    for precision in options.precision.split(","):
        path = folder / "codegen.json"
        settings = json.loads(path.read_text()) | {"precision": precision, "self_test": True}
        path.write_text(json.dumps(settings))
        found[f"ours, {precision}"] = make_library(
            options.dtgen, folder, work / precision, options.march
        )
    return found


def off(found, expected):
    """The mean difference and the largest, as shares of the range of the right values."""
    differences = np.abs(found - expected) / np.ptp(expected)
    return differences.mean(), differences.max()


def limit(name):
    """The largest difference with which an entry is timed."""
    return 0.05 if "int8" in name else 0.02 if "bfloat16" in name else 2e-3 if "int16" in name else 1e-4


def exported(module, inputs, path):
    tensors = {name: torch.from_numpy(array) for name, array in inputs.items()}
    program = torch.onnx.export(
        module.eval(), tuple(tensors.values()), dynamo=True, input_names=list(tensors),
        output_names=["output"], opset_version=18, verbose=False,
    )
    program.save(path)
    return path


def atari(options, work):
    torch.manual_seed(1)
    model, random = Atari().eval(), np.random.default_rng(2)
    folder = work / "Atari.dtmodel"
    mask = {f"blocks.{i}.attn.mask": torch.ones(1, 1, 91, 91) for i in range(model.layers)}
    torch.save(model.state_dict() | mask, work / "atari.pth")
    dtgen(
        options, "import", work / "atari.pth", "--output", folder, "--set", "n_head=8", "--set",
        "return_tokens=true", "--set", "frame_input=newest",
    )
    ours = libraries(options, folder, work)
    steps, target = model.window + 10, 90
    frames = random.integers(0, 256, (steps, 84, 84), dtype=np.uint8)
    before = np.concatenate([np.zeros((3, 84, 84), np.uint8), frames])
    stacks = np.stack([before[step : step + 4] for step in range(steps)])
    rewards = [0.0, *random.integers(0, 2, steps - 1).astype(float)]

    def run(library):
        numbers = []
        times = library.episode(frames, target, rewards, (ctypes.c_int32 * 1)(), numbers)
        return times, numbers, library.logits(model.actions)

    def window(numbers):
        seen = slice(steps - model.window, steps)
        returns = (target - np.cumsum(rewards))[seen].reshape(-1, 1).astype(np.float32)
        return {
            "frames": stacks[seen].astype(np.float32) / np.float32(255),
            "actions": np.array(numbers[seen], np.int64),
            "returns": returns,
            "now": np.array(steps - 1, np.int64),
        }

    peers, differences = {}, {}
    for name, library in ours.items():
        _, numbers, logits = run(library)
        inputs = window(numbers)
        with torch.no_grad():
            expected = model(**{k: torch.from_numpy(v) for k, v in inputs.items()}).numpy()
        differences[name] = off(logits, expected)
    with torch.no_grad():
        features = model.state_encoder(torch.from_numpy(inputs["frames"][:-1])).numpy()
    cached = {"features": features, "frame": inputs["frames"][-1:]} | {
        name: inputs[name] for name in ("actions", "returns", "now")
    }
    for form, module, given in [
        ("whole window", model, inputs), ("features", AtariFeatures(model), cached)
    ]:
        path = exported(module, given, work / f"{form}.onnx")
        for runtime in (OnnxRuntime, OpenVINO):
            peer = runtime(path, given)
            peer()
            differences[f"{runtime.name}, {form}"] = off(peer.output(), expected)
            peers[f"{runtime.name}, {form}"] = peer
    return ours, peers, differences, lambda library: run(library)[0]


def online_dt(options, work):
    from transformers import DecisionTransformerConfig, DecisionTransformerModel

    from export import Window

    torch.manual_seed(1)
    random = np.random.default_rng(2)
    config = DecisionTransformerConfig(
        state_dim=11, act_dim=3, hidden_size=512, n_layer=4, n_head=4, max_ep_len=1024,
        n_positions=1024, activation_function="relu",
    )
    model, folder = DecisionTransformerModel(config).eval(), work / "Online.dtmodel"
    model.save_pretrained(folder)
    (folder / "codegen.json").write_text(json.dumps({"window": 20, "return_scale": 1000}))
    ours = libraries(options, folder, work)
    steps, target, window = 30, 3600.0, 20

    def episode():
        states = random.standard_normal((steps, 11)).astype(np.float32)
        return states, [0.0, *random.uniform(0, 3, steps - 1)]

    def run(library, states, rewards):
        output, actions = (ctypes.c_float * 3)(), []

        class Numbers(list):
            def append(self, _):
                actions.append(np.array(output))

        times = library.episode(states, target, rewards, output, Numbers())
        return times, np.stack(actions)

    def windows(states, rewards, actions):
        """The inputs of every step with a full window."""
        returns = np.float32(target) / np.float32(1000) - np.cumsum(rewards) / 1000
        for end in range(window, steps + 1):
            seen = slice(end - window, end)
            history = actions[seen].copy()
            history[-1] = 0
            yield {
                "states": states[seen][None],
                "actions": history[None].astype(np.float32),
                "returns_to_go": returns[seen].reshape(1, -1, 1).astype(np.float32),
                "timesteps": np.arange(end - window, end, dtype=np.int64)[None],
                "attention_mask": np.ones((1, window), np.int64),
            }

    def expected(inputs):
        with torch.no_grad():
            tensors = {name: torch.from_numpy(array) for name, array in inputs.items()}
            return Window(model)(**tensors).numpy()[0]

    def difference(answers, cases):
        return off(np.stack(answers), np.stack([expected(case) for case in cases]))

    measured, other = episode(), episode()
    peers, differences = {}, {}
    for name, library in ours.items():
        _, actions = run(library, *measured)
        cases = list(windows(*measured, actions))
        differences[name] = difference(actions[window - 1 :], cases)
    calibration = list(windows(*other, run(library, *other)[1]))
    path = exported(Window(model), cases[-1], work / "online.onnx")
    for runtime in (OnnxRuntime, OpenVINO):
        for precision in runtime.precisions:
            peer, answers = runtime(path, cases[-1], precision, calibration), []
            for case in cases:
                peer.load(case)
                peer()
                answers.append(peer.output()[0].copy())
            name = f"{runtime.name}, {precision}, whole window"
            differences[name], peers[name] = difference(answers, cases), peer
    return ours, peers, differences, lambda library: run(library, *measured)[0]


def measure(options, ours, peers, run):
    """Medians over rounds of each round's median, in microseconds; ratios are formed within a round."""
    rounds = []
    for _ in range(options.rounds):
        figures = {}
        for name, library in ours.items():
            acts, prepares, end = [], [], time.monotonic() + options.seconds
            while not acts or time.monotonic() < end:
                times = run(library)
                # The window is full, and the caches are the loop's.
                acts += times[0][len(times[0]) // 2 :]
                prepares += times[1][len(times[1]) // 2 : -1]
            figures[f"{name}: act"] = statistics.median(acts)
            figures[f"{name}: prepare"] = statistics.median(prepares)
        for name, peer in peers.items():
            times, end = [], time.monotonic() + options.seconds
            peer()
            while not times or time.monotonic() < end:
                start = time.perf_counter_ns()
                peer()
                times.append((time.perf_counter_ns() - start) / 1e3)
            figures[name] = statistics.median(times)
        rounds.append(figures)
    return rounds


def report(shape, rounds, differences, ours):
    acts = [f"{name}: act" for name in ours]
    columns = [f"of {name.removesuffix(': act')}" for name in acts]
    print(f"\n## {shape}\n")
    print(f"| | µs p50 | {' | '.join(columns)} | off by (mean, most) |")
    print(f"|---|---:|{'---:|' * len(acts)}---:|")
    for name in rounds[0]:
        median = statistics.median(r[name] for r in rounds)
        ratios = [statistics.median(r[name] / r[act] for r in rounds) for act in acts]
        found = differences.get(name.split(":")[0])
        print(
            f"| {name} | {median:.1f} | {' | '.join(f'{ratio:.1f}' for ratio in ratios)} "
            f"| {'' if found is None else f'{found[0]:.0e}, {found[1]:.0e}'} |"
        )


def main():
    options = arguments()
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
    makers = {"atari": atari, "online-dt": online_dt}
    for shape in options.shapes.split(","):
        with tempfile.TemporaryDirectory(prefix="published-") as work:
            ours, peers, differences, run = makers[shape](options, pathlib.Path(work))
            for name, (_, most) in differences.items():
                if not most <= limit(name):
                    raise SystemExit(f"published: {name} is off by {most}; accepted: {limit(name)}")
            os.sched_setaffinity(0, {options.core})
            report(shape, measure(options, ours, peers, run), differences, ours)
            os.sched_setaffinity(0, range(os.cpu_count()))


if __name__ == "__main__":
    main()
