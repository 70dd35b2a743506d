#!/usr/bin/env python3
"""Gymnasium's Pendulum-v1 and, in it, Hugging Face's model of Sources/pendulum, for PendulumTests.

    python record_pendulum.py            writes dynamics.safetensors and returns.safetensors of Tests/Data/Pendulum
    python record_pendulum.py --check    records again and compares
"""
import argparse
import pathlib

import gymnasium
import numpy as np
import torch
import transformers
from safetensors.numpy import load_file, save_file

from hugging_face import HuggingFaceController
from rollouts import run

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUTPUT = ROOT / "Tests/Data/Pendulum"
STEPS, TARGETS, SEEDS = 200, [-1600, -1200, -800, -400, -200], range(100, 105)


def dynamics():
    """Episodes with torques of four kinds: what Gymnasium shows, pays and holds."""
    rng = np.random.default_rng(5)
    held = np.repeat(rng.uniform(-3, 3, STEPS // 10), 10)
    environment = gymnasium.make("Pendulum-v1")
    kinds = {
        # Random, held for some steps, beyond what the motor can do too.
        "held": lambda t, state: held[t],
        "random": lambda t, state: rng.uniform(-2, 2),
        # With the motion, faster and faster: the speed's limit, and many turns.
        "driving": lambda t, state: np.copysign(2, state[1]),
        "nothing": lambda t, state: 0,
    }
    recorded = {}
    for episode, (kind, torque) in enumerate(kinds.items()):
        observation, _ = environment.reset(seed=episode)
        states, observations, torques, rewards = [], [observation], [], []
        for t in range(STEPS):
            state = environment.unwrapped.state
            action = np.array([torque(t, state)], np.float32)
            observation, reward, _, truncated, _ = environment.step(action)
            states.append(state)
            observations.append(observation)
            torques.append(action[0])
            rewards.append(reward)
        assert truncated
        states.append(environment.unwrapped.state)
        recorded[f"{kind}.states"] = np.array(states, np.float64)
        recorded[f"{kind}.observations"] = np.array(observations, np.float32)
        recorded[f"{kind}.torques"] = np.array(torques, np.float32)
        recorded[f"{kind}.rewards"] = np.array(rewards, np.float64)
    return recorded


def start(environment, seed):
    environment.reset(seed=seed)
    return environment.unwrapped.state


def returns():
    """What Hugging Face's model collects: for each target, for each seed, a start and a return."""
    controller = HuggingFaceController(ROOT / "Sources/pendulum/Pendulum.dtmodel")
    environment = gymnasium.make("Pendulum-v1")
    totals = np.array(
        [[run(environment, controller, target, seed).total_return for seed in SEEDS] for target in TARGETS]
    )
    for target, row in zip(TARGETS, totals):
        print(f"target {target}: {row.mean():.1f} ± {row.std():.1f}")
    return {
        "targets": np.array(TARGETS, np.float32),
        "starts": np.array([start(environment, seed) for seed in SEEDS], np.float64),
        "returns": totals,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    versions = {
        "gymnasium": gymnasium.__version__,
        "numpy": np.__version__,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    # Rounding on another processor, over 200 steps.
    for name, record, tolerance in [("dynamics", dynamics, 1e-6), ("returns", returns, 0.1)]:
        path, tensors = OUTPUT / f"{name}.safetensors", record()
        if check:
            for key, values in load_file(path).items():
                difference = np.abs(values.astype(np.float64) - tensors[key]).max()
                assert difference <= tolerance, f"{path}: {key}: differs by {difference}"
            print(f"{path.relative_to(ROOT)}: as recorded")
        else:
            OUTPUT.mkdir(exist_ok=True)
            save_file(tensors, path, metadata=versions)


if __name__ == "__main__":
    main()
