"""Muon for weight matrices, AdamW for everything else.

Muon (Jordan et al., 2024): the momentum of a matrix is replaced by the nearest orthogonal matrix, found with five Newton-Schulz steps.
"""
import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # quintic of the paper's reference implementation


def orthogonalise(grads: Tensor, steps: int = 5) -> Tensor:
    """[matrix, row, column] -> each matrix with its singular values pushed towards 1. Computed in bfloat16, as the method was published."""
    a, b, c = COEFFICIENTS
    x = grads.bfloat16()
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).bfloat16()
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(grads.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised, for two-dimensional hidden weights; matrices of one shape are handled in one batch."""

    def __init__(self, params: list[nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple[int, ...], list[nn.Parameter]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    by_shape.setdefault(tuple(p.shape), []).append(p)
            for shape, params in by_shape.items():
                self.update(params, shape, group)

    def update(self, params: list[nn.Parameter], shape: tuple[int, ...], group: dict) -> None:
        """One step for all matrices of a shape."""
        moved = []
        for p in params:
            state = self.state[p]
            buffer = state.setdefault("momentum", torch.zeros_like(p))
            buffer.lerp_(p.grad, 1 - group["momentum"])
            moved.append(p.grad.lerp(buffer, group["momentum"]))
        scale = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
        for p, direction in zip(params, orthogonalise(torch.stack(moved))):
            p.mul_(1 - group["lr"] * group["weight_decay"])
            p.add_(direction, alpha=-scale)


def make_optimizers(model: nn.Module, lr: float, muon_lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW (0.9, 0.98) for embeddings, output tables, norms and biases; `muon_lr` 0 gives AdamW for all."""
    inner, outer = [], []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        matrix = p.ndim == 2 and "embed" not in name and "decoder.weight" not in name and "lm_head" not in name and "sense" not in name and min(p.shape) > 8
        (inner if matrix and muon_lr else outer).append(p)
    adam = torch.optim.AdamW(outer, lr=lr, betas=(0.9, 0.98), weight_decay=0.01)
    return [adam] + ([Muon(inner, muon_lr)] if inner else [])
