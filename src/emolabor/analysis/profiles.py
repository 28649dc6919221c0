"""Latent profiles: how many kinds of respondents a few scores tell apart, and what goes with each kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from emolabor.analysis.mixtures import VARIANCE_FLOOR, best_mixture, bootstrap_p
from emolabor.analysis.three_step import category_table, outcome_table
from emolabor.common.checks import check_language, check_seed, check_share, check_whole
from emolabor.common.errors import refuse, shown
from emolabor.common.extras import require

SAME = 0.05  # log-likelihoods nearer than this are one maximum: slow climbs end a little below it
LEVEL = 0.05
COLUMNS = [
    "loglik", "parameters", "aic", "bic", "sabic", "entropy", "smallest_share", "replicated", "blrt", "blrt_pvalue",
]  # fmt: skip
LEANING = 0.5  # sample standard deviations from the sample's mean that make a profile high or low on a score
WORDS = {
    "zh": {"colon": "：", "high": "高", "low": "低", "join": "、", "medium": "各项居中"},
    "en": {"colon": ": ", "high": "high ", "low": "low ", "join": ", ", "medium": "medium throughout"},
}


@dataclass(frozen=True, eq=False, repr=False)
class Profiles:
    """Latent profiles for several numbers of them, and the number chosen.

    Profiles are called P1, P2 ... from the highest mean of the first score to the lowest.

    Attributes
    ----------
    fit : DataFrame
        A row a number of profiles (index k): loglik, parameters, aic, bic, sabic, entropy (1: everyone has one certain
        profile), smallest_share, replicated (how many of the long searches reached the best log-likelihood), blrt
        (twice the gain over k - 1 profiles), blrt_pvalue, eligible (may be chosen) and chosen. Missing where every
        solution held a profile of nearly equal answers (within a tenth of the sample's standard deviation).
    scores : DataFrame
        The complete cases that were analysed.
    mixtures : dict
        k -> the fitted scikit-learn GaussianMixture of the standardised scores, profiles in order.
    """

    fit: pd.DataFrame
    scores: pd.DataFrame
    mixtures: dict[int, Any]

    def __repr__(self):
        return f"Profiles(n={len(self.scores)}, k={list(self.fit.index)}, chosen={self.k})"

    @property
    def k(self):
        """The number of profiles chosen: see `profiles` for the rule."""
        return int(self.fit.index[self.fit["chosen"]][0])

    @property
    def shares(self):
        """Share of each profile in the population, as the mixture estimates it."""
        return pd.Series(self._mixture.weights_, index=self._codes)

    @property
    def means(self):
        """Means in the units of the scores: a row a profile, a column a score."""
        values = self._mixture.means_ * self.scores.std(ddof=0).to_numpy() + self.scores.mean().to_numpy()
        return pd.DataFrame(values, index=self._codes, columns=self.scores.columns)

    @property
    def sds(self):
        """Standard deviations within the profiles, arranged as `means`."""
        values = np.sqrt(self._mixture.covariances_) * self.scores.std(ddof=0).to_numpy()
        return pd.DataFrame(values, index=self._codes, columns=self.scores.columns)

    @cached_property
    def posterior(self):
        """Probability of each profile for each respondent, indexed as the scores."""
        values = self._mixture.predict_proba(_standardised(self.scores))
        return pd.DataFrame(values, index=self.scores.index, columns=self._codes)

    def names(self, language: str, labels: dict[str, Any] | None = None) -> dict[str, Any]:
        """Name each profile by the scores on which its mean is half a sample standard deviation or more off.

        Parameters
        ----------
        language : str
            "zh" or "en".
        labels : dict, optional
            Score -> what it is called.

        Returns
        -------
        dict
            Profile -> name, such as ``"P1: high surface acting, low deep acting"``.

        Raises
        ------
        EmolaborError
            Another language.

        Examples
        --------
        >>> import numpy as np, pandas as pd, emolabor as el
        >>> rng = np.random.default_rng(1)
        >>> kind = rng.random(300) < 0.4
        >>> scores = pd.DataFrame({"a": np.where(kind, 4, 2), "b": np.where(kind, 2, 3)}) + rng.normal(0, 0.5, (300, 2))
        >>> found = el.profiles(scores, k=[1, 2], n_boot=19)
        >>> found.names("en")["P1"]
        'P1: high a, low b'
        """
        check_language(language, tuple(WORDS))
        words, labels = WORDS[language], labels or {}
        found = {}
        for code, place in zip(self._codes, self._mixture.means_, strict=True):
            leaning = [
                words["high" if value > 0 else "low"] + _inside(labels.get(score, score))
                for score, value in zip(self.scores, place, strict=True)
                if abs(value) >= LEANING
            ]
            found[code] = f"{code}{words['colon']}{words['join'].join(leaning) or words['medium']}"
        return found

    def outcomes(self, outcomes: pd.DataFrame, level: float = 0.95) -> tuple[pd.DataFrame, ...]:
        """Means of outcomes in each profile by the three-step method, corrected for errors of classification.

        Parameters
        ----------
        outcomes : DataFrame
            Indexed as the scores that were given; a column an outcome. For shares of a category give 0 and 1.
        level : float
            Of the intervals.

        Returns
        -------
        tuple of DataFrame
            Means: a row an outcome and profile, with outcome, profile, mean, se, ci_lower, ci_upper, uncorrected (mean
            of the respondents put into the profile). Wald tests that all profiles have the same mean: a row an
            outcome, with n, wald, df, pvalue.

        Raises
        ------
        EmolaborError
            The outcomes are of other respondents.

        References
        ----------
        Bolck, A., Croon, M., & Hagenaars, J. (2004). Estimating latent structure models with categorical variables:
        One-step versus three-step estimators. Political Analysis, 12(1), 3-27.
        Vermunt, J. K. (2010). Latent class modeling with covariates: Two improved three-step approaches. Political
        Analysis, 18(4), 450-469.

        Examples
        --------
        >>> import numpy as np, pandas as pd, emolabor as el
        >>> rng = np.random.default_rng(1)
        >>> kind = rng.random(300) < 0.4
        >>> scores = pd.DataFrame({"a": np.where(kind, 4, 2), "b": np.where(kind, 2, 3)}) + rng.normal(0, 0.5, (300, 2))
        >>> found = el.profiles(scores, k=[1, 2], n_boot=19)
        >>> means, tests = found.outcomes(pd.DataFrame({"service": scores["a"] / 2}))
        >>> means["mean"].round(1).tolist()
        [2.0, 1.0]
        """
        return outcome_table(self.posterior, self._of_these(outcomes, "outcomes"), level)

    def categories(self, column: pd.Series) -> pd.DataFrame:
        """Shares of categories, such as dispatch types, in each profile, corrected for errors of classification.

        Parameters
        ----------
        column : Series
            Indexed as the scores that were given.

        Returns
        -------
        DataFrame
            A row a profile, a column a category; rows with cells of fewer than five respondents are missing.

        Raises
        ------
        EmolaborError
            The categories are of other respondents.

        References
        ----------
        Bolck, A., Croon, M., & Hagenaars, J. (2004). Estimating latent structure models with categorical variables:
        One-step versus three-step estimators. Political Analysis, 12(1), 3-27.

        Examples
        --------
        >>> import numpy as np, pandas as pd, emolabor as el
        >>> rng = np.random.default_rng(1)
        >>> kind = rng.random(300) < 0.4
        >>> scores = pd.DataFrame({"a": np.where(kind, 4, 2), "b": np.where(kind, 2, 3)}) + rng.normal(0, 0.5, (300, 2))
        >>> found = el.profiles(scores, k=[1, 2], n_boot=19)
        >>> found.categories(pd.Series(np.where(rng.random(300) < 0.5, "women", "men"))).columns.tolist()
        ['men', 'women']
        """
        return category_table(self.posterior, self._of_these(column, "column"))

    def _of_these(self, values, argument):
        if not self.scores.index.isin(values.index).all():
            refuse(argument, "other respondents", "a row for each one whose scores were given")
        return values.loc[self.scores.index]

    @property
    def _mixture(self):
        return self.mixtures[self.k]

    @property
    def _codes(self):
        return [f"P{number}" for number in range(1, self.k + 1)]


def profiles(
    scores: pd.DataFrame,
    k: Sequence[int] = range(1, 7),
    *,
    n_starts: int = 100,
    n_boot: int = 99,
    smallest: float = 0.05,
    seed: int = 1,
) -> Profiles:
    """Latent profile analysis: normal mixtures, independent within a profile, variances free across profiles.

    The rule for the number of profiles: the lowest BIC among the numbers whose best log-likelihood was found from two
    starts or more, whose smallest profile holds the share `smallest` or more, and which the bootstrap test (where it
    was made) prefers to one profile fewer at p <= .05. One profile is always eligible.

    Parameters
    ----------
    scores : DataFrame
        A row a respondent, a column a score; respondents with a missing score are left out.
    k : sequence of int
        Numbers of profiles to compare.
    n_starts : int
        Random starts; the best fifth (two at least) is climbed to the end.
    n_boot : int
        Samples of the bootstrap likelihood-ratio test (McLachlan, 1987), 19 or more, or 0 for none. It needs k - 1 in
        `k`.
    smallest : float
        Share that every profile must hold to be eligible.
    seed : int
        The same seed gives the same numbers.

    Returns
    -------
    Profiles
        The fit of each number of profiles, the number chosen, and for it means, shares and each respondent's
        probabilities.

    Raises
    ------
    EmolaborError
        An argument out of range, scores that are no numbers or all alike, too few respondents.

    References
    ----------
    McLachlan, G. J. (1987). On bootstrapping the likelihood ratio test statistic for the number of components in a
    normal mixture. Applied Statistics, 36(3), 318-324.
    Nylund, K. L., Asparouhov, T., & Muthen, B. O. (2007). Deciding on the number of classes in latent class analysis
    and growth mixture modeling. Structural Equation Modeling, 14(4), 535-569.
    Sclove, S. L. (1987). Application of model-selection criteria to some problems in multivariate analysis.
    Psychometrika, 52(3), 333-343 (the sample-size adjusted BIC).

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> rng = np.random.default_rng(1)
    >>> kind = rng.random(300) < 0.4
    >>> scores = pd.DataFrame({"a": np.where(kind, 4, 2), "b": np.where(kind, 2, 3)}) + rng.normal(0, 0.5, (300, 2))
    >>> found = el.profiles(scores, k=[1, 2, 3], n_boot=19)
    >>> found, found.means.round(1).to_numpy().tolist()
    (Profiles(n=300, k=[1, 2, 3], chosen=2), [[4.0, 2.0], [2.0, 3.0]])
    >>> found.names("en")
    {'P1': 'P1: high a, low b', 'P2': 'P2: low a, high b'}
    """
    require("sklearn")
    numbers = _check(scores, k, n_starts, n_boot, smallest, seed)
    complete = scores.dropna()
    data = _standardised(complete)
    # The log-likelihood in the scores' own units.
    shift = len(data) * np.log(complete.std(ddof=0)).sum()
    rows, mixtures = {}, {}
    for number, spawned in zip(numbers, np.random.SeedSequence(seed).spawn(len(numbers)), strict=True):
        search, test = (np.random.default_rng(part) for part in spawned.spawn(2))
        start, reached = _sound(best_mixture(data, number, search, n_starts=n_starts, n_final=max(2, n_starts // 5)))
        rows[number] = {"replicated": reached}
        if start is None:
            continue
        mixture = mixtures[number] = _finished(data, *start)
        rows[number] |= _row(data, number, mixture, shift)
        if number - 1 in mixtures and n_boot:
            smaller = mixtures[number - 1]
            null = (smaller.weights_, smaller.means_, smaller.covariances_)
            gain = 2 * (rows[number]["loglik"] - rows[number - 1]["loglik"])
            rows[number] |= {"blrt": gain, "blrt_pvalue": bootstrap_p(data, null, number, gain, test, n_boot)}
    fit = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=COLUMNS)
    return Profiles(_chosen(fit, smallest), complete, mixtures)


def _sound(tops):
    """The best climb in which no profile consists of nearly equal answers, and how many climbs ended as high."""
    loglik, weights, means, variances = tops
    sound = np.flatnonzero((variances > 1.001 * VARIANCE_FLOOR).all(axis=(1, 2)))
    if not len(sound):
        return None, 0
    best = sound[0]
    order = np.argsort(-means[best][:, 0], kind="stable")
    start = tuple(part[best][order] for part in (weights, means, variances))
    return start, int((np.abs(loglik[sound] - loglik[best]) < SAME).sum())


def _finished(data, weights, means, variances):
    """Let scikit-learn take the last steps."""
    from sklearn.mixture import GaussianMixture

    return GaussianMixture(
        len(weights),
        covariance_type="diag",
        weights_init=weights,
        means_init=means,
        precisions_init=1 / variances,
        init_params="random",
        random_state=0,
        reg_covar=0,
        tol=1e-10,
        max_iter=10_000,
    ).fit(data)


def _row(data, k, mixture, shift):
    n, p = data.shape
    loglik = mixture.score(data) * n - shift
    parameters = 2 * k * p + k - 1
    posterior = mixture.predict_proba(data)
    doubt = -(posterior * np.log(np.maximum(posterior, 1e-300))).sum()
    return {
        "loglik": loglik,
        "parameters": parameters,
        "aic": -2 * loglik + 2 * parameters,
        "bic": -2 * loglik + parameters * np.log(n),
        "sabic": -2 * loglik + parameters * np.log((n + 2) / 24),
        "entropy": 1 - doubt / (n * np.log(k)) if k > 1 else np.nan,
        "smallest_share": mixture.weights_.min(),
    }


def _chosen(fit, smallest):
    passed = ~(fit["blrt_pvalue"] > LEVEL)
    eligible = (fit["replicated"] >= 2) & (fit["smallest_share"] >= smallest) & passed | (fit.index == 1)
    if not eligible.any():
        refuse("k", f"{list(fit.index)}, none eligible", "with 1 among them")
    return fit.assign(eligible=eligible, chosen=fit.index == fit["bic"].where(eligible).idxmin()).rename_axis("k")


def _standardised(scores):
    return ((scores - scores.mean()) / scores.std(ddof=0)).to_numpy()


def _inside(label):
    """A label as it stands inside a name: "Surface acting" becomes "surface acting"."""
    return label[:1].lower() + label[1:]


def _check(scores, k, n_starts, n_boot, smallest, seed):
    check_whole("n_starts", n_starts, 2)
    check_whole("n_boot", n_boot, 0)
    check_seed(seed)
    if 0 < n_boot < 19:
        refuse("n_boot", n_boot, "0 or 19 and more, fewer cannot come down to .05")
    check_share("smallest", smallest, zero=True)
    numbers = list(k) if isinstance(k, Iterable) and not isinstance(k, str) else [k]
    if not numbers:
        refuse("k", shown(k), "whole numbers of at least 1")
    for one in numbers:
        check_whole("k", one, 1)
    if not isinstance(scores, pd.DataFrame) or not all(map(pd.api.types.is_numeric_dtype, scores.dtypes)):
        refuse("scores", "columns that are no numbers", "a DataFrame of numbers")
    alike = [column for column in scores if scores[column].dropna().nunique() < 2]
    if alike:
        refuse("scores", f"one value only in {', '.join(alike)}", "scores that vary")
    n, needed = len(scores.dropna()), 10 * max(numbers)
    if n < needed:
        refuse("scores", f"{n} complete rows", f"{needed} or more for {max(numbers)} profiles")
    return sorted({int(one) for one in numbers})
