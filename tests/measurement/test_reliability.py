from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.measurement import alpha_interval, cronbach_alpha, reliability
from emolabor.scales import load_scale

REFERENCE = Path(__file__).parents[1] / "r" / "reliability.csv"
DIMENSIONS = {
    "visual": ["x1", "x2", "x3"],
    "textual": ["x4", "x5", "x6"],
    "speed": ["x7", "x8", "x9"],
    "ability": [f"x{i}" for i in range(1, 10)],
}
# alpha and its interval are closed formulas, equal to psych's to machine precision.
CLOSED_FORM = 1e-12
# The R script stops lavaan at a gradient of about 1e-8; omega and AVE there are right to about 1e-7.
ESTIMATED = 1e-6


@pytest.fixture(scope="module")
def pupils():
    data = pd.read_csv(Path(find_spec("semopy").origin).parent / "examples" / "holzinger_swineford39_data.csv")
    data.loc[data["id"] % 7 == 0, "x2"] = np.nan
    return data


@pytest.fixture(scope="module")
def reference():
    return pd.read_csv(REFERENCE, index_col="dimension")


@pytest.fixture(scope="module")
def result(pupils):
    return reliability(pupils, DIMENSIONS)


@pytest.mark.parametrize("column", ["n", "items"])
def test_counts_are_those_of_r(result, reference, column):
    assert result[column].tolist() == reference[column].tolist()


@pytest.mark.parametrize("column", ["alpha", "alpha_lower", "alpha_upper"])
def test_alpha_and_interval_agree_with_psych(result, reference, column):
    np.testing.assert_allclose(result[column], reference[column], rtol=0, atol=CLOSED_FORM)


@pytest.mark.parametrize("column", ["omega_total_ml", "ave"])
def test_omega_and_ave_agree_with_semtools(result, reference, column):
    np.testing.assert_allclose(result[column], reference[column], rtol=0, atol=ESTIMATED)


def test_sound_dimensions_have_no_problems(result):
    assert result["problems"].tolist() == [""] * len(DIMENSIONS)


def test_tau_equivalent_items_have_omega_equal_to_alpha():
    # Exact tau-equivalence in the sample: equal covariances make one factor with equal loadings fit perfectly.
    rng = np.random.default_rng(3)
    raw = rng.normal(size=(60, 4))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    target = np.full((4, 4), 0.4) + np.diag([0.3, 0.6, 0.9, 1.2])
    items = pd.DataFrame(white @ np.linalg.cholesky(target).T, columns=list("abcd"))
    row = reliability(items, {"scale": list("abcd")}).loc["scale"]
    assert row["alpha"] == pytest.approx(cronbach_alpha(target), abs=1e-12)
    assert row["omega_total_ml"] == pytest.approx(row["alpha"], abs=1e-8)
    assert row["ave"] == pytest.approx(1.6 / (1.6 + 3.0), abs=1e-8)


def test_alpha_interval_covers_at_its_level():
    rng = np.random.default_rng(11)
    population = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    alpha, n = cronbach_alpha(population), 80
    samples = rng.multivariate_normal(np.zeros(4), population, size=(2000, n))
    intervals = [alpha_interval(cronbach_alpha(np.cov(sample.T)), n, 4) for sample in samples]
    covered = np.mean([lower <= alpha <= upper for lower, upper in intervals])
    # Three standard errors of a share of .95 in 2000 samples.
    assert abs(covered - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 2000)


@pytest.fixture(scope="module")
def clear_answers():
    rng = np.random.default_rng(5)
    clarity = rng.normal(size=(300, 1))
    latent = clarity + rng.normal(size=(300, 4))
    straight = pd.DataFrame(np.clip(np.round(3 + latent), 1, 5), columns=["ic1", "ic2", "ic3", "ic4"])
    return straight


def test_a_scale_turns_its_reverse_worded_items_for_every_coefficient(clear_answers):
    as_fielded = clear_answers.assign(ic4=6 - clear_answers["ic4"])
    before = as_fielded.copy()
    from_scale = reliability(as_fielded, load_scale("institutional_clarity"))
    turned = reliability(clear_answers, {"institutional_clarity": ["ic1", "ic2", "ic3", "ic4"]})
    pd.testing.assert_frame_equal(from_scale, turned)
    pd.testing.assert_frame_equal(as_fielded, before)


def test_an_answer_that_is_no_code_is_refused_with_a_scale(clear_answers):
    with pytest.raises(EmolaborError, match="column ic2; allowed: 1 to 5"):
        reliability(clear_answers.assign(ic2=7), load_scale("institutional_clarity"))


def test_an_instrument_gives_a_row_a_dimension():
    instrument = load_instrument("window_staff")
    rng = np.random.default_rng(8)
    general = rng.normal(size=200)
    answers = pd.DataFrame(
        {key: np.clip(np.round(3 + general + rng.normal(size=200)), 1, 5) for key in instrument.points()}
    )
    result = reliability(answers, instrument)
    assert result.index.tolist() == list(instrument.dimensions())
    assert (result["items"] >= 3).all() and result["omega_total_ml"].between(0, 1).all()


def test_two_items_have_alpha_but_no_omega(pupils):
    row = reliability(pupils, {"pair": ["x4", "x5"]}).loc["pair"]
    assert 0 < row["alpha"] < 1
    assert np.isnan(row["omega_total_ml"]) and np.isnan(row["ave"])
    assert "not identified" in row["problems"]


def test_an_improper_factor_is_named():
    # Correlations that one factor can only meet with a loading above 1: r12 * r13 / r23 = 1.2.
    cor = np.array([[1, 0.8, 0.6], [0.8, 1, 0.4], [0.6, 0.4, 1]])
    rng = np.random.default_rng(2)
    raw = rng.normal(size=(100, 3))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    items = pd.DataFrame(white @ np.linalg.cholesky(cor).T, columns=["a", "b", "c"])
    assert reliability(items, {"scale": ["a", "b", "c"]}).loc["scale", "problems"] != ""


@pytest.mark.parametrize(
    ("dimensions", "message"),
    [
        ({"one": ["x1"]}, "dimension one: found 1 item; allowed: at least 2"),
        ({"typo": ["x1", "x22"]}, "dimension typo: found no column x22 in data"),
        ({"text": ["x1", "school"]}, "dimension text: school must be numeric"),
        ({"same": ["x1", "constant"]}, "dimension same: constant is the same for every respondent"),
        (
            {"gone": ["x1", "unanswered"]},
            "dimension gone: found 0 respondents who answered all 2 items; allowed: more than 2",
        ),
    ],
)
def test_bad_input_is_named(pupils, dimensions, message):
    data = pupils.assign(constant=3.0, unanswered=np.nan)
    with pytest.raises(EmolaborError, match=message):
        reliability(data, dimensions)
