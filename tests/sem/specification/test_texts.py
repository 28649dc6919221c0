"""Texts and arguments that people write: read as lavaan 0.6-14 reads them, or refused with what to write instead."""

import time

import numpy as np
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.sem.language.syntax import parse_model
from emolabor.sem.specification.parameter_table import build_table

X = "f =~ x1 + x2 + x3"
# Text -> the plain text that means the same; lavaan's parser gives both the same rows (lavParseModelString, 0.6-14).
READ = {
    "y ~ (b)*x": "y ~ b*x",
    "y ~ ((b))*x + (a)*1": "y ~ b*x + a*1",
    "y ~ (-1)*x": "y ~ -1*x",
    "y ~ a*(x)": "y ~ a*x",
    "f = ~ x1 + x2 + x3": X,
    "f =\u00a0~ x1 + x2 + x3": X,
    "y ~ a*x\nq : = a*2": "y ~ a*x\nq := a*2",
    "y ~ a*x + b*z\na = = b": "y ~ a*x + b*z\na == b",
    "y ~ z + + m": "y ~ z + m",
    "y ~ z ++ m": "y ~ z + m",
    "y ~ + z": "y ~ z",
    "f =~ `x1` + x2 + `x3`": X,
    "\ufefff =~ x1 + x2 + x3": X,
    "f\u00a0=~\u3000x1 + x2\u2003+ x3": X,
    "f =~ x1 + x2 + x3\r\ny ~ f\r\n": X + "\ny ~ f",
    "f =~ x1 + x2 + x3\ry ~ f": X + "\ny ~ f",
    "f =~ x1 + x2 + x3\u2028y ~ f": X + "\ny ~ f",
    "f =~ x1 + # first\n x2 + x3 ! last": X,
    "!=======\n" + X: X,
    "f =~ x1 +\n\n# between\n x2\n + x3": X,
    "y ~ a*x + b*z\nd := (a +\n b)\n*2": "y ~ a*x + b*z\nd := (a + b)*2",
    "y ~ c(a,\n b)*x": "y ~ c(a, b)*x",
    "y ~ x; ; f =~ x1 + x2 + x3;": "y ~ x; f =~ x1 + x2 + x3",
    "y ~ x\n  \n;f =~ x1 + x2 + x3": "y ~ x; f =~ x1 + x2 + x3",
    "y ~ upper(2)*x + lower(0)*x": "y ~ lower(0)*x + upper(2)*x",
}
# Text -> what the message must hold, beside the place.
REFUSED = {
    "y ~ 1*y": "'y ~ 1' for its intercept, 'y ~~ y' for its variance",
    "x1 ~~ x2; x2 ~~ x1": "given a second time (first in line 1, column 7); allowed: once",
    "y ~ a*x\ny ~ b*x": "given a second time (first in line 1, column 7); allowed: once",
    "y ~ 1*x + 2*x": "one modifier of each kind",
    "y ~ a*x\ny ~ 0.5*x": "given a second time (first in line 1, column 7); allowed: once",
    "y ~ x; y ~ start(0.3)*x": "given a second time (first in line 1, column 5); allowed: once",
    "f =~ x1 + x2 + x3; f ~~ 1*f; f ~~ v*f": "'f ~~ f' is given a second time",
    "f =~ x1 + equal('f=~x9')*x2": "equal('f=~x9'): no parameter of the model; allowed: a loading as 'f=~x2'",
    "f =~ x1 + equal('f=~x1.g2')*x2": "no parameter of the model",
    "y ~ x; y ~~ equal('x~~x')*y": "equal('x~~x'): it follows from the data",
    "f =~ x1 + x2 + equal('a')*x3": "equal('a'): no label of the model",
    "y ~ a*b*x": "found 'a*b*x'; allowed: one label or one number before a variable",
    "y ~ 0.5*2*x": "one label or one number before a variable",
    "y ~ 0.5*a*x": "a number and a label in two terms, such as 'y ~ a*x + 0.5*x'",
    "y ~ z + a*equal('y~z')*x": "one label or one number before a variable",
    "y ~ z + a*x + equal('y~z')*x": "one modifier of each kind",
    "y ~ Inf*x": "allowed: a number, a label, or NA to free",
    "q := 2": "a ':=' line stands alone; allowed: beside formulas",
    "q : = 2; q > 1": "a ':=' line stands alone",
    "y ~ ０.5*x": "write '0'",
    "y ~ a*x; q := a^２": "write '2'",
    "y ~ ½*x": "'½' is not understood",
    "x -> y": "'->' is not understood; write 'y ~ x'",
    "x --> y": "write 'y ~ x'",
    "y <- x": "'<-' is not understood; write 'y ~ x'",
    "y <-- x": "write 'y ~ x'",
    "x <-> y": "write 'x ~~ y' for a covariance",
    "x → y": "write 'y ~ x'",
    "x ↔ y": "write 'x ~~ y'",
    "group:\ny ~ x": "'group:' has no value of its own on its line; allowed: 'level: 1' (or within)",
    "level: 1 y ~ x\nlevel: 2\ny ~ x": "'level:' has no value of its own on its line; allowed: 'level: 1'",
    "Level : 3\ny ~ x": "found 'level: 3'; allowed: 'level: 1' (or within), 'level: 2' (or between)",
    "block: 1\ny ~ x": "'block:': allowed: 'group: a' for a block of formulas of group a",
    'efa("b")*f =~ x1 + x2': "'efa()': exploratory blocks are not there yet; allowed: el.efa",
    'efa("b")*f1 +\nefa("b")*f2 =~ x1 + x2': "'efa()': exploratory blocks are not there yet",
    'y ~ rv("s")*x': "a random slope, in a model of one level; allowed: rv() in a block 'level: 1'",
    'y ~ prior("normal(0,1)")*x': "start() for a starting value",
    "f <~ x1 + x2": "'<~' is not available yet",
    "y ~ a*x\na >= 0": "write '>'; the bound itself is allowed",
    "y ~ a*x\na ≤ 0": "write '<'",
    "y ~ a*x\na != 0": "only '==', '<' and '>' can hold",
    "y ~ a*x\na = 1": "write '=~' (is measured by), '==' (is held equal to)",
    "y ~ a*x\n0 < a < 1": "write each constraint on a line of its own",
    "y ~ a*x\na > 0 & a < 1": "write each constraint on a line of its own",
    "f ＝~ x1": "'＝' is not understood; write '='",
    "y ～ x": "write '~'",
    "y ∼ x": "write '~'",
    "y ~ x；z ~ w": "write ';'",
    "y ~ x ＋ z": "write '+'",
    "y ~ （a）*x": "write '('",
    "y ~ a×x": "write '*'",
    "y ~ −1*x": "write '-'",
    "y ~ “a”*x": "write '\"'",
    "f =~ x1 、 x2": "write '+' between variables",
    "f =~ `R/S x` + x2": "data.rename(columns={'R/S x': 'R_S_x'}), and write R_S_x",
    "f =~ `1st` + x2": "data.rename(columns={'1st': 'x1st'})",
    'f =~ "x1" + x2': "write the name without quotation marks",
    'f =~ x1 + "x2': "a quotation mark has no partner",
    'y ~ "1"*x': "allowed: a name that begins with a letter",
    "y ~ 4.52": "write '4.52*1' to fix the intercept",
    "f =~ x1*0.5": "a number is a modifier: write '0.5*x'",
    "y ~ b*(x + z)": "terms joined by '+', each with its own modifier",
    "y ~ x - z": "terms joined by '+'",
    "y ~ -x": "'-1*x' fixes a coefficient at -1",
    "y ~ log(x)": "add what is computed as a column",
    "y ~ x^2": "add what is computed as a column",
    "y ~ v**x": "one '*' stands between a modifier and its variable",
    "y ~ x z": "is a '+' or an end of line missing?",
    "f =~ x1 + x2 f2 =~ x3": "a second operator '=~' in one formula; start a new line",
    "y ~ ~ x": "write '~~' without a blank",
    "f =~ x1 + x2 +": "something is missing beside '+'; allowed: a variable",
    "y ~ c(a b)*x": "is a sign missing before it",
    "f\n=~ x1": "'f' stands alone; an operator is missing on its line",
    "=~ x1": "nothing stands left of '=~'; allowed: a formula such as",
    "y ~ x // note": "comments begin with '#' or '!'",
    "y ~ x@1": "write '1*x' to fix at 1",
    "y ~ x; [y]": "write 'x ~ 1' for a mean",
    "y ~ a*x; d := mean(a)": "the function 'mean' is not known; allowed: exp, log",
    "y ~ a*x; d := pnorm(a, 0, 1)": "found 3 values in pnorm(); allowed: one",
    "y ~ x; d := a": "'a*' before a variable makes it one",
}
ARGUMENTS = {
    "orthogonal": "write 'f ~~ 0*g' in the text",
    "se": "estimator='MLR' or 'MLM'",
    "test": "estimator='MLR' or 'MLM'",
    "std.lv": "write std_lv=True",
    "meanstructure": "write mean_structure=True",
    "sample.cov": "write sample_cov=",
    "sample.nobs": "write n_obs=",
    "group.equal": "write group_equal=",
    "auto.var": "defaults are those of lavaan's sem()",
    "fixed.x": "write 'x ~~ x' in the text",
    "bounds": "lower(0)*x1",
    "bootstrap": "call fit.bootstrap(5000, seed=1)",
    "sampling.weights": "write sampling_weights=",
    "estimater": "el.sem has no such argument; allowed: estimator",
}


def rows(text):
    syntax = parse_model(text)
    terms = [(t.lhs, t.op, t.rhs, sorted((m.kind, m.values) for m in t.modifiers)) for t in syntax.terms]
    return terms, [(c.lhs, c.op, c.rhs) for c in syntax.constraints]


@pytest.mark.parametrize("text", READ)
def test_read_as_lavaan_reads_it(text):
    assert rows(text) == rows(READ[text])


@pytest.mark.parametrize("text", REFUSED)
def test_refused_with_its_place_and_what_to_write_instead(text):
    with pytest.raises(EmolaborError, match=r"^model, line \d+, column \d+: ") as error:
        build_table(parse_model(text))
    assert REFUSED[text] in str(error.value)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_of_lavaan_are_refused_with_what_to_write_instead(name):
    for function in (el.sem, el.cfa):
        with pytest.raises(EmolaborError) as error:
            function(X, None, **{name: True})
        assert str(error.value).startswith(f"{name}: el.") and ARGUMENTS[name] in str(error.value)


@pytest.fixture(scope="module")
def staff():
    return el.simulate_staff(n=400, seed=1)


ITEMS = "f =~ ex1 + ex2 + ex3 + ex4"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"estimator": "mlr"}, {"estimator": "MLR"}),
        ({"estimator": "wlsmv", "ordered": True}, {"ordered": True}),
        ({"missing": "ML"}, {"missing": "fiml"}),
        ({"missing": "direct"}, {"missing": "fiml"}),
    ],
)
def test_small_letters_and_other_words_for_the_same(staff, written, meant):
    own, other = el.cfa(ITEMS, staff, **written), el.cfa(ITEMS, staff, **meant)
    assert own.estimator == other.estimator and own.fit_measures().equals(other.fit_measures())


def test_bounds_are_constraints_on_the_parameter(staff):
    # lavaan 0.6-14: the same estimates and chi-square for `lower()` and for a label with `>`.
    for bound, constraint in (
        ("lower(1.2)*ex2", "a > 1.2"),
        ("upper(0.8)*ex2", "a < 0.8"),
        ("lower(-9)*ex2", "a > -9"),
    ):
        text = ITEMS.replace("ex2", bound)
        own, other = el.cfa(text, staff), el.cfa(ITEMS.replace("ex2", "a*ex2") + "\n" + constraint, staff)
        assert own.tidy()["est"].to_numpy() == pytest.approx(other.tidy()["est"].to_numpy(), abs=1e-7)
        assert own.fit_measures()[["chisq", "df"]].tolist() == pytest.approx(
            other.fit_measures()[["chisq", "df"]].tolist()
        )


# Text with `equal()` -> the same with labels; lavaan 0.6-14 has the same constraints, also on rows that nobody wrote.
EQUAL = [
    ("x1 ~~ equal('x2~~x2')*x1", "x1 ~~ a*x1; x2 ~~ a*x2", {}),
    ("x1 ~~ equal('f~~f')*x1", "x1 ~~ a*x1; f ~~ a*f", {}),
    ("x2 ~ equal('x1~1')*1", "x2 ~ a*1; x1 ~ a*1", {}),
    ("x1 ~~ x2; x1 ~~ equal('x2 ~~ x1')*x4", "x1 ~~ a*x2; x1 ~~ a*x4", {}),
    ("x1 ~~ equal('x2~~x2')*x1; x2 ~~ equal('x4~~x4')*x2", "x1 ~~ a*x1; x2 ~~ a*x2; x4 ~~ a*x4", {}),
    ("x1 ~~ equal('x2~~x2')*x1; x2 ~~ a*x2", "x1 ~~ a*x1; x2 ~~ a*x2", {}),
    ("x1 ~~ equal('x2~~x2')*x1; x2 ~~ 0.5*x2", "x1 ~~ 0.5*x1; x2 ~~ 0.5*x2", {}),
    ("x1 ~~ equal(c('x2~~x2', 'x2~~x2.g2'))*x1", "x1 ~~ c(a, b)*x1; x2 ~~ c(a, b)*x2", {"group": "sex"}),
    ("x1 ~~ equal('x2~~x2')*x1", "x1 ~~ c(a, a)*x1; x2 ~~ c(a, b)*x2", {"group": "sex"}),
    ("x1 ~~ lower(0)*x1 + equal('x2~~x2')*x1", "x1 ~~ a*x1; x2 ~~ a*x2", {}),
    ("x2 ~~ lower(0)*x2; x1 ~~ equal('x2~~x2')*x1", "x1 ~~ a*x1; x2 ~~ a*x2", {}),
    ("x1 | equal('x2|t1')*t1", "x1 | a*t1; x2 | a*t1", {"ordered": True}),
]


@pytest.mark.parametrize(("text", "other", "options"), EQUAL)
def test_equal_holds_equal_what_it_names(staff, text, other, options):
    data = staff.rename(columns={f"ex{i}": f"x{i}" for i in range(1, 5)})
    own, meant = (el.cfa(f"f =~ x1 + x2 + x3 + x4; {more}", data, **options) for more in (text, other))
    for name in ("chisq", "df"):
        assert own.fit_measures()[name] == pytest.approx(meant.fit_measures()[name], rel=1e-7)
    said = [warning.code for warning in own.warnings]
    assert ("equal_over_groups" in said) == ("group" in options and "c(" not in text)


def test_bounds_may_differ_by_group(staff):
    text = ITEMS.replace("ex2", "lower(c(1.3, -9))*ex2")
    tidy = el.cfa(text, staff, group="sex").tidy().query("op == '=~' and rhs == 'ex2'")
    free = el.cfa(ITEMS, staff, group="sex").tidy().query("op == '=~' and rhs == 'ex2'")
    assert free["est"].max() < 1.3
    assert tidy["est"].tolist() == pytest.approx([1.3, free["est"].iloc[1]], abs=1e-6)


def test_residual_variances_of_ordered_variables_in_the_theta_parametrisation(staff):
    held = ITEMS + "\nex1 ~~ 1*ex1"
    with pytest.raises(EmolaborError, match="parameterization='theta'"):
        el.cfa(held, staff, ordered=True)
    own = el.cfa(held, staff, ordered=True, parameterization="theta").fit_measures()
    assert own["chisq"] == pytest.approx(el.cfa(ITEMS, staff, ordered=True).fit_measures()["chisq"], rel=1e-6)


DEEP = {
    "parentheses": "(" * 199 + "a" + ")" * 199,
    "sum": " + ".join(["a"] * 700),
    "differences": "-".join(["a"] * 700),
    "many terms": "+".join(["a*b"] * 20_000),
    "products": "*".join(["a"] * 700),
    "signs": "-" * 700 + "a",
    "nested sums": "(" * 199 + "a" + " + 1)" * 199,
    "powers": "^".join(["a"] * 700),
    "nested functions": "abs(" * 199 + "a" + ")" * 199,
}


@pytest.mark.parametrize("name", DEEP)
def test_long_expressions_give_a_number_or_a_refusal_and_fast(staff, name):
    start = time.process_time()
    try:
        fit = el.cfa(ITEMS.replace("ex2", "a*ex2").replace("ex3", "b*ex3") + f"\nd := {DEEP[name]}", staff)
    except EmolaborError as error:
        assert "nested more than 100 deep" in str(error) and len(str(error)) < 400
    else:
        tidy = fit.tidy()
        a, b = (tidy.loc[tidy["label"] == label, "est"].iloc[0] for label in "ab")
        wanted = {"sum": 700 * a, "differences": -698 * a, "many terms": 20_000 * a * b, "products": a**700}
        assert tidy.loc[tidy["op"] == ":=", "est"].iloc[0] == pytest.approx(wanted.get(name, a), rel=1e-9)
        assert np.isfinite(tidy.loc[tidy["op"] == ":=", "se"].iloc[0])
    assert time.process_time() - start < 5
