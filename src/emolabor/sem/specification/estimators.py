"""The estimators: what each minimises, which errors and test go with it, what it asks of the data, and its words.

A new estimator is a row here; where it minimises something new, that is a class in `emolabor.sem.discrepancy`. The
first row of its kind is the default: for continuous variables ML, for ordered ones WLSMV.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from emolabor.common.errors import refuse, refuse_because


@dataclass(frozen=True)
class Estimator:
    """One estimator.

    Attributes
    ----------
    name : str
        As `sem` takes it.
    discrepancy : str
        What is minimised: a key of `emolabor.sem.estimation.kinds.DISCREPANCIES`.
    errors : str
        Standard errors: "information", its inverse; "observed", the Hessian's; "robust_sem", "huber_white",
        "robust_dwls" as in `emolabor.sem.inference.covariance`.
    test : str
        "standard"; "none" where the statistic has no chi-square distribution; "satorra_bentler", "yuan_bentler",
        "scaled_shifted".
    ordered : bool
        For ordered answers; the others take answers as numbers.
    missing : tuple of str
        What may be done about missing answers.
    wishart, clusters : bool
        Whether the Wishart likelihood, and errors that allow for clusters, strata and sampling weights, can be had.
    cases : bool
        Whether it needs the cases, not only their covariances.
    difference_tests : tuple of str
        Methods of `lr_test`, its own first.
    with_clusters : str
        The estimator that stands in its place where there are clusters, strata or sampling weights.
    correction : str
        How the summary names the test's correction.
    """

    name: str
    discrepancy: str
    errors: str = "information"
    test: str = "standard"
    ordered: bool = False
    missing: tuple[str, ...] = ("listwise",)
    wishart: bool = False
    clusters: bool = False
    cases: bool = False
    difference_tests: tuple[str, ...] = ("standard",)
    with_clusters: str = ""
    correction: str = ""

    @property
    def likelihood(self) -> bool:
        """Whether it is maximum likelihood, which has a log-likelihood and information criteria."""
        return self.discrepancy == "likelihood"

    @property
    def least_squares(self) -> bool:
        """Whether it is least squares of covariances: denominator n - 1, and no variable counts as fixed."""
        return not (self.likelihood or self.ordered)

    @property
    def robust(self) -> bool:
        """Whether its test is scaled."""
        return self.test not in ("standard", "none")


SATORRA_BENTLER = ("satorra_bentler_2001", "satorra_bentler_2010")
ESTIMATORS = {
    row.name: row
    for row in (
        Estimator("ML", "likelihood", missing=("listwise", "fiml"), wishart=True, clusters=True, with_clusters="MLR"),
        Estimator(
            "MLM",
            "likelihood",
            "robust_sem",
            "satorra_bentler",
            wishart=True,
            clusters=True,
            cases=True,
            difference_tests=SATORRA_BENTLER,
            correction="Satorra-Bentler correction",
        ),
        Estimator(
            "MLR",
            "likelihood",
            "huber_white",
            "yuan_bentler",
            missing=("listwise", "fiml"),
            clusters=True,
            cases=True,
            difference_tests=SATORRA_BENTLER,
            correction="Yuan-Bentler correction (Mplus variant)",
        ),
        Estimator("GLS", "gls", clusters=True),
        Estimator("ULS", "uls", test="none", clusters=True),
        Estimator(
            "WLSMV",
            "dwls",
            "robust_dwls",
            "scaled_shifted",
            ordered=True,
            missing=("listwise", "pairwise"),
            clusters=True,
            cases=True,
            difference_tests=("satorra_2000",),
            correction="simple second-order correction",
        ),
        Estimator(
            "DWLS",
            "dwls",
            ordered=True,
            missing=("listwise", "pairwise"),
            clusters=True,
            cases=True,
            with_clusters="WLSMV",
        ),
        Estimator(
            "ULSMV",
            "uls_ordered",
            "robust_dwls",
            "scaled_shifted",
            ordered=True,
            missing=("listwise", "pairwise"),
            clusters=True,
            cases=True,
            difference_tests=("satorra_2000",),
            correction="simple second-order correction",
        ),
    )
}

MAXIMUM_LIKELIHOOD = ESTIMATORS["ML"]
# Correlations that come with their covariance matrix, pooled from studies: no file of answers is fitted with it.
POOLED_CORRELATIONS = Estimator("WLS", "wls_correlations", "observed", ordered=True, cases=True)


def estimators_with(fits: Callable[..., Any]) -> str:
    """Names of the estimators for which `fits` holds, for a message."""
    return ", ".join(name for name, row in ESTIMATORS.items() if fits(row))


def estimator_for(name: str | None, ordered: Sequence[str], designed: bool) -> Estimator:
    """The estimator asked for, or the default for such answers; with clusters and the like one that allows for them.

    Parameters
    ----------
    name : str or None
    ordered : sequence of str
        The ordered variables of the model.
    designed : bool
        Whether there are clusters, strata or sampling weights.
    """
    row = ESTIMATORS[name] if name else next(row for row in ESTIMATORS.values() if row.ordered == bool(ordered))
    if designed and row.least_squares:  # errors and test as those of MLM, with their own weights of the moments
        robust = ESTIMATORS["MLM"]
        names = ("errors", "test", "cases", "difference_tests", "correction")
        return replace(row, **{name: getattr(robust, name) for name in names})
    return ESTIMATORS[row.with_clusters] if designed and row.with_clusters else row


def check_estimator(row: Estimator, given: dict[str, Any], ordered: Sequence[str]) -> None:
    """Refuse what does not go with an estimator.

    Parameters
    ----------
    row : Estimator
    given : dict
        missing, likelihood, cluster, group, mean_structure as `sem` takes them; data.
    ordered : sequence of str
        The ordered variables of the model.
    """
    name, missing = row.name, given["missing"]
    if row.ordered and not ordered:
        others = estimators_with(lambda other: not other.ordered)
        allowed = f"ordered=True or ordered=[names] with it, or {others} for continuous variables"
        refuse_because("estimator", f"{name!r} is for ordered variables, and none is declared", allowed)
    if ordered and not row.ordered:
        some = ", ".join(ordered[:5]) + (" ..." if len(ordered) > 5 else "")
        allowed = (
            f"{estimators_with(lambda other: other.ordered)} (or leave 'ordered' out to treat the answers as numbers)"
        )
        refuse_because("estimator", f"{name!r} takes variables as continuous, but these are ordered: {some}", allowed)
    if missing not in row.missing:
        those = estimators_with(lambda other: missing in other.missing)
        refuse("missing", f"{missing!r} with the estimator {name}", f"{', '.join(row.missing)}; it goes with {those}")
    if given["likelihood"] == "wishart" and (not row.wishart or missing == "fiml"):
        found = f"'wishart' with the estimator {name}" + (" and FIML" if missing == "fiml" else "")
        those = estimators_with(lambda other: other.wishart)
        refuse("likelihood", found, f"normal; 'wishart' goes with {those} and complete data")
    design = {"cluster": "clusters", "sampling_weights": "sampling weights", "strata": "strata"}
    for argument, what in design.items():
        if given[argument] is not None and not row.clusters:
            those = estimators_with(lambda other: other.clusters)
            refuse(argument, f"{what} with the estimator {name}", f"none; {what} go with {those}")
    asked = {name: row.cases, "FIML": missing == "fiml", "groups": given["group"]}
    asked.update({what: given[argument] is not None for argument, what in design.items()})
    if given["data"] is None and any(asked.values()):
        needs = ", ".join(what for what, needed in asked.items() if needed)
        refuse_because("sample_cov", f"covariances are not enough for {needs}", "the data")
    if row.ordered and given["mean_structure"] is False:
        refuse("mean_structure", "False", "True with ordered variables (thresholds need it)")
