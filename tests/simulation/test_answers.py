import numpy as np
import pandas as pd
import pytest
import strangers

import emolabor as el
from emolabor.instrument import Variable
from emolabor.simulation import codes_of
from emolabor.simulation.cutting import answer_correlation, loading_for
from emolabor.simulation.latent import draw_structure
from emolabor.simulation.structure import claimed_structure, path_truth
from emolabor.study import load_design
from emolabor.theory.claims import Claim, ClaimPath

# Rows of the large draws; the standard error of a correlation is then below .008.
MANY = 16_000


@pytest.fixture(scope="module")
def english(tmp_path_factory):
    return load_design(strangers.seven_points(tmp_path_factory.mktemp("strangers") / "en") / "study.yaml")


@pytest.fixture(scope="module")
def chinese(tmp_path_factory):
    return load_design(strangers.two_moderations(tmp_path_factory.mktemp("strangers") / "zh") / "study.yaml")


def turned(answers, instrument):
    return el.scored_items(answers, instrument)


def alpha_of(items):
    correlations, k = items.corr().to_numpy(), items.shape[1]
    mean = (correlations.sum() - k) / (k * (k - 1))
    return k * mean / (1 + (k - 1) * mean)


def icc_of(scores, groups):
    """One-way analysis of variance, groups of about equal size."""
    by_group = scores.groupby(groups)
    size = len(scores) / by_group.ngroups
    within = by_group.var().mean()
    between = by_group.mean().var() - within / size
    return between / (between + within)


def test_alpha_is_that_of_the_answers_as_given(english):
    answers, truth = el.simulate_answers(english.instrument, MANY, alpha={"voice": 0.9}, missing=0, careless=0)
    items = turned(answers, english.instrument)
    for dimension, keys in english.instrument.dimensions().items():
        assert truth["alpha"][dimension] == (0.9 if dimension == "voice" else 0.8)
        assert alpha_of(items[keys]) == pytest.approx(truth["alpha"][dimension], abs=0.015)  # 3 standard errors of .005


@pytest.mark.parametrize("points", [2, 3, 5, 7, 11])
def test_cut_answers_correlate_as_the_normal_distribution_says(points):
    rng = np.random.default_rng(5)
    one, noise = rng.standard_normal((2, 200_000))
    both = np.vstack([one, 0.6 * one + 0.8 * noise])
    cut = np.ceil((np.clip(both, -2.4999, 2.4999) + 2.5) * points / 5)
    assert np.corrcoef(cut)[0, 1] == pytest.approx(answer_correlation(0.6, points), abs=0.01)  # standard error < .002


def test_a_loading_gives_back_its_alpha():
    for alpha in (0.05, 0.5, 0.8, 0.99):
        r = answer_correlation(loading_for(alpha, 3, 4) ** 2, 4)
        assert 3 * r / (1 + 2 * r) == pytest.approx(alpha, abs=1e-9)


def test_paths_are_found_again(english):
    answers, truth = el.simulate_answers(
        english.instrument, MANY, claims=english.claims, effect=0.3, effects={"autonomy>engagement": 0}
    )
    rows = np.setdiff1d(np.arange(MANY), np.array(truth["careless_rows"]) - 1)
    items = turned(answers.iloc[rows], english.instrument).dropna()
    fit = el.sem(el.full_model(english.instrument.dimensions(), english.claims, False, english.groups), items)
    found = fit.tidy().query("op == '~'")
    assert truth["paths"]["leadership>engagement>voice"] == pytest.approx(0.09)
    assert len(found) == 4
    for row in found.itertuples():  # four standard errors of .01
        assert row.std_all == pytest.approx(truth["paths"][f"{row.rhs}>{row.lhs}"], abs=0.04)


def test_products_are_added_to_what_they_moderate(chinese):
    structure = claimed_structure(chinese.instrument.dimensions(), chinese.claims, 0.4, {}, None)
    latent = draw_structure(structure, [], MANY, np.random.default_rng(1))
    data = pd.DataFrame(latent, columns=structure.constructs)
    causes = np.column_stack([data["resources"], data["support"], data["resources"] * data["support"], np.ones(MANY)])
    found = np.linalg.lstsq(causes, data["devotion"], rcond=None)[0]
    assert found[:3] == pytest.approx([0.4, 0, 0.2], abs=0.03)  # four standard errors
    assert data.var().to_numpy() == pytest.approx(1, abs=0.06)


def test_two_classifications_cross_with_the_intraclass_correlations_asked_for(chinese):
    clusters = {"school": (150, 0.2), "district": (100, 0.1)}
    answers, _ = el.simulate_answers(
        chinese.instrument, MANY, claims=chinese.claims, clusters=clusters, missing=0, careless=0
    )
    assert answers["school"].nunique() == 150 and answers["district"].nunique() == 100
    assert answers.groupby("school")["district"].nunique().min() > 30
    for column, (_, icc) in clusters.items():
        for name, keys in chinese.instrument.dimensions().items():
            # of a score, the construct's times its reliability; standard error .012 over 100 groups
            assert icc_of(answers[keys].mean(axis=1), answers[column]) == pytest.approx(icc * 0.8, abs=0.04), name


def test_answers_are_as_fielded_and_the_same_for_the_same_seed(english):
    answers, truth = el.simulate_answers(english.instrument, 600, seed=4, claims=english.claims)
    again, _ = el.simulate_answers(english.instrument, 600, seed=4, claims=english.claims)
    pd.testing.assert_frame_equal(answers, again)
    assert list(answers) == list(english.instrument.columns)
    assert answers["leadership4"].corr(answers["leadership1"]) < -0.2
    items = answers[list(english.instrument.points())]
    assert items.isna().mean().mean() == pytest.approx(0.02, abs=0.006)  # standard error .0014
    assert set(np.unique(items.to_numpy()[items.notna().to_numpy()])) == set(range(1, 8))
    assert len(truth["careless_rows"]) == 24


def test_careless_respondents_keep_to_the_points_of_every_item():
    whole = el.load_instrument("window_staff")
    answers, truth = el.simulate_answers(whole, 300, careless=0.5, missing=0)
    careless = answers.iloc[np.array(truth["careless_rows"]) - 1]
    assert careless[list(whole.points())].isin(range(1, 6)).all(axis=None)
    checks = {check.key: check.expected for check in whole.attention_checks}
    assert (careless[list(checks)] != pd.Series(checks)).any(axis=1).mean() > 0.8
    assert careless["seconds"].median() < answers["seconds"].median() / 1.5


def _claim(*paths):
    return Claim("H", "1", {}, True, paths)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([ClaimPath("a", "c", "-", via="b")], {"a>b": -0.2, "b>c": 0.2, "a>b>c": -0.04}),
        ([ClaimPath("a", "b", "-"), ClaimPath("a", "c", "+", via="b")], {"a>b": -0.2, "b>c": -0.2, "a>b>c": 0.04}),
        ([ClaimPath("b", "c", "-"), ClaimPath("a", "c", "-", via="b")], {"a>b": 0.2, "b>c": -0.2, "a>b>c": -0.04}),
        ([ClaimPath("a", "c", "-", moderator="m")], {"a*m>c": -0.1}),
    ],
)
def test_steps_that_no_claim_names_have_the_sign_of_the_whole_way(paths, expected):
    claims = (_claim(*paths),)
    assert path_truth(claimed_structure("abcm", claims, 0.2, {}, None), claims) == pytest.approx(expected)


def _table(value, names=("leadership", "autonomy")):
    return pd.DataFrame([[1, value], [value, 1]], index=names, columns=names)


def _impossible():
    names = ["leadership", "autonomy", "strain"]
    return pd.DataFrame([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], names, names)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n": 1}, "^n: found 1; allowed: a whole number of at least 2"),
        ({"seed": -1}, "^seed: found -1"),
        ({"effect": 1}, "^effect: found 1; allowed"),
        ({"effect": True}, "^effect: found True"),
        ({"effects": {"voice>strain": 0.1}}, "^effects: found 'voice>strain'; allowed: leadership>engagement"),
        ({"effects": {"leadership>engagement": float("nan")}}, "^effects, leadership>engagement: found nan"),
        ({"effects": {"leadership>engagement": 0.8, "autonomy>engagement": 0.8}}, "whole variance of engagement"),
        ({"alpha": 1.0}, "^alpha of leadership: found 1.0"),
        ({"alpha": {"mood": 0.7}}, "^alpha: found 'mood'; allowed: leadership"),
        ({"loadings": {"voice9": 0.7}}, "^loadings: found 'voice9'"),
        ({"loadings": {"voice1": 1.2}}, "^loading of voice1: found 1.2"),
        ({"clusters": {"site": 2}}, "^clusters, site: found 2; allowed: .number of groups"),
        ({"clusters": {"site": (2, 1.0)}}, "^clusters, site, intraclass correlation: found 1.0"),
        ({"clusters": {"site": (2, -0.1)}}, "^clusters, site, intraclass correlation: found -0.1"),
        ({"clusters": {"site": (60, 0.1)}}, "^clusters, site, groups: found 60; allowed: at most n, which is 50"),
        ({"clusters": {"site": (3, 0.1)}}, "^clusters: found 3 groups for site; allowed: at most 2"),
        ({"clusters": {"ward": (3, 0.1)}}, "^clusters: found 'ward'; allowed: columns of the background: gender, site"),
        ({"clusters": {"site": (2, 0.6), "gender": (2, 0.5)}}, "^clusters: .*leave nothing to the respondents"),
        ({"missing": 1}, "^missing: found 1"),
        ({"careless": -0.1}, "^careless: found -0.1"),
        ({"correlations": _table(0.3, ("leadership", "mood"))}, "^correlations: found 'mood'"),
        ({"correlations": _table(0.3, ("leadership", "voice"))}, "^correlations: claims explain voice"),
        ({"correlations": _table(1.2)}, "^correlations: found a value that is missing or beyond 1"),
        ({"correlations": _table(np.nan)}, "^correlations: found a value that is missing or beyond 1"),
        ({"correlations": _table("high")}, "^correlations: found what is no number"),
        ({"correlations": _table(0.3).assign(autonomy=[0.2, 1])}, "^correlations: leadership with autonomy is 0.2 and"),
        ({"correlations": _table(0.3).iloc[:1]}, "^correlations: found DataFrame of shape"),
        ({"correlations": _impossible(), "claims": ()}, "^correlations: .*not positive definite"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(english, settings, message):
    settings = {"n": 50, "claims": english.claims} | settings
    with pytest.raises(el.EmolaborError, match=message):
        el.simulate_answers(english.instrument, **settings)


def test_claims_that_form_a_loop_are_refused(english):
    loop = _claim(ClaimPath("strain", "voice", "+"), ClaimPath("voice", "strain", "+"))
    with pytest.raises(el.EmolaborError, match=r"^claims: the paths form a loop: (strain > voice|voice > strain)"):
        el.simulate_answers(english.instrument, 50, claims=(loop,))


def test_a_table_alone_is_drawn_as_it_stands(english):
    _, truth = el.simulate_answers(english.instrument, 50, correlations=_table(-0.35, ("leadership", "voice")))
    assert truth["correlations"]["voice"]["leadership"] == pytest.approx(-0.35)
    assert truth["correlations"]["voice"]["autonomy"] == 0
    assert truth["paths"] == {}


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        ("S[0-9]+", ["S1", "S2", "S3"]),
        ("C[0-9]{2}", ["C01", "C02", "C03"]),
        (r"\d{4}", ["0001", "0002", "0003"]),
        ("[A-Z]{2}[0-9]{1,3}", ["AA1", "AA2", "AA3"]),
        ("X[0-2]", ["X1", "X2"]),
        ("north|south", []),
    ],
)
def test_codes_are_guessed_from_their_pattern_or_not_at_all(pattern, codes):
    assert codes_of(Variable("centre", "code", {}, {}, pattern, None, None), 3) == codes
