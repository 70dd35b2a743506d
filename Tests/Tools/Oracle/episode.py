"""The episode of one case: its random inputs, and the published control loop over them."""
import zlib

import numpy as np
import torch


def random_numbers(case, purpose):
    """A stream of its own for every case and purpose: adding a case leaves the others alone."""
    seed = [zlib.crc32(case.name.encode()), zlib.crc32(purpose.encode())]
    return np.random.default_rng(seed)


def make_data(case):
    """Options and the episode's random inputs; nothing here depends on the model's answers."""
    rng = random_numbers(case, "episode")
    S, A, T = case.config.get("state_dim", 17), case.config.get("act_dim", 4), case.steps
    mean, std = rng.normal(0, 1, S), rng.uniform(0.3, 3, S)
    if not case.normalize:
        mean, std = np.zeros(S), np.ones(S)
    scale = float(case.return_scale)
    # Return tokens move between about 2 and -1, so that their size shows in the actions.
    data = dict(states=(mean + std * rng.standard_normal((T, S))).astype(np.float32),
                rewards=(scale * 3 / T * (1 + 0.7 * rng.standard_normal(T))).astype(np.float32),
                mean=mean, std=std, target=2 * scale)
    data["action_scale"] = np.ones(A) * (1 if case.action_scale is None else case.action_scale)
    data["action_offset"] = np.zeros(A) + (0 if case.action_offset is None else case.action_offset)
    if case.executed:
        executed = rng.uniform(-1, 1, (T, A)) * data["action_scale"] + data["action_offset"]
        data["executed"] = executed.astype(np.float32)
    if case.retarget is not None:
        data["retarget_value"] = 1.3 * scale
    options = dict(window=case.window)
    if case.normalize:
        options |= dict(state_mean=mean.tolist(), state_std=std.tolist())
    if scale != 1:
        options["return_scale"] = scale
    if case.action_scale is not None:
        options["action_scale"] = case.action_scale
    if case.action_offset is not None:
        options["action_offset"] = case.action_offset
    options["target_return"] = data["target"]
    if case.overflow != "error":
        options["timestep_overflow"] = case.overflow
    if case.outputs:
        options["outputs"] = case.outputs
    if case.c_interface:
        options["c_interface"] = True
    data["options"] = options
    return data


def executed_actions(data, dtype):
    """The executed actions in model units."""
    scale, offset = (torch.from_numpy(data[key]).to(dtype) for key in ("action_scale", "action_offset"))
    return (torch.from_numpy(data["executed"]).to(dtype) - offset) / scale


def table_rows(case, steps, model):
    """The rows of the timestep embedding for `steps`."""
    count = model.config.max_ep_len
    if case.overflow == "wrap":
        return steps % count
    return steps.clamp(max=count - 1) if case.overflow == "clamp" else steps


def returns_to_go(case, data):
    """The published loop's float32 arithmetic; a new target replaces the token of its step."""
    scale, tokens = case.return_scale, []
    for t in range(case.steps):
        if t == 0:
            token = np.float32(data["target"] / scale)
        elif t == case.retarget:
            token = np.float32(data["retarget_value"] / scale)
        else:
            token = np.float32(token - np.float32(data["rewards"][t - 1] / np.float32(scale)))
        tokens.append(token)
    return np.array(tokens, np.float32)


def fed_back(case, prediction):
    """What goes into the history: the prediction, or where actions are numbers 1 at that of the largest logit."""
    if not getattr(case, "discrete", False):
        return prediction
    return torch.nn.functional.one_hot(prediction.argmax(), len(prediction)).to(prediction.dtype)


def run_episode(case, data, model, dtype, attentions=False):
    """Hugging Face's get_action at every step: the last K steps, left-padded, placeholder action 0.

    Normalisation is done in double precision and then rounded to `dtype`. Returns the predicted
    actions, in model units, and everything the model returns at the last step, with its `attentions`
    if asked for (which needs the eager implementation).
    """
    K, T, A = case.window, case.steps, model.config.act_dim
    normalized = (data["states"].astype(np.float64) - data["mean"]) / data["std"]
    states = torch.from_numpy(normalized).to(dtype)
    tokens = torch.from_numpy(returns_to_go(case, data)).to(dtype)[:, None]
    history, predicted = torch.zeros(T, A, dtype=dtype), torch.zeros(T, A, dtype=dtype)
    if case.executed:
        executed = executed_actions(data, dtype)
    timesteps = table_rows(case, torch.arange(T), model)
    for t in range(T):
        output = window_output(
            model, K, t, states, history, tokens, timesteps, output_hidden_states=True,
            output_attentions=attentions and t + 1 == T)
        predicted[t] = output.action_preds[0, -1]
        history[t] = executed[t] if case.executed else fed_back(case, predicted[t])
    return predicted, output


def window_output(model, window, t, states, actions, tokens, timesteps, **options):
    """Hugging Face's get_action at step t: what the model returns for the last `window` steps of the
    histories, left-padded. actions[t] is the placeholder, 0."""
    first = max(0, t - window + 1)
    padding = window - (t + 1 - first)

    def padded(rows):
        zeros = torch.zeros(padding, *rows.shape[1:], dtype=rows.dtype)
        return torch.cat([zeros, rows[first:t + 1]])[None]

    with torch.no_grad():
        return model(states=padded(states), actions=padded(actions), returns_to_go=padded(tokens),
                     timesteps=padded(timesteps),
                     attention_mask=padded(torch.ones(t + 1, dtype=torch.long)), **options)
