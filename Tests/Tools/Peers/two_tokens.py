"""The critical path alone: return and state token against cached keys and values, in torch.

This is the strongest form we know how to give to a graph runtime. The attention scale is folded
into the query weights, cached keys come transposed (`[heads, head size, past]`), nothing is copied
to join the cache with the two new tokens, and the last layer computes the state token only.

Weights can be laid out `[out, in]`, which most runtimes like best, or `[in, out]`, which a C
compiler vectorises without being allowed to reorder sums.
"""

import torch
from torch import nn


class Block(nn.Module):
    """One transformer block for two tokens; with `last`, its output is the state token's alone."""

    def __init__(self, block, config, index, last, linear):
        super().__init__()
        self.heads, self.last = config.n_head, last
        hidden = config.hidden_size
        head = hidden // self.heads
        scale = head**-0.5 if config.scale_attn_weights else 1.0
        if config.scale_attn_by_inverse_layer_idx:
            scale /= index + 1
        weight = block.attn.c_attn.weight.detach().clone()
        bias = block.attn.c_attn.bias.detach().clone()
        weight[:, :hidden] *= scale
        bias[:hidden] *= scale
        self.ln_1, self.ln_2, self.activation = block.ln_1, block.ln_2, block.mlp.act
        if last:
            self.query = linear(weight[:, :hidden], bias[:hidden])
            self.key_value = linear(weight[:, hidden:], bias[hidden:])
        else:
            self.query_key_value = linear(weight, bias)
        self.attention_output = linear(block.attn.c_proj.weight, block.attn.c_proj.bias)
        self.inner = linear(block.mlp.c_fc.weight, block.mlp.c_fc.bias)
        self.inner_output = linear(block.mlp.c_proj.weight, block.mlp.c_proj.bias)
        # The return token may not look at the state token behind it.
        causal = torch.zeros(1, 2) if last else torch.tensor([[0.0, -1e9], [0.0, 0.0]])
        self.register_buffer("causal", causal, persistent=False)

    def split(self, rows):
        """[tokens, hidden] -> [heads, tokens, head size]"""
        return rows.reshape(rows.shape[0], self.heads, -1).transpose(0, 1)

    def forward(self, x, past_keys, past_values):
        y = self.ln_1(x)
        if self.last:
            query = self.query(y[1:])
            key, value = self.key_value(y).chunk(2, dim=1)
            x = x[1:]
        else:
            query, key, value = self.query_key_value(y).chunk(3, dim=1)
        query, key, value = self.split(query), self.split(key), self.split(value)
        past = past_values.shape[1]
        scores = torch.cat([query @ past_keys, query @ key.transpose(1, 2) + self.causal], dim=2)
        weights = torch.softmax(scores, dim=2)
        mixed = weights[:, :, :past] @ past_values + weights[:, :, past:] @ value
        x = x + self.attention_output(mixed.transpose(0, 1).reshape(x.shape[0], -1))
        return x + self.inner_output(self.activation(self.inner(self.ln_2(x))))


class TwoTokens(nn.Module):
    """`(state [1, S], return [1, 1], timestep [1], keys and values by layer) -> action [1, A]`"""

    def __init__(self, model, layout="out_in"):
        super().__init__()
        config = model.config
        linear = {"out_in": out_in, "in_out": InOut}[layout]
        self.embed_state, self.embed_return = model.embed_state, model.embed_return
        self.embed_timestep, self.embed_ln = model.embed_timestep, model.embed_ln
        self.register_buffer("position", model.encoder.wpe.weight[:1].detach().clone())
        self.blocks = nn.ModuleList(
            Block(block, config, index, index == config.n_layer - 1, linear)
            for index, block in enumerate(model.encoder.h)
        )
        self.ln_f, self.predict_action = model.encoder.ln_f, model.predict_action

    def forward(self, state, return_to_go, timestep, *cache):
        tokens = torch.cat([self.embed_return(return_to_go), self.embed_state(state)], dim=0)
        x = self.embed_ln(tokens + self.embed_timestep(timestep)) + self.position
        for index, block in enumerate(self.blocks):
            x = block(x, cache[2 * index], cache[2 * index + 1])
        return self.predict_action(self.ln_f(x))


class InOut(nn.Module):
    """A linear layer whose weight stays `[in, out]`."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone().contiguous(), requires_grad=False)
        self.bias = nn.Parameter(bias.detach().clone(), requires_grad=False)

    def forward(self, x):
        return x @ self.weight + self.bias


def out_in(weight, bias):
    """A torch Linear (`[out, in]`) from a Conv1D weight (`[in, out]`)."""
    layer = nn.Linear(weight.shape[0], weight.shape[1])
    layer.weight = nn.Parameter(weight.detach().t().contiguous(), requires_grad=False)
    layer.bias = nn.Parameter(bias.detach().clone(), requires_grad=False)
    return layer


def cache_of(model, hidden_states, past):
    """Keys and values of the first `past` tokens by layer, from Hugging Face's hidden states."""
    arrays = []
    heads = model.config.n_head
    for index, block in enumerate(model.encoder.h):
        rows = block.attn.c_attn(block.ln_1(hidden_states[index][:, :past]))[0]
        _, keys, values = rows.chunk(3, dim=1)
        arrays.append(keys.reshape(past, heads, -1).permute(1, 2, 0).contiguous())
        arrays.append(values.reshape(past, heads, -1).transpose(0, 1).contiguous())
    return arrays
