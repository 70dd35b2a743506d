#!/usr/bin/env python3
"""Prints codegen.json: how the training set of a Decision Transformer was normalised.

    python3 statistics.py <episodes.pkl> --window K --return-scale S > codegen.json

<episodes.pkl> is a pickled list of episodes as D4RL's converters write it: dictionaries of NumPy arrays, with
`observations` [T, state_dim] and `rewards` [T]. Needs NumPy.
"""
import argparse
import json
import pickle

import numpy as np


def options(episodes, window, return_scale):
    states = np.concatenate([episode["observations"] for episode in episodes])
    returns = [float(np.sum(episode["rewards"])) for episode in episodes]
    return {
        "window": window,
        "state_mean": states.mean(axis=0).tolist(),
        "state_std": (states.std(axis=0) + 1e-6).tolist(),
        "return_scale": return_scale,
        "target_return": max(returns),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("episodes")
    parser.add_argument("--window", type=int, required=True)
    parser.add_argument("--return-scale", type=float, required=True)
    arguments = parser.parse_args()
    with open(arguments.episodes, "rb") as file:
        episodes = pickle.load(file)
    print(json.dumps(options(episodes, arguments.window, arguments.return_scale), indent=2))
