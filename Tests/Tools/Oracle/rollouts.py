"""Episodes in a Gymnasium environment, and what two of them have in common.

A controller is anything with `reset`, `act` and `prepare` of the Python client.
"""

import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Episode:
    """T steps of one episode: states [T, S] before and rewards [T] after actions [T, A], and the
    seconds of every `act` and `prepare`."""

    states: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    act_seconds: np.ndarray
    prepare_seconds: np.ndarray

    @property
    def total_return(self):
        return float(self.rewards.sum())


def run(environment, controller, target, seed, disturb=lambda action: action, watch=None):
    """One episode to its end. `disturb` changes what is executed, `watch` is called after every step."""
    states, actions, rewards, act_seconds, prepare_seconds = [], [], [], [], []
    state, _ = environment.reset(seed=seed)
    controller.reset(target)
    reward, ended = 0.0, False
    while not ended:
        state = state.astype(np.float32)
        begin = time.perf_counter()
        action = controller.act(state, reward)
        middle = time.perf_counter()
        controller.prepare()
        prepare_seconds.append(time.perf_counter() - middle)
        act_seconds.append(middle - begin)
        states.append(state)
        actions.append(action)
        state, reward, terminated, truncated, _ = environment.step(disturb(action))
        reward, ended = float(reward), terminated or truncated
        rewards.append(reward)
        if watch:
            watch(len(rewards), float(np.sum(rewards)))
    columns = (states, actions, rewards, act_seconds, prepare_seconds)
    return Episode(*(np.array(column) for column in columns))


def replay(controller, target, episode):
    """The actions of `controller` on the states, rewards and executed actions of another's episode."""
    controller.reset(target)
    actions = [controller.act(episode.states[0])]
    following = zip(episode.states[1:], episode.rewards, episode.actions)
    for state, reward, executed in following:
        controller.prepare(executed=executed)
        actions.append(controller.act(state, reward))
    return np.array(actions)


def parting(left, right, distance):
    """The first step at which two episodes' actions are further apart than `distance`, or None."""
    steps = min(len(left.actions), len(right.actions))
    apart = np.abs(left.actions[:steps] - right.actions[:steps]).max(1) > distance
    if apart.any():
        return int(apart.argmax())
    return None if len(left.actions) == len(right.actions) else steps
