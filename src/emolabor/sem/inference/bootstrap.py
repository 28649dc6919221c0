"""Resamples: which cases are drawn how often, and the parameters estimated on each draw.

Resamples are made in blocks of a fixed size, each with its own generator spawned from the seed, so that the numbers do
not depend on how many workers share the blocks. What is worked on at a time is bounded by memory, not by number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emolabor.common.checks import check_choice, check_jobs, check_seed, check_whole
from emolabor.common.errors import EmolaborError, refuse_because, shown
from emolabor.common.tasks import chunk_sizes, run_tasks
from emolabor.common.threads import one_thread
from emolabor.sem.discrepancy.fiml_many import spread_matrices
from emolabor.sem.estimation.estimate_many import Together, estimate_incomplete, estimate_many, estimate_ordered
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.inference.draws import Draws
from emolabor.sem.inference.resamples import NUMBERS, draw_counts, implied_samples, resampled_moments, resampled_rows
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.observed.completion import sort_by_holes

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

BLOCK = 200
KINDS = ("nonparametric", "bollen_stine", "parametric")


@one_thread
def bootstrap(fit: Fit, n_resamples: int = 5000, seed: int = 1, kind: str = "nonparametric", jobs: int = 1) -> Draws:
    """Estimate the model of a fit on resamples.

    Parameters
    ----------
    fit : Fit
        Fitted to data (a covariance matrix has no cases to draw).
    n_resamples : int
        How many; 5000 for intervals that are reported.
    seed : int
        The same seed gives the same draws.
    kind : {"nonparametric", "bollen_stine", "parametric"}
        "nonparametric": cases with replacement within groups, whole clusters where there are clusters, within strata
        where there are strata (one unit less than each has, weighted up); sampling weights go with their cases.
        "bollen_stine": the same from data turned so that the model holds (Bollen & Stine, 1992), for the test.
        "parametric": normal data from the implied moments.
    jobs : int
        Processes that share the work, through joblib (-1: all cores); the result does not depend on it.

    Returns
    -------
    Draws
        Ask it for intervals (`Draws.ci`), for what failed (`n_failed`, `n_improper`), after Bollen-Stine resamples for
        `pvalue`.

    Raises
    ------
    EmolaborError
        Another kind, numbers that are not whole, a fit without cases or not identified, a kind that does not go with
        ordered or missing answers.

    References
    ----------
    Bollen, K. A., & Stine, R. A. (1992). Bootstrapping goodness-of-fit measures in structural equation models.
    Sociological Methods & Research, 21(2), 205-229.
    Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall.

    Examples
    --------
    >>> import emolabor as el
    >>> model = "surface =~ sa1 + sa2 + sa3; exhaustion =~ ex1 + ex2 + ex3; service =~ ps1 + ps2 + ps3"
    >>> fit = el.sem(model + "; exhaustion ~ surface; service ~ exhaustion", el.simulate_staff(n=400, seed=1))
    >>> draws = fit.bootstrap(500, seed=1)
    >>> draws
    500 nonparametric draws: 0 failed, 0 improper
    >>> draws.ci("bca").query("op == 'indirect'")[["rhs", "lhs", "est", "ci_lower", "ci_upper"]].round(2)
            rhs      lhs   est  ci_lower  ci_upper
    26  surface  service -0.02     -0.09      0.05
    """
    check_choice("kind", kind, KINDS)
    check_whole("n_resamples", n_resamples, 1)
    check_seed(seed)
    check_jobs(jobs)
    if any(sample.data is None for sample in fit.model.samples):
        raise EmolaborError("bootstrap: the fit has no cases to draw from (sample_cov); monte_carlo() needs none")
    if fit.vcov().isna().to_numpy().any():
        raise EmolaborError("bootstrap: the model is not identified: its estimates on resamples mean nothing")
    if kind != "nonparametric" and fit.table.ordered:
        refuse_because("kind", f"{shown(kind)} takes answers as continuous", "'nonparametric' with ordered ones")
    if kind != "nonparametric" and fit.model.incomplete:
        refuse_because("kind", f"{shown(kind)} needs complete data", "'nonparametric' with missing answers")
    if kind != "nonparametric":
        for structure in fit.model.structures:
            if inverse_and_logdet(implied_moments(structure, fit.estimate.theta).sigma) is None:
                refuse_because(
                    "kind",
                    f"{shown(kind)} draws from the implied covariance matrix, which is not positive definite",
                    "'nonparametric'",
                )
    design = fit.model.samples[0].design
    if design is not None and len(design.names) > 1:
        refuse_because(
            "bootstrap",
            f"the fit has {len(design.names)} classifications ({', '.join(design.names)}), whose clusters cross",
            "a fit with one of them in 'cluster', or monte_carlo(), which draws from the fit's errors",
        )
    if kind == "parametric" and design is not None:
        refuse_because("kind", "'parametric' draws cases one by one with equal chances", "'nonparametric'")
    task = _Task(fit, kind)
    sizes = chunk_sizes(n_resamples, BLOCK)
    drawn = list(zip(np.random.SeedSequence(seed).spawn(len(sizes)), sizes, strict=True))
    parts = run_tasks(task.block, drawn, jobs, "resamples")
    thetas, chisq = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return Draws(fit, kind, thetas, chisq)


class _Task:
    """What every block of resamples needs, worked out once.

    For each group, `values` (n, p) are the cases, `codes` (n,) the unit of each (itself or its cluster) and `rows` the
    incomplete ones by their holes; where it serves, cases are in the order of their units.
    """

    def __init__(self, fit, kind):
        self.kind, self.model, self.theta = kind, fit.model, fit.estimate.theta
        self.together = Together.near(fit.model, fit.estimate)
        self.codes, self.pools = _units(fit.model.samples)
        self.weights = [sample.resampling_weights for sample in fit.model.samples]
        self.values = [_cases(fit, structure, sample, kind) for structure, sample, _ in fit.model.groups]
        self.rows, self.spreads = [], []
        if self.model.incomplete:
            self.rows = [sample.incomplete or sort_by_holes(sample.data) for sample in self.model.samples]
            self.spreads = [spread_matrices(rows) for rows in self.rows]
        elif not self.model.table.ordered:
            for group, sample in enumerate(self.model.samples):
                if sample.in_units:
                    order = np.argsort(self.codes[group], kind="stable")
                    self.values[group], self.codes[group] = self.values[group][order], self.codes[group][order]
                    if self.weights[group] is not None:
                        self.weights[group] = self.weights[group][order]
        self.size = min(map(self._fitting, range(len(self.codes))))

    def _fitting(self, group):
        """How many resamples of a group fit into an array at a time."""
        n, p = self.values[group].shape
        return max(1, NUMBERS // max(p**2, n if self.rows else n // 4))

    @one_thread
    def block(self, seed, size):
        """Draw and estimate one block: thetas (size, q), NaN where the search failed, and chi-squares (size,)."""
        rng = np.random.default_rng(seed)
        parts = [self._part(rng, min(self.size, size - start)) for start in range(0, size, self.size)]
        return tuple(np.concatenate([part[i] for part in parts]) for i in (0, 1))

    def _part(self, rng, size):
        model = self.model
        if self.kind == "parametric":
            groups = model.groups
            moments = [implied_samples(rng, structure, self.theta, sample, size) for structure, sample, _ in groups]
            return estimate_many(self.together, moments)
        counts = self._counts(rng, size)
        if model.table.ordered:
            return estimate_ordered(self.together, counts, self.codes)
        if model.incomplete:
            parts = zip(self.rows, self.spreads, self.values, self.codes, counts, self.weights, strict=True)
            resamples = [resampled_rows(*part) for part in parts]
            return estimate_incomplete(self.together, resamples, counts, self.codes)
        scales = [sample.n / sample.weight for sample in model.samples]
        parts = zip(self.values, self.codes, counts, scales, self.weights, strict=True)
        return estimate_many(self.together, [resampled_moments(*part) for part in parts])

    def _counts(self, rng, size):
        """For each group how often each unit is drawn (size, units)."""
        if not self.pools:
            return [draw_counts(rng, codes.max() + 1, size) for codes in self.codes]
        counts = np.zeros((size, sum(map(len, self.pools))), np.uint16)
        lost = int(self.model.samples[0].design.strata is not None)
        for pool in self.pools:
            counts[:, pool] = draw_counts(rng, len(pool), size, len(pool) - lost)
        return [counts] * len(self.codes)


def _units(samples):
    """What each case of a group is drawn with, its own number or its cluster's (n,), and pools of units over groups.

    Units are drawn group by group, and there are no pools, unless they lie in strata or groups share them.
    """
    if not samples[0].in_units:
        return [np.arange(sample.n) for sample in samples], []
    codes, strata = [sample.design.summed[0].codes for sample in samples], samples[0].design.summed[0].strata
    own = [np.unique(code, return_inverse=True) for code in codes]
    if strata is not None:
        return codes, [np.flatnonzero(strata == k) for k in range(strata.max() + 1) if (strata == k).any()]
    total = len(samples[0].design.summed[0].scale)
    if sum(len(seen) for seen, _ in own) == total:
        return [local for _, local in own], []
    return codes, [np.arange(total)]


def _cases(fit, structure, sample, kind):
    """The cases that are drawn: as they are, or turned so that their moments are the implied ones."""
    if kind != "bollen_stine":
        return sample.data
    implied = implied_moments(structure, fit.estimate.theta)
    centre = implied.mu if structure.mean_structure else sample.mean
    own, target = np.linalg.cholesky(sample.cov), np.linalg.cholesky(implied.sigma)
    return centre + np.linalg.solve(own, (sample.data - sample.mean).T).T @ target.T
