"""Several agents with episodes of their own, all of them rows of one call of Hugging Face's model."""
import numpy as np
import torch

from episode import random_numbers, table_rows


def make_batch_data(case, original, data):
    """Random inputs on the scales of the original case's; nothing depends on the model's answers."""
    rng = random_numbers(case, "episode")
    T, B, S, scale = case.steps, case.batch, len(data["mean"]), float(original.return_scale)
    targets = np.zeros((T, B), np.float32)
    for agent, starts in enumerate(case.starts):
        targets[starts, agent] = scale * rng.uniform(1, 3, len(starts))
    return dict(
        states=(data["mean"] + data["std"] * rng.standard_normal((T, B, S))).astype(np.float32),
        rewards=(scale * 0.1 * (1 + 0.7 * rng.standard_normal((T, B)))).astype(np.float32),
        targets=targets)


def episode_steps(case):
    """For each step and agent: the step within the agent's episode."""
    steps = np.zeros((case.steps, case.batch), int)
    for agent, starts in enumerate(case.starts):
        for t in range(case.steps):
            steps[t, agent] = t - max(start for start in starts if start <= t)
    return steps


def run_batch(case, original, data, inputs, model, dtype):
    """The published loop for all agents at once. Returns the predicted actions [T, B, A], model units."""
    K, T, B, A = original.window, case.steps, case.batch, model.config.act_dim
    steps, scale = episode_steps(case), np.float32(original.return_scale)
    normalized = (inputs["states"].astype(np.float64) - data["mean"]) / data["std"]
    states = torch.from_numpy(normalized).to(dtype)
    tokens = np.zeros((T, B), np.float32)
    for t in range(T):
        for agent in range(B):
            tokens[t, agent] = (
                inputs["targets"][t, agent] / scale if steps[t, agent] == 0
                else tokens[t - 1, agent] - np.float32(inputs["rewards"][t - 1, agent] / scale))
    tokens = torch.from_numpy(tokens).to(dtype)[:, :, None]
    actions = torch.zeros(T, B, A, dtype=dtype)
    timesteps = table_rows(original, torch.from_numpy(steps), model)
    for t in range(T):

        def windows(rows):
            """The last K steps of each agent's episode, padded on the left."""
            padded = torch.zeros(B, K, *rows.shape[2:], dtype=rows.dtype)
            for agent in range(B):
                count = min(K, steps[t, agent] + 1)
                padded[agent, K - count:] = rows[t + 1 - count:t + 1, agent]
            return padded

        with torch.no_grad():
            output = model(
                states=windows(states), actions=windows(actions), returns_to_go=windows(tokens),
                timesteps=windows(timesteps),
                attention_mask=windows(torch.ones(T, B, dtype=torch.long)))
        actions[t] = output.action_preds[:, -1]
    return actions
