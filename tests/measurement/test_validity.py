import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.measurement import alpha_interval, convergent_validity, fornell_larcker, htmt, omega_coefficients

from .reference import R, likert, pupils

REFERENCE = pd.read_csv(R / "validity.csv")
SETS = {"pupils": (pupils(), 3), "likert": (likert(), 5)}
# The R script stops lavaan at a gradient of about 1e-8: loadings are right to about 1e-7.
ESTIMATED = 1e-6
CLOSED = 1e-12


def values(name, what):
    part = REFERENCE[(REFERENCE["set"] == name) & (REFERENCE["what"] == what)]
    assert len(part)
    return part["value"].to_numpy()


def given(name):
    data, size = SETS[name]
    items = list(data.columns)
    return data, {f"dimension {k}": items[k * size : (k + 1) * size] for k in range(3)}


@pytest.mark.parametrize("name", SETS)
def test_composite_reliability_and_variance_extracted_follow_from_lavaans_loadings(name):
    found = convergent_validity(*given(name), n_resamples=50)
    for measure in ("cr", "ave"):
        np.testing.assert_allclose(found[measure], values(name, measure), rtol=0, atol=ESTIMATED)
        assert (found[f"{measure}_lower"] < found[measure]).all() and (found[measure] < found[f"{measure}_upper"]).all()
    assert (found["problems"] == "").all()


@pytest.mark.parametrize("name", SETS)
def test_omegas_are_those_of_semtools(name):
    found = omega_coefficients(*given(name))
    for measure in ("omega_total_ml", "omega_observed_ml"):
        np.testing.assert_allclose(found[measure], values(name, measure), rtol=0, atol=ESTIMATED)


def test_categorical_omega_is_that_of_semtools():
    found = omega_coefficients(*given("likert"), ordered=True)
    np.testing.assert_allclose(
        found["omega_categorical"], values("likert", "omega_categorical"), rtol=0, atol=ESTIMATED
    )
    assert (found["problems"] == "").all()


@pytest.mark.parametrize("kind", ["htmt", "htmt2"])
@pytest.mark.parametrize("name", SETS)
def test_ratios_are_those_of_semtools(name, kind):
    found = htmt(*given(name), kind=kind, n_resamples=50)
    # Pairs in R: (2, 1), (3, 1), (3, 2).
    np.testing.assert_allclose(found["ratio"], values(name, kind), rtol=0, atol=CLOSED)
    assert (found["lower"] < found["ratio"]).all() and (found["ratio"] < found["upper"]).all()


@pytest.mark.parametrize("name", SETS)
def test_fornell_and_larckers_table_holds_roots_and_correlations(name):
    found = fornell_larcker(*given(name))
    assert (found.pop("problems") == "").all()
    found = found.to_numpy()
    np.testing.assert_allclose(np.diag(found) ** 2, values(name, "ave"), rtol=0, atol=ESTIMATED)
    below = [found[1, 0], found[2, 0], found[2, 1]]
    np.testing.assert_allclose(below, values(name, "phi"), rtol=0, atol=ESTIMATED)
    assert np.isnan(found[np.triu_indices(3, 1)]).all()


def test_bonetts_interval_follows_its_formula():
    expected = [*values("formula", "bonett_lower"), *values("formula", "bonett_upper")]
    np.testing.assert_allclose(alpha_interval(0.8, 150, 6, method="bonett"), expected, rtol=0, atol=CLOSED)


def test_one_construct_split_in_two_has_a_ratio_of_about_one_and_an_interval_that_holds_it():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(400, 1)) + rng.normal(size=(400, 6)), columns=list("abcdef"))
    row = htmt(data, {"one": list("abc"), "other": list("def")}, n_resamples=300).iloc[0]
    assert row["lower"] < 1 < row["upper"]


@pytest.mark.slow
def test_intervals_cover_at_their_level():
    rng = np.random.default_rng(6)
    loadings = np.array([0.8, 0.7, 0.6])
    true = loadings.sum() ** 2 / (loadings.sum() ** 2 + np.sum(1 - loadings**2))
    covered = 0
    for _ in range(100):
        factors = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], size=250)
        answers = np.repeat(factors, 3, axis=1) * np.tile(loadings, 2)
        answers += np.tile(np.sqrt(1 - loadings**2), 2) * rng.standard_normal((250, 6))
        found = convergent_validity(
            pd.DataFrame(answers, columns=list("abcdef")), {"x": list("abc"), "y": list("def")}, n_resamples=200
        ).loc["x"]
        covered += found["cr_lower"] <= true <= found["cr_upper"]
    # Percentile intervals from 200 resamples fall short of .95 by about .02; three standard errors of 100 are .065.
    assert 0.86 < covered / 100 <= 1


def test_the_same_seed_gives_the_same_interval():
    first, second = (htmt(*given("likert"), n_resamples=20, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("dimensions", "message"),
    [
        ({"one": ["a1", "a2"]}, "found 1 dimension; allowed: at least 2"),
        ({"one": ["a1", "a2"], "two": ["a2", "a3"]}, "a2 belongs to several dimensions"),
        ({"one": ["a1", "a2"], "two": ["a9", "a3"]}, "dimension two: found no column a9"),
    ],
)
def test_bad_dimensions_are_named(dimensions, message):
    with pytest.raises(EmolaborError, match=message):
        htmt(likert(), dimensions)


def test_an_unknown_kind_is_named():
    with pytest.raises(EmolaborError, match="kind: found 'htmt3'; allowed: htmt, htmt2"):
        htmt(*given("likert"), kind="htmt3")
    with pytest.raises(EmolaborError, match="method: found 'wald'; allowed: feldt, bonett"):
        alpha_interval(0.8, 100, 4, method="wald")


def test_an_item_that_is_not_turned_is_named_beside_ratios_and_roots():
    answers, dimensions = given("likert")
    [(key, items), (other, _), (third, _)] = dimensions.items()
    turned = answers.assign(**{items[0]: answers[items[0]].max() + answers[items[0]].min() - answers[items[0]]})
    ratios = htmt(turned, dimensions, n_resamples=20)
    assert ratios["problems"].str.startswith(f"{key}: {items[0]} goes against").tolist() == [True, True, False]
    roots = fornell_larcker(turned, dimensions)["problems"]
    assert roots.str.contains("goes against").to_dict() == {key: True, other: False, third: False}
