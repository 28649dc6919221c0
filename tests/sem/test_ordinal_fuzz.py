"""Random models of random ordered answers: a fit, or an EmolaborError in words, and never a warning of numpy's.

Every number is a seed, so that every run sees the same examples.
"""

import warnings

import numpy as np
import pandas as pd
import pytest

import emolabor as el

from .test_fuzz import COLUMNS, assert_stationary

pytestmark = pytest.mark.whole

EQUAL = ("thresholds", "loadings", "intercepts", "means", "residuals", "lv_variances", "regressions")
CUTS = ((0,), (0.7,), (-1, 1), (-1, 0, 1), (-1.5, -0.5, 0.5, 1.5), (0.5, 1.0, 1.5), (2,))
SPOILT = ("constant", "copy", "turned", "lonely", "empty", "text", "many", "categorical", "infinite")
ODD = (
    "x1 | t1",
    "x1 | -0.5*t1",
    "x2 | u*t1; x3 | u*t1",
    "x2 | t2 + t3",
    "x1 ~*~ NA*x1",
    "x1 ~~ NA*x1",
    "x9 | t1",
    "x1 ~ NA*1; x1 | 0*t1",
    "f ~ NA*1",
    "f ~~ 1*f",
    "f ~~ 0*f",
    "d := a*b",
    "a == b",
    "a > 0.3",
    "a == 0.5",
)


def case(seed):
    """Model, answers and options: what `check` takes. About every second one has something odd about it."""
    rng = np.random.default_rng(seed)

    def pick(options):
        return options[rng.integers(len(options))]

    return _model(rng, pick), _answers(rng, pick), _options(rng, pick)


def _model(rng, pick):
    """Factors, regressions, covariances, and with some luck something odd."""

    def sum_of(names, most):
        chosen = rng.permutation(names)[: rng.integers(1, most + 1)]
        return " + ".join(pick(("", "", "", "", "", "a*", "b*", "NA*", "0.7*")) + name for name in chosen)

    lines = [f"f =~ {sum_of(COLUMNS[:3], 3)}"]
    if rng.random() < 0.5:
        lines += [f"g =~ {sum_of(COLUMNS[3:] + COLUMNS[2:3] * (rng.random() < 0.3), 2)}"]
        lines += [pick(("g ~ f", "g ~ a*f", "f ~~ 0*g", "f ~ g; g ~ f"))] if rng.random() < 0.4 else []
    if rng.random() < 0.4:
        outcome, predictor = rng.permutation(COLUMNS)[:2]
        lines.append(pick((f"{outcome} ~ f", f"{outcome} ~ {predictor}; {predictor} ~~ {predictor}")))
    if rng.random() < 0.3:
        lines.append(" ~~ ".join(rng.permutation(COLUMNS)[:2]))
    if rng.random() < 0.3:
        lines.append(pick(ODD))
    return "\n".join(lines)


def _answers(rng, pick):
    """Few answers in few categories to five items of two factors; some spoilt, some missing, some continuous."""
    n = pick((3, 20, 40, 80, 200, 200, 400))
    factors = rng.normal(size=(n, 2)) @ np.array([[1, 0.5], [0, 0.8]])
    values = factors[:, [0, 0, 0, 1, 1]] * pick((0.0, 1.0, 1.0, 3.0)) + rng.normal(size=(n, 5))
    frame = pd.DataFrame(values, columns=COLUMNS)
    for name in COLUMNS:
        frame[name] = 1.0 + np.searchsorted(pick(CUTS[:5] if rng.random() < 0.9 else CUTS), frame[name])
    if rng.random() < 0.2:
        name, how = pick(COLUMNS), pick(SPOILT)
        frame[name] = {
            "constant": 1.0,
            "copy": frame.x3,
            "turned": -frame.x3,
            "lonely": np.where(np.arange(n) == 0, 9.0, frame[name]),
            "empty": np.nan,
            "text": "often",
            "many": np.arange(n) * 1.0,
            "categorical": pd.Categorical(frame[name], ordered=bool(rng.integers(2))),
            "infinite": np.where(np.arange(n) == 1, np.inf, frame[name]),
        }[how]
    frame = frame.mask(rng.random((n, 5)) < pick((0.0, 0.0, 0.05, 0.2, 0.5)))
    for name in ("x2", "x5"):
        if rng.random() < 0.2:
            frame[name] = values[:, COLUMNS.index(name)]
    return frame.assign(side=rng.permutation(np.arange(n) % 2), team=rng.integers(3, size=n))


def _options(rng, pick):
    """What goes with ordered answers, and in one case of five what does not."""
    odd = rng.random() < 0.2
    group = pick((None, None, None, "side", "team", "nobody") if odd else (None, None, "side"))
    equal = tuple(rng.permutation(EQUAL)[: rng.integers(3)]) if group else ()
    return {
        "estimator": pick(("WLSMV", "DWLS", "ML", "ULS") if odd else (None, None, "WLSMV", "DWLS")),
        "ordered": pick((["x1", "x2"], "x1", ["x7"], None, 3) if odd else (True, True, ["x1", "x3", "x4"])),
        "missing": pick(("listwise", "pairwise", "fiml") if odd else ("listwise", "pairwise", "pairwise")),
        "group": group,
        "group_equal": equal,
        "parameterization": pick(("delta", "delta", "theta")),
        "std_lv": bool(rng.integers(2)),
    }


def check(model, data, options):
    """Fit and ask the fit for everything it knows: the fit, or None where the input was refused."""
    before = data.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            fit = el.sem(model, data, **options)
        except el.EmolaborError as error:
            assert str(error)
            return None
        pd.testing.assert_frame_equal(data, before)
        tidy, measures = fit.tidy(), fit.fit_measures()
        assert fit.summary() and fit._repr_html_() and repr(fit) and fit.r2() is not None
        assert not fit.implied_cov().isna().any(axis=None) or not fit.converged
        for ask in (
            lambda: fit.residuals("cor"),
            lambda: fit.residuals("normalized"),
            lambda: fit.local_fit(3),
            lambda: fit.modification_indices(),
            lambda: fit.score_test(),
            lambda: fit.casewise(),
            lambda: fit.factor_scores(),
            lambda: fit.factor_scores("bartlett"),
            lambda: fit.simulate(20),
            lambda: fit.effects(),
        ):
            try:
                assert ask() is not None
            except el.EmolaborError as error:
                assert str(error)
    numbers = tidy[["est", "se", "ci_lower", "ci_upper", "std_lv", "std_all"]].to_numpy()
    assert not np.isinf(numbers).any() and not np.isinf(measures).any()
    if tidy[["est", "se"]].isna().any(axis=None) or np.isnan(measures["chisq"]):
        assert fit.problems or fit.warnings
    assert (tidy.se.dropna() >= 0).all()
    if fit.converged:
        assert_stationary(fit)
    else:
        assert "did not converge" in fit.problems[0]
    return fit


def test_random_models_of_random_ordered_answers():
    fits = [check(*case(seed)) for seed in range(150)]
    fits = [fit for fit in fits if fit is not None and fit.table.ordered]
    # The fuzzing sees the inside of the engine: the drawn models are neither all refused nor all proper.
    assert len(fits) > 40 and any(fit.admissible for fit in fits) and not all(fit.admissible for fit in fits)


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_nothing_but_holes_is_refused(missing):
    data = pd.DataFrame(np.nan, index=range(50), columns=COLUMNS)
    with pytest.raises(el.EmolaborError):
        el.sem("f =~ x1 + x2 + x3", data, ordered=True, missing=missing)
