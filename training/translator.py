"""The translator: a pre-norm encoder-decoder transformer with the sinusoidal positions of the notes. Weights and graph only; its recipe is in translation.py.

PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos(pos / 10000^(2i/d)), interleaved, kept as a table in the file.
"""
import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MASKED = -1e9
KeysValues = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class TranslatorConfig:
    """Names as in the encoder-decoder models of the transformers library."""

    vocab_size: int
    d_model: int = 192
    encoder_layers: int = 3
    decoder_layers: int = 2
    encoder_attention_heads: int = 4
    decoder_attention_heads: int = 4
    encoder_ffn_dim: int = 384
    decoder_ffn_dim: int = 384
    max_position_embeddings: int = 100
    dropout: float = 0.1
    sinusoidal_base: int = 10000

    def to_dict(self) -> dict:
        return asdict(self)


def sinusoidal_table(length: int, width: int, base: float) -> Tensor:
    """[pos, d], sine and cosine in turn."""
    angles = torch.arange(length)[:, None] / base ** (torch.arange(0, width, 2) / width)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


class Attention(nn.Module):
    """Multi-head attention; keys and values may come from another sequence or from an earlier step."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def split(self, x: Tensor) -> Tensor:
        """[row, pos, d] -> [row, head, pos, d_head]"""
        return x.reshape(x.shape[0], -1, self.heads, self.size).transpose(1, 2)

    def forward(self, x: Tensor, source: Tensor | None, mask: Tensor | None, past: KeysValues | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """x [row, query, d] asks; keys and values are those of `past` [row, head, key, d_head] followed by those of `source` [row, key, d], if any.

        mask is added to the scores. Returns [row, query, d] and the keys and values that were used.
        """
        if source is None:
            keys, values = past
        else:
            keys, values = self.split(self.k_proj(source)), self.split(self.v_proj(source))
            if past is not None:
                keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        scores = torch.matmul(self.split(self.q_proj(x)), keys.transpose(2, 3)) / math.sqrt(self.size)
        z = torch.matmul((scores if mask is None else scores + mask).softmax(-1), values)
        return self.out_proj(z.transpose(1, 2).reshape(x.shape)), keys, values


class FeedForward(nn.Module):
    """Two linear maps with a ReLU between."""

    def __init__(self, width: int, inner: int, dropout: float):
        super().__init__()
        self.fc1, self.fc2, self.dropout = nn.Linear(width, inner), nn.Linear(inner, width), nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.dropout(F.relu(self.fc1(x))))


class EncoderLayer(nn.Module):
    def __init__(self, c: TranslatorConfig):
        super().__init__()
        self.self_attn, self.self_attn_layer_norm = Attention(c.d_model, c.encoder_attention_heads), nn.LayerNorm(c.d_model)
        self.mlp, self.final_layer_norm, self.dropout = FeedForward(c.d_model, c.encoder_ffn_dim, c.dropout), nn.LayerNorm(c.d_model), nn.Dropout(c.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        h = self.self_attn_layer_norm(x)
        x = x + self.dropout(self.self_attn(h, h, mask)[0])
        return x + self.dropout(self.mlp(self.final_layer_norm(x)))


class DecoderLayer(nn.Module):
    def __init__(self, c: TranslatorConfig):
        super().__init__()
        self.self_attn, self.self_attn_layer_norm = Attention(c.d_model, c.decoder_attention_heads), nn.LayerNorm(c.d_model)
        self.encoder_attn, self.encoder_attn_layer_norm = Attention(c.d_model, c.decoder_attention_heads), nn.LayerNorm(c.d_model)
        self.mlp, self.final_layer_norm, self.dropout = FeedForward(c.d_model, c.decoder_ffn_dim, c.dropout), nn.LayerNorm(c.d_model), nn.Dropout(c.dropout)

    def forward(self, x: Tensor, causal: Tensor, memory: Tensor | None, cross_mask: Tensor, past: tuple[KeysValues | None, KeysValues | None]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Returns the new hidden states, and keys and values of self-attention (the past ones included) and of cross-attention."""
        h = self.self_attn_layer_norm(x)
        out, keys, values = self.self_attn(h, h, causal, past[0])
        x = x + self.dropout(out)
        out, cross_keys, cross_values = self.encoder_attn(self.encoder_attn_layer_norm(x), memory, cross_mask, past[1])
        x = x + self.dropout(out)
        return x + self.dropout(self.mlp(self.final_layer_norm(x))), (keys, values, cross_keys, cross_values)


class Positions(nn.Module):
    """Embedding times sqrt(d) plus the sinusoidal table."""

    def __init__(self, c: TranslatorConfig):
        super().__init__()
        self.scale, self.dropout = math.sqrt(c.d_model), nn.Dropout(c.dropout)
        self.register_buffer("embed_positions", sinusoidal_table(c.max_position_embeddings, c.d_model, c.sinusoidal_base), persistent=False)

    def forward(self, embedded: Tensor, start: Tensor | int = 0) -> Tensor:
        length = embedded.shape[1]
        return self.dropout(embedded * self.scale + self.embed_positions[start:start + length])


class Encoder(nn.Module):
    def __init__(self, c: TranslatorConfig, shared: nn.Embedding):
        super().__init__()
        self.embed_tokens, self.positions = shared, Positions(c)
        self.layers, self.layer_norm = nn.ModuleList(EncoderLayer(c) for _ in range(c.encoder_layers)), nn.LayerNorm(c.d_model)

    def forward(self, ids: Tensor, attention_mask: Tensor) -> Tensor:
        x, mask = self.positions(self.embed_tokens(ids)), added_mask(attention_mask)
        for layer in self.layers:
            x = layer(x, mask)
        return self.layer_norm(x)


class Decoder(nn.Module):
    def __init__(self, c: TranslatorConfig, shared: nn.Embedding):
        super().__init__()
        self.embed_tokens, self.positions = shared, Positions(c)
        self.layers, self.layer_norm = nn.ModuleList(DecoderLayer(c) for _ in range(c.decoder_layers)), nn.LayerNorm(c.d_model)

    def forward(self, ids: Tensor, attention_mask: Tensor, memory: Tensor | None, past: list[KeysValues] | None = None) -> tuple[Tensor, list[tuple[Tensor, ...]]]:
        """Logits [row, pos, vocabulary] and, per layer, self keys, self values, cross keys, cross values.

        `past` holds, per layer, self (keys, values) and cross (keys, values) of the steps before; `memory` is None then.
        """
        start = past[0][0].shape[2] if past else 0
        x, cross_mask = self.positions(self.embed_tokens(ids), start), added_mask(attention_mask)
        causal = causal_mask(ids.shape[1], start, x.device)
        present = []
        for i, layer in enumerate(self.layers):
            x, used = layer(x, causal, memory, cross_mask, (past[2 * i], past[2 * i + 1]) if past else (None, None))
            present.append(used)
        return F.linear(self.layer_norm(x), self.embed_tokens.weight), present


def added_mask(attention_mask: Tensor) -> Tensor:
    """[row, key] of 1 and 0 -> [row, 1, 1, key] of 0 and MASKED"""
    return (1.0 - attention_mask[:, None, None, :].float()) * MASKED


def causal_mask(length: int, start: Tensor | int, device: torch.device) -> Tensor:
    """[query, key], MASKED where a key comes after its query; queries begin at position `start`."""
    queries, keys = torch.arange(length, device=device) + start, torch.arange(length + start, device=device)
    return (keys[None, :] > queries[:, None]).float() * MASKED


class Translator(nn.Module):
    """Encoder and decoder with one embedding table for both languages and the output."""

    def __init__(self, c: TranslatorConfig):
        super().__init__()
        self.config = c
        shared = nn.Embedding(c.vocab_size, c.d_model)
        nn.init.normal_(shared.weight, std=c.d_model**-0.5)
        self.encoder, self.decoder = Encoder(c, shared), Decoder(c, shared)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits of every target position; padding is id 0."""
        mask = source != 0
        return self.decoder(target, mask, self.encoder(source, mask))[0]
