"""The fit of a two-level model with random slopes."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from emolabor.common.errors import refuse_because
from emolabor.common.threads import one_thread
from emolabor.sem.two_level.fit import TwoLevelFit
from emolabor.sem.two_level.slope_measures import cluster_slopes, slope_measures

WHY = (
    "with random slopes the covariances of answers differ from cluster to cluster, so that no saturated model of "
    "covariances stands above this one"
)
INSTEAD = "AIC, BIC, Wald tests, and el.lr_test against a model with fixed slopes"


def _refused(name: str) -> property:
    def refuse(fit: RandomSlopeFit) -> None:
        refuse_because("fit", f"'{name}': {WHY}", INSTEAD)

    return property(refuse, doc=f"Refused: {WHY}.")


class RandomSlopeFit(TwoLevelFit):
    """A two-level model with random slopes, fitted to nested answers.

    A TwoLevelFit with the slopes of every cluster (`slopes`) and without a test of fit: what rests on a saturated model
    of covariances is refused by name. Within, what slopes reach has no standardized value and no R-squared, since its
    variance differs from cluster to cluster.

    Attributes
    ----------
    text : str
        The model text.
    bound : TwoLevelModel
        Tables, structures, samples.
    estimate : Estimate
        Free parameters and how the search for them ended.
    se : str
        Kind of standard errors: observed, or huber_white (the clusters' scores).
    columns : tuple of str
        Columns of the data, the model's among them.
    """

    @cached_property
    @one_thread
    def _fit_measures(self) -> dict[str, float]:
        return slope_measures(self.bound, self.estimate)

    slopes = cluster_slopes
    level_fit = _refused("level_fit")
    icc = _refused("icc")
    reliability = _refused("reliability")
    residuals = _refused("residuals")
    implied_cov = _refused("implied_cov")
    implied_mean = _refused("implied_mean")

    def __repr__(self) -> str:
        """One line: what was fitted, how well, and whether it can be trusted."""
        measures: pd.Series = self.fit_measures()
        verdict = "admissible" if self.admissible else f"not admissible: {self.problems[0]}"
        return (
            f"Two-level {self.estimator} fit with random slopes of {self.n_obs} cases in {self.n_clusters} clusters: "
            f"log-likelihood {measures.logl:.3f}, AIC {measures.aic:.1f}, BIC {measures.bic:.1f}; {verdict}"
        )
