"""Simulated answers to any questionnaire, with the truth that they were drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_seed, check_share, check_whole
from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.simulation.background import cluster_codes, draw_background
from emolabor.simulation.cutting import loading_for, thresholds
from emolabor.simulation.latent import draw_structure, latent_correlation
from emolabor.simulation.population import load_population
from emolabor.simulation.staff import careless_answers
from emolabor.simulation.structure import claimed_structure, path_truth

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.theory.claims import Claim


def simulate_answers(
    instrument: Instrument,
    n: int,
    seed: int = 1,
    claims: Iterable[Claim] | None = None,
    effect: float = 0.2,
    effects: Mapping[str, float] | None = None,
    correlations: pd.DataFrame | None = None,
    alpha: float | Mapping[str, float] = 0.8,
    loadings: Mapping[str, float] | None = None,
    clusters: Mapping[str, tuple[int, float]] | None = None,
    missing: float = 0.02,
    careless: float = 0.04,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Draw answers to a questionnaire of one's own, to rehearse a study. They are simulated; no person gave them.

    Constructs are normal with mean 0 and variance 1; latent answers are cut at equal steps into the points of a scale.

    Parameters
    ----------
    instrument : Instrument
        What is asked: scales of any number of points, attention checks, background.
    n : int
        Number of respondents.
    seed : int
        Seed of the one random generator.
    claims : iterable of Claim, optional
        From `load_claims`: each arrow that a claim names is a standardized path of the sign claimed. Without claims,
        `correlations` say everything.
    effect : float
        Size of these paths, by default 0.20; a product (moderation) has half of it. A step that only an indirect claim
        names has the sign that makes the whole way agree with its claim. A moderation without a claim about its two
        sides has the product alone.
    effects : dict, optional
        Other values for some of them, by ``"predictor>outcome"`` or ``"predictor*moderator>outcome"``; 0 is allowed.
    correlations : DataFrame, optional
        Index and columns: constructs that no claim explains, all or some of them. Pairs that the table does
        not hold are uncorrelated.
    alpha : float or dict
        Cronbach's alpha of the answers as given, by default 0.80; a dict names dimensions, the others have 0.80.
    loadings : dict, optional
        Item to the standardized loading of its latent answer, in place of the one that follows from `alpha`.
    clusters : dict, optional
        Column of the background to (number of groups, intraclass correlation of every construct). Several columns
        cross. An item's correlation is smaller, by its squared loading.
    missing : float
        Share of the answers to items that are missing completely at random, by default 0.02.
    careless : float
        Share of respondents who answer without reading, by default 0.04.

    Returns
    -------
    answers : DataFrame
        One row a respondent, columns as `Instrument.columns` has them, as fielded: reverse-worded items are not turned.
    truth : dict
        What they were drawn from: n, seed, paths, correlations, alpha, loadings, clusters, missing, careless (share)
        and careless_rows (from 1).

    Raises
    ------
    EmolaborError
        An argument is out of range or names what neither instrument nor claims have; paths, products and clusters
        together leave nothing to the respondents; a table is no table of correlations.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument, claims = el.load_instrument("window_staff"), el.load_claims()[:3]
    >>> answers, truth = el.simulate_answers(instrument, 200, claims=claims, clusters={"centre": (10, 0.1)})
    >>> answers["centre"].nunique(), round(truth["paths"]["surface_acting>exhaustion"], 2)
    (10, 0.2)
    """
    check_whole("n", n, 2)
    check_seed(seed)
    check_share("effect", effect, zero=True)
    check_share("missing", missing, zero=True)
    check_share("careless", careless, zero=True)
    claims, dimensions = tuple(claims or ()), instrument.dimensions()
    structure = claimed_structure(dimensions, claims, effect, effects or {}, correlations)
    alphas = _alphas(alpha, dimensions)
    loading = _loadings(instrument, alphas, loadings or {})
    clusters = _checked_clusters(clusters or {}, n)
    codes = {column: cluster_codes(instrument, column, groups) for column, (groups, _) in clusters.items()}

    rng = np.random.default_rng(seed)
    group = {column: rng.integers(len(names), size=n) for column, names in codes.items()}
    shares = [(np.full(len(structure.constructs), icc), group[column]) for column, (_, icc) in clusters.items()]
    try:
        latent = draw_structure(structure, shares, n, rng)
        implied = latent_correlation(structure)
    except ArithmeticError as error:
        refuse_because("effect", str(error), "smaller paths (effect, effects)")
    except np.linalg.LinAlgError:
        why = "clusters and products leave nothing to the respondents themselves"
        refuse_because("clusters", why, "smaller intraclass correlations, smaller products")
    answers = _given(instrument, pd.DataFrame(latent, columns=list(structure.constructs)), loading, rng)
    rows = np.sort(rng.choice(n, size=round(n * careless), replace=False))
    points = np.array(list(instrument.points().values()))
    answers.iloc[rows] = careless_answers(len(rows), points, rng)
    items = list(loading)
    answers[items] = answers[items].mask(rng.random((n, len(items))) < missing)

    pace = load_population().settings["answering"]["seconds"]
    seconds = np.full(n, pace["careful"]) * np.exp(pace["spread"] * rng.standard_normal(n)) * len(points)
    seconds[rows] *= pace["careless"] / pace["careful"]
    in_clusters = {column: [names[place] for place in group[column]] for column, names in codes.items()}
    background = draw_background(instrument, n, in_clusters, seconds, rng)
    names = structure.constructs
    truth = {
        "n": int(n),
        "seed": int(seed),
        "paths": path_truth(structure, claims),
        "correlations": {
            one: {other: round(float(implied[i, j]), 10) for j, other in enumerate(names[:i])}
            for i, one in enumerate(names)
        },
        "alpha": alphas,
        "loadings": loading,
        "clusters": {column: {"groups": groups, "icc": icc} for column, (groups, icc) in clusters.items()},
        "missing": float(missing),
        "careless": float(careless),
        "careless_rows": [int(row) + 1 for row in rows],
    }
    return pd.DataFrame({**background, **answers})[list(instrument.columns)], truth


def _alphas(alpha, dimensions):
    given = alpha if isinstance(alpha, Mapping) else dict.fromkeys(dimensions, alpha)
    _known("alpha", given, dimensions)
    for name, value in given.items():
        check_share(f"alpha of {name}", value)
    return {name: float(given.get(name, 0.8)) for name in dimensions}


def _loadings(instrument, alphas, given):
    points, dimensions = instrument.points(), instrument.dimensions()
    _known("loadings", given, [item for items in dimensions.values() for item in items])
    for item, value in given.items():
        check_share(f"loading of {item}", value)
    return {
        item: float(given[item]) if item in given else loading_for(alphas[name], len(items), points[item])
        for name, items in dimensions.items()
        for item in items
    }


def _checked_clusters(clusters, n):
    for column, entry in clusters.items():
        if not isinstance(entry, tuple | list) or len(entry) != 2:
            refuse(f"clusters, {column}", shown(entry), "(number of groups, intraclass correlation)")
        check_share(f"clusters, {column}, intraclass correlation", entry[1], zero=True)
        if check_whole(f"clusters, {column}, groups", entry[0], 2) > n:
            refuse(f"clusters, {column}, groups", str(entry[0]), f"at most n, which is {n}")
    return {column: (int(groups), float(icc)) for column, (groups, icc) in clusters.items()}


def _known(argument, given, known):
    for name in given:
        if name not in known:
            refuse(argument, shown(name), known)


def _given(instrument, latent, loading, rng):
    """Cut latent answers, turn reverse-worded items, answer the checks: a DataFrame of items and checks."""
    n, points, answers = len(latent), instrument.points(), {}
    for dimension, items in instrument.dimensions().items():
        for item in items:
            unique = np.sqrt(1 - loading[item] ** 2) * rng.standard_normal(n)
            felt = loading[item] * latent[dimension].to_numpy() + unique
            given = 1 + np.searchsorted(thresholds(points[item]), felt)
            answers[item] = points[item] + 1 - given if item in instrument.reversed_items else given
    missed = load_population().settings["answering"]["missed_checks"]
    for check in instrument.attention_checks:
        most = points[check.key]
        other = (check.expected - 1 + rng.integers(1, most, size=n)) % most + 1
        answers[check.key] = np.where(rng.random(n) < missed, other, check.expected)
    return pd.DataFrame(answers)[list(points)]
