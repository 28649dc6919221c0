import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.measurement import efa, factor_adequacy, parallel_analysis
from emolabor.measurement.extraction import extract
from emolabor.measurement.rotation import geomin, quartimin, varimax

from .reference import R, aligned, democracy, likert, own, personality, pupils

pytestmark = pytest.mark.slow

REFERENCE = pd.read_csv(R / "efa.csv", keep_default_na=False)
SETS = {
    "pupils": (pupils(), 3, None),
    "democracy": (democracy(), 2, None),
    "large": (own("large"), 6, None),
    "likert": (likert(), 3, None),
    "personality": (personality(), 5, 2436),
}
METHODS = ["minres", "ml"]
# psych stops its searches at about 1e-5 in the unique variances (optim) and GPArotation at a gradient of 1e-5, which in
# loadings is up to 1e-4; what follows from them without a search is equal to far more digits.
LOADINGS = 1e-4
# Chi-square is a hundred to ten thousand times a discrepancy that psych has to about 1e-8 of itself; RMSEA and the like
# are roots and quotients of it.
RELATIVE, SMALL = 1e-5, 1e-5
# Closed formulas.
CLOSED = 1e-9


def rows(what, name, method="", rotation=""):
    part = REFERENCE[
        (REFERENCE["set"] == name)
        & (REFERENCE["method"] == method)
        & (REFERENCE["rotation"] == rotation)
        & (REFERENCE["what"] == what)
    ]
    assert len(part), (what, name, method, rotation)
    return part.pivot(index="row", columns="col", values="value").to_numpy()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SETS)
def test_unrotated_loadings_and_fit_are_those_of_psych(name, method):
    data, m, n = SETS[name]
    found = efa(data, m, method=method, rotation=None, n_obs=n)
    assert found.problems == ()
    loadings, _, _ = aligned(found.loadings.to_numpy(), rows("loadings", name, method, "none"))
    np.testing.assert_allclose(loadings, rows("loadings", name, method, "none"), rtol=0, atol=LOADINGS)
    np.testing.assert_allclose(
        found.communalities, rows("communalities", name, method, "none")[:, 0], rtol=0, atol=LOADINGS
    )
    np.testing.assert_allclose(found.uniqueness, 1 - found.communalities, rtol=0, atol=1e-12)
    for measure in found.fit.index:
        expected = rows(measure, name, method, "none")[0, 0]
        assert found.fit[measure] == pytest.approx(expected, rel=RELATIVE, abs=SMALL), measure


@pytest.mark.parametrize("rotation", ["varimax", "promax", "oblimin"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SETS)
def test_rotated_loadings_are_those_of_psych(name, method, rotation):
    data, m, n = SETS[name]
    found = efa(data, m, method=method, rotation=rotation, n_obs=n)
    reference = rows("loadings", name, method, rotation)
    loadings, order, sign = aligned(found.loadings.to_numpy(), reference)
    np.testing.assert_allclose(loadings, reference, rtol=0, atol=LOADINGS)
    if rotation != "promax":
        explained, expected = found.variance["ss_loadings"], rows("ss_loadings", name, method, rotation)[0]
        # A sum over up to 30 items of twice a loading times its error.
        np.testing.assert_allclose(np.sort(explained), np.sort(expected), rtol=0, atol=5 * LOADINGS)
    if rotation != "varimax":
        phi = found.factor_correlations.to_numpy()[np.ix_(order, order)] * np.outer(sign, sign)
        np.testing.assert_allclose(phi, rows("phi", name, method, rotation), rtol=0, atol=LOADINGS)


@pytest.mark.parametrize("name", SETS)
def test_varimax_climbs_at_least_as_high_as_psych_and_ends_nearby(name):
    # fa(rotate = "varimax") and "promax" end where stats::varimax stops by default: see tests/r/efa.R.
    data, m, n = SETS[name]
    reference = rows("loadings", name, "minres", "psych_varimax")
    found = efa(data, m, rotation="varimax", n_obs=n).loadings.to_numpy()
    length = np.sqrt(np.sum(found**2, axis=1, keepdims=True))
    # Both from the same loadings up to psych's 1e-5.
    assert varimax(found / length)[0] < varimax(reference / length)[0] + 1e-5
    np.testing.assert_allclose(aligned(found, reference)[0], reference, rtol=0, atol=0.005)
    oblique = rows("loadings", name, "minres", "psych_promax")
    found = efa(data, m, rotation="promax", n_obs=n).loadings.to_numpy()
    np.testing.assert_allclose(aligned(found, oblique)[0], oblique, rtol=0, atol=0.005)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SETS)
def test_geomin_finds_the_best_of_many_starts_in_r(name, method):
    data, m, n = SETS[name]
    found = efa(data, m, method=method, rotation="geomin", n_obs=n)
    value = geomin(found.loadings.to_numpy())[0]
    reference = rows("criterion", name, method, "geomin")[0, 0]
    # R rotates psych's loadings, which are 1e-5 from the minimum; another local minimum is .001 or more away.
    assert value < reference + 1e-5
    loadings, order, sign = aligned(found.loadings.to_numpy(), rows("loadings", name, method, "geomin"))
    np.testing.assert_allclose(loadings, rows("loadings", name, method, "geomin"), rtol=0, atol=LOADINGS)
    phi = found.factor_correlations.to_numpy()[np.ix_(order, order)] * np.outer(sign, sign)
    np.testing.assert_allclose(phi, rows("phi", name, method, "geomin"), rtol=0, atol=LOADINGS)


@pytest.mark.parametrize("criterion", [varimax, quartimin, geomin])
def test_gradients_of_rotation_criteria_are_slopes(criterion):
    rng = np.random.default_rng(4)
    loadings, direction = rng.normal(size=(2, 8, 3))
    slope = (criterion(loadings + 1e-6 * direction)[0] - criterion(loadings - 1e-6 * direction)[0]) / 2e-6
    assert np.sum(criterion(loadings)[1] * direction) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("name", SETS)
def test_adequacy_is_that_of_psych(name):
    data, _, n = SETS[name]
    found = factor_adequacy(data, n_obs=n)
    np.testing.assert_allclose(found.kmo_items, rows("kmo_items", name)[:, 0], rtol=0, atol=CLOSED)
    for measure, value in (("kmo", found.kmo), ("df", found.df), ("pvalue", found.pvalue)):
        assert value == pytest.approx(rows(measure, name)[0, 0], abs=CLOSED)
    assert found.chisq == pytest.approx(rows("bartlett", name)[0, 0], rel=CLOSED)


@pytest.mark.parametrize("name", SETS)
def test_parallel_analysis_finds_as_many_factors_as_psych(name):
    data, _, n = SETS[name]
    found = parallel_analysis(data, n_obs=n)
    assert found.n_factors == rows("n_factors", name)[0, 0]
    assert found.n_components == rows("n_components", name)[0, 0]
    np.testing.assert_allclose(found.table["factor"], rows("factor_eigenvalues", name)[:, 0], rtol=0, atol=LOADINGS)


def test_factors_stand_in_order_and_point_upwards():
    found = efa(likert() * -1, 3)
    assert (found.loadings.sum() > 0).all()
    assert found.variance["ss_loadings"].is_monotonic_decreasing
    assert found.variance["cumulative"].iloc[-1] == pytest.approx(found.communalities.mean())


@pytest.mark.parametrize("rotation", ["varimax", "promax", "oblimin", "geomin"])
def test_the_order_of_items_does_not_matter(rotation):
    data = likert()
    found, mixed = (efa(part, 3, rotation=rotation).loadings for part in (data, data[data.columns[::-1]]))
    np.testing.assert_allclose(mixed.loc[found.index], found, rtol=0, atol=1e-6)


def test_rotation_keeps_communalities_and_fit():
    plain = efa(likert(), 3, rotation=None)
    for rotation in ("varimax", "promax", "oblimin", "geomin"):
        turned = efa(likert(), 3, rotation=rotation)
        loadings, phi = turned.loadings.to_numpy(), turned.factor_correlations.to_numpy()
        np.testing.assert_allclose(np.diag(loadings @ phi @ loadings.T), plain.communalities, rtol=0, atol=1e-10)
        pd.testing.assert_series_equal(turned.fit, plain.fit)


def test_a_matrix_gives_what_its_answers_give():
    data = likert()
    from_matrix = efa(data.cov(), 3, n_obs=len(data))
    np.testing.assert_allclose(from_matrix.loadings, efa(data, 3).loadings, rtol=0, atol=1e-8)
    assert from_matrix.fit.chisq == pytest.approx(efa(data, 3).fit.chisq, rel=1e-8)


def test_ordered_answers_load_higher_in_polychoric_correlations():
    # Five-point answers of a known model: loadings of .8, .7, .65, .6, .75; Pearson correlations are too small.
    pearson, polychoric = (efa(likert(), 3, cor=cor).loadings.abs().max(axis=1) for cor in ("pearson", "polychoric"))
    assert (polychoric > pearson).mean() > 0.9
    found = parallel_analysis(likert(), cor="polychoric", draws=10)
    assert found.n_factors == 3


def test_a_heywood_case_is_said():
    # One factor can only meet these with a loading above 1: r12 * r13 / r23 = 1.2.
    matrix = pd.DataFrame([[1, 0.8, 0.6], [0.8, 1, 0.4], [0.6, 0.4, 1]], index=list("abc"), columns=list("abc"))
    for method in METHODS:
        found = efa(matrix, 1, n_obs=100, method=method)
        assert "Heywood case: the unique variance of a" in found.problems[0]


def test_extraction_is_a_minimum_also_in_small_random_samples():
    rng = np.random.default_rng(7)
    for _ in range(20):
        sample = np.corrcoef(rng.standard_normal((40, 8)).T)
        loadings, unique, converged = extract(sample, 1, "minres")
        assert converged
        off = ~np.eye(8, dtype=bool)
        best = np.sum((sample - loadings @ loadings.T)[off] ** 2)
        for _ in range(5):
            other = loadings + 0.02 * rng.standard_normal(loadings.shape)
            if np.all(np.sum(other**2, axis=1) <= 1 - unique.min()):
                assert np.sum((sample - other @ other.T)[off] ** 2) > best


def test_the_frame_is_not_changed_and_incomplete_rows_are_left_out():
    data = likert().astype(float)
    data.iloc[3, 2] = np.nan
    before = data.copy()
    assert efa(data, 3).n == len(data) - 1
    pd.testing.assert_frame_equal(data, before)


def test_the_summary_names_what_was_done_and_hides_small_loadings():
    text = efa(likert(), 3).summary()
    assert "method='minres'" in text and "Factor correlations" in text
    loadings = [line.split() for line in text.split("\n\n")[1].splitlines()[1:]]
    assert [len(line) for line in loadings].count(3) >= 13  # item, one loading, communality


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_factors": 0}, "n_factors: found 0; allowed: a whole number of at least 1"),
        ({"n_factors": 11}, "n_factors: found 11 for 15 items; allowed: 1 to 10"),
        ({"rotation": "quartimax"}, "rotation: found 'quartimax'; allowed: oblimin, promax, varimax, geomin, None"),
        ({"method": "paf"}, "method: found 'paf'; allowed: minres, ml"),
        ({"cor": "kendall"}, "cor: found 'kendall'; allowed: pearson, polychoric"),
        ({"n_obs": 100}, "with n_obs a matrix is expected"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(EmolaborError, match=message):
        efa(likert(), **{"n_factors": 3, **arguments})


def test_a_singular_matrix_goes_with_minres_only():
    data = likert()
    data["total"] = data["a1"] + data["a2"]
    assert efa(data, 3).n == 500
    with pytest.raises(EmolaborError, match="positive definite"):
        efa(data, 3, method="ml")
    with pytest.raises(EmolaborError, match="singular"):
        factor_adequacy(data)
