"""Real ratings, a tenth hidden and predicted from the rest: Olympic diving, men's 3 m board."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, positions
from competition.scoring.fits.additive import fit_additive
from competition.scoring.fits.bayes import fit_bayes
from competition.scoring.fits.scaled import fit_scaled

DATA = Path(__file__).resolve().parents[2] / "shared" / "reference" / "data" / "diving_m3m.csv"
SCALE, STEP = (0.0, 10.0), 0.5
SPLITS = (0, 1, 2)
"""Seeds of the hidden tenths: the splits on which the project's targets were measured."""


@dataclass(frozen=True, eq=False)
class Known:
    """The ratings a method may see, and the pairs it is asked for."""

    judge: Integers
    entry: Integers
    value: Floats
    n_judges: int
    n_entries: int
    asked_judge: Integers
    asked_entry: Integers

    @property
    def columns(self) -> tuple[Integers, Integers, Floats, int, int]:
        return self.judge, self.entry, self.value, self.n_judges, self.n_entries


Prediction = tuple[Floats, Floats]
"""Mean and standard deviation, each of shape (n_asked,)."""


def main() -> None:
    """Print the table; nothing where the reference data are absent."""
    if not DATA.is_file():
        print("the reference data are not here")
        return
    judge, entry, value = _read()
    hidden = [_hidden(value.size, seed) for seed in SPLITS]
    counts = ", ".join(str(int(out.sum())) for out in hidden)
    print(f"{value.size} scores; hidden in the splits of seeds {SPLITS}: {counts}")
    print("\n| method | RMSE | log score | RMSE by split |\n|---|---|---|---|")
    for name, method in _methods().items():
        results = [_judged(method, judge, entry, value, out) for out in hidden]
        error, score = np.mean(results, axis=0)
        each = ", ".join(f"{result[0]:.4f}" for result in results)
        print(f"| `{name}` | {error:.4f} | {score:.4f} | {each} |", flush=True)


def _read() -> tuple[Integers, Integers, Floats]:
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    judge = positions([row["judge"] for row in rows])[0]
    entry = positions([row["item"] for row in rows])[0]
    return judge, entry, np.array([float(row["score"]) for row in rows])


def _hidden(size: int, seed: int) -> Flags:
    return np.random.default_rng(seed).random(size) < 0.1


def _judged(
    method: Callable[[Known], Prediction],
    judge: Integers,
    entry: Integers,
    value: Floats,
    hidden: Flags,
) -> tuple[float, float]:
    """Root mean squared error, and mean log probability of the scores that were hidden.

    The probability is what a normal distribution of the predicted mean and standard
    deviation puts on the half step around the score, beyond the ends of the scale too.
    """
    from scipy.special import ndtr

    seen = ~hidden
    known = Known(
        judge[seen],
        entry[seen],
        value[seen],
        int(judge.max()) + 1,
        int(entry.max()) + 1,
        judge[hidden],
        entry[hidden],
    )
    mean, sd = method(known)
    truth = value[hidden]
    low = np.where(truth <= SCALE[0], -np.inf, truth - STEP / 2)
    high = np.where(truth >= SCALE[1], np.inf, truth + STEP / 2)
    chance = ndtr((high - mean) / sd) - ndtr((low - mean) / sd)
    error = float(np.sqrt(np.mean((mean - truth) ** 2)))
    return error, float(np.mean(np.log(np.maximum(chance, 1e-12))))


def _methods() -> dict[str, Callable[[Known], Prediction]]:
    from importlib.util import find_spec

    found: dict[str, Callable[[Known], Prediction]] = {
        "mean": _mean,
        "zscore": _zscore,
        "additive": _additive,
    }
    if find_spec("competition.scoring.fits.mixed") is not None:
        found["mixed"] = _mixed
    return found | {"scaled": _scaled, "bayes": _bayes}


def _mean(known: Known) -> Prediction:
    """The entry's mean; the spread is that of all scores around their entries' means."""
    size = np.bincount(known.entry, minlength=known.n_entries)
    mean = np.bincount(known.entry, known.value, known.n_entries) / size
    rest = known.value - mean[known.entry]
    spread = np.sqrt(np.sum(rest**2) / (rest.size - known.n_entries))
    return mean[known.asked_entry], spread * np.sqrt(1 + 1 / size[known.asked_entry])


def _zscore(known: Known) -> Prediction:
    """The entry's mean z in the judge's own mean and spread."""
    count = np.bincount(known.judge, minlength=known.n_judges)
    centre = np.bincount(known.judge, known.value, known.n_judges) / count
    apart = known.value - centre[known.judge]
    spread = np.sqrt(np.bincount(known.judge, apart**2, known.n_judges) / (count - 1))
    size = np.bincount(known.entry, minlength=known.n_entries)
    z = np.bincount(known.entry, apart / spread[known.judge], known.n_entries) / size
    rest = apart - z[known.entry] * spread[known.judge]
    error = np.sqrt(np.sum(rest**2) / (rest.size - known.n_entries))
    j, i = known.asked_judge, known.asked_entry
    return centre[j] + z[i] * spread[j], error * np.sqrt(1 + 1 / size[i])


def _additive(known: Known) -> Prediction:
    """Entry plus judge; the errors of both are taken as independent."""
    fit = fit_additive(*known.columns)
    j, i = known.asked_judge, known.asked_entry
    variance = fit.sigma2 + fit.se[i] ** 2 + fit.severity_se[j] ** 2
    return fit.adjusted[i] - fit.severity[j], np.sqrt(variance)


def _mixed(known: Known) -> Prediction:
    from importlib import import_module

    fit = import_module("competition.scoring.fits.mixed").fit_mixed(*known.columns)
    mean, sd = fit.predict(known.asked_judge, known.asked_entry)
    return mean, sd


def _scaled(known: Known) -> Prediction:
    return fit_scaled(*known.columns).predict(known.asked_judge, known.asked_entry)


def _bayes(known: Known) -> Prediction:
    fit = fit_bayes(*known.columns, scale=SCALE, step=STEP, seed=1)
    return fit.predict(known.asked_judge, known.asked_entry)


if __name__ == "__main__":
    main()
