"""Factors of polychoric correlations against psych 2.2.9 (efa_ordered.R)."""

import numpy as np
import pandas as pd
import pytest

from emolabor.measurement import efa, parallel_analysis

from .reference import R, aligned, likert, own, pupils

pytestmark = pytest.mark.slow

REFERENCE = pd.read_csv(R / "efa_ordered.csv", keep_default_na=False).set_index(["set", "method", "rotation", "what"])
# psych's correlations are up to 2e-5 from the likelihood's maximum; ours equal lavaan's to 1e-6
# (tests/sem/ordinal/test_polychoric.py). A rotated loading moves by up to three times as much.
LOADINGS = 1e-4
# The same 2e-5 in up to 105 correlations move chi-square by up to 2e-4 of itself; the other measures are roots of it or
# of the residuals.
RELATIVE, SMALL = 5e-4, 2e-5


def four():
    """Holzinger & Swineford's nine tests cut into four categories, very unlike in size."""
    cuts = pupils().quantile([0.2, 0.55, 0.85])
    return pupils().apply(lambda test: 1 + np.searchsorted(cuts[test.name], test))


SETS = {
    "likert": (likert(), 3),
    "ordinal": (own("ordinal")[["a1", "a2", "a3", "a4", "c1", "c2", "c3", "b1", "b2"]], 2),
    "four": (four(), 3),
}


def rows(what, name, method="", rotation=""):
    return REFERENCE.loc[[(name, method, rotation, what)]].pivot(index="row", columns="col", values="value").to_numpy()


@pytest.mark.parametrize("method", ["minres", "ml"])
@pytest.mark.parametrize("name", SETS)
def test_what_the_factors_explain_and_fit_are_those_of_psych(name, method):
    data, m = SETS[name]
    found = efa(data, m, method=method, rotation=None, cor="polychoric")
    # Before rotation two factors of nearly the same size turn freely in their plane; what they explain does not.
    own_part, part = (x @ x.T for x in (found.loadings.to_numpy(), rows("loadings", name, method, "none")))
    np.testing.assert_allclose(own_part, part, rtol=0, atol=LOADINGS)
    for measure in ("chisq", "df", "rmsea", "tli", "rmsr", "bic"):
        expected = rows(measure, name, method, "none")[0, 0]
        assert found.fit[measure] == pytest.approx(expected, rel=RELATIVE, abs=SMALL), measure


@pytest.mark.parametrize("method", ["minres", "ml"])
@pytest.mark.parametrize("name", SETS)
def test_rotated_loadings_are_those_of_psych(name, method):
    data, m = SETS[name]
    found = efa(data, m, method=method, rotation="oblimin", cor="polychoric")
    reference = rows("loadings", name, method, "oblimin")
    loadings, order, sign = aligned(found.loadings.to_numpy(), reference)
    np.testing.assert_allclose(loadings, reference, rtol=0, atol=LOADINGS)
    phi = found.factor_correlations.to_numpy()[np.ix_(order, order)] * np.outer(sign, sign)
    np.testing.assert_allclose(phi, rows("phi", name, method, "oblimin"), rtol=0, atol=LOADINGS)


@pytest.mark.parametrize("name", SETS)
def test_parallel_analysis_finds_as_many_factors_as_psych(name):
    data, _ = SETS[name]
    found = parallel_analysis(data, cor="polychoric", draws=50)
    assert found.n_factors == rows("n_factors", name)[0, 0]
    assert found.n_components == rows("n_components", name)[0, 0]
    for kind in ("factor", "component"):
        np.testing.assert_allclose(found.table[kind], rows(kind, name)[:, 0], rtol=0, atol=LOADINGS)
