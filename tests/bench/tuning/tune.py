"""Tunes E5's layers on what `prepare.py` wrote: `python tune.py DATA.npz LAYERS.npz`, where PyTorch and a GPU are.

A question is to be nearer to the passage that answers it than to those of the other questions in its batch, and to one
of the eight that were nearest to it when the pass began (InfoNCE; Wang et al. 2022, arXiv:2212.03533). The layers are
rounded to 4 bits in each step, the gradient passing through as if they were not (Bengio et al. 2013, arXiv:1308.3432),
so that they lose nothing when they are packed. The words' vectors stay. One in five articles of NorQuAD is held out, to
measure with, and to fit other weights on. Five minutes on an H200.
"""

from __future__ import annotations

import argparse
import importlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

torch: Any = importlib.import_module("torch")  # not among what is installed here
functional: Any = importlib.import_module("torch.nn.functional")

WIDTH, LAYERS, HEADS, INNER = 384, 12, 12, 1536
BATCH, PASSES, RATE, TEMPERATURE, HARD = 128, 5, 1.2e-4, 0.03, 8
"""Questions at once, times that all are learned from, the highest learning rate, the softmax's temperature, and near
passages of which one is drawn for a question."""
WARM = 0.1
"""The share of all steps in which the learning rate rises."""
NEWS_TWICE = 2
"""NorQuAD has 3,000 questions to learn from, the laws 16,000."""
MATRICES = (".q.w", ".k.w", ".v.w", ".ao.w", ".fi.w", ".fo.w")
_SHAPES = {".fi.w": (INNER, WIDTH), ".fo.w": (WIDTH, INNER)}
_STAYS = ("emb.pos", "emb.type")

Tensor = Any
Weights = dict[str, Tensor]
Texts = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Pairs:
    """Questions, the passages that they are asked over, and which of these answers each."""

    asked: Texts
    passages: Texts
    gold: Any


def is_matrix(name: str) -> bool:
    """Is it kept in 4 bits?"""
    return name.startswith("l") and name.endswith(MATRICES)


def packed(weights: Tensor) -> tuple[Tensor, Tensor]:
    """The scale of each block of 32 weights, and the weights in 4 bits (0..15), as llama.cpp's Q4_0 has them."""
    blocks = weights.reshape(-1, 32)
    largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    scale = (largest / -8).half().float()
    steps = blocks * torch.where(scale != 0, 1 / scale, torch.zeros_like(scale))
    return scale, torch.floor(steps + 8.5).clamp(0, 15)


def rounded(weights: Tensor) -> Tensor:
    """The weights as they are once they have been packed."""
    scale, numbers = packed(weights)
    return ((numbers - 8) * scale).reshape(weights.shape)


def _is_above(name: str, layers: int) -> bool:
    return name.startswith("l") and int(name[1 : name.index(".")]) >= layers


class Model:
    """The encoder of `e5.c`, or its first layers, to learn with; `dropout` is the share of what comes out of a layer's
    halves that is left out, by chance."""

    def __init__(self, data: Mapping[str, Any], device: str, layers: int = LAYERS) -> None:
        self.dropout = 0.0
        self._device = device
        self._layers = layers
        self._words = torch.tensor(data["words"].astype(np.float32).reshape(-1, WIDTH), device=device)
        self.weights: Weights = {}
        for name in (each[2:] for each in data if each.startswith("w.") and not _is_above(each[2:], layers)):
            values = torch.tensor(data[f"w.{name}"].astype(np.float32), device=device)
            shape = _SHAPES.get(name[name.find(".") :], (WIDTH, WIDTH)) if is_matrix(name) else None
            self.weights[name] = values.reshape(shape) if shape else values

    def learnt(self) -> list[Tensor]:
        """The weights that learn."""
        return [weights for name, weights in self.weights.items() if name not in _STAYS]

    def vectors(self, texts: Texts) -> Tensor:
        """The vectors of texts, a row each, of length 1."""
        return functional.normalize(self.means(texts), dim=-1)

    def means(self, texts: Texts) -> Tensor:
        """The mean of what comes out for each token of texts, a row each."""
        ids, mask = self._padded(texts)
        with torch.autocast(self._device.partition(":")[0], torch.bfloat16):
            hidden = self._encoded(ids, mask)
        counted = mask[..., None].float()
        return (hidden.float() * counted).sum(1) / counted.sum(1)

    def all_vectors(self, texts: Texts, at_once: int = 256) -> Tensor:
        """The same of many texts, to measure with."""
        order = np.argsort([len(text) for text in texts])
        made = torch.zeros(len(texts), WIDTH, device=self._device)
        with torch.no_grad():
            for start in range(0, len(texts), at_once):
                part = order[start : start + at_once]
                made[torch.tensor(part, device=self._device)] = self.vectors([texts[index] for index in part])
        return made

    def _encoded(self, ids: Tensor, mask: Tensor) -> Tensor:
        get, length = self._rounded, ids.shape[1]
        hidden = self._words[ids] + self.weights["emb.pos"].view(-1, WIDTH)[:length] + self.weights["emb.type"][:WIDTH]
        hidden = self._normed(hidden, "emb.ln")
        for at in (f"l{number}." for number in range(self._layers)):
            heads = [
                functional.linear(hidden, get(f"{at}{part}.w"), self.weights[f"{at}{part}.b"])
                .view(len(ids), length, HEADS, -1)
                .transpose(1, 2)
                for part in "qkv"
            ]
            seen = functional.scaled_dot_product_attention(*heads, attn_mask=mask[:, None, None, :])
            seen = seen.transpose(1, 2).reshape(len(ids), length, WIDTH)
            out = functional.linear(seen, get(f"{at}ao.w"), self.weights[f"{at}ao.b"])
            hidden = self._normed(hidden + self._dropped(out), f"{at}aln")
            inner = functional.gelu(functional.linear(hidden, get(f"{at}fi.w"), self.weights[f"{at}fi.b"]))
            out = functional.linear(inner, get(f"{at}fo.w"), self.weights[f"{at}fo.b"])
            hidden = self._normed(hidden + self._dropped(out), f"{at}oln")
        return hidden

    def _dropped(self, hidden: Tensor) -> Tensor:
        return functional.dropout(hidden, self.dropout, self.dropout > 0)

    def _normed(self, hidden: Tensor, name: str) -> Tensor:
        return functional.layer_norm(hidden, (WIDTH,), self.weights[f"{name}.w"], self.weights[f"{name}.b"], 1e-12)

    def _rounded(self, name: str) -> Tensor:
        weights = self.weights[name]
        return weights + (rounded(weights) - weights).detach()

    def _padded(self, texts: Texts) -> tuple[Tensor, Tensor]:
        ids = np.zeros((len(texts), max(map(len, texts))), np.int64)
        mask = np.zeros(ids.shape, bool)
        for row, text in enumerate(texts):
            ids[row, : len(text)], mask[row, : len(text)] = text, True
        return torch.tensor(ids, device=self._device), torch.tensor(mask, device=self._device)


def learn(model: Model, sets: Sequence[Pairs], device: str) -> None:
    """Learn from all pairs, again and again."""
    for weights in model.learnt():
        weights.requires_grad_(True)
    optimizer = torch.optim.AdamW(model.learnt(), lr=RATE, weight_decay=0.01)
    steps, done = PASSES * sum(len(each.asked) // BATCH for each in sets), 0
    for _ in range(PASSES):
        batches = [batch for each in sets for batch in _batches(model, each, device)]
        random.shuffle(batches)
        for pairs, chosen, near in batches:
            for group in optimizer.param_groups:
                group["lr"] = RATE * share_of_rate(done, steps, WARM)
            done += 1
            optimizer.zero_grad()
            _loss(model, pairs, chosen, near, device).backward()
            torch.nn.utils.clip_grad_norm_(model.learnt(), 1.0)
            optimizer.step()
    for weights in model.learnt():
        weights.requires_grad_(False)


def share_of_rate(done: int, steps: int, warm: float) -> float:
    """The share (0..1) of the highest learning rate after so many of all steps: it rises over the `warm` share of them,
    and falls along a cosine."""
    return min(1.0, (done + 1) / (warm * steps)) * 0.5 * (1 + math.cos(math.pi * done / steps))


def _batches(model: Model, pairs: Pairs, device: str) -> list[tuple[Pairs, Any, Any]]:
    scores = model.all_vectors(pairs.asked) @ model.all_vectors(pairs.passages).T
    scores[torch.arange(len(pairs.asked)), torch.tensor(pairs.gold, device=device)] = -9.0
    near = scores.topk(HARD, 1).indices.cpu().numpy()
    order = np.random.permutation(len(pairs.asked))
    parts = [order[start : start + BATCH] for start in range(0, len(order) - BATCH + 1, BATCH)]
    return [(pairs, part, near[part, np.random.randint(0, HARD, len(part))]) for part in parts]


def _loss(model: Model, pairs: Pairs, chosen: Any, near: Any, device: str) -> Tensor:
    gold = pairs.gold[chosen]
    there = np.concatenate([gold, near])
    asked = model.vectors([pairs.asked[index] for index in chosen])
    scores = asked @ model.vectors([pairs.passages[index] for index in there]).T / TEMPERATURE
    same = torch.tensor(there[None, :] == gold[:, None], device=device)
    rows = torch.arange(len(chosen), device=device)
    same[rows, rows] = False  # the others that are the same passage are not wrong
    return functional.cross_entropy(scores.masked_fill(same, -1e4), rows)


def ranks(model: Model, asked: Texts, passages: Texts, gold: Sequence[Sequence[int]]) -> Any:
    """How many passages are nearer to each question than the best that answers it."""
    scores = model.all_vectors(asked) @ model.all_vectors(passages).T
    return np.asarray(
        [min(int((row > row[index]).sum()) for index in each) for row, each in zip(scores, gold, strict=True)]
    )


def measured(model: Model, held_out: Pairs, laws: Pairs) -> str:
    """How good the model is by itself."""
    news = ranks(model, held_out.asked, held_out.passages, [[index] for index in held_out.gold])
    gain = np.where(news < 10, 1 / np.log2(news + 2.0), 0.0).mean()
    found = ranks(model, laws.asked, laws.passages, laws.gold)
    first = " / ".join(f"{(found < count).mean():.3f}" for count in (1, 3, 10))
    return (
        f"NorQuAD, held out: nDCG@10 {gain:.4f}, recall@5 {(news < 5).mean():.4f}; laws, first / three / ten: {first}"
    )


def saved(weights: Weights, out: Path) -> None:
    """Write what was learned as `pack.py` reads it."""
    arrays: dict[str, Any] = {}
    for name, values in weights.items():
        if is_matrix(name):
            scale, numbers = packed(values)
            pairs = numbers[:, :16].to(torch.uint8) | (numbers[:, 16:].to(torch.uint8) << 4)
            scales = scale.half().cpu().numpy().view(np.uint8).reshape(-1, 2)
            arrays[name] = np.concatenate([scales, pairs.cpu().numpy()], 1).reshape(-1)
        elif name not in _STAYS:
            arrays[name] = values.reshape(-1).cpu().numpy()
    np.savez_compressed(out, **arrays)


def main(data: Mapping[str, Any], out: Path, device: str) -> None:
    """Learn, measure before and after, and write."""

    def texts(name: str) -> list[Any]:
        return np.split(data[f"tokens.{name}"], np.cumsum(data[f"lengths.{name}"])[:-1])

    gold, is_held_out = data["news_gold"], data["news_article"][data["news_gold"]] % 5 == 0
    news, asked = texts("news"), texts("news_asked")
    held_out, learned = (
        Pairs([asked[index] for index in np.flatnonzero(part)], news, gold[part])
        for part in (is_held_out, ~is_held_out)
    )
    answers = np.split(data["laws_asked_gold"], np.cumsum(data["laws_asked_count"])[:-1])
    laws = Pairs(texts("laws_asked"), texts("laws"), answers)
    model = Model(data, device)
    print("before:", measured(model, held_out, laws))
    learn(
        model, [learned] * NEWS_TWICE + [Pairs(texts("laws_typical"), laws.passages, data["laws_typical_gold"])], device
    )
    print("after:", measured(model, held_out, laws))
    saved(model.weights, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--device", default="cuda")
    given = parser.parse_args()
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    main(dict(np.load(given.data)), given.out, given.device)
