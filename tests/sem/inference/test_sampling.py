"""Errors under clusters, crossing classifications, strata and weights, against what holds without any other program."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from designed_data import ITEMS, designed

import emolabor as el

MODEL = "support =~ s1 + s2 + s3; service =~ p1 + p2 + p3; service ~ support"
PATHS = "outcome ~ s1 + p1; outcome ~ 1"


def errors(fit):
    return np.sqrt(np.diag(fit.vcov()))


def crossed():
    data = designed("numbers")
    i = np.arange(len(data))
    return data.assign(department=(i * 7) % 23, shift=(i * i) % 29, sex=np.where(i % 2, "f", "m"))


def regression_errors(data, classifications):
    """Robust errors of the regression by inclusion and exclusion, in plain numpy (Cameron et al., 2011)."""
    x = np.column_stack([data.s1, data.p1, np.ones(len(data))])
    bread = np.linalg.inv(x.T @ x)
    scores = x * (data.outcome - x @ bread @ x.T @ data.outcome).to_numpy()[:, None]
    total = 0.0
    for count in range(1, len(classifications) + 1):
        for chosen in combinations(classifications, count):
            sums = pd.DataFrame(scores).groupby([data[name] for name in chosen]).sum().to_numpy()
            total = total - (-1) ** count * len(sums) / (len(sums) - 1) * bread @ sums.T @ sums @ bread
    return np.sqrt(np.diag(total))


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
@pytest.mark.parametrize("names", [["cluster"], ["cluster", "department"], ["cluster", "department", "shift"]])
def test_crossing_classifications_of_a_path_model(names, missing):
    data = crossed()
    fit = el.sem(PATHS, data, cluster=names, estimator="MLR", missing=missing)
    assert errors(fit)[:3] == pytest.approx(regression_errors(data, names), rel=1e-8)


def test_two_classifications_as_statsmodels_has_them():
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.sandwich_covariance import cov_cluster

    data = crossed()
    found = OLS(data.outcome, np.column_stack([data.s1, data.p1, np.ones(len(data))])).fit()
    both = data.cluster * 100 + data.department
    # its correction is J / (J - 1), as ours, and (n - 1) / (n - 3) for three coefficients
    alone = [cov_cluster(found, codes.to_numpy()) * 597 / 599 for codes in (data.cluster, data.department, both)]
    expected = np.sqrt(np.diag(alone[0] + alone[1] - alone[2]))
    assert errors(el.sem(PATHS, data, cluster=["cluster", "department"]))[:3] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("ordered", [False, True])
def test_a_classification_within_another_changes_nothing(ordered):
    data = (designed("answers") if ordered else designed("numbers")).assign(unit=lambda own: own.cluster.map(str) + "a")
    data["unit"] += (np.arange(len(data)) % 2).astype(str)
    options = {"ordered": ITEMS} if ordered else {}
    one, two = (el.sem(MODEL, data, cluster=names, **options) for names in ("cluster", ["cluster", "unit"]))
    assert two.vcov().to_numpy() == pytest.approx(one.vcov().to_numpy(), rel=1e-9)
    for measure in ("chisq_scaled", "cfi_robust", "rmsea_robust", "baseline_chisq_scaled"):
        assert two.fit_measures()[measure] == pytest.approx(one.fit_measures()[measure], rel=1e-8)


@pytest.mark.parametrize("options", [{}, {"missing": "fiml"}, {"ordered": ITEMS}], ids=["ML", "FIML", "WLSMV"])
def test_tests_and_indices_of_crossing_classifications_lie_among_those_of_each(options):
    data = crossed()
    data[ITEMS] = designed("answers" if "ordered" in options else "gaps")[ITEMS]
    alone = [el.sem(MODEL, data, cluster=name, **options).fit_measures() for name in ("cluster", "department")]
    both = el.sem(MODEL, data, cluster=["cluster", "department"], **options).fit_measures()
    cases = el.sem(MODEL, data, **{"estimator": "MLR", **options} if "ordered" not in options else options)
    # The trace is linear in what is added and taken off: about one plus two less that of cases drawn one by one.
    factor = "chisq_scaling_factor"
    if "ordered" not in options:
        expected = alone[0][factor] + alone[1][factor] - cases.fit_measures()[factor]
        assert both[factor] == pytest.approx(expected, rel=0.05)
    assert both.notna()[["cfi_robust", "rmsea_robust", "chisq_scaled"]].all()


def jackknife(text, data, options):
    """Delete-a-cluster errors."""
    thetas = np.array(
        [el.sem(text, data[data.cluster != own], **options).estimate.theta for own in data.cluster.unique()]
    )
    return np.sqrt((len(thetas) - 1) ** 2 / len(thetas) * thetas.var(axis=0, ddof=1))


@pytest.mark.slow
@pytest.mark.parametrize(
    "data, options",
    [
        ("answers", {"ordered": ITEMS}),
        ("holes", {"ordered": ITEMS, "missing": "pairwise"}),  # where lavaan 0.7-2 is wrong by a tenth and more
        ("answers", {"ordered": ITEMS, "sampling_weights": "w"}),
        ("numbers", {"group": "sex", "group_equal": ["loadings"], "estimator": "MLR"}),  # groups share clusters
        ("answers", {"group": "sex", "group_equal": ["loadings"], "ordered": ITEMS}),
        ("gaps", {"missing": "fiml", "estimator": "MLR", "sampling_weights": "w"}),
        ("covariates", {"ordered": ITEMS}),
        ("numbers", {"estimator": "GLS", "sampling_weights": "w", "mean_structure": True}),
    ],
)
def test_errors_are_near_those_of_leaving_out_a_cluster_at_a_time(data, options):
    text = MODEL + "; support ~ outcome" if data == "covariates" else MODEL
    frame = designed("answers" if data == "covariates" else data).assign(sex=np.where(np.arange(600) % 2, "f", "m"))
    ratio = np.log(errors(el.sem(text, frame, cluster="cluster", **options)) / jackknife(text, frame, options))
    # Of 40 clusters. The jackknife is a little larger, most where few clusters decide.
    assert abs(np.median(ratio)) < 0.04 and np.abs(ratio).max() < 0.35


@pytest.mark.slow
def test_errors_of_ordered_answers_are_near_those_of_the_bootstrap_of_whole_clusters():
    fit = el.sem(MODEL, designed("answers"), ordered=ITEMS, cluster="cluster")
    resampled = fit.bootstrap(150, seed=1).thetas.std(axis=0, ddof=1)
    assert abs(np.median(np.log(errors(fit) / resampled))) < 0.1  # Monte Carlo error of one: 6 %


@pytest.mark.parametrize("options", [{}, {"missing": "fiml"}, {"ordered": ITEMS, "estimator": "ULSMV"}])
def test_a_weight_of_three_is_a_case_that_is_there_three_times(options):
    data = designed("answers" if "ordered" in options else "gaps" if options else "numbers").iloc[:300].copy()
    data["w"] = np.arange(300) % 3 + 1
    data["person"] = np.arange(300)
    repeated = data.loc[data.index.repeat(data.w)]
    weighted = el.sem(MODEL, data, sampling_weights="w", **({"mean_structure": True} | options))
    copied = el.sem(MODEL, repeated, cluster="person", **options)
    assert weighted.estimate.theta == pytest.approx(copied.estimate.theta, abs=1e-8)
    # The copies' clusters count times J / (J - 1), and ordered answers are divided by n - 1: 299 and 599.
    factor = (299 / 300) * (300 / 299 * 599 / 600 if "ordered" in options else 1)
    assert errors(weighted) == pytest.approx(errors(copied) * np.sqrt(factor), rel=1e-6)


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_weights_and_clusters_of_ordered_outcomes_of_covariates(missing):
    text = MODEL + "; support ~ x + z; service ~ x; outcome ~ service + x"
    data = designed("holes" if missing == "pairwise" else "answers").iloc[:300].copy()
    i = np.arange(300)
    data = data.assign(w=i % 3 + 1, person=i, x=(i % 2) * 1.0, z=(i * 7 % 31) / 10)
    options = {"ordered": ITEMS, "estimator": "ULSMV", "missing": missing}
    weighted = el.sem(text, data, sampling_weights="w", **options)
    copied = el.sem(text, data.loc[data.index.repeat(data.w)], cluster="person", **options)
    assert weighted.estimate.theta == pytest.approx(copied.estimate.theta, abs=1e-7)
    assert errors(weighted) == pytest.approx(errors(copied) * np.sqrt(599 / 600), rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("ordered", [False, True])
def test_standardized_residuals_of_groups_that_share_clusters(ordered):
    data = designed("answers" if ordered else "numbers").assign(sex=np.where(np.arange(600) % 2, "f", "m"))
    options = {"group": "sex", "group_equal": ["loadings"], "cluster": "cluster"}
    options |= {"ordered": ITEMS} if ordered else {"estimator": "MLR"}
    fit = el.sem(MODEL, data, **options)
    with np.errstate(invalid="ignore"):  # the diagonal of ordered answers
        expected = fit.residuals().to_numpy() / fit.residuals("standardized").to_numpy()
    left = np.array([el.sem(MODEL, data[data.cluster != own], **options).residuals() for own in data.cluster.unique()])
    found = np.sqrt((len(left) - 1) ** 2 / len(left) * left.var(axis=0, ddof=1))
    lower = np.tril_indices(6, -1)
    ratio = np.log(expected[lower] / found[lower])
    assert abs(np.median(ratio)) < 0.1 and np.abs(ratio).max() < 0.5


def test_weights_of_any_unit_are_the_same():
    data = designed("numbers")
    one, other = (el.sem(MODEL, data.assign(w=data.w * unit), sampling_weights="w") for unit in (1, 1000))
    assert one.tidy()["se"].to_numpy() == pytest.approx(other.tidy()["se"].to_numpy(), rel=1e-9)


def test_strata_take_their_means_out():
    data = designed("numbers").assign(half=lambda own: np.where(own.cluster % 2, "a", "b"))
    fit = el.sem("outcome ~ 1", data, cluster="cluster", strata="half", sampling_weights="w")
    mean = np.average(data.outcome, weights=data.w)
    sums = (data.w * (data.outcome - mean)).groupby([data.half, data.cluster]).sum()
    variance = sum(len(own) * own.var(ddof=1) for _, own in sums.groupby(level=0)) / data.w.sum() ** 2
    assert fit.tidy().se[0] == pytest.approx(np.sqrt(variance), rel=1e-8)
    assert fit.model.degrees_of_errors == data.cluster.nunique() - 2
    drawn = fit.bootstrap(2000, seed=1).thetas[:, 0]
    assert drawn.std(ddof=1) == pytest.approx(np.sqrt(variance), rel=0.05)  # Monte Carlo error 1.6 %


def test_intervals_come_from_the_t_distribution_of_the_fewest_clusters():
    fit = el.sem(PATHS, crossed(), cluster=["cluster", "department"])
    row = fit.tidy().iloc[0]
    assert fit.model.degrees_of_errors == 22
    assert (row.ci_upper - row.est) / row.se == pytest.approx(2.0738730679, rel=1e-9)  # t(22) at .975
    assert "t(22)" in fit.summary()
    assert any("23 clusters of 'department' are few" in said for said in fit.warnings)


def test_an_eigenvalue_that_is_repaired_is_reported():
    rng = np.random.default_rng(5)
    data = crossed().iloc[:80].copy()
    data["a"], data["b"] = rng.integers(3, size=80), rng.integers(3, size=80)
    fit = el.sem(MODEL, data, cluster=["a", "b"])
    assert "covariance_repaired" in [said.code for said in fit.warnings]
    assert np.linalg.eigvalsh(fit.vcov().to_numpy())[0] > -1e-12 and fit.tidy().se.notna().all()


def test_resamples_draw_one_classification_and_take_weights_along():
    with pytest.raises(el.EmolaborError, match=r"2 classifications.*monte_carlo"):
        el.sem(PATHS, crossed(), cluster=["cluster", "department"]).bootstrap(10)
    with pytest.raises(el.EmolaborError, match=r"parametric.*equal chances"):
        el.sem(PATHS, crossed(), sampling_weights="w").bootstrap(10, kind="parametric")
    for options in ({}, {"missing": "fiml"}):
        fit = el.sem(MODEL, designed("gaps" if options else "numbers"), sampling_weights="w", **options)
        drawn = fit.bootstrap(300, seed=1).thetas
        assert abs(np.median(np.log(errors(fit) / drawn.std(axis=0, ddof=1)))) < 0.05
        assert np.abs((drawn.mean(axis=0) - fit.estimate.theta) / errors(fit)).max() < 0.3


BAD = {
    "negative": (lambda own: own.w.where(own.index != 4, -1.0), "'w' is negative in row 5"),
    "missing": (lambda own: own.w.where(own.index % 300 != 4), "'w' is missing in row 5 and 1 more of 600"),
    "all zero": (lambda own: own.w * 0, "'w' is zero in row 1 and 599 more of 600"),
    "no numbers": (lambda own: own.side, "'w' holds 'east'"),
    "infinite": (lambda own: own.w.where(own.index != 4, np.inf), "'w' is infinite in row 5"),
}


@pytest.mark.parametrize("case", BAD)
def test_weights_that_weigh_nothing_are_refused(case):
    column, said = BAD[case]
    data = designed("numbers")
    with pytest.raises(el.EmolaborError, match=said):
        el.sem(MODEL, data.assign(w=column(data)), sampling_weights="w")


REFUSED = {
    "no column": ({"sampling_weights": "weight"}, "sampling_weights: 'weight' is no column"),
    "twice": ({"cluster": ["cluster", "cluster"]}, "'cluster' is there more than once"),
    "none": ({"cluster": []}, "no name"),
    "one cluster": ({"cluster": ["cluster", "one"]}, "one cluster only of 'one'"),
    "missing id": ({"cluster": ["cluster", "gap"]}, "'gap' is missing in row 1 and 59 more of 600"),
    "single": ({"cluster": "cluster", "strata": "single"}, "stratum 'lonely' with a single cluster"),
    "torn": ({"cluster": "cluster", "strata": "sex"}, "a cluster of 'cluster' lies in 'm' and in another stratum"),
    "strata": ({"cluster": ["cluster", "department"], "strata": "half"}, "strata with 2 classifications"),
    "table": ({"sampling_weights": "w", "data": None}, "not enough for MLR, sampling weights"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_design_is_refused(case):
    options, said = REFUSED[case]
    data = crossed().assign(one=1, half=lambda own: own.cluster % 2)
    data["gap"] = data["shift"].where(np.arange(600) % 10 != 0).astype(float)
    data["single"] = np.where(data.cluster == 7, "lonely", "many")
    if "data" in options:
        options = {**options, "sample_cov": data[ITEMS].cov(), "n_obs": 600}
    with pytest.raises(el.EmolaborError, match=said):
        el.sem(MODEL, **{"data": data, **options})


def test_clusters_without_a_name_are_missing():
    data = crossed()
    data["cluster"] = data.cluster.astype(str).where(data.index % 100 != 7, "  ")
    with pytest.raises(el.EmolaborError, match="cluster: column 'cluster' is missing in row 8 and 5 more of 600"):
        el.sem(MODEL, data, cluster="cluster")


@pytest.mark.parametrize(("heavy", "is_told"), [(1e6, True), (2.0, False)])
def test_weights_that_leave_hardly_a_case_are_warned_of(heavy, is_told):
    data = crossed().assign(w=np.where(np.arange(600) == 5, heavy, 1.0))
    fit = el.sem(MODEL, data, sampling_weights="w")
    told = [warning for warning in fit.warnings if warning.code == "few_effective_cases"]
    assert bool(told) == is_told
    if is_told:
        assert "600 cases tell about as much as 1, fewer than the 13 free parameters" in told[0]


def test_a_file_takes_one_classification(tmp_path):
    crossed().to_parquet(tmp_path / "staff.parquet")
    for options in ({"cluster": ["cluster", "department"]}, {"sampling_weights": "w"}, {"strata": "side"}):
        with pytest.raises(el.EmolaborError, match=rf"{next(iter(options))}.*with a file"):
            el.sem(MODEL, tmp_path / "staff.parquet", **options)
