"""Hugging Face's model in a control loop, with the methods of the Python client's `Controller`."""

import numpy as np
import torch
import transformers

from checkpoint import load, read_options
from episode import window_output


class HuggingFaceController:
    """The published loop around `get_action`, float32, its numbers from config.json and codegen.json.

    States are normalised in double precision and rounded once; the history holds the model's own
    predictions, or the executed actions that `prepare` is given.
    """

    def __init__(self, folder):
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        self.model = load(folder, torch.float32, "sdpa")
        config = self.model.config
        self.options = read_options(folder, config)
        self.timesteps = torch.arange(config.max_ep_len)
        self.states = torch.zeros(config.max_ep_len, config.state_dim)
        self.actions = torch.zeros(config.max_ep_len, config.act_dim)
        self.returns_to_go = torch.zeros(config.max_ep_len, 1)
        self.step = -1

    def reset(self, target_return):
        self.step = -1
        self.actions.zero_()
        self.token = np.float32(target_return / self.options.return_scale)

    def act(self, state, reward=0.0):
        options = self.options
        if self.step >= 0:
            self.token -= np.float32(reward) / np.float32(options.return_scale)
        self.step += 1
        state = np.asarray(state, np.float32).astype(np.float64)
        normalized = (state - options.state_mean) / options.state_std
        self.states[self.step] = torch.from_numpy(normalized)
        self.returns_to_go[self.step] = float(self.token)
        output = window_output(
            self.model, options.window, self.step,
            self.states, self.actions, self.returns_to_go, self.timesteps,
        )  # fmt: skip
        prediction = output.action_preds[0, -1]
        self.actions[self.step] = prediction
        action = prediction.numpy() * options.action_scale + options.action_offset
        return action.astype(np.float32)

    def prepare(self, *, executed=None):
        if executed is not None:
            options = self.options
            action = (executed - options.action_offset) / options.action_scale
            self.actions[self.step] = torch.from_numpy(action)
