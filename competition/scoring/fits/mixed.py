"""Crossed random effects of entries and judges: variance components by REML, and predictions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.errors import NotEnoughData
from competition.scoring.fits.additive import only_active
from competition.scoring.fits.elimination import Crossing, check_weights
from competition.scoring.fits.likelihood import Profile
from competition.scoring.fits.predictor import Predictor
from competition.scoring.fits.reml import maximize, moment_ratios
from competition.scoring.uncertainty.joint import JointNormal


@dataclass(frozen=True)
class Variance:
    """Variance components, in squared points.

    Attributes
    ----------
    entry, judge, residual : float
        `residual` is that of a score of weight 1.
    """

    entry: float
    judge: float
    residual: float


@dataclass(frozen=True, eq=False)
class MixedFit:
    """A fit of random entries and random judges.

    Attributes
    ----------
    adjusted : float array, shape (n_entries,)
        Mean (of the entry's track) plus the entry's predicted effect, in points;
        NaN without scores.
    se : float array, shape (n_entries,)
        Conditional standard deviation of the effect, given mean and variances.
    effect : float array, shape (n_entries,)
        The predicted effect alone (BLUP).
    severity, severity_se : float array, shape (n_judges,)
        Minus the judge's predicted effect, and its conditional standard deviation.
    variance : Variance
    criterion : float
        -2 log restricted likelihood, with all constants.
    mean : float
        Mean of the fixed effects over the entries with scores.
    track_mean, track_se : float array, shape (n_tracks,)
        Fixed effect of each track; NaN for a track without scores.
    df : int
        Scores minus fixed effects.
    at_boundary : tuple of str
        Which of "entry", "judge" have the variance 0.
    evaluations : int
        How often the criterion was computed.
    predictor : Predictor
        What `joint` and `predict` need.
    """

    adjusted: Floats
    se: Floats
    effect: Floats
    severity: Floats
    severity_se: Floats
    variance: Variance
    criterion: float
    mean: float
    track_mean: Floats
    track_se: Floats
    df: int
    at_boundary: tuple[str, ...]
    evaluations: int
    predictor: Predictor = field(repr=False)

    @property
    def sigma2(self) -> float:
        """Residual variance."""
        return self.variance.residual

    def joint(self) -> JointNormal:
        """All entries' adjusted scores with the full covariance of their errors.

        Returns
        -------
        JointNormal, shape (n_entries,)
            Its `sd` is a little above `se`: it also holds the uncertainty of the
            fixed effects, which matters when entries of different tracks are
            compared. The variances are taken as known.

        Raises
        ------
        TooLarge
        """
        own, root = self.predictor.roots()
        members, count = self.predictor.entries, self.adjusted.size
        shared = np.zeros((count, root.shape[1]))
        shared[members] = np.sqrt(self.sigma2) * root
        return JointNormal(self.adjusted, _spread(self.sigma2 * own, members, count), shared)

    def predict(self, judge: Integers, entry: Integers) -> tuple[Floats, Floats]:
        """The score that each judge would give each entry, with weight 1.

        Parameters
        ----------
        judge, entry : int array, shape (n_pairs,)
            -1, or one without scores = a new one of the same population.

        Returns
        -------
        mean, sd : float array, shape (n_pairs,)
            In points. `sd` holds the residual variance, that of the predicted
            effects (all of it for a new judge or entry) and of the fixed effects.
            A new entry is taken to have the mean over the tracks.
        """
        effect = _at(self.effect, entry)
        bias = _at(-self.severity, judge)
        fixed = self.predictor.fixed_rows(entry)
        mean = fixed @ self.predictor.point.coefficient + effect + bias
        variance = 1 + self.predictor.variance_of_sum(judge, entry, fixed)
        return self.predictor.centre + mean, np.sqrt(self.sigma2 * variance)


def fit_mixed(
    judge: Integers,
    entry: Integers,
    value: Floats,
    n_judges: int,
    n_entries: int,
    weight: Floats | None = None,
    track: Integers | None = None,
    n_tracks: int = 0,
) -> MixedFit:
    """Fit ``value = mean of track + entry + judge + residual`` with random entries and judges.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
        In points of the scale.
    n_judges, n_entries : int
        Members without a score get NaN.
    weight : float array, shape (n_scores,), optional
        Positive (else `BadWeight`); the residual variance is ``sigma2 / weight``.
    track : int array, shape (n_entries,), optional
        Fixed effect of each entry; -1 = unknown, a group of its own.
    n_tracks : int

    Returns
    -------
    MixedFit

    Raises
    ------
    NotEnoughData
        Facts `needs`: "scores" (there are none), "entries" or "judges" (fewer than
        two, or no more than tracks), "repeated_scores" (every entry, or every
        judge, has one score), "variance" (all scores are equal),
        "residual_variance" (entries and judges explain all).
    NotConverged

    Notes
    -----
    Entries ~ N(0, var_entry), judges ~ N(0, var_judge), residuals
    ~ N(0, sigma2 / weight), independent. Variances maximize the restricted
    likelihood; effects are best linear unbiased predictions given them. The graph
    need not be connected: unconnected entries are compared through the mean, which
    is right only if judges were assigned at random.

    The facet with more members is eliminated, see `reml.Profile`; O(n_cols^3) an
    evaluation after one pass over the pairs of scores of each row, about 6
    evaluations.

    Source: H. D. Patterson and R. Thompson 1971, Biometrika 58, 545; A. R. Gilmour,
    R. Thompson and B. R. Cullis 1995, Biometrics 51, 1440; D. Bates et al. 2015,
    Journal of Statistical Software 67(1), equations 41 and 58 (constants, conditional
    variances).

    Examples
    --------
    >>> table = np.array([[9, 2, 5], [6, 1, 3], [8, 4, 6], [7, 1, 2]])
    >>> fit = fit_mixed(np.tile(np.arange(3), 4), np.repeat(np.arange(4), 3),
    ...                 table.ravel().astype(float), n_judges=3, n_entries=4)
    >>> round(fit.variance.residual, 4), round(fit.variance.judge, 4)
    (0.6667, 7.5833)
    """
    check_weights(weight)
    active = _active(judge, entry, n_judges, n_entries)
    judges, judge = only_active(active[0], judge)
    entries, entry = only_active(active[1], entry)
    groups = _groups(track, entries)
    _check(value, judges.size, entries.size, int(groups.max(initial=0)) + 1)
    centre = float(np.average(value, weights=weight))
    by_entry = entries.size >= judges.size
    profile = _profile(judge, entry, value - centre, weight, groups, by_entry)
    start = _start(judge, entry, value - centre, groups, by_entry)
    point, evaluations = maximize(profile, start)
    predictor = Predictor(profile, point, by_entry, judges, entries, centre)
    return _fit(predictor, groups, track, (n_judges, n_entries, n_tracks), evaluations)


def _active(
    judge: Integers, entry: Integers, n_judges: int, n_entries: int
) -> tuple[Integers, Integers]:
    """0 for members with scores, -1 for those without."""
    of_judge, of_entry = np.full(n_judges, -1), np.full(n_entries, -1)
    of_judge[judge], of_entry[entry] = 0, 0
    return of_judge, of_entry


def _groups(track: Integers | None, entries: Integers) -> Integers:
    """The fixed effect of each entry with scores, numbered without gaps."""
    if track is None:
        return np.zeros(entries.size, dtype=np.int64)
    return np.unique(track[entries], return_inverse=True)[1].reshape(-1).astype(np.int64)


def _check(value: Floats, n_judges: int, n_entries: int, n_groups: int) -> None:
    facts = {"scores": value.size, "judges": n_judges, "entries": n_entries}
    if not value.size:
        raise NotEnoughData(needs="scores", **facts)
    if n_entries < 2 or n_entries <= n_groups:
        raise NotEnoughData(needs="entries", **facts)
    if n_judges < 2:
        raise NotEnoughData(needs="judges", **facts)
    if value.size <= max(n_judges, n_entries):
        raise NotEnoughData(needs="repeated_scores", **facts)
    if np.ptp(value) <= 1e-12 * np.abs(value).max():
        raise NotEnoughData(needs="variance", **facts)


def _profile(
    judge: Integers,
    entry: Integers,
    value: Floats,
    weight: Floats | None,
    groups: Integers,
    by_entry: bool,
) -> Profile:
    sizes = (groups.size, int(judge.max()) + 1)
    row, col = (entry, judge) if by_entry else (judge, entry)
    crossing = Crossing(row, col, weight, *(sizes if by_entry else sizes[::-1]))
    amount = value if weight is None else weight * value
    total = group_sums(row, amount, crossing.n_rows)
    inside = value - (total / crossing.row_weight).take(row)
    within = inside @ inside if weight is None else inside @ (weight * inside)
    fixed = np.zeros((groups.size, int(groups.max()) + 1))
    fixed[np.arange(groups.size), groups] = 1
    return Profile(
        crossing,
        fixed,
        by_entry,
        total,
        group_sums(col, amount, crossing.n_cols),
        float(within),
        0.0 if weight is None else float(np.log(weight).sum()),
        value.size,
    )


def _start(
    judge: Integers, entry: Integers, value: Floats, groups: Integers, by_entry: bool
) -> tuple[float, float]:
    if groups.any():
        of_score = groups.take(entry)
        size = np.bincount(of_score)
        value = value - (group_sums(of_score, value, size.size) / size).take(of_score)
    sizes = (groups.size, int(judge.max()) + 1)
    ratios = moment_ratios(entry, judge, value, sizes)
    return ratios if by_entry else (ratios[1], ratios[0])


def _fit(
    predictor: Predictor,
    groups: Integers,
    track: Integers | None,
    counts: tuple[int, int, int],
    evaluations: int,
) -> MixedFit:
    point, entries, judges = predictor.point, predictor.entries, predictor.judges
    effect, effect_var, bias, bias_var = predictor.effects()
    n_judges, n_entries, n_tracks = counts
    sigma2, centre = point.sigma2, predictor.centre
    ratios = point.ratio if predictor.by_entry else point.ratio[::-1]
    mean = point.coefficient + centre
    error = np.sqrt(sigma2 * point.fixed_inverse.diagonal())
    track_mean, track_se = np.full(n_tracks, np.nan), np.full(n_tracks, np.nan)
    if track is not None:
        known = np.flatnonzero(track[entries] >= 0)
        track_mean[track[entries[known]]] = mean[groups[known]]
        track_se[track[entries[known]]] = error[groups[known]]
    return MixedFit(
        adjusted=_spread(mean[groups] + effect, entries, n_entries),
        se=_spread(np.sqrt(sigma2 * effect_var), entries, n_entries),
        effect=_spread(effect, entries, n_entries),
        severity=_spread(-bias, judges, n_judges),
        severity_se=_spread(np.sqrt(sigma2 * bias_var), judges, n_judges),
        variance=Variance(sigma2 * ratios[0], sigma2 * ratios[1], sigma2),
        criterion=point.criterion,
        mean=float(mean[groups].mean()),
        track_mean=track_mean,
        track_se=track_se,
        df=predictor.profile.count - predictor.profile.rank,
        at_boundary=tuple(
            name for name, ratio in zip(("entry", "judge"), ratios, strict=True) if ratio == 0
        ),
        evaluations=evaluations,
        predictor=predictor,
    )


def _at(values: Floats, index: Integers) -> Floats:
    """Values at these positions; 0 for an unknown one."""
    return np.nan_to_num(np.where(index < 0, 0.0, values[index]))


def _spread(values: Floats, members: Integers, count: int) -> Floats:
    result = np.full(count, np.nan)
    result[members] = values
    return result
