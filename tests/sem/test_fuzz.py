"""Random texts, models and data: whatever comes in, a parse, a fit or an EmolaborError comes out.

Drawn without a clock and without a random seed, so that every run sees the same examples.
"""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from emolabor.common.errors import EmolaborError
from emolabor.sem import sem
from emolabor.sem.language.syntax import parse_model
from emolabor.sem.specification.parameter_table import build_table

pytestmark = pytest.mark.whole

SETTINGS = dict(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
# What is wrong with the text as a whole has no place in it.
WHOLE = ("model: no formula was found", "model: every variable is latent")
PLACE = re.compile(r"model, line \d+, column \d+: ")

VALID = (
    "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3 # two factors\ng ~ b*f\nab := b^2 / (1 + exp(-b))",
    "f =~ NA*x1 + l1*x1 + start(0.8)*x2 + 0.5?x3; f ~~ 1*f; x1 ~~ c(r, r)*x2; l1 > 0.2; l1 == r + 1",
    "i =~ 1*t1 + 1*t2 + 1*t3; s =~ 0*t1 + 1*t2 + 2*t3\ni + s ~ 1\nt1 ~ 0*1; t2 ~ 0*1; t3 ~ 0*1 ! growth",
    'y ~ a*x + "c prime"*m +\n w\nm ~ equal("y~x")*x\nind := a*a; total := ind + sqrt(abs(a))',
)
TOKENS = [*"+*?(),:/^%-;\n", *"f g x1 x2 x3 y a b NA c start equal label exp 0 1 2 0.5 1e3 .".split()]
TOKENS += [
    "=~",
    "~",
    "~~",
    ":=",
    "==",
    "<",
    ">",
    "|",
    "<~",
    " ",
    "\t",
    "# note\n",
    "! note\n",
    '"a"',
    "'",
    "\u4e2d\u6587",
]


def read(text):
    """The completed model, or None where the text is refused with line and column."""
    try:
        syntax = parse_model(text)
        build_table(syntax, n_groups=2, group_equal=("loadings",))
    except EmolaborError as error:
        assert PLACE.match(str(error)) or str(error) in WHOLE or str(error).startswith(WHOLE), str(error)
        return None
    return syntax


def content(syntax):
    """What a text says, without its places."""
    terms = [(term.lhs, term.op, term.rhs, term.modifiers) for term in syntax.terms]
    return terms, [(constraint.lhs, constraint.op, constraint.rhs) for constraint in syntax.constraints]


@st.composite
def mutated(draw):
    """A valid model with a few pieces cut out, doubled or put in."""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        start, length = draw(st.integers(0, len(text))), draw(st.integers(0, 6))
        piece = draw(st.one_of(st.just(""), st.sampled_from(TOKENS), st.just(text[start : start + 2 * length])))
        text = text[:start] + piece + text[start + length :]
    return text


@settings(max_examples=300, **SETTINGS)
@given(st.one_of(st.text(max_size=60), st.text(alphabet="fxyab12 =~:*+<>|()?;\n#'.,cNA-", max_size=60)))
def test_random_characters(text):
    read(text)


@settings(max_examples=500, **SETTINGS)
@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
def test_random_words_of_the_grammar(text):
    read(text)


@settings(max_examples=500, **SETTINGS)
@given(mutated())
def test_mutated_models(text):
    read(text)


@settings(max_examples=200, **SETTINGS)
@given(mutated(), st.data())
def test_blanks_and_comments_say_nothing(text, data):
    syntax = read(text)
    if syntax is None or any(mark in text for mark in "\"'#!"):
        return
    words = re.findall(r"=~|~~|:=|==|<~|\*\*|[\w.]+|\s|.", text)
    spread = "".join(word + data.draw(st.sampled_from(["", " ", "\t"])) if _may_part(word) else word for word in words)
    commented = re.sub(r"\n", lambda _: data.draw(st.sampled_from(["\n", "\n\n", " # a ~ b\n", "! x := 1\n"])), spread)
    assert content(parse_model(commented + "\n# the end")) == content(syntax)


def _may_part(word):
    """Blanks may follow a sign; after a word they could part `1e` from `-3`."""
    return not re.fullmatch(r"[\w.]+|\s|[-+]", word)


COLUMNS = ("x1", "x2", "x3", "x4", "x5")
ESTIMATORS = ("ML", "MLM", "MLR", "GLS", "ULS")
EQUAL = ("loadings", "intercepts", "means", "residuals", "lv_variances", "lv_covariances", "regressions")


@st.composite
def cases(draw):
    """A small model, identified or not, few answers, and options: what `check` takes."""
    options = draw(OPTIONS)
    if options["estimator"] not in ("ML", "MLR"):
        options = {**options, "missing": "listwise", "cluster": None}
    if options["estimator"] not in ("ML", "MLM") or options["missing"] == "fiml":
        options = {**options, "likelihood": "normal"}
    if options["group"] is None:
        options = {**options, "group_equal": ()}
    return draw(models(options["group"] is not None)), draw(answers()), options


@st.composite
def answers(draw):
    """Few answers to five items of two factors; columns may be constant, copied, summed, coarse, huge, tiny."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n = draw(st.sampled_from([6, 14, 20, 40, 40, 80]))
    factors = rng.normal(size=(n, 2)) @ np.array([[1, 0.5], [0, 0.8]])
    values = factors[:, [0, 0, 0, 1, 1]] * draw(st.sampled_from([0.0, 1.0, 1.0, 3.0])) + rng.normal(size=(n, 5))
    frame = pd.DataFrame(values, columns=COLUMNS)
    ways = ["plain"] * 8 + ["constant", "copy", "sum", "coarse", "coarse", "huge", "tiny", "far"]
    name, how = draw(st.sampled_from(COLUMNS)), draw(st.sampled_from(ways))
    frame[name] = {
        "plain": frame[name],
        "constant": 1.0,
        "copy": frame.x3,
        "sum": frame.x1 + frame.x5,
        "coarse": frame[name].round(),
        "huge": frame[name] * 1e8,
        "tiny": frame[name] * 1e-8,
        "far": frame[name] + 1e6,
    }[how]
    frame = frame.mask(rng.random((n, 5)) < draw(st.sampled_from([0.0, 0.0, 0.1, 0.4])))
    return frame.assign(side=rng.permutation(np.arange(n) % 2), team=rng.integers(max(2, n // 4), size=n))


@st.composite
def models(draw, grouped=False):
    """Factors, regressions, covariances, means, constraints, definitions."""
    modifiers = ["", "", "", "a*", "b*", "a*", "NA*", "0.7*", "0*", "start(0.5)*", "-1*"]
    modifier = st.sampled_from([*modifiers, "c(a, b)*", "c(0.5, NA)*"] if grouped else modifiers)

    def sum_of(names, most):
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=most, unique=True))
        return " + ".join(draw(modifier) + name for name in chosen)

    lines, factors = [], draw(st.sampled_from([(), ("f",), ("f",), ("f", "g"), ("f", "g")]))
    for factor in factors:
        lines.append(f"{factor} =~ {sum_of(COLUMNS, 4)}")
    names = (*factors, *COLUMNS)
    for _ in range(draw(st.integers(0 if factors else 1, 2))):
        outcome = draw(st.sampled_from(names))
        lines.append(f"{outcome} ~ {sum_of([name for name in names if name != outcome], 2)}")
    if draw(st.booleans()):
        lines.append(f"{draw(st.sampled_from(names))} ~~ {sum_of(names, 1)}")
    if draw(st.booleans()):
        lines.append(f"{draw(st.sampled_from(names))} ~ {draw(modifier)}1")
    labels = set(re.findall(r"\b[ab]\b", "\n".join(lines)))
    more = [
        "a == b",
        "a == 0.5",
        "a > 0.3",
        "a < 0.2",
        "b > -0.1",
        "a*b == 0.3",
        "d := a*b",
        "d := log(a)/b",
        "b^2 == -1",
    ]
    more = [line for line in more if set(re.findall(r"\b[ab]\b", line)) <= labels]
    if more:
        lines += draw(st.lists(st.sampled_from(more), max_size=2, unique_by=lambda line: line[:3]))
    return "\n".join(lines)


OPTIONS = st.fixed_dictionaries(
    {
        "estimator": st.sampled_from(ESTIMATORS),
        "missing": st.sampled_from(["listwise", "fiml"]),
        "group": st.sampled_from([None, None, "side"]),
        "group_equal": st.lists(st.sampled_from(EQUAL), max_size=3, unique=True),
        "cluster": st.sampled_from([None, None, None, "team"]),
        "std_lv": st.booleans(),
        "mean_structure": st.sampled_from([None, True, False]),
        "likelihood": st.sampled_from(["normal", "normal", "normal", "wishart"]),
    }
)


def check(model, data, options):
    """Fit, and see that nothing is silent: the fit, or None where the input was refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            fit = sem(model, data, **options)
        except EmolaborError as error:
            assert str(error)
            return None
        tidy, measures = fit.tidy(), fit.fit_measures()
        assert fit.summary() and fit._repr_html_() and fit.r2() is not None and fit.implied_cov() is not None
        try:
            fit.effects()
        except EmolaborError as error:
            assert "circle" in str(error)
    numbers = tidy[["est", "se", "ci_lower", "ci_upper", "std_lv", "std_all"]].to_numpy()
    assert not np.isinf(numbers).any() and not np.isinf(measures).any()
    if tidy[["est", "se"]].isna().any(axis=None) or np.isnan(measures["chisq"]):
        assert fit.problems or fit.warnings
    if tidy.std_all.isna().any():  # a variable without variance cannot be standardized
        assert fit.problems or fit.warnings or (tidy.est[(tidy.op == "~~") & (tidy.lhs == tidy.rhs)] == 0).any()
    assert (tidy.se.dropna() >= 0).all()
    if fit.converged:
        assert_stationary(fit)
    else:
        assert "did not converge" in fit.problems[0]
    return fit


def assert_stationary(fit):
    """The discrepancy neither rises nor falls along any free direction.

    By central differences at two steps, extrapolated so that third derivatives drop out, in units of a case's standard
    error. The discrepancy is known to about 1e-15 of its value, and a step of 1e-4 makes 1e-11 of that.
    """
    model, theta = fit.model, fit.estimate.theta
    information = model.derivatives(theta)[2]
    allowed = 1e-6 + 1e-10 * abs(model.value(theta))
    for direction in fit.estimate.basis.T:
        unit = direction / max(np.sqrt(direction @ information @ direction), 1e-12)
        wide, narrow = ((model.value(theta + h * unit) - model.value(theta - h * unit)) / (2 * h) for h in (1e-4, 5e-5))
        if np.isfinite(wide):
            assert abs(4 * narrow - wide) / 3 < allowed, (direction, narrow, wide)


def test_random_models_of_random_data():
    outcomes = []

    @settings(max_examples=200, **SETTINGS)
    @given(cases())
    def run(case):
        outcomes.append(check(*case))

    run()
    fits = [fit for fit in outcomes if fit is not None]
    # The fuzzing sees the inside of the engine: the drawn models are neither all refused nor all proper.
    assert len(fits) > 60 and any(fit.admissible for fit in fits) and not all(fit.admissible for fit in fits)


@pytest.mark.parametrize("text", VALID)
def test_the_valid_models_are_read(text):
    assert read(text) is not None
