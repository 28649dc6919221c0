from dataclasses import replace

import numpy as np
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.sem import lr_test, sem
from emolabor.simulation import draw_staff, load_population
from emolabor.theory import full_model, load_claims, rival_models

RIVALS = ["reversed", "direct_only", "direct_too", "merged", "general"]


@pytest.fixture(scope="module")
def models():
    return rival_models(load_instrument("window_staff").dimensions(), load_claims())


@pytest.fixture(scope="module")
def fits(models):
    """Careful respondents of a population without method variance: nothing but the arrows tells the models apart."""
    instrument = load_instrument("window_staff")
    data, careless = draw_staff(replace(load_population(), method_share=0.0), instrument, 1500, seed=3)
    data = data[~careless].assign(**{key: 6 - data[key] for key in sorted(instrument.reversed_items)})
    return {name: sem(text, data, estimator="MLR") for name, text in models.items()}


def arrows(text):
    found = set()
    for line in text.splitlines():
        if " ~ " in line:
            outcome, predictors = line.split(" ~ ")
            found |= {(term.split("*")[-1], outcome) for term in predictors.split(" + ")}
    return found


def items(text):
    return {item for line in text.splitlines() if " =~ " in line for item in line.split(" =~ ")[1].split(" + ")}


def test_main_is_the_model_of_the_claims(models):
    assert models["main"] == full_model(load_instrument("window_staff").dimensions(), load_claims())
    assert list(models) == ["main", *RIVALS]


@pytest.mark.parametrize("name", RIVALS)
def test_a_rival_has_the_same_items(models, name):
    assert items(models[name]) == items(models["main"])


def test_reversed_turns_what_leads_from_wellbeing_to_service_and_nothing_else(models):
    turned = {(one, "proactive_service") for one in ("exhaustion", "negative_mood", "passive_attitude", "role_clarity")}
    turned |= {(one, "service_quality") for one in ("exhaustion", "accomplishment", "passive_attitude", "role_clarity")}
    main, rival = arrows(models["main"]), arrows(models["reversed"])
    assert main - rival == turned
    assert rival - main == {step[::-1] for step in turned}


def test_direct_only_lets_no_mediator_pass_anything_on(models):
    main, rival = arrows(models["main"]), arrows(models["direct_only"])
    indirect = [path for claim in load_claims() for path in claim.paths if path.via]
    assert indirect
    assert main - rival == {(path.via, path.to) for path in indirect}
    assert {(path.source, path.to) for path in indirect} <= rival
    assert ":=" not in models["direct_only"]


def test_direct_too_is_main_and_the_direct_paths(models):
    main, rival = arrows(models["main"]), arrows(models["direct_too"])
    added = {(path.source, path.to) for claim in load_claims() for path in claim.paths if path.via} - main
    assert rival == main | added
    assert added == {
        ("surface_acting", "proactive_service"),
        ("institutional_clarity", "proactive_service"),
        ("deep_acting", "belonging"),
        ("divided_authority", "role_clarity"),
    }


def test_merged_puts_all_items_of_both_strategies_on_one_construct(models):
    dimensions = load_instrument("window_staff").dimensions()
    (line,) = [line for line in models["merged"].splitlines() if line.startswith("merged =~")]
    assert line == f"merged =~ {' + '.join(dimensions['surface_acting'] + dimensions['deep_acting'])}"
    merged = {tuple("merged" if n.endswith("e_acting") or n == "deep_acting" else n for n in step)
              for step in arrows(models["main"])}  # fmt: skip
    assert arrows(models["merged"]) == merged


def test_general_is_one_factor(models):
    assert models["general"].count("=~") == 1 and arrows(models["general"]) == set()


@pytest.mark.parametrize("name", ["main", *RIVALS])
def test_each_is_identified_and_converges_on_simulated_staff(fits, name):
    fit = fits[name]
    assert fit.converged and fit.admissible, fit.problems
    assert np.isfinite(fit.vcov().to_numpy()).all()


def test_the_population_s_own_model_wins(fits):
    bic = {name: fit.fit_measures()["bic"] for name, fit in fits.items()}
    assert min(bic, key=bic.get) == "main"


def test_reversed_differs_in_its_arrows_only(fits):
    assert fits["reversed"].estimate.n_free == fits["main"].estimate.n_free


def test_what_is_nested_is_nested(fits):
    assert lr_test(fits["main"], fits["direct_too"]).df_diff == 4
    assert lr_test(fits["direct_only"], fits["direct_too"]).pvalue < 0.001
    # One factor of acting is the limit of three that go together: what they are predicted by is the same.
    assert lr_test(fits["merged"], fits["main"]).df_diff == 12


def test_a_construct_without_items_is_refused():
    with pytest.raises(EmolaborError, match="has no items here"):
        rival_models({"exhaustion": ["ex1"]}, [claim for claim in load_claims() if claim.id == "C02"])
