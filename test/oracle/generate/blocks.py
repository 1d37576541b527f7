"""The body around an attention: embeddings, norms, feed-forward, residual forms, output head. Own code in the style of tutorials."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from kit import D, LAYERS, MAX, keep


class RMSNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Feed(nn.Module):
    def __init__(self, d, kind="gelu"):
        super().__init__()
        self.kind = kind
        self.up, self.down = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)
        if kind == "swiglu":
            self.gate = nn.Linear(d, 2 * d)

    def forward(self, x):
        if self.kind == "swiglu":
            return self.down(F.silu(self.gate(x)) * self.up(x))
        return self.down(F.relu(self.up(x)) if self.kind == "relu" else F.gelu(self.up(x)))


class Block(nn.Module):
    """form: pre | post | parallel | sandwich | scaled (a learned factor on each branch)."""

    def __init__(self, attention, form, norm, feed, d=D):
        super().__init__()
        self.attention, self.form, self.feed = attention, form, Feed(d, feed)
        self.norm1, self.norm2 = norm(d), norm(d)
        if form == "sandwich":
            self.norm3, self.norm4 = norm(d), norm(d)
        if form == "scaled":
            self.gamma1, self.gamma2 = nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))

    def forward(self, x, mask):
        if self.form == "pre":
            x = x + self.attention(self.norm1(x), mask)
            return x + self.feed(self.norm2(x))
        if self.form == "post":
            x = self.norm1(x + self.attention(x, mask))
            return self.norm2(x + self.feed(x))
        if self.form == "parallel":
            h = self.norm1(x)
            return x + self.attention(h, mask) + self.feed(h)
        if self.form == "scaled":
            x = x + self.gamma1 * self.attention(self.norm1(x), mask)
            return x + self.gamma2 * self.feed(self.norm2(x))
        x = x + self.norm3(self.attention(self.norm1(x), mask))
        return x + self.norm4(self.feed(self.norm2(x)))


class Model(nn.Module):
    """inputs: 'ids' takes input_ids, 'masked' also attention_mask. head: 'lm' (tied), 'none' (hidden states)."""

    def __init__(self, attention, vocabulary, tower="decoder", form="pre", norm=nn.LayerNorm, feed="gelu", positions=True, head="lm", d=D, layers=LAYERS):
        super().__init__()
        self.tower, self.head, self.positions = tower, head, positions
        self.token_emb = nn.Embedding(vocabulary, d)
        if positions:
            self.position_emb = nn.Embedding(MAX, d)
        self.blocks = nn.ModuleList(Block(attention(f"{tower}.{i}.self"), form, norm, feed, d) for i in range(layers))
        self.final = norm(d) if form != "post" else None

    def forward(self, input_ids, attention_mask=None):
        x = self.token_emb(input_ids)
        if self.positions:
            x = x + self.position_emb(torch.arange(input_ids.shape[1], device=input_ids.device))
        for i, block in enumerate(self.blocks):
            keep(self.tower, i, "resid_pre", x)
            x = keep(self.tower, i, "resid_post", block(x, attention_mask))
        if self.final is not None:
            x = self.final(x)
        return keep("last_hidden_state", x) if self.head == "none" else keep("logits", x @ self.token_emb.weight.t())
