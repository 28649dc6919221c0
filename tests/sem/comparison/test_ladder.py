"""The invariance ladder by school against lavaan 0.6-14 (tests/r/ladder.R)."""

import pytest
from lavaan_cases import frame
from lavaan_reference import measures

from emolabor.sem import sem

pytestmark = pytest.mark.slow

# lavaan's estimates are polished by Newton steps to about 1e-12, so only rounding remains.
TOLERANCE = 1e-7
MODEL = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
LADDERS = {
    "ml": ("holzinger", {}),
    "mlr": ("holzinger", {"estimator": "MLR"}),
    "fiml_mlr": ("incomplete", {"estimator": "MLR", "missing": "fiml"}),
}
STEPS = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("ladder", LADDERS)
def test_fit_measures_of_the_ladder_equal_lavaan(ladder, step):
    data, options = LADDERS[ladder]
    own = sem(MODEL, frame(data), group="school", group_equal=STEPS[step], **options).fit_measures()
    expected = measures("ladder", f"{ladder}_{step}")
    expected = expected[~expected.index.str.startswith("difference_")]
    assert set(expected.index) <= set(own.index)
    for measure, value in expected.items():
        assert abs(own[measure] - value) <= TOLERANCE * max(1, abs(value)), measure
