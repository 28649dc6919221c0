"""The truth beside the estimates, where the answers are simulated."""

from math import prod

import pandas as pd

from emolabor.simulation import load_population, truth


def truth_table(study, verdicts):
    """Set the population's value beside every judged path.

    Parameters
    ----------
    study : Study
        Whose answers they are.
    verdicts : DataFrame
        As `analysis.verdicts` gives it.

    Returns
    -------
    DataFrame
        One row a path with an estimate and a truth: truth, est, ci_lower, ci_upper, covered (the interval holds the
        truth). Empty for answers that were collected: their truth nobody knows.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from emolabor.theory import load_claims
    >>> numbers = {"est": [0.38], "ci_lower": [0.3], "ci_upper": [0.46]}
    >>> table = pd.DataFrame(numbers, index=["C02 surface_acting>exhaustion"])
    >>> study = SimpleNamespace(source="simulated.csv", claims=load_claims(), truth=None)
    >>> truth_table(study, table)[["truth", "covered"]]
                                   truth  covered
    C02 surface_acting>exhaustion    0.4     True
    """
    columns = ["truth", "est", "ci_lower", "ci_upper", "covered"]
    if "simulated" not in study.source:
        return pd.DataFrame(columns=columns)
    of_path = _of_staff() if study.truth is None else lambda path: study.truth.get(path.key)
    values = {f"{claim.id} {path.key}": of_path(path) for claim in study.claims for path in claim.paths}
    table = verdicts[verdicts["est"].notna()]
    table = table.assign(truth=pd.to_numeric(table.index.map(values)))
    table = table[table["truth"].notna()]
    covered = (table["ci_lower"] <= table["truth"]) & (table["truth"] <= table["ci_upper"])
    return table.assign(covered=covered)[columns].rename_axis(None)


def _of_staff():
    """Return the function from a path to its value among our simulated staff; None where one has no such construct."""
    population = load_population()
    paths = truth(population)["std_all"]
    products = population.interactions.set_index(["from", "moderator", "to"])["value"]

    def of_path(path):
        if not set(path.constructs) <= set(population.constructs):
            return None
        if path.moderator:
            return products.get((path.source, path.moderator, path.to), 0.0)
        return prod(paths.get(f"{to}~{source}", 0.0) for source, to in path.steps)

    return of_path
