"""A Parquet file read a part at a time gives what the same cases give as a frame.

Tolerance: both are sums of the same products in another order, so numbers agree to about 1e-10 of their size; 1e-7 is
asked of values, which the inverse of the information may magnify.
"""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.sem.observed import parquet_samples
from emolabor.simulation import simulate_staff

pytestmark = pytest.mark.slow

RTOL = 1e-7
FACTORS = "sa =~ sa1 + sa2 + sa3 + sa4\nex =~ ex1 + ex2 + ex3 + ex4\nex ~ b*sa\n"
COVARIATE = FACTORS + "ex ~ age_band\nsa ~ age_band + tenure_band"
CASES = {
    "ML": (FACTORS, {"estimator": "ML"}),
    "MLR": (FACTORS, {"estimator": "MLR"}),
    "MLR means": (FACTORS + "sa1 ~ 1", {"estimator": "MLR", "mean_structure": True}),
    "MLR exogenous": (COVARIATE, {"estimator": "MLR"}),
    "MLM exogenous": (COVARIATE, {"estimator": "MLM"}),
    "MLM": (FACTORS, {"estimator": "MLM"}),
    "MLR groups": (FACTORS, {"estimator": "MLR", "group": "sex", "group_equal": ("loadings", "intercepts")}),
    "MLM groups": (FACTORS, {"estimator": "MLM", "group": "sex", "group_equal": ("loadings",)}),
    "GLS": (FACTORS, {"estimator": "GLS"}),
    "wishart": (FACTORS, {"likelihood": "wishart"}),
    "FIML": (FACTORS, {"missing": "fiml"}),
    "FIML MLR": (FACTORS, {"missing": "fiml", "estimator": "MLR"}),
    "FIML MLR exogenous": (COVARIATE, {"missing": "fiml", "estimator": "MLR"}),
    "FIML MLR groups": (FACTORS, {"missing": "fiml", "estimator": "MLR", "group": "sex", "group_equal": "loadings"}),
    "clusters": (FACTORS, {"cluster": "centre"}),
    "FIML clusters": (FACTORS, {"missing": "fiml", "cluster": "centre"}),
}


@pytest.fixture(scope="module")
def frame():
    return simulate_staff(700, seed=4)


@pytest.fixture(scope="module")
def path(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "staff.parquet"
    frame.to_parquet(path, row_group_size=100)
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_file_and_its_frame_give_the_same(name, frame, path, monkeypatch):
    monkeypatch.setattr(parquet_samples, "BATCH", 1)  # many batches of a thousand rows at most
    model, options = CASES[name]
    from_frame, from_file = el.sem(model, frame, **options), el.sem(model, path, **options)
    numbers = from_frame.tidy().select_dtypes("number")
    np.testing.assert_allclose(from_file.tidy()[numbers.columns], numbers, rtol=RTOL, atol=1e-9)
    measures = from_frame.fit_measures()
    assert measures.size > 20
    pd.testing.assert_series_equal(from_file.fit_measures(), measures, rtol=RTOL)
    assert from_file.n_obs == from_frame.n_obs


def test_batches_add_up_to_the_whole(frame, tmp_path, monkeypatch):
    path = tmp_path / "long.parquet"
    long = pd.concat([frame] * 5, ignore_index=True)
    long.to_parquet(path)
    monkeypatch.setattr(parquet_samples, "BATCH", 1)
    batches = list(parquet_samples._batches(path, ["sa1"], 1000))
    assert len(batches) == 4
    one, other = el.sem(FACTORS, path, estimator="MLR"), el.sem(FACTORS, long, estimator="MLR")
    np.testing.assert_allclose(one.tidy()["se"], other.tidy()["se"], rtol=RTOL)


def test_numbers_far_from_zero_keep_their_digits(frame, tmp_path):
    path = tmp_path / "far.parquet"
    far = frame[["sa1", "sa2", "sa3", "sa4", "ex1", "ex2", "ex3", "ex4"]] + 1e6
    far.to_parquet(path)
    one, other = el.sem(FACTORS, path, estimator="MLR"), el.sem(FACTORS, far, estimator="MLR")
    np.testing.assert_allclose(one.tidy()[["est", "se"]], other.tidy()[["est", "se"]], rtol=1e-6, atol=1e-9)


BAD = {
    "no such file": ("none.parquet", {}, "none.parquet"),
    "another kind": ("staff.csv", {}, "allowed: a DataFrame, or the path of a .parquet file"),
    "broken": ("broken.parquet", {}, "no whole Parquet file"),
    "missing column": ("short.parquet", {}, "'ex4' are no columns of short.parquet"),
    "texts": ("texts.parquet", {}, "column 'sa1' holds"),
    "one cluster": ("staff.parquet", {"cluster": "one"}, "one cluster only"),
    "no cluster in a row": ("staff.parquet", {"cluster": "partly"}, "has a missing value"),
    "never answered": ("empty.parquet", {"missing": "fiml"}, "'ex4' without any value"),
    "ordered": ("staff.parquet", {"ordered": True}, "needs a DataFrame"),
    "group is a variable": ("staff.parquet", {"group": "sa1"}, "is a variable of the model"),
    "one group": ("staff.parquet", {"group": "one"}, "one value only"),
    "few rows": ("few.parquet", {}, "5 complete rows for 8 variables"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused(name, frame, tmp_path):
    file, options, message = BAD[name]
    frame.assign(one=1, partly=frame["centre"].where(frame.index != 40)).to_parquet(tmp_path / "staff.parquet")
    frame.assign(ex4=np.nan).to_parquet(tmp_path / "empty.parquet")
    (tmp_path / "staff.csv").write_text("a,b\n1,2\n")
    (tmp_path / "broken.parquet").write_bytes((tmp_path / "staff.parquet").read_bytes()[:5000])
    frame.drop(columns="ex4").to_parquet(tmp_path / "short.parquet")
    frame.assign(sa1="often").to_parquet(tmp_path / "texts.parquet")
    frame.dropna().head(5).to_parquet(tmp_path / "few.parquet")
    with pytest.raises(EmolaborError) as raised:
        el.sem(FACTORS, tmp_path / file, **options)
    assert message in str(raised.value)


def test_what_needs_the_cases_says_so(path):
    fit = el.sem(FACTORS, str(path), estimator="MLR")
    fit.summary()
    for ask in (fit.bootstrap, fit.factor_scores, fit.casewise, lambda: fit.residuals("standardized")):
        with pytest.raises(EmolaborError, match=r"data|cases"):
            ask()
