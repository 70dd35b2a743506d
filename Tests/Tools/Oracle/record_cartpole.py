#!/usr/bin/env python3
"""Steps of Gymnasium's CartPole-v1, for CartPoleTests.

    python record_cartpole.py            writes Tests/Data/CartPole/steps.json
    python record_cartpole.py --check    records again and compares

Needs gymnasium and numpy alone.
"""
import argparse
import json
import math
import pathlib
import re
from fractions import Fraction

import gymnasium
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUTPUT = ROOT / "Tests/Data/CartPole/steps.json"
MOST_STEPS = 60


def balanced(state):
    """A linear rule that holds the pole up and the cart near the middle."""
    position, velocity, angle, angular_velocity = state
    return int(0.05 * position + 0.1 * velocity + angle + 0.3 * angular_velocity > 0)


def rounded_as_exact(angle):
    """Whether NumPy's sine and cosine are the float64 numbers nearest to the exact ones.

    Where they are, any good C library has the same numbers, and a step can be compared bit for bit.
    """
    x, term, sums = Fraction(float(angle)), Fraction(1), [Fraction(0), Fraction(0)]
    for n in range(30):
        sums[n % 2] += term * (-1) ** (n // 2)
        term = term * x / (n + 1)
    return float(sums[0]) == np.cos(angle) and float(sums[1]) == np.sin(angle)


def episode(seed, rule, start=None):
    """At most MOST_STEPS steps: what Gymnasium holds, shows and says."""
    environment = gymnasium.make("CartPole-v1")
    environment.reset(seed=seed)
    if start is not None:
        environment.unwrapped.state = np.array(start, np.float64)
    states, observations, actions, terminated = [environment.unwrapped.state], [], [], False
    while not terminated and len(actions) < MOST_STEPS:
        assert rounded_as_exact(states[-1][2])
        action = rule(states[-1])
        observation, reward, terminated, truncated, _ = environment.step(action)
        assert reward == 1 and not truncated
        states.append(environment.unwrapped.state)
        observations.append(observation)
        actions.append(action)
    return {
        "states": [[float(value) for value in state] for state in states],
        "observations": [[float(value) for value in observation] for observation in observations],
        "actions": actions,
        "terminated": terminated,
    }


def start(seed):
    environment = gymnasium.make("CartPole-v1")
    environment.reset(seed=seed)
    return [float(value) for value in environment.unwrapped.state]


def steps_until_truncated():
    environment = gymnasium.make("CartPole-v1")
    environment.reset(seed=0)
    for step in range(1, 10_000):
        _, _, terminated, truncated, _ = environment.step(balanced(environment.unwrapped.state))
        assert not terminated
        if truncated:
            return step


def record():
    rng = np.random.default_rng(3)
    recorded = {
        "made_by": "Tests/Tools/Oracle/record_cartpole.py",
        "gymnasium": gymnasium.__version__,
        "numpy": np.__version__,
        "truncated_after": steps_until_truncated(),
        # Of the episodes in Tests/Data/Families/d3rlpy-cartpole, whose case.json names the seeds: float64, where those hold
        # float32.
        "starts": {"episode": start(7), "episode_sampled": start(40)},
        "episodes": {
            "balanced": episode(0, balanced),
            # Until the pole falls.
            "tossed": episode(1, lambda state: int(rng.integers(2))),
            # Until the cart leaves the track: it begins near the end, to the left, upright.
            "leaving": episode(2, balanced, start=[-2.2, -1.5, 0.01, 0.02]),
        },
    }
    assert [made["terminated"] for made in recorded["episodes"].values()] == [False, True, True]
    return recorded


def text(recorded):
    """JSON with a row of numbers in a line."""
    def row(match):
        return " ".join(match[0].split()).replace("[ ", "[").replace(" ]", "]")

    return re.sub(r"\[[^\[\]]*\]", row, json.dumps(recorded, indent=1)) + "\n"


def difference(recorded, other):
    """The largest of all numbers; infinite where anything else differs."""
    if isinstance(recorded, dict) and isinstance(other, dict) and recorded.keys() == other.keys():
        return max(difference(recorded[key], other[key]) for key in recorded)
    if isinstance(recorded, list) and isinstance(other, list) and len(recorded) == len(other):
        return max((difference(*pair) for pair in zip(recorded, other)), default=0)
    if isinstance(recorded, float) and isinstance(other, float):
        return abs(recorded - other)
    return 0 if recorded == other else math.inf


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check, recorded = parser.parse_args().check, record()
    if check:
        kept = json.loads(OUTPUT.read_text())
        for version in ("gymnasium", "numpy"):
            recorded[version] = kept[version]
        largest = difference(kept, recorded)
        # Rounding on another processor, over 60 steps.
        assert largest <= 1e-9, f"{OUTPUT}: differs by {largest}"
        print(f"{OUTPUT.relative_to(ROOT)}: as recorded")
    else:
        OUTPUT.parent.mkdir(exist_ok=True)
        OUTPUT.write_text(text(recorded))


if __name__ == "__main__":
    main()
