"""What Hugging Face's model returns for whole windows, and what it expects after an action."""
import numpy as np
import torch

from episode import executed_actions, random_numbers, returns_to_go, table_rows


def masks(K):
    """Everything, padding in front, a hole, and windows that are not full."""
    found = [[1] * K]
    if K > 1:
        found += [[0] + [1] * (K - 1), [1] * (K - 1), [1]]
    if K > 2:
        found += [[0] * (K - 1) + [1], [1, 0] + [1] * (K - 2), [1] * (K - 1) + [0], [0, 1, 0][:K - 1]]
    return found


def forward_answers(case, model):
    """Random windows through the model in its own precision; inputs are float32 numbers."""
    rng, config, tensors = random_numbers(case, "forward"), model.config, {}
    for index, mask in enumerate(masks(case.window)):
        T = len(mask)
        inputs = dict(
            states=rng.standard_normal((T, config.state_dim)),
            actions=rng.uniform(-1, 1, (T, config.act_dim)),
            returns_to_go=rng.uniform(-1, 2, (T, 1)),
            timesteps=rng.integers(0, config.max_ep_len, T),
            attention_mask=np.array(mask))
        inputs = {key: torch.from_numpy(value.astype(np.float32)) for key, value in inputs.items()}
        integers = ("timesteps", "attention_mask")
        with torch.no_grad():
            output = model(**{key: (value.long() if key in integers else value.to(model.dtype))[None]
                              for key, value in inputs.items()},
                           output_hidden_states=True, output_attentions=True)
        answers = dict(
            action_preds=output.action_preds[0], state_preds=output.state_preds[0],
            return_preds=output.return_preds[0, :, 0],
            last_hidden_state=output.last_hidden_state[0],
            hidden_states=torch.cat(output.hidden_states), attentions=torch.cat(output.attentions))
        tensors |= {f"forward{index}.{key}": value for key, value in (inputs | answers).items()}
    return tensors


def next_answers(case, data, model, actions):
    """At every step, with the action that was taken in its place: the next state and return expected,
    in environment units."""
    K, T = case.window, case.steps
    taken = executed_actions(data, model.dtype) if case.executed else actions
    states = torch.from_numpy((data["states"].astype(np.float64) - data["mean"]) / data["std"])
    states = states.to(model.dtype)
    tokens = torch.from_numpy(returns_to_go(case, data)).to(model.dtype)[:, None]
    timesteps = table_rows(case, torch.arange(T), model)
    found = dict(states=[], returns=[])
    for t in range(T):
        window = slice(max(0, t - K + 1), t + 1)
        with torch.no_grad():
            output = model(states=states[window][None], actions=taken[window][None],
                           returns_to_go=tokens[window][None], timesteps=timesteps[window][None],
                           attention_mask=torch.ones(1, len(range(T)[window]), dtype=torch.long))
        state = output.state_preds[0, -1] * torch.from_numpy(data["std"])
        found["states"].append(state + torch.from_numpy(data["mean"]))
        found["returns"].append(output.return_preds[0, -1, 0] * case.return_scale)
    return {f"next.{key}": torch.stack(value) for key, value in found.items()}
