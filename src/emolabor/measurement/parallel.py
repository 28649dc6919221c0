"""Parallel analysis: how many factors or components stand out from random answers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emolabor.common.checks import check_seed, check_share, check_whole
from emolabor.common.threads import one_thread
from emolabor.measurement.answers import correlations_of
from emolabor.measurement.extraction import extract


@dataclass(frozen=True)
class ParallelAnalysis:
    """How many factors and components stand out.

    Attributes
    ----------
    n_factors, n_components : int
        How many eigenvalues, from the largest on, exceed the random ones without a gap.
    table : DataFrame
        A row a place: ``factor`` and ``component`` eigenvalues, and the quantile of the random ones beside them
        (``factor_random``, ``component_random``).
    n, draws : int
        Respondents, and random samples.
    quantile : float
        Of the random eigenvalues.
    """

    n_factors: int
    n_components: int
    table: pd.DataFrame
    n: int
    draws: int
    quantile: float


@one_thread
def parallel_analysis(
    data: pd.DataFrame,
    *,
    draws: int = 100,
    quantile: float = 0.95,
    cor: str = "pearson",
    n_obs: int | None = None,
    seed: int = 1,
) -> ParallelAnalysis:
    """Compare eigenvalues with those of random normal answers (Horn, 1965).

    Parameters
    ----------
    data : DataFrame of shape (n, p), or (p, p) with `n_obs`
        Answers; rows with a missing one are left out. With `n_obs` a covariance or correlation matrix.
    draws : int
        Random samples of the size of the data.
    quantile : float
        Of the random eigenvalues (Glorfeld, 1995: .95).
    cor : {"pearson", "polychoric"}
        Correlations to analyse. With polychoric ones the random answers are normal answers cut at the items' own
        thresholds, and correlated in the same way.
    n_obs : int, optional
        Number of respondents behind a matrix.
    seed : int
        Of the random answers: the same seed gives the same numbers.

    Returns
    -------
    ParallelAnalysis
        Components: eigenvalues of the correlations. Factors: eigenvalues with the communalities of one
        minimum-residual factor in the diagonal, as in psych's ``fa.parallel``.

    Raises
    ------
    EmolaborError
        Options out of range, or answers that cannot be correlated.

    References
    ----------
    Glorfeld, L. W. (1995). An improvement on Horn's parallel analysis methodology for selecting the correct number of
    factors to retain. Educational and Psychological Measurement, 55(3), 377-393.
    Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis. Psychometrika, 30(2),
    179-185.

    Examples
    --------
    >>> import emolabor as el
    >>> items = ["sa1", "sa2", "sa3", "sa4", "da1", "da2", "da3", "da4"]
    >>> found = el.parallel_analysis(el.simulate_staff(n=600, seed=1)[items])
    >>> found.n_factors, found.n_components
    (2, 2)
    >>> found.table.loc[:2, ["factor", "factor_random"]].round(1).to_numpy().tolist()
    [[2.7, 1.0], [1.3, 0.2]]
    """
    check_seed(seed)
    draws = check_whole("draws", draws, 1)
    check_share("quantile", quantile)
    correlations, n = correlations_of(data, n_obs, cor, fewest=3)
    rng = np.random.default_rng(seed)
    shares = _cumulative_shares(data.dropna()) if cor == "polychoric" else None
    found = _eigenvalues(correlations.to_numpy())
    random = np.array([_eigenvalues(_random_correlations(rng, n, len(correlations), shares)) for _ in range(draws)])
    limits = np.quantile(random, quantile, axis=0)
    table = {
        "factor": found[0],
        "factor_random": limits[0],
        "component": found[1],
        "component_random": limits[1],
    }
    factors, components = (int(np.argmin(np.append(found[kind] > limits[kind], False))) for kind in (0, 1))
    places = pd.RangeIndex(1, len(correlations) + 1, name="place")
    return ParallelAnalysis(factors, components, pd.DataFrame(table, places), n, draws, quantile)


def _eigenvalues(correlations):
    """Eigenvalues, largest first, of factors and of components: shape (2, p)."""
    loadings, _, _ = extract(correlations, 1, "minres")
    reduced = correlations.copy()
    np.fill_diagonal(reduced, loadings[:, 0] ** 2)
    return np.array([np.linalg.eigvalsh(matrix)[::-1] for matrix in (reduced, correlations)])


def _random_correlations(rng, n, p, shares):
    answers = rng.standard_normal((n, p))
    if shares is None:
        return np.corrcoef(answers.T)
    from emolabor.sem import polychoric_correlations

    ranks = answers.argsort(axis=0).argsort(axis=0)
    cut = [np.searchsorted(share * n, ranks[:, i], side="right") for i, share in enumerate(shares)]
    return polychoric_correlations(pd.DataFrame(dict(enumerate(cut)))).to_numpy()


def _cumulative_shares(answers):
    """For each item the shares of answers up to each category but the last."""
    counts = [answers[item].value_counts(normalize=True).sort_index() for item in answers]
    return [shares.cumsum().to_numpy()[:-1] for shares in counts]
