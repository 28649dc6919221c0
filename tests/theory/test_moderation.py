import pytest

from emolabor.instrument import load_instrument
from emolabor.sem import sem
from emolabor.simulation import draw_staff, load_population
from emolabor.theory import full_model, load_claims, moderated_model


@pytest.fixture(scope="module")
def staff():
    """Careful respondents, reverse-worded items turned: careless ones make products go with their factors."""
    instrument = load_instrument("window_staff")
    data, careless = draw_staff(load_population(), instrument, 1500, seed=3)
    return data[~careless].assign(**{key: 6 - data[key] for key in sorted(instrument.reversed_items)})


def test_every_moderated_path_gets_its_product(staff):
    dimensions, claims = load_instrument("window_staff").dimensions(), load_claims()
    before = staff.copy()
    moderated = moderated_model(dimensions, claims, staff)
    paths = [path for claim in claims for path in claim.paths if path.moderator]
    assert list(moderated.interactions) == [path.key for path in paths] and paths
    assert moderated.model.startswith(full_model(dimensions, claims))
    assert set(moderated.data) - set(staff) == {c for one in moderated.interactions.values() for c in one.indicators}
    assert staff.equals(before)
    fit = sem(moderated.model, moderated.data, estimator="MLR")
    assert fit.admissible, fit.problems
    # In a sample a product goes with its factors by chance; that moves their paths by less than their standard error.
    keys = ["lhs", "op", "rhs"]
    plain = sem(full_model(dimensions, claims), moderated.data, estimator="MLR").tidy().set_index(keys)
    both = fit.tidy().set_index(keys)
    first_order = [key for key in plain.index if key[1] == "~"]
    assert ((both.est - plain.est).abs() / plain.se)[first_order].max() < 1


def test_explained_factors_of_a_product_may_covary_with_it(staff):
    moderated = moderated_model(load_instrument("window_staff").dimensions(), load_claims(), staff)
    lines = set(moderated.model.splitlines())
    assert "exhaustion ~~ deep_acting_x_exhaustion" in lines
    assert "deep_acting ~~ deep_acting_x_exhaustion" not in lines  # by default, as both are unexplained


def test_claims_without_moderation_give_the_plain_model(staff):
    claims = [claim for claim in load_claims() if claim.id == "C02"]
    moderated = moderated_model(load_instrument("window_staff").dimensions(), claims, staff)
    assert moderated.interactions == {} and moderated.data is staff
