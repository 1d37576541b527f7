"""Where a layer joins the stream: norms in many spellings, and output projections of more than one operation.

Beside the attention's own numbers these models record resid_mid and mlp_out."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from attentions import Plain
from blocks import Feed, RMSNorm
from kit import D, E, HEADS, LAYERS, MAX, TEXTS, keep


class Affine(nn.Module):
    """Nothing but a scale and a shift per feature."""

    def __init__(self, d):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x):
        return x * self.weight + self.bias


class KerasNorm(Affine):
    """x·inv + (β − μ·inv), the spelling of Keras."""

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        inv = torch.rsqrt((x - mean).pow(2).mean(-1, keepdim=True) + 1e-3) * self.weight
        return x * inv + (self.bias - mean * inv)


class PooledNorm(Affine):
    """Mean and variance by GlobalAveragePool over features, as tf2onnx writes them."""

    def forward(self, x):
        mean = F.adaptive_avg_pool1d(x, 1)
        centred = x - mean
        inv = torch.rsqrt(F.adaptive_avg_pool1d(centred * centred, 1) + 1e-3) * self.weight
        return x * inv + (-mean * inv + self.bias)


class MomentNorm(Affine):
    """Variance as mean of squares less square of the mean."""

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        variance = (x * x).mean(-1, keepdim=True) - mean * mean
        return (x - mean) / torch.sqrt(variance + 1e-5) * self.weight + self.bias


class LengthNorm(Affine):
    """RMS by ReduceL2."""

    def forward(self, x):
        return x / (x.norm(dim=-1, keepdim=True) / math.sqrt(x.shape[-1]) + 1e-6) * self.weight


class BatchNorm(nn.Module):
    """BatchNorm1d in inference, over [text, feature, token]."""

    def __init__(self, d):
        super().__init__()
        self.norm = nn.BatchNorm1d(d)
        generator = torch.Generator().manual_seed(d)
        self.norm.running_mean.copy_(0.5 * torch.randn(d, generator=generator))
        self.norm.running_var.copy_(1 + torch.rand(d, generator=generator))

    def forward(self, x):
        return self.norm(x.transpose(1, 2)).transpose(1, 2)


class Tanh(Affine):
    """A scaled tanh in the place of a norm."""

    def forward(self, x):
        return torch.tanh(0.4 * x) * self.weight + self.bias


class LowRank(nn.Module):
    """A linear layer with an adapter beside it that was not merged."""

    def __init__(self, n, m, bias=True, rank=3):
        super().__init__()
        self.base, self.a, self.b = nn.Linear(n, m, bias=bias), nn.Linear(n, rank, bias=False), nn.Linear(rank, m, bias=False)

    def forward(self, x):
        return self.base(x) + self.b(self.a(x)) * 2.0


class Decomposed(LowRank):
    """Adapter and base weights share a scale per feature; the bias comes last."""

    def __init__(self, n, m):
        super().__init__(n, m, bias=False)
        self.scale_weight, self.bias = nn.Parameter(torch.ones(m)), nn.Parameter(torch.zeros(m))

    def forward(self, x):
        return super().forward(x) * self.scale_weight + self.bias


class TwoSteps(nn.Module):
    def __init__(self, n, m, bend=None):
        super().__init__()
        self.first, self.second, self.bend = nn.Linear(n, 12), nn.Linear(12, m), bend

    def forward(self, x):
        h = self.first(x)
        return self.second(self.bend(h) if self.bend else h)


class Bent(TwoSteps):
    def __init__(self, n, m):
        super().__init__(n, m, torch.tanh)


class LateBias(nn.Module):
    """Weights that scale before the bias, which is added after other axes."""

    def __init__(self, n, m):
        super().__init__()
        self.base = nn.Linear(n, m, bias=False)
        self.scale_weight, self.bias = nn.Parameter(torch.ones(m)), nn.Parameter(torch.zeros(m))

    def forward(self, x):
        y = (self.base(x) * self.scale_weight).reshape(x.shape[0], x.shape[1], 1, -1).transpose(1, 2)
        return y.squeeze(1) + self.bias


class Outward(Plain):
    """The textbook attention with another output projection."""

    def __init__(self, site, out=None):
        super().__init__(site)
        if out:
            self.out = out(D, D)

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q, k, v = self.heads(x)
        scores = q @ k.transpose(2, 3) / math.sqrt(E)
        if mask is not None:
            scores = scores + (1.0 - mask[:, None, None].float()) * -10000.0
        p = scores.softmax(-1)
        z = p @ v
        self.keep(q=q, k=k, v=v, scores=scores, pattern=p, z=z)
        merged = z.transpose(1, 2).reshape(B, S, D)
        y = self.out(merged)
        self.keep(attn_out=y)
        if not isinstance(self.out, Bent):
            zero = self.out(torch.zeros_like(merged))
            alone = [torch.cat([torch.zeros_like(merged[..., : h * E]), merged[..., h * E : (h + 1) * E], torch.zeros_like(merged[..., (h + 1) * E :])], -1) for h in range(HEADS)]
            self.keep(result=torch.stack([self.out(m) - zero for m in alone], 1))
        return y


class Layer(nn.Module):
    """form: pre | post | sandwich | multiplied (one factor on each branch)."""

    def __init__(self, place, attention, form, norm, down):
        super().__init__()
        self.place, self.attention, self.form, self.feed = place, attention, form, Feed(D)
        if down:
            self.feed.down = down(2 * D, D)
        names = ["norm1", "norm2"] + (["norm3", "norm4"] if form == "sandwich" else [])
        for name in names:
            setattr(self, name, norm(D))

    def forward(self, x, mask):
        keep(self.place, "resid_pre", x)
        mid, feed = lambda y: keep(self.place, "resid_mid", y), lambda y: keep(self.place, "mlp_out", self.feed(y))
        if self.form == "post":
            x = mid(self.norm1(x + self.attention(x, mask)))
            x = self.norm2(x + feed(x))
        else:
            first, second = (self.norm3, self.norm4) if self.form == "sandwich" else (lambda y: y, lambda y: y)
            if self.form == "multiplied":
                first = second = lambda y: y * 0.7
            x = mid(x + first(self.attention(self.norm1(x), mask)))
            x = x + second(feed(self.norm2(x)))
        return keep(self.place, "resid_post", x)


class Layered(nn.Module):
    def __init__(self, vocabulary, tower, form, norm, out=None, down=None):
        super().__init__()
        self.token_emb, self.position_emb = nn.Embedding(vocabulary, D), nn.Embedding(MAX, D)
        self.tower = tower
        self.blocks = nn.ModuleList(Layer(f"{tower}.{i}", Outward(f"{tower}.{i}.self", out), form, norm, down) for i in range(LAYERS))
        self.final = norm(D) if form != "post" else None

    def forward(self, input_ids, attention_mask=None):
        x = self.token_emb(input_ids) + self.position_emb(torch.arange(input_ids.shape[1], device=input_ids.device))
        for block in self.blocks:
            x = block(x, attention_mask)
        if self.final is not None:
            x = self.final(x)
        return keep("logits", x @ self.token_emb.weight.t())


ENCODER = dict(tokenizer="bert-eager-ts14", tower="encoder", masked=True)


def entries(make):
    def one(seed, **options):
        return lambda name: make(name, None, seed, body=Layered, texts=TEXTS[:1], **options)

    yield "keras-norm-sandwich", one(41, form="sandwich", norm=KerasNorm, why="four norms of a layer in Keras's spelling", **ENCODER)
    yield "pooled-norm-post", one(42, form="post", norm=PooledNorm, why="post-norm as tf2onnx writes it, by GlobalAveragePool", **ENCODER)
    yield "batch-norm-post", one(43, form="post", norm=BatchNorm, why="batch norms in inference after every sum", **ENCODER)
    yield "tanh-post", one(44, form="post", norm=Tanh, out=LateBias, why="a scaled tanh in the place of norms, after every sum; W_O under a scale, its bias behind other axes", **ENCODER)
    yield "adapter-post", one(45, form="post", norm=nn.LayerNorm, out=LowRank, down=LowRank, why="adapters beside output projection and feed-forward output, not merged", **ENCODER)
    yield "adapter-sandwich", one(46, form="sandwich", norm=RMSNorm, out=Decomposed, exporter="dynamo", opset=20, why="an adapter under a scale that it shares with W_O, its bias last, norms after both branches", **ENCODER)
    yield "two-steps", one(47, form="multiplied", norm=MomentNorm, out=TwoSteps, why="an output projection of two products, one factor on each branch, variance as mean of squares", **ENCODER)
    yield "bent-output", one(48, form="post", norm=LengthNorm, out=Bent, why="a tanh between two output layers: no result per head; RMS by its length", **ENCODER)
