"""Attention written in ways that the zoo does not have. Each class keeps its own q, k, v, scores, pattern, z, result and attn_out."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from blocks import RMSNorm
from kit import D, E, HEADS, MAX, keep


def causal(length):
    return torch.tril(torch.ones(length, length, dtype=torch.bool))


class Attention(nn.Module):
    """Shared recording. `sharp`: parameters in which scores are linear."""

    def __init__(self, site):
        super().__init__()
        self.site = site

    def keep(self, **tensors):
        for name, value in tensors.items():
            keep(self.site, name, value)

    def project(self, z, merged, out):
        """z [b, h, s, e], merged [b, s, h·e] head after head."""
        e = z.shape[-1]
        self.keep(z=z, result=torch.stack([z[:, h] @ out.weight[:, h * e : (h + 1) * e].t() for h in range(z.shape[1])], 1))
        y = out(merged)
        self.keep(attn_out=y)
        return y


class Separate(Attention):
    """One Linear each for queries, keys, values and the output."""

    def __init__(self, site):
        super().__init__(site)
        self.query, self.key, self.value, self.out = (nn.Linear(D, D) for _ in range(4))
        self.sharp = [self.query.weight, self.query.bias]

    def heads(self, x):
        """q, k, v [b, h, s, e]."""
        return (m(x).view(*x.shape[:2], HEADS, E).transpose(1, 2) for m in (self.query, self.key, self.value))


class HeadsApart(Attention):
    """Lecture style: every head is a module with its own three matrices and its own softmax; torch.cat joins them."""

    def __init__(self, site):
        super().__init__(site)
        self.keys = nn.ModuleList(nn.Linear(D, E, bias=False) for _ in range(HEADS))
        self.queries = nn.ModuleList(nn.Linear(D, E, bias=False) for _ in range(HEADS))
        self.values = nn.ModuleList(nn.Linear(D, E, bias=False) for _ in range(HEADS))
        self.proj = nn.Linear(D, D)
        self.register_buffer("tril", torch.tril(torch.ones(MAX, MAX)))
        self.sharp = [m.weight for m in self.queries]

    def forward(self, x, mask=None):
        T, heads, seen = x.shape[1], [], []
        for key, query, value in zip(self.keys, self.queries, self.values):
            k, q, v = key(x), query(x), value(x)
            wei = q @ k.transpose(-2, -1) * E**-0.5
            wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
            p = F.softmax(wei, dim=-1)
            heads.append(p @ v)
            seen.append((q, k, v, wei, p))
        for name, values in zip(("q", "k", "v", "scores", "pattern"), zip(*seen)):
            self.keep(**{name: torch.stack(values, 1)})
        return self.project(torch.stack(heads, 1), torch.cat(heads, -1), self.proj)


class EinsumSinks(Separate):
    """Einsum, head axis innermost ('(d h)': dimension-major), a learned sink logit per head."""

    def __init__(self, site):
        super().__init__(site)
        self.sinks = nn.Parameter(torch.zeros(HEADS))

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q, k, v = (m(x).reshape(B, S, E, HEADS) for m in (self.query, self.key, self.value))
        scores = torch.einsum("bqdh,bkdh->bhqk", q, k) / math.sqrt(E)
        scores = torch.where(causal(S), scores, torch.tensor(-1e9))
        with_sink = torch.cat([scores, self.sinks.reshape(1, HEADS, 1, 1).expand(B, HEADS, S, 1)], -1)
        p = torch.softmax(with_sink, -1)[..., :-1]
        z = torch.einsum("bhqk,bkdh->bqdh", p, v)
        y = self.out(z.reshape(B, S, D))
        move = lambda t: t.permute(0, 3, 1, 2)
        w = self.out.weight.t().reshape(E, HEADS, D)
        self.keep(q=move(q), k=move(k), v=move(v), scores=scores, pattern=p, z=move(z), attn_out=y, result=torch.einsum("bqdh,dho->bhqo", z, w))
        return y


class Keras(Attention):
    """Kernels [d, h, e] applied by Einsum, query scaled first, mask by Sub, softmax spelt out (Exp, ReduceSum, Div)."""

    def __init__(self, site):
        super().__init__(site)
        self.wq, self.wk, self.wv = (nn.Parameter(torch.zeros(D, HEADS, E)) for _ in range(3))
        self.wo = nn.Parameter(torch.zeros(HEADS, E, D))
        self.bq, self.bk, self.bv = (nn.Parameter(torch.zeros(HEADS * E)) for _ in range(3))
        self.bo = nn.Parameter(torch.zeros(D))
        self.sharp = [self.wq, self.bq]

    def forward(self, x, mask):
        q, k, v = (torch.einsum("abc,cde->abde", x, w) + b.reshape(HEADS, E) for w, b in ((self.wq, self.bq), (self.wk, self.bk), (self.wv, self.bv)))
        scores = torch.einsum("aecd,abcd->acbe", k, q * E**-0.5)
        scores = scores - (1.0 - mask[:, None, None, :].float()) * 1e9
        e = torch.exp(scores - scores.amax(-1, keepdim=True))
        p = e / e.sum(-1, keepdim=True)
        z = torch.einsum("acbe,aecd->abcd", p, v)
        y = torch.einsum("abcd,cde->abe", z, self.wo) + self.bo
        self.keep(q=q.transpose(1, 2), k=k.transpose(1, 2), v=v.transpose(1, 2), scores=scores, pattern=p, z=z.transpose(1, 2), attn_out=y, result=torch.einsum("abcd,cde->acbe", z, self.wo))
        return y


def angles(S, size):
    f = 1.0 / (10000 ** (torch.arange(0, size, 2).float() / size))
    return torch.arange(S).float()[:, None] * f[None]


class InterleavedRotary(Attention):
    """GPT-J rotary (pairs side by side) on 6 of 8 dimensions, RMS norm on q and k, two kv heads."""

    def __init__(self, site):
        super().__init__(site)
        self.query, self.out = nn.Linear(D, D, bias=False), nn.Linear(D, D, bias=False)
        self.key, self.value = nn.Linear(D, 2 * E, bias=False), nn.Linear(D, 2 * E, bias=False)
        self.qn, self.kn = RMSNorm(E), RMSNorm(E)
        self.sharp = [self.qn.weight]

    def rotate(self, x):
        a = angles(x.shape[2], 6)
        a = torch.stack((a, a), -1).reshape(x.shape[2], 6)
        r, rest = x.split([6, 2], -1)
        turned = torch.stack((-r[..., 1::2], r[..., ::2]), -1).reshape(x.shape[0], x.shape[1], x.shape[2], 6)
        return torch.cat((r * a.cos() + turned * a.sin(), rest), -1)

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q0 = self.query(x).view(B, S, HEADS, E).transpose(1, 2)
        k0, v = (m(x).view(B, S, 2, E).transpose(1, 2) for m in (self.key, self.value))
        q, k = self.qn(q0), self.kn(k0)
        rq, rk = self.rotate(q), self.rotate(k)
        big = lambda t: t[:, :, None].expand(B, 2, 2, S, E).reshape(B, HEADS, S, E)
        scores = rq @ big(rk).transpose(2, 3) * E**-0.5
        scores = scores.masked_fill(~causal(S), torch.finfo(torch.float32).min)
        p = torch.softmax(scores, -1)
        z = p @ big(v)
        self.keep(**{"q": q, "q@before_norm": q0, "k": k, "k@before_norm": k0, "v": v, "rot_q": rq, "rot_k": rk, "scores": scores, "pattern": p})
        return self.project(z, z.transpose(1, 2).reshape(B, S, D), self.out)


class SharedKey(Attention):
    """Falcon-like: queries and one shared key and value in one matrix, rotary in halves, key broadcast in the product."""

    def __init__(self, site):
        super().__init__(site)
        self.qkv, self.out = nn.Linear(D, D + 2 * E), nn.Linear(D, D)
        self.sharp = [self.qkv.weight]

    def rotate(self, x):
        a = torch.cat([angles(x.shape[2], E)] * 2, -1)
        half = torch.cat((-x[..., E // 2 :], x[..., : E // 2]), -1)
        return x * a.cos() + half * a.sin()

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        all_ = self.qkv(x).view(B, S, HEADS + 2, E)
        q, k, v = all_[:, :, :-2], all_[:, :, [-2]], all_[:, :, [-1]]
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        rq, rk = self.rotate(q), self.rotate(k)
        bias = torch.zeros(S, S).masked_fill(~causal(S), -1e9)
        scores = (rq @ rk.transpose(-1, -2)) / math.sqrt(E) + bias
        p = torch.softmax(scores, -1)
        z = p @ v
        self.keep(q=q, k=k, v=v, rot_q=rq, rot_k=rk, scores=scores, pattern=p)
        return self.project(z, z.transpose(1, 2).reshape(B, S, D), self.out)


class Transposed(Separate):
    """Keys × queries: softmax over the rows, values from the left; everything lies transposed."""

    def forward(self, x, mask):
        B, S = x.shape[:2]
        q, k, v = (m(x).view(B, S, HEADS, E).permute(0, 2, 3, 1) for m in (self.query, self.key, self.value))
        scores = k.transpose(2, 3) @ (q / math.sqrt(E)) + (1.0 - mask[:, None, :, None].float()) * -1e9
        p = torch.softmax(scores, dim=2)
        z = v @ p
        t = lambda y: y.transpose(2, 3)
        self.keep(q=t(q), k=t(k), v=t(v), scores=t(scores), pattern=t(p))
        return self.project(t(z), z.permute(0, 3, 1, 2).reshape(B, S, D), self.out)


class Cosine(Attention):
    """Cosine similarity with a learned temperature per head and a learned bias table by distance (Swin V2 style)."""

    def __init__(self, site):
        super().__init__(site)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.temperature = nn.Parameter(torch.zeros(HEADS, 1, 1))
        self.table_emb = nn.Embedding(2 * MAX, HEADS)
        self.sharp = [self.temperature]

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q0, k0, v = self.qkv(x).view(B, S, 3, HEADS, E).permute(2, 0, 3, 1, 4).unbind(0)
        q, k = F.normalize(q0, dim=-1), F.normalize(k0, dim=-1)
        place = torch.arange(S)
        bias = self.table_emb(place[:, None] - place[None] + MAX).permute(2, 0, 1)
        scores = q @ k.transpose(-2, -1) * self.temperature**2 + 0.3 * bias
        p = scores.softmax(-1)
        z = p @ v
        self.keep(**{"q": q, "q@before_norm": q0, "k": k, "k@before_norm": k0, "v": v, "scores": scores, "pattern": p})
        return self.project(z, z.transpose(1, 2).reshape(B, S, D), self.out)


class FiveAxes(Attention):
    """Grouped queries as a fifth axis [b, kv head, group, query, key]; key and value broadcast; ALiBi; mask by Where."""

    def __init__(self, site):
        super().__init__(site)
        self.query, self.out = nn.Linear(D, D), nn.Linear(D, D)
        self.key, self.value = nn.Linear(D, 2 * E), nn.Linear(D, 2 * E)
        self.sharp = [self.query.weight, self.query.bias]

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q = self.query(x).view(B, S, 2, 2, E).permute(0, 2, 3, 1, 4)
        k = self.key(x).view(B, S, 2, 1, E).permute(0, 2, 3, 1, 4)
        v = self.value(x).view(B, S, 2, 1, E).permute(0, 2, 3, 1, 4)
        slopes = torch.tensor([0.25, 0.0625, 0.015625, 0.00390625]).view(2, 2, 1, 1)
        scores = (q * E**-0.5) @ k.transpose(-1, -2) + slopes * torch.arange(S).float()
        scores = torch.where(causal(S), scores, torch.tensor(float("-inf")))
        p = scores.softmax(-1)
        z = p @ v
        f = lambda t: t.flatten(1, 2)
        self.keep(q=f(q), k=f(k), v=f(v), scores=f(scores), pattern=f(p))
        return self.project(f(z), z.permute(0, 3, 1, 2, 4).reshape(B, S, D), self.out)


class Latent(Attention):
    """DeepSeek-like: low-rank q and kv with a norm between, a rotary part shared by the heads, value size unlike key size."""

    ROPE, NOPE, V = 4, 6, 8

    def __init__(self, site):
        super().__init__(site)
        self.qa, self.qb = nn.Linear(D, 16, bias=False), nn.Linear(16, HEADS * (self.NOPE + self.ROPE), bias=False)
        self.kva, self.kvb = nn.Linear(D, 16 + self.ROPE, bias=False), nn.Linear(16, HEADS * (self.NOPE + self.V), bias=False)
        self.qn, self.kn = RMSNorm(16), RMSNorm(16)
        self.out = nn.Linear(HEADS * self.V, D, bias=False)
        self.sharp = [self.qb.weight]

    def rotate(self, x):
        a = torch.cat([angles(x.shape[2], self.ROPE)] * 2, -1)
        half = torch.cat((-x[..., 2:], x[..., :2]), -1)
        return x * a.cos() + half * a.sin()

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q = self.qb(self.qn(self.qa(x))).view(B, S, HEADS, -1).transpose(1, 2)
        qn, qr = q.split([self.NOPE, self.ROPE], -1)
        c, kr = self.kva(x).split([16, self.ROPE], -1)
        kv = self.kvb(self.kn(c)).view(B, S, HEADS, -1).transpose(1, 2)
        kn, v = kv.split([self.NOPE, self.V], -1)
        kr0 = kr.view(B, 1, S, self.ROPE)
        rq = torch.cat((qn, self.rotate(qr)), -1)
        rk = torch.cat((kn, self.rotate(kr0).expand(B, HEADS, S, self.ROPE)), -1)
        scores = (rq @ rk.transpose(2, 3) * (self.NOPE + self.ROPE) ** -0.5).masked_fill(~causal(S), float("-inf"))
        p = scores.softmax(-1)
        z = p @ v
        self.keep(q=q, v=v, rot_q=rq, rot_k=rk, k=torch.cat((kn, kr0.expand(B, HEADS, S, self.ROPE)), -1), scores=scores, pattern=p)
        return self.project(z, z.transpose(1, 2).reshape(B, S, -1), self.out)


class Convolved(Attention):
    """SqueezeBERT-like: 1-wide convolutions on [b, d, s] for q, k, v and the output."""

    def __init__(self, site):
        super().__init__(site)
        self.query, self.key, self.value, self.out = (nn.Conv1d(D, D, 1) for _ in range(4))
        self.sharp = [self.query.weight, self.query.bias]

    def forward(self, x, mask):
        B, S = x.shape[:2]
        c = x.permute(0, 2, 1)
        q, k, v = (m(c).view(B, HEADS, E, S) for m in (self.query, self.key, self.value))
        scores = q.permute(0, 1, 3, 2) @ k / math.sqrt(E) + (1.0 - mask[:, None, None].float()) * -10000.0
        p = scores.softmax(-1)
        z = p @ v.permute(0, 1, 3, 2)
        y = self.out(z.permute(0, 1, 3, 2).reshape(B, D, S)).permute(0, 2, 1)
        w = self.out.weight[:, :, 0]
        t = lambda a: a.transpose(2, 3)
        self.keep(q=t(q), k=t(k), v=t(v), scores=scores, pattern=p, z=z, attn_out=y, result=torch.stack([z[:, h] @ w[:, h * E : (h + 1) * E].t() for h in range(HEADS)], 1))
        return y


class OldGpt2(Attention):
    """w·b − 1e4·(1 − b) as mask, one matrix [d, 3d] stored as the Conv1D of old GPT-2, scale by Div."""

    def __init__(self, site):
        super().__init__(site)
        self.w, self.b = nn.Parameter(torch.zeros(D, 3 * D)), nn.Parameter(torch.zeros(3 * D))
        self.out = nn.Linear(D, D)
        self.register_buffer("seen", torch.tril(torch.ones(1, 1, MAX, MAX)))
        self.sharp = [self.w]

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        qkv = torch.addmm(self.b, x.view(-1, D), self.w).view(B, S, 3 * D)
        q, k, v = (t.view(B, S, HEADS, E).permute(0, 2, 1, 3) for t in qkv.split(D, 2))
        w = torch.matmul(q, k.permute(0, 1, 3, 2)) / (E**0.5)
        b = self.seen[:, :, :S, :S]
        scores = w * b - 1e4 * (1 - b)
        p = scores.softmax(-1)
        z = p @ v
        self.keep(q=q, k=k, v=v, scores=scores, pattern=p)
        return self.project(z, z.permute(0, 2, 1, 3).contiguous().view(B, S, D), self.out)


class Gated(Attention):
    """Sigmoid gate on the merged heads before the output projection; soft-capped scores; window of 5 keys. `result` is what comes through the gate."""

    def __init__(self, site):
        super().__init__(site)
        self.query, self.key, self.value, self.out, self.gate = (nn.Linear(D, D) for _ in range(5))
        self.sharp = [self.query.weight, self.query.bias]

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q, k, v = (m(x).view(B, S, HEADS, E).transpose(1, 2) for m in (self.query, self.key, self.value))
        scores = torch.tanh(q @ k.transpose(2, 3) * E**-0.5 / 8.0) * 8.0
        i = torch.arange(S)
        near = (i[None] <= i[:, None]) & (i[None] > i[:, None] - 5)
        scores = scores + torch.where(near, 0.0, torch.finfo(torch.float32).min)
        p = scores.softmax(-1)
        z = p @ v
        gated = z.transpose(1, 2).reshape(B, S, D) * torch.sigmoid(self.gate(x))
        y = self.out(gated)
        result = torch.stack([gated[..., h * E : (h + 1) * E] @ self.out.weight[:, h * E : (h + 1) * E].t() for h in range(HEADS)], 1)
        self.keep(q=q, k=k, v=v, scores=scores, pattern=p, z=z, attn_out=y, result=result)
        return y


class LogSoftmax(Separate):
    """Causal; softmax as exp(log_softmax)."""

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q, k, v = self.heads(x)
        scores = (q @ k.transpose(2, 3) * E**-0.5).masked_fill(~causal(S), float("-inf"))
        p = torch.log_softmax(scores, -1).exp()
        z = p @ v
        self.keep(q=q, k=k, v=v, scores=scores, pattern=p)
        return self.project(z, z.transpose(1, 2).reshape(B, S, D), self.out)


class Plain(Separate):
    """The textbook form: three Linears, scale by Div, additive padding mask."""

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q, k, v = self.heads(x)
        scores = q @ k.transpose(2, 3) / math.sqrt(E)
        if mask is not None:
            scores = scores + (1.0 - mask[:, None, None].float()) * -10000.0
        p = scores.softmax(-1)
        z = p @ v
        self.keep(q=q, k=k, v=v, scores=scores, pattern=p)
        return self.project(z, z.transpose(1, 2).reshape(B, S, D), self.out)
