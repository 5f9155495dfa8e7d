"""Made-up scores of judges who differ, drawn from the hierarchical judge model itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers


@dataclass(frozen=True, eq=False)
class Judged:
    """Scores with the truth behind them; `score` is the truth in points."""

    judge: Integers
    entry: Integers
    value: Floats
    n_judges: int
    n_entries: int
    score: Floats
    severity: Floats
    scale: Floats
    sd: Floats

    @property
    def columns(self) -> tuple[Integers, Integers, Floats, int, int]:
        return self.judge, self.entry, self.value, self.n_judges, self.n_entries


def judged(
    seed: int,
    entries: int = 60,
    judges: int = 8,
    each: int = 4,
    *,
    spread: float = 0.3,
    step: float | None = None,
) -> Judged:
    """Every entry seen by `each` judges; with a step, rounded to it and cut to 1..10."""
    random = np.random.default_rng(seed)
    quality, bias = random.standard_normal(entries), random.normal(0, 0.8, judges)
    scale = np.exp(random.normal(0, spread, judges))
    sd = 0.9 * np.exp(random.normal(0, spread, judges))
    panels = random.permuted(np.tile(np.arange(judges), (entries, 1)), axis=1)[:, :each]
    entry, judge = np.repeat(np.arange(entries), each), panels.ravel()
    value = 5.5 + bias[judge] + 1.5 * scale[judge] * quality[entry]
    value += sd[judge] * random.standard_normal(entry.size)
    if step is not None:
        value = np.clip(np.round(value / step) * step, 1, 10)
    severity = bias.mean() - bias + 1.5 * (scale.mean() - scale) * quality.mean()
    return Judged(
        judge,
        entry,
        value,
        judges,
        entries,
        5.5 + bias.mean() + 1.5 * scale.mean() * quality,
        severity,
        scale / scale.mean(),
        sd,
    )
