"""Arguments of the public face that are out of range are refused in words, before anything is computed."""

import pandas as pd
import pytest

import emolabor as el

pytestmark = pytest.mark.slow

ANSWERS = el.simulate_staff(n=100, seed=1)
SCALE, INSTRUMENT = el.load_scale("emotional_labor"), el.load_instrument("window_staff")
SCORES = pd.DataFrame({"first": [1, 2, 3, 4, 5.0], "again": [1, 2, 3, 5, 4.0]})


def fit():
    return el.cfa("f =~ ex1 + ex2 + ex3 + ex4", ANSWERS)


def with_product():
    prepared = el.interaction("again ~ first + age", SCORES.assign(age=[3, 1, 4, 1, 5.0]), "first", "age", "again")
    return el.sem(prepared.model, prepared.data), prepared


REFUSED = {
    "level": [
        lambda: el.norms(SCORES, level=95),
        lambda: el.retest(SCORES, level=0),
        lambda: el.content_validity(SCORES.astype(int), highest=5, level=95),
        lambda: el.htmt(ANSWERS, SCALE, n_resamples=2, level=95),
        lambda: el.convergent_validity(ANSWERS, SCALE, n_resamples=2, level=95),
    ],
    "quantile": [lambda: el.parallel_analysis(ANSWERS[["ex1", "ex2", "ex3"]], quantile=95)],
    "n_resamples": [lambda: el.keying_audit(ANSWERS, SCALE, n_resamples=0)],
    "largest": [lambda: fit().modification_indices(largest=-1), lambda: fit().local_fit(largest=0)],
    "language": [
        lambda: el.simulate_export("never.csv", ANSWERS, INSTRUMENT, language="fr"),
        lambda: el.profiles(SCORES.sample(60, replace=True, random_state=1) + 0.0, k=[1], n_boot=0).names("fr"),
    ],
    "n_points": [lambda: el.interaction_lines(*with_product(), n_points=1)],
    "staff": [lambda: el.score(ANSWERS)],
}


@pytest.mark.parametrize(("argument", "call"), [(name, call) for name, calls in REFUSED.items() for call in calls])
def test_it_is_refused_by_name(argument, call):
    with pytest.raises(el.EmolaborError, match=rf"^{argument}: found .* allowed: "):
        call()
