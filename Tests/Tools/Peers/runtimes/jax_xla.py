"""JAX: the model written in jax.numpy after Hugging Face's, compiled by XLA for one CPU thread."""

import os

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

from runtimes import Peer

ACTIVATIONS = {
    "relu": jax.nn.relu,
    "silu": jax.nn.silu,
    "swish": jax.nn.silu,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    "gelu_new": lambda x: jax.nn.gelu(x, approximate=True),
    "tanh": jnp.tanh,
}


class Model:
    """The forward pass of both forms over a dictionary of Hugging Face tensors."""

    def __init__(self, config, tensors, dtype):
        self.config, self.dtype = config, dtype
        self.heads, self.layers = config["n_head"], config["n_layer"]
        self.head = config["hidden_size"] // self.heads
        self.activation = ACTIVATIONS[config["activation_function"]]
        self.tensors = {name: jnp.asarray(tensor, dtype) for name, tensor in tensors.items()}

    def linear(self, x, name):
        return x @ self.tensors[name + ".weight"].T + self.tensors[name + ".bias"]

    def conv1d(self, x, name, columns=slice(None)):
        return (
            x @ self.tensors[name + ".weight"][:, columns] + self.tensors[name + ".bias"][columns]
        )

    def norm(self, x, name, epsilon):
        mean = x.mean(-1, keepdims=True)
        variance = jnp.square(x - mean).mean(-1, keepdims=True)
        normalized = (x - mean) * jax.lax.rsqrt(variance + epsilon)
        return normalized * self.tensors[name + ".weight"] + self.tensors[name + ".bias"]

    def embed(self, rows):
        position = self.tensors["encoder.wpe.weight"][0]
        return self.norm(rows, "embed_ln", 1e-5) + position

    def scale(self, layer):
        scale = self.head**-0.5 if self.config["scale_attn_weights"] else 1.0
        return scale / (layer + 1) if self.config["scale_attn_by_inverse_layer_idx"] else scale

    def split(self, rows):
        return rows.reshape(rows.shape[0], self.heads, self.head).transpose(1, 0, 2)

    def finish_block(self, x, mixed, block):
        epsilon = self.config["layer_norm_epsilon"]
        x = x + self.conv1d(mixed.transpose(1, 0, 2).reshape(x.shape), block + "attn.c_proj")
        y = self.norm(x, block + "ln_2", epsilon)
        y = self.activation(self.conv1d(y, block + "mlp.c_fc"))
        return x + self.conv1d(y, block + "mlp.c_proj")

    def action(self, x):
        x = self.norm(x, "encoder.ln_f", self.config["layer_norm_epsilon"])
        action = self.linear(x, "predict_action.0")
        action = jnp.tanh(action) if self.config["action_tanh"] else action
        return action.astype(jnp.float32)

    def window(self, states, actions, returns_to_go, timesteps, attention_mask):
        """`get_action`'s inputs `[1, K, ...]` -> `[1, A]`; XLA removes what is not needed."""
        states, actions, returns = (
            x[0].astype(self.dtype) for x in (states, actions, returns_to_go)
        )
        time = self.tensors["embed_timestep.weight"][timesteps[0]]
        rows = [
            self.linear(returns, "embed_return") + time,
            self.linear(states, "embed_state") + time,
            self.linear(actions, "embed_action") + time,
        ]
        tokens = 3 * states.shape[0]
        x = self.embed(jnp.stack(rows, axis=1).reshape(tokens, -1))
        visible = jnp.tril(jnp.ones((tokens, tokens), bool))
        visible &= jnp.repeat(attention_mask[0] > 0, 3)[None]
        for layer in range(self.layers):
            block = f"encoder.h.{layer}."
            y = self.norm(x, block + "ln_1", self.config["layer_norm_epsilon"])
            query, key, value = map(
                self.split, jnp.split(self.conv1d(y, block + "attn.c_attn"), 3, axis=1)
            )
            scores = query @ key.transpose(0, 2, 1) * self.scale(layer)
            scores = jnp.where(visible, scores, jnp.finfo(scores.dtype).min)
            x = self.finish_block(x, jax.nn.softmax(scores, axis=-1) @ value, block)
        return self.action(x[-2:-1])

    def cached(self, state, return_to_go, timestep, *cache):
        """The state and return tokens against cached keys and values, as in two_tokens.py."""
        rows = [
            self.linear(return_to_go.astype(self.dtype), "embed_return"),
            self.linear(state.astype(self.dtype), "embed_state"),
        ]
        x = jnp.concatenate(rows) + self.tensors["embed_timestep.weight"][timestep]
        x = self.embed(x)
        hidden = self.config["hidden_size"]
        causal = jnp.array([[0.0, -1e9], [0.0, 0.0]], self.dtype)
        for layer in range(self.layers):
            block = f"encoder.h.{layer}."
            keys, values = cache[2 * layer], cache[2 * layer + 1]
            y = self.norm(x, block + "ln_1", self.config["layer_norm_epsilon"])
            if layer == self.layers - 1:
                query = self.conv1d(y[1:], block + "attn.c_attn", slice(0, hidden))
                pair = self.conv1d(y, block + "attn.c_attn", slice(hidden, None))
                key, value = jnp.split(pair, 2, axis=1)
                x, causal = x[1:], causal[1:]
            else:
                rows = self.conv1d(y, block + "attn.c_attn")
                query, key, value = jnp.split(rows, 3, axis=1)
            query, key, value = self.split(query), self.split(key), self.split(value)
            query = query * self.scale(layer)
            scores = [query @ keys, query @ key.transpose(0, 2, 1) + causal]
            weights = jax.nn.softmax(jnp.concatenate(scores, axis=-1), axis=-1)
            past = values.shape[1]
            mixed = weights[:, :, :past] @ values + weights[:, :, past:] @ value
            x = self.finish_block(x, mixed, block)
        return self.action(x)

    def empty(self, x):
        return x + x

    def batch(self, *arrays):
        """The windows of several agents, `[B, K, ...]` -> `[B, A]`."""
        return jax.vmap(lambda *window: self.window(*(x[None] for x in window))[0])(*arrays)


def versions():
    return f"JAX {jax.__version__}"


def build(case):
    # Otherwise the computation is handed to another thread, which costs more than it brings.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    dtype = jnp.bfloat16 if case.precision == "bfloat16" else jnp.float32
    model = Model(case.config, load_file(case.snapshot / "model.safetensors"), dtype)

    def arrays_of(arrays):
        return [
            jnp.asarray(array, dtype if case.holds_cache(name) else None)
            for name, array in zip(case.names, arrays, strict=True)
        ]

    form = model.batch if case.form.startswith("batch") else getattr(model, case.form)
    function = jax.jit(form).lower(*arrays_of(case.example)).compile()
    held = {}

    def load(arrays):
        held["inputs"] = [array.block_until_ready() for array in arrays_of(arrays)]

    def run():
        held["action"] = function(*held["inputs"]).block_until_ready()

    return Peer(load, run, lambda: np.asarray(held["action"]))
