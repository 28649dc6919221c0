"""Exploratory factor analysis: extraction, rotation, a fixed sign and order of the factors, fit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emolabor.common.checks import check_choice, check_seed, check_whole
from emolabor.common.errors import refuse, shown
from emolabor.common.notices import Notice, with_code
from emolabor.common.threads import one_thread
from emolabor.measurement.answers import correlations_of
from emolabor.measurement.extraction import LOWEST, extract
from emolabor.measurement.factor_fit import factor_fit
from emolabor.measurement.rotation import ROTATIONS, rotate

METHODS = ("minres", "ml")
# The smallest loading that is printed in `summary`, as in psych's print(cut = .3).
SHOWN = 0.30


@dataclass(frozen=True, eq=False, repr=False)
class FactorAnalysis:
    """Factors found in correlations; factors are called F1, F2, ...

    Attributes
    ----------
    loadings : DataFrame of shape (p, m)
        Pattern coefficients.
    communalities, uniqueness : Series of length p
        Share of each item's variance that the factors explain, and the rest.
    factor_correlations : DataFrame of shape (m, m)
        Identity where the rotation is orthogonal.
    variance : DataFrame of shape (m, 3)
        ``ss_loadings`` (of an oblique factor with its share of what it explains together with others), ``proportion``
        of the items' variance, ``cumulative``.
    fit : Series
        chisq, df, pvalue, rmsea, rmsea_ci_lower, rmsea_ci_upper (90 %), tli, rmsr, crmsr, bic.
    n : int
        Respondents.
    method, rotation, cor : str
        As asked for; rotation None where there is one factor.
    problems : tuple of str
        Reasons against trusting the solution, in words.
    """

    loadings: pd.DataFrame
    communalities: pd.Series
    uniqueness: pd.Series
    factor_correlations: pd.DataFrame
    variance: pd.DataFrame
    fit: pd.Series
    n: int
    method: str
    rotation: str | None
    cor: str
    problems: tuple

    def summary(self) -> str:
        """Write loadings from .30 in size, factor correlations, fit and problems.

        Returns
        -------
        str
            For people: rounded, small loadings left blank.

        Examples
        --------
        >>> import emolabor as el
        >>> print(el.efa(el.simulate_staff(n=600, seed=1)[["sa1", "sa2", "sa3", "sa4"]], 1).summary().splitlines()[0])
        FactorAnalysis(factors=1, items=4, n=545, method='minres', rotation=None, cor='pearson', problems=0)
        """
        table = self.loadings.map(lambda value: f"{value:.2f}" if abs(value) >= SHOWN else "")
        table["communality"] = self.communalities.map("{:.2f}".format)
        parts = [repr(self), table.to_string(), self.variance.round(3).T.to_string()]
        if len(self.factor_correlations) > 1 and self.rotation != "varimax":
            parts.append("Factor correlations\n" + self.factor_correlations.round(2).to_string())
        parts.append("Fit\n" + self.fit.round(3).to_string())
        return "\n\n".join([*parts, *(f"Problem: {with_code(problem)}" for problem in self.problems)])

    def __repr__(self):
        return (
            f"FactorAnalysis(factors={self.loadings.shape[1]}, items={len(self.loadings)}, n={self.n}, "
            f"method={self.method!r}, rotation={self.rotation!r}, cor={self.cor!r}, problems={len(self.problems)})"
        )

    def _repr_html_(self):
        from emolabor.common.html import paragraph, table

        loadings = self.loadings.assign(communality=self.communalities).reset_index(names="item")
        problems = [paragraph(with_code(problem)) for problem in self.problems]
        return "".join([paragraph(repr(self)), table(loadings), table(self.fit.to_frame().T), *problems])


@one_thread
def efa(
    data: pd.DataFrame,
    n_factors: int,
    *,
    method: str = "minres",
    rotation: str | None = "oblimin",
    cor: str = "pearson",
    n_obs: int | None = None,
    sampling_weights: str | None = None,
    seed: int = 1,
) -> FactorAnalysis:
    """Explore which common factors lie behind items.

    Parameters
    ----------
    data : DataFrame of shape (n, p), or (p, p) with `n_obs`
        Answers, one row a respondent, one column an item; rows with a missing answer are left out. With `n_obs` a
        covariance or correlation matrix. Never changed.
    n_factors : int
        How many factors; `parallel_analysis` suggests a number.
    method : {"minres", "ml"}
        Minimum residuals (Harman & Jones, 1966) or maximum likelihood (Joreskog, 1967).
    rotation : {"oblimin", "promax", "varimax", "geomin"} or None
        oblimin: oblique, gamma 0 (Jennrich & Sampson, 1966). promax: oblique, power 4, from varimax (Hendrickson &
        White, 1964). varimax: orthogonal, rows normalised (Kaiser, 1958). geomin: oblique, delta .01 (Yates, 1987).
    cor : {"pearson", "polychoric"}
        Correlations to analyse.
    n_obs : int, optional
        Number of respondents behind a matrix.
    sampling_weights : str, optional
        Column of `data` with how many people each respondent stands for, above zero; it is no item. Fit is that of
        the effective number of respondents (Kish, 1965), which `n` then is.
    seed : int
        Of geomin's random starts.

    Returns
    -------
    FactorAnalysis
        Factors stand in descending order of the variance they explain (diagonal of Phi L'L; ties keep the order of
        extraction) and point where the sum of their loadings is positive.

    Raises
    ------
    EmolaborError
        Unknown options, too many factors for the items, or answers that cannot be correlated.

    Notes
    -----
    Checked against psych 2.2.9 (``fa`` with GPArotation). Geomin is compared with the best of many starts in R.

    References
    ----------
    Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres). Psychometrika, 31(3),
    351-368.
    Hendrickson, A. E., & White, P. O. (1964). Promax: A quick method for rotation to oblique simple structure. British
    Journal of Statistical Psychology, 17(1), 65-70.
    Jennrich, R. I., & Sampson, P. F. (1966). Rotation for simple loadings. Psychometrika, 31(3), 313-323.
    Joreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika, 32(4), 443-482.
    Kaiser, H. F. (1958). The varimax criterion for analytic rotation in factor analysis. Psychometrika, 23(3), 187-200.
    Kish, L. (1965). Survey sampling. Wiley.
    Yates, A. (1987). Multivariate exploratory data analysis. SUNY Press.

    Examples
    --------
    >>> import emolabor as el
    >>> items = ["sa1", "sa2", "sa3", "da1", "da2", "da3"]
    >>> found = el.efa(el.simulate_staff(n=600, seed=1)[items], 2)
    >>> found.loadings.round(2)
           F1    F2
    sa1 -0.01  0.75
    sa2  0.04  0.78
    sa3 -0.03  0.72
    da1  0.76 -0.03
    da2  0.77  0.06
    da3  0.73 -0.04
    """
    check_choice("method", method, METHODS)
    if rotation is not None and rotation not in ROTATIONS:
        refuse("rotation", shown(rotation), f"{', '.join(ROTATIONS)}, None")
    check_seed(seed)
    m = check_whole("n_factors", n_factors, 1)
    correlations, n = correlations_of(data, n_obs, cor, 3, sampling_weights)
    items, values = list(correlations.columns), correlations.to_numpy()
    p = len(items)
    if p * (p - 1) // 2 - p * m + m * (m - 1) // 2 < 0:
        most = max(k for k in range(1, p) if p * (p - 1) // 2 - p * k + k * (k - 1) // 2 >= 0)
        refuse("n_factors", f"{m} for {p} items", f"1 to {most}")
    unrotated, unique, converged = extract(values, m, method)
    rotation = rotation if m > 1 else None
    pattern, phi, turned = unrotated, np.eye(m), True
    if rotation:
        pattern, phi, turned = rotate(unrotated, rotation, np.random.default_rng(seed))
    pattern, phi = _in_order(pattern, phi)
    names = [f"F{k + 1}" for k in range(m)]
    communalities = np.sum(unrotated**2, axis=1)
    explained = np.diag(phi @ pattern.T @ pattern)
    variance = {"ss_loadings": explained, "proportion": explained / p, "cumulative": np.cumsum(explained / p)}
    return FactorAnalysis(
        loadings=pd.DataFrame(pattern, items, names),
        communalities=pd.Series(communalities, items, name="communality"),
        uniqueness=pd.Series(1 - communalities, items, name="uniqueness"),
        factor_correlations=pd.DataFrame(phi, names, names),
        variance=pd.DataFrame(variance, names),
        fit=pd.Series(factor_fit(values, unrotated, n), dtype=float),
        n=n,
        method=method,
        rotation=rotation,
        cor=cor,
        problems=tuple(_problems(items, unique, converged, turned)),
    )


def _in_order(pattern, phi):
    """Order factors by the variance they explain and turn them to a positive sum of loadings."""
    order = np.argsort(-np.diag(phi @ pattern.T @ pattern), kind="stable")
    pattern, phi = pattern[:, order], phi[np.ix_(order, order)]
    sign = np.where(pattern.sum(axis=0) < 0, -1.0, 1.0)
    return pattern * sign, phi * np.outer(sign, sign)


def _problems(items, unique, converged, turned):
    if not converged:
        yield Notice("not_converged", "the extraction did not converge")
    if not turned:
        yield Notice("rotation_not_converged", "the rotation did not converge")
    at_bound = [str(item) for item, value in zip(items, unique, strict=True) if value <= LOWEST * (1 + 1e-9)]
    if at_bound:
        said = f"Heywood case: the unique variance of {', '.join(at_bound)} is at its bound of {LOWEST}"
        yield Notice("unique_variance_at_bound", said)
