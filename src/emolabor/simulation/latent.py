"""Drawing the latent variables: centres, home units, dispatch types, paths and interactions."""

from graphlib import TopologicalSorter

import numpy as np

from emolabor.simulation.population import disturbance_covariance, path_matrix


def draw_latent(population, centre, unit, dispatch, rng):
    """Draw one row of latent values a respondent.

    A disturbance is the sum of parts shared in the centre, in the home unit and in the dispatch type, and of the
    respondent's own; the latent values then follow the paths from the unexplained constructs onwards. Centres and units
    are crossed: neither lies within the other.

    Parameters
    ----------
    population : Population
        With k constructs.
    centre : ndarray of int, shape (n,)
        Row numbers of the centres, from 0.
    unit : ndarray of int, shape (n,)
        Row numbers of the home units, from 0.
    dispatch : ndarray of int, shape (n,)
        Row numbers of the dispatch types, in the file's order.
    rng : numpy.random.Generator
        The only source of chance.

    Returns
    -------
    ndarray, shape (n, k)
        Mean 0 and variance 1 over the population.
    """
    means, type_covariance = dispatch_means(population)
    groups = [(population.centre_share, centre), (population.unit_share, unit)]
    return draw_structure(population, groups, len(centre), rng, means[dispatch], type_covariance)


def draw_structure(structure, groups, n, rng, shift=0.0, shift_covariance=0.0):
    """Draw latent values whose disturbances are shared in groups that may cross: one row a respondent.

    Parameters
    ----------
    structure : Structure
        With k constructs.
    groups : list of (ndarray, ndarray)
        Of each classification the share of every disturbance's variance between its groups, shape (k,), and the number
        of each respondent's group from 0, shape (n,).
    n : int
    rng : numpy.random.Generator
        The only source of chance.
    shift : ndarray, shape (n, k), or 0
        What else each respondent's disturbances have.
    shift_covariance : ndarray, shape (k, k), or 0
        What the shift adds to their covariance.

    Returns
    -------
    ndarray, shape (n, k)
        Mean 0 and variance 1 over the population.

    Raises
    ------
    numpy.linalg.LinAlgError
        If groups, shift and products leave nothing to the respondents themselves.
    """
    total = disturbance_covariance(structure)
    drawn = [_draw_groups(share, total, group, rng) for share, group in groups]
    own = total - sum(covariance for _, covariance in drawn) - shift_covariance
    own = own - np.diag(interaction_variance(structure))
    values = rng.standard_normal((n, len(total))) @ np.linalg.cholesky(own).T
    return _follow_paths(structure, sum((by_group for by_group, _ in drawn), values) + shift)


def _draw_groups(share, total, group, rng):
    """Draw what members of a group share: a row a respondent (n, k), and its covariance (k, k)."""
    root = np.sqrt(share)[:, None] * np.linalg.cholesky(total)
    drawn = rng.standard_normal((group.max() + 1, len(total))) @ root.T
    return drawn[group], root @ root.T


def dispatch_means(population):
    """Return the centred latent means, shape (types, k), and the covariance that they add, shape (k, k)."""
    types = population.settings["dispatch_types"]["types"].values()
    share = np.array([entry["share"] for entry in types])
    means = np.array([[entry["means"].get(construct, 0.0) for construct in population.constructs] for entry in types])
    means = means - share @ means
    return means, (means.T * share) @ means


def interaction_variance(population):
    """Return the variance that product terms add to each construct, shape (k,).

    The product of two standard normal variables with correlation r has variance 1 + r^2 and is uncorrelated with both
    (Aroian 1947, *Annals of Mathematical Statistics* 18:265-271), so the true paths stay what they are.
    """
    place, correlation = population.constructs.index, latent_correlation(population)
    added = np.zeros(len(population.constructs))
    for row in population.interactions.to_dict("records"):
        r = correlation[place(row["from"]), place(row["moderator"])]
        added[place(row["to"])] += row["value"] ** 2 * (1 + r**2)
    return added


def latent_correlation(population):
    """Return the correlations that paths and disturbances imply, shape (k, k)."""
    total_effects = np.linalg.inv(np.eye(len(population.constructs)) - path_matrix(population))
    return total_effects @ disturbance_covariance(population) @ total_effects.T


def _follow_paths(population, disturbances):
    place, paths, correlation = population.constructs.index, path_matrix(population), latent_correlation(population)
    products = population.interactions.to_dict("records")
    causes = {index: set(np.flatnonzero(row)) for index, row in enumerate(paths)}
    for row in products:
        causes[place(row["to"])] |= {place(row["from"]), place(row["moderator"])}
    latent = np.zeros_like(disturbances)
    for index in TopologicalSorter(causes).static_order():
        latent[:, index] = disturbances[:, index] + latent @ paths[index]
        for row in products:
            if place(row["to"]) == index:
                one, other = place(row["from"]), place(row["moderator"])
                latent[:, index] += row["value"] * (latent[:, one] * latent[:, other] - correlation[one, other])
    return latent
