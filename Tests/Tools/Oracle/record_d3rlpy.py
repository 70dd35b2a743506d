"""Encoders with norms, by d3rlpy itself: checkpoints with random weights, and episodes of the library's own loop.

    pip install torch==2.13.0+cpu d3rlpy==2.8.1 safetensors
    python record_d3rlpy.py            # writes ../../Data/Families/d3rlpy-<case>
    python record_d3rlpy.py --check    # records again elsewhere and compares

States and rewards are drawn beforehand. The library's wrapper drives its model in float32; what the wrapper fed is given
to the same model in float64 once more, and these answers are the episode.
"""

import argparse
import copy
import json
import pathlib
import tempfile

import d3rlpy
import numpy as np
import torch
from d3rlpy.models.encoders import PixelEncoderFactory, SimBaEncoderFactory, VectorEncoderFactory
from safetensors.numpy import load_file, save_file

FAMILIES = pathlib.Path(__file__).resolve().parents[2] / "Data" / "Families"

# Name: observation shape, number of actions, whether they are numbers, encoder.
CASES = {
    "simba-f": ((5,), 2, False, SimBaEncoderFactory(feature_size=24, hidden_size=36, n_blocks=2)),
    "simba-none-j": ((5,), 2, False, SimBaEncoderFactory(24, 36, n_blocks=0)),
    "layer-norm-g": (
        (6,), 3, False,
        VectorEncoderFactory([17, 24], activation="tanh", use_layer_norm=True, dropout_rate=0.1),
    ),
    "batch-norm-h": (
        (4,), 3, True,
        VectorEncoderFactory(
            [13, 24], use_batch_norm=True, use_layer_norm=True, exclude_last_activation=True),
    ),
    "pixel-norm-i": (
        (2, 22, 19), 4, True,
        PixelEncoderFactory([[6, 6, 3], [5, 3, 1]], feature_size=24, use_batch_norm=True),
    ),
}
CONTEXT, STEPS, TARGET = 4, 14, 12.5


def randomize(module, random):
    """Numbers as large as a trained model's, of running statistics too."""
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if not tensor.dtype.is_floating_point or name.endswith("_mask"):
                continue
            if name.endswith("running_var"):
                values = random.uniform(0.3, 2.0, tensor.shape)
            elif tensor.dim() == 1 and name.endswith("weight"):
                values = random.uniform(0.5, 1.5, tensor.shape)
            else:
                inputs = int(np.prod(tensor.shape[1:])) if tensor.dim() > 1 else 4
                values = random.normal(0, 1, tensor.shape) / np.sqrt(inputs)
            tensor.copy_(torch.tensor(values))


def record(name, folder):
    shape, actions, is_discrete, encoder = CASES[name]
    random = np.random.default_rng(sum(name.encode()))
    states = (
        random.integers(0, 256, (STEPS, *shape), dtype=np.uint8) if len(shape) == 3
        else random.normal(0, 1, (STEPS, *shape)).astype(np.float32))
    rewards = random.normal(0, 1, STEPS).astype(np.float32)
    kind = d3rlpy.algos.DiscreteDecisionTransformerConfig if is_discrete \
        else d3rlpy.algos.DecisionTransformerConfig
    algo = kind(
        encoder_factory=encoder, context_size=CONTEXT, max_timestep=20, num_heads=2, num_layers=2,
        observation_scaler=d3rlpy.preprocessing.PixelObservationScaler() if len(shape) == 3 else None,
        reward_scaler=d3rlpy.preprocessing.MultiplyRewardScaler(0.1),
    ).create()
    algo.create_impl(shape, actions)
    transformer = algo.impl.modules.transformer
    randomize(transformer, random)
    transformer.eval()

    fed = []
    predict = algo.impl.predict

    def remember(given):
        fed.append(copy.deepcopy(given))
        return predict(given)

    algo.impl.predict = remember
    sampler = (
        d3rlpy.algos.GreedyTransformerActionSampler() if is_discrete
        else d3rlpy.algos.IdentityTransformerActionSampler())
    wrapper = algo.as_stateful_wrapper(target_return=TARGET, action_sampler=sampler)
    chosen, returns, rest = [], [], TARGET
    for step in range(STEPS):
        reward = 0.0 if step == 0 else float(rewards[step - 1])
        chosen.append(wrapper.predict(states[step], reward))
        rest -= reward
        returns.append(rest)
    algo.impl.predict = predict

    exact = copy.deepcopy(transformer).double()
    answers = []
    for given in fed:
        with torch.no_grad():
            output = exact(
                given.observations.double(),
                given.actions.double() if not is_discrete else given.actions.long().reshape(1, -1),
                given.returns_to_go.double(), given.timesteps, 1 - given.masks.double())
        answers.append((output[1] if is_discrete else output)[0, -1].numpy())
    tensors = {
        "states": states, "rewards": rewards,
        "returns_to_go": np.array(returns, dtype=np.float32),
        "scaled_returns_to_go": np.array(
            [float(given.returns_to_go[0, -1, 0]) for given in fed], dtype=np.float32),
        ("logits" if is_discrete else "actions"): np.array(answers, dtype=np.float32),
    }
    if is_discrete:
        tensors["action_index"] = np.array(chosen, dtype=np.int64)
        assert [int(a) for a in chosen] == [int(np.argmax(a)) for a in answers]
    else:
        apart = np.abs(np.array(chosen) - np.array(answers)).max()
        assert apart < 1e-5, apart
    folder.mkdir(parents=True, exist_ok=True)
    algo.save(str(folder / "model.d3"))
    save_file(tensors, folder / "episode.safetensors")
    case = {
        "family": "d3rlpy", "source": {"package": "d3rlpy", "version": d3rlpy.__version__},
        "file": "model.d3", "file_is": "algo.save() with random weights, by record_d3rlpy.py",
        "target_return": TARGET, "not_in_file": {},
    }
    (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")
    return tensors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    for name in CASES:
        folder = FAMILIES / f"d3rlpy-{name}"
        if not check:
            record(name, folder)
            continue
        with tempfile.TemporaryDirectory() as scratch:
            tensors = record(name, pathlib.Path(scratch))
        for key, old in load_file(folder / "episode.safetensors").items():
            apart = np.abs(old.astype(np.float64) - tensors[key].astype(np.float64)).max()
            assert apart <= 1e-5, f"{name}: {key}: {apart}"
        print(f"{name}: equal")


if __name__ == "__main__":
    main()
