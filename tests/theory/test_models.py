import re
from itertools import combinations

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.sem.language.syntax import parse_model
from emolabor.theory import (
    CONSTRUCT_GROUPS,
    CONSTRUCTS,
    Claim,
    ClaimPath,
    full_model,
    load_claims,
    measurement_model,
    structural_model,
)


@pytest.fixture(scope="module")
def claims():
    return load_claims()


@pytest.fixture(scope="module")
def text(claims):
    return full_model(load_instrument("window_staff").dimensions(), claims)


def read(text):
    """Read model text without the package's help: operator -> list of (left, right-hand names)."""
    rows = {"=~": [], "~": [], "~~": [], ":=": []}
    for line in text.splitlines():
        left, operator, right = re.fullmatch(r"(\w+) (=~|~~|~|:=) (.+)", line).groups()
        terms = [right] if operator == ":=" else [term.split("*")[-1] for term in right.split(" + ")]
        rows[operator].append((left, terms))
    return rows


def claim(*paths):
    return Claim("X", "1", {"zh": "某", "en": "some"}, testable=True, paths=paths)


def test_measurement_has_one_line_a_dimension():
    text = measurement_model({"exhaustion": ["ex1", "ex2"], "belonging": ["be1"]})
    assert text == "exhaustion =~ ex1 + ex2\nbelonging =~ be1"


def test_every_step_of_a_claim_is_a_regression_and_there_is_no_other(claims, text):
    steps = {step for one in claims for path in one.paths for step in path.steps}
    regressions = [(predictor, outcome) for outcome, predictors in read(text)["~"] for predictor in predictors]
    assert len(regressions) == len(set(regressions))
    assert set(regressions) == steps


def test_each_outcome_has_one_line(text):
    outcomes = [outcome for outcome, _ in read(text)["~"]]
    assert len(outcomes) == len(set(outcomes))


def test_management_is_unexplained_but_for_access_to_training(text):
    outcomes = {outcome for outcome, _ in read(text)["~"]}
    assert outcomes & set(CONSTRUCT_GROUPS["management"]) == {"training_access"}


def test_a_pair_has_an_arrow_or_a_covariance_never_both(text):
    rows = read(text)
    arrows = {frozenset((outcome, one)) for outcome, predictors in rows["~"] for one in predictors}
    covariances = [frozenset((left, *right)) for left, right in rows["~~"]]
    assert len(covariances) == len(set(covariances))
    assert not arrows & set(covariances)


def test_constructs_of_a_group_covary_unless_one_leads_to_the_other(text):
    rows = read(text)
    outcomes = {outcome for outcome, _ in rows["~"]}
    arrows = {frozenset((outcome, one)) for outcome, predictors in rows["~"] for one in predictors}
    covariances = {frozenset((left, *right)) for left, right in rows["~~"]}
    by_default = {frozenset(pair) for pair in combinations({*CONSTRUCTS} - outcomes, 2)}
    for group in CONSTRUCT_GROUPS.values():
        for pair in map(frozenset, combinations(group, 2)):
            assert (pair in covariances) + (pair in arrows) + (pair in by_default) == 1, pair
    assert frozenset(("training_access", "natural_expression")) in covariances


def test_indirect_claims_are_products_of_labelled_steps(claims, text):
    labels = {label for line in text.splitlines() if " ~ " in line for label in re.findall(r"(\w+)\*", line)}
    defined = dict(read(text)[":="])
    indirect = [path for one in claims for path in one.paths if path.via]
    assert set(defined) == {path.parameter for path in indirect}
    assert {label for (product,) in defined.values() for label in product.split("*")} == labels


def test_without_indirect_claims_nothing_is_labelled_and_the_paths_are_the_same(claims, text):
    plain = full_model(load_instrument("window_staff").dimensions(), claims, indirect=False)
    assert ":=" not in plain
    assert "*" not in plain
    lines = [line for line in text.splitlines() if ":=" not in line]
    assert plain == re.sub(r"\w+\*", "", "\n".join(lines))


def test_the_engine_reads_the_same_names(text):
    syntax, rows = parse_model(text), read(text)
    for operator in ("=~", "~", "~~"):
        expected = [(left, right) for left, rights in rows[operator] for right in rights]
        assert [(term.lhs, term.rhs) for term in syntax.terms if term.op == operator] == expected
    assert [constraint.lhs for constraint in syntax.constraints] == [name for name, _ in rows[":="]]


def test_the_marker_scale_is_no_part_of_the_model(text):
    assert "music_preference" not in text


def test_only_what_the_claims_use_is_measured(claims):
    items = load_instrument("window_staff").dimensions()
    text = full_model(items, [one for one in claims if one.id == "C14"])
    assert [left for left, _ in read(text)["=~"]] == ["marginalisation", "passive_attitude", "proactive_service"]


def test_a_construct_without_items_is_refused(claims):
    with pytest.raises(EmolaborError, match="instrument_dimensions: the claims use 'exhaustion'"):
        full_model({"surface_acting": ["sa1"]}, [one for one in claims if one.id == "C02"])


def test_a_loop_is_refused():
    loop = (ClaimPath("exhaustion", "belonging", "-"), ClaimPath("belonging", "exhaustion", "-"))
    with pytest.raises(EmolaborError, match=r"form a loop: .*exhaustion"):
        structural_model([claim(*loop)])


def test_a_moderation_claim_brings_its_first_order_terms_and_no_product():
    moderated = claim(ClaimPath("deep_acting", "service_quality", "+", moderator="exhaustion"))
    assert structural_model([moderated]) == "service_quality ~ deep_acting + exhaustion"
