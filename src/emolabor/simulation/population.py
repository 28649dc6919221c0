"""The population with known truth from which simulated staff are drawn."""

from dataclasses import dataclass
from importlib import resources

import numpy as np
import pandas as pd
import yaml
from scipy.special import ndtri

from emolabor.theory import CONSTRUCTS, MARKER


@dataclass(frozen=True)
class Structure:
    """What goes with what among the latent variables.

    Attributes
    ----------
    constructs : tuple of str
        The latent variables, k of them, in the order of all arrays.
    paths : DataFrame
        from, to, value: standardized paths.
    interactions : DataFrame
        from, moderator, to, value.
    correlations : ndarray, shape (k, k)
        Among unexplained constructs and the disturbances of explained ones.
    """

    constructs: tuple[str, ...]
    paths: pd.DataFrame
    interactions: pd.DataFrame
    correlations: np.ndarray


@dataclass(frozen=True)
class Population(Structure):
    """Everything that a draw of our staff needs, read from ``population.yaml``; paths and interactions have a source.

    Attributes
    ----------
    centre_share, unit_share : ndarray, shape (k,)
        Shares of each disturbance's variance between centres and between home units, which are crossed.
    method_share : float
        Share of each item's variance that is a person's way of answering; may be 0.
    items : DataFrame
        Index item key; dimension, loading, t1 to t4 (thresholds of the latent answer, the item's shift taken off).
    measurement_differences : DataFrame
        item, type (of dispatch), of (shift or loading), value, source: where a dispatch type departs from `items`.
    settings : dict
        The sections centres, units, dispatch_types, background and answering, as the file has them.
    """

    centre_share: np.ndarray
    unit_share: np.ndarray
    method_share: float
    items: pd.DataFrame
    measurement_differences: pd.DataFrame
    settings: dict


def population_file():
    """Return the package's ``population.yaml`` as a readable resource."""
    return resources.files("emolabor.simulation") / "population.yaml"


def load_population():
    """Read the package's population.

    Returns
    -------
    Population
        The latent model, the items and the settings of the fieldwork.

    Examples
    --------
    >>> population = load_population()
    >>> len(population.constructs), len(population.items)
    (25, 81)
    """
    content = yaml.safe_load(population_file().read_text(encoding="utf-8"))
    constructs = (*CONSTRUCTS, MARKER)
    return Population(
        constructs=constructs,
        paths=pd.DataFrame(content["paths"]),
        interactions=pd.DataFrame(content["interactions"]),
        correlations=_correlations(content["correlations"]["values"], constructs),
        centre_share=_shares(content["centres"]["share"], constructs),
        unit_share=_shares(content["units"]["share"], constructs),
        method_share=content["method"]["share"],
        items=_items(content["items"]["dimensions"], content["answers"]["shares"]),
        measurement_differences=pd.DataFrame(content["measurement_differences"]),
        settings={key: content[key] for key in ("centres", "units", "dispatch_types", "background", "answering")},
    )


def truth(population):
    """Tabulate the true standardized paths; indirect ones are their products.

    Parameters
    ----------
    population : Population
        As `load_population` gives it.

    Returns
    -------
    DataFrame
        Index ``exhaustion~surface_acting`` and so on; columns lhs, rhs, std_all, source. Paths of value 0 are left out.

    Examples
    --------
    >>> float(truth(load_population()).loc["exhaustion~surface_acting", "std_all"])
    0.4
    """
    table = population.paths.rename(columns={"to": "lhs", "from": "rhs", "value": "std_all"})
    table = table.loc[table["std_all"] != 0, ["lhs", "rhs", "std_all", "source"]]
    return table.set_index(table["lhs"] + "~" + table["rhs"]).rename_axis("path")


def total_truth(population):
    """Tabulate the true standardized total effects, to stand beside `emolabor.sem.Fit.effects`.

    They are (I - B)^-1 - I (Bollen 1987, *Sociological Methodology* 17:37-69). Moderated paths count at the moderator's
    mean.

    Parameters
    ----------
    population : Population
        As `load_population` gives it.

    Returns
    -------
    DataFrame
        source, target, direct, indirect, total, a row each pair whose total is not 0.

    Examples
    --------
    >>> table = total_truth(load_population()).set_index(["source", "target"])
    >>> table.loc[("marginalisation", "proactive_service")].round(4).to_dict()
    {'direct': -0.15, 'indirect': -0.095, 'total': -0.245}
    """
    direct, names = path_matrix(population), np.array(population.constructs)
    total = np.linalg.inv(np.eye(len(names)) - direct) - np.eye(len(names))
    source, target = np.nonzero(total.T)
    direct, total = direct[target, source], total[target, source]
    return pd.DataFrame(
        {
            "source": names[source],
            "target": names[target],
            "direct": direct,
            "indirect": total - direct,
            "total": total,
        }
    )


def measurement_by_type(population):
    """Return the loadings and the shifts of the latent answers by dispatch type.

    Parameters
    ----------
    population : Population
        As `load_population` gives it.

    Returns
    -------
    loading, shift : DataFrame
        A row a dispatch type, a column an item; shifts are against the thresholds of `Population.items`.

    Examples
    --------
    >>> loading, shift = measurement_by_type(load_population())
    >>> loading["mg1"].to_dict(), shift["mg1"].to_dict()
    ({'dispatched': 0.74, 'contract': 0.74, 'agency': 0.74}, {'dispatched': 0.0, 'contract': -0.45, 'agency': 0.0})
    """
    types, items = list(population.settings["dispatch_types"]["types"]), population.items
    loading = pd.DataFrame([items["loading"]] * len(types), index=types)
    shift = pd.DataFrame(0.0, index=types, columns=items.index)
    for row in population.measurement_differences.to_dict("records"):
        {"loading": loading, "shift": shift}[row["of"]].loc[row["type"], row["item"]] += row["value"]
    return loading, shift


def path_matrix(population):
    """Return B, shape (k, k): row the outcome, column the predictor."""
    place = {construct: index for index, construct in enumerate(population.constructs)}
    matrix = np.zeros((len(place), len(place)))
    matrix[population.paths["to"].map(place), population.paths["from"].map(place)] = population.paths["value"]
    return matrix


def disturbance_covariance(population):
    """Find the disturbances that give every latent variable variance 1.

    Sigma = (I - B)^-1 Psi (I - B)^-T with Psi = D R D, R the given correlations (Bollen 1989, *Structural Equations
    with Latent Variables*, ch. 4). Each variance in D^2 is corrected by what its latent variable lacks to 1, which
    settles every construct once its predictors have settled.

    Parameters
    ----------
    population : Structure
        Such as `load_population` gives.

    Returns
    -------
    ndarray, shape (k, k)
        Psi.

    Raises
    ------
    ArithmeticError
        If the paths explain more than the whole variance of a construct, which is named.
    """
    total_effects = np.linalg.inv(np.eye(len(population.constructs)) - path_matrix(population))
    variances = np.ones(len(population.constructs))
    for _ in range(1000):
        scale = np.sqrt(variances)
        covariance = scale[:, None] * population.correlations * scale
        lacking = 1 - np.einsum("ij,jk,ik->i", total_effects, covariance, total_effects)
        if np.abs(lacking).max() < 1e-12:
            return covariance
        variances = np.maximum(variances + lacking, 0)
    name = population.constructs[int(np.argmin(lacking))]
    raise ArithmeticError(f"the paths explain more than the whole variance of {name}")


def _shares(share, constructs):
    return np.array([share.get(construct, share["default"]) for construct in constructs])


def _correlations(values, constructs):
    place = {construct: index for index, construct in enumerate(constructs)}
    matrix = np.eye(len(constructs))
    for one, row in values.items():
        for other, value in row.items():
            matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
    return matrix


def _items(dimensions, shares):
    rows = [
        (key, dimension, loading, *(ndtri(np.cumsum(shares[entry["lean"]])[:4]) - shift))
        for dimension, entry in dimensions.items()
        for key, (loading, shift) in entry["items"].items()
    ]
    return pd.DataFrame(rows, columns=["key", "dimension", "loading", "t1", "t2", "t3", "t4"]).set_index("key")
