"""Simulated staff: who they are, what they answer, and how carelessly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.checks import check_seed, check_whole
from emolabor.common.errors import refuse
from emolabor.instrument import load_instrument
from emolabor.simulation.latent import draw_latent
from emolabor.simulation.population import load_population, measurement_by_type

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument

POINTS = 5  # every item of the instrument has five answers; the population gives four thresholds


def simulate_staff(n: int = 1200, seed: int = 1, instrument: Instrument | None = None) -> pd.DataFrame:
    """Draw staff who answer the window staff questionnaire. The answers are simulated; no person gave them.

    Parameters
    ----------
    n : int
        Number of respondents, at least 1.
    seed : int
        Seed of the one random generator; the same `n` and `seed` give the same frame.
    instrument : Instrument, optional
        A questionnaire with items of window_staff, all or some of them, such as one with an adapted wording; by default
        window_staff.

    Returns
    -------
    DataFrame
        One row a respondent, columns as `Instrument.columns` has them. Items are raw as fielded, 1 to 5,
        reverse-worded ones not turned; NaN where an item was left out.

    Raises
    ------
    EmolaborError
        If `n` is not a whole number above 0, `seed` is not one from 0, or the instrument asks something that the
        population does not answer; `simulate_answers` does.

    Examples
    --------
    >>> import emolabor as el
    >>> staff = el.simulate_staff(n=200, seed=1)
    >>> staff[["centre", "dispatch_type", "sa1", "ic4", "seconds"]].head(2)
      centre dispatch_type  sa1  ic4  seconds
    0    C01      contract  4.0  2.0      467
    1    C01    dispatched  4.0  2.0      559
    """
    check_whole("n", n, 1)
    check_seed(seed)
    population, known = load_population(), load_instrument("window_staff")
    instrument = instrument or known
    _check_instrument(instrument, population, known)
    return draw_staff(population, instrument, n, seed)[0]


def draw_staff(population, instrument, n, seed):
    """Draw staff and tell which of them are careless.

    Parameters
    ----------
    population : Population
        Latent model, items and settings.
    instrument : Instrument
        Order of the columns, keying and attention checks.
    n, seed : int
        As in `simulate_staff`.

    Returns
    -------
    frame : DataFrame
        As `simulate_staff` returns it.
    careless : ndarray of bool, shape (n,)
        True where the answers have nothing to do with the questions.
    """
    rng = np.random.default_rng(seed)
    settings = population.settings["answering"]
    background, centre, unit, dispatch = _background(population, n, rng)
    latent = draw_latent(population, centre, unit, dispatch, rng)
    answers = _careful_answers(population, instrument, latent, dispatch, rng)

    careless = np.zeros(n, dtype=bool)
    careless[rng.choice(n, size=round(n * settings["careless"]), replace=False)] = True
    answers[careless] = careless_answers(careless.sum(), np.full(answers.shape[1], POINTS), rng)
    answers = pd.DataFrame(answers, columns=list(instrument.points()))
    items = answers.columns.intersection(population.items.index, sort=False)
    answers[items] = answers[items].mask(_left_out(background["tenure_band"], careless, len(items), settings, rng))

    pace = np.where(careless, settings["seconds"]["careless"], settings["seconds"]["careful"])
    seconds = pace * answers.shape[1] * np.exp(settings["seconds"]["spread"] * rng.standard_normal(n))
    columns = {**background, **answers, "seconds": seconds.round().astype(int)}
    return pd.DataFrame(columns)[list(instrument.columns)], careless


def _check_instrument(instrument, population, known):
    answered = {*population.items.index, *(check.key for check in instrument.attention_checks)}
    strange = [key for key in instrument.points() if key not in answered]
    strange += [variable.key for variable in instrument.background if variable.key not in known.columns]
    strange += [key for key, points in instrument.points().items() if points != POINTS]
    if strange:
        allowed = f"items and background of {known.key}, with {POINTS} answers each; simulate_answers draws any other"
        refuse("instrument", ", ".join(strange), allowed)


def _background(population, n, rng):
    """Draw who the staff are: columns by name; numbers of centre, home unit and dispatch type, all from 0."""
    centres, shares = population.settings["centres"], population.settings["background"]
    dispatch_types, n_departments = (
        population.settings["dispatch_types"],
        len(population.settings["units"]["departments"]),
    )
    names = list(dispatch_types["types"])

    weights = np.exp(centres["size_spread"] * rng.standard_normal(centres["count"]))
    centre = np.sort(rng.choice(centres["count"], size=n, p=weights / weights.sum()))
    overall = np.array([dispatch_types["types"][name]["share"] for name in names])
    mix = rng.dirichlet(dispatch_types["evenness"] * overall, size=centres["count"])
    dispatch = _choose(mix[centre], rng)
    unit = _units(population, centre, np.array(names)[dispatch], rng)
    tenure = _choose(np.array([shares["tenure"][name] for name in names])[dispatch], rng)
    columns = {
        "respondent": np.arange(1, n + 1),
        "centre": [f"C{number + 1:02d}" for number in centre],
        "department": [f"D{number + 1:02d}" if number < n_departments else None for number in unit],
        "dispatch_type": np.array(names)[dispatch],
        "tenure_band": tenure + 1,
        "sex": np.where(rng.random(n) < shares["female"], "female", "male"),
        "age_band": _choose(np.array(shares["age"])[tenure], rng) + 1,
    }
    return columns, centre, unit, dispatch


def _units(population, centre, types, rng):
    """Draw the home unit of each respondent, (n,) numbers from 0: departments, then centres, then agencies.

    Dispatched staff have a department, more of them one of those that are large in their centre; those whom the centre
    employs answer for it, agency workers for their agency.
    """
    units, count = population.settings["units"], population.settings["centres"]["count"]
    overall = np.array(units["departments"])
    mix = rng.dirichlet(units["evenness"] * overall, size=count)
    department = _choose(mix[centre], rng)
    agency = len(overall) + count + rng.integers(units["agencies"], size=len(centre))
    return np.select([types == "dispatched", types == "contract"], [department, len(overall) + centre], agency)


def _choose(shares, rng):
    """Choose one category a row: shares (n, categories) summing to 1 -> (n,) numbers from 0."""
    return (rng.random((len(shares), 1)) > shares.cumsum(axis=1)[:, :-1]).sum(axis=1)


def _careful_answers(population, instrument, latent, dispatch, rng):
    """Cut latent answers at the thresholds, turn reverse-worded items, answer the checks: (n, items and checks).

    A respondent's way of answering raises every answer alike, so it lowers the turned answers to reverse-worded items.
    """
    keys, items = list(instrument.points()), population.items
    turned = items.index.isin(list(instrument.reversed_items))
    dimension = [population.constructs.index(name) for name in items["dimension"]]
    loading, shift = (table.to_numpy()[dispatch] for table in measurement_by_type(population))
    noise = rng.standard_normal((len(latent), len(items)))
    method = np.sqrt(population.method_share) * np.where(turned, -1, 1)
    unique = np.sqrt(1 - loading**2 - population.method_share)
    continuous = (
        shift + loading * latent[:, dimension] + method * rng.standard_normal((len(latent), 1)) + unique * noise
    )
    answers = 1 + sum(continuous > items[threshold].to_numpy() for threshold in ("t1", "t2", "t3", "t4"))
    answers[:, turned] = POINTS + 1 - answers[:, turned]

    answers = pd.DataFrame(answers, columns=items.index)
    for check in instrument.attention_checks:
        missed = rng.random(len(latent)) < population.settings["answering"]["missed_checks"]
        other = (check.expected - 1 + rng.integers(1, POINTS, size=len(latent))) % POINTS + 1
        answers[check.key] = np.where(missed, other, check.expected)
    return answers[keys].to_numpy(copy=True)


def careless_answers(n, points, rng):
    """Answer without reading, shape (n, items): one answer throughout, any answer, or a pattern, in equal parts.

    Half of the patterns run diagonally (1 2 3 4 5 1 ...), half alternate between two answers. An answer that an item,
    by its number of points, does not have begins again at 1.
    """
    most, width = points.max(), len(points)
    position = np.arange(width)
    first, second = rng.integers(1, most + 1, size=(2, n, 1))
    straight = np.broadcast_to(first, (n, width))
    at_random = rng.integers(1, most + 1, size=(n, width))
    diagonal = first + position
    alternating = np.where(position % 2, second, first)
    kind = rng.integers(6, size=(n, 1)) // 2
    pattern = np.where(rng.random((n, 1)) < 0.5, diagonal, alternating)
    return (np.select([kind == 0, kind == 1], [straight, at_random], pattern) - 1) % points + 1


def _left_out(tenure_band, careless, width, settings, rng):
    """Mark the items left out, shape (n, width).

    Some staff, more of them the longer their tenure, leave out several items each, so most rows stay complete.
    """
    share = np.array(settings["skippers_by_tenure"])[tenure_band - 1]
    skipper = (rng.random(len(share)) < share) & ~careless
    return skipper[:, None] & (rng.random((len(share), width)) < settings["skipped_items"])
