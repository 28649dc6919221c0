"""The model text: what is understood, and where what is not understood stands."""

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.sem.language.syntax import Modifier, parse_model
from emolabor.sem.specification.parameter_table import build_table


def terms(text):
    return [(term.lhs, term.op, term.rhs) for term in parse_model(text).terms]


@pytest.mark.parametrize(
    "text",
    [
        "f =~ x1 + x2\ny ~ f",
        "f =~ x1 + x2 ; y ~ f",
        "f =~ x1 +\n   x2\n\n y ~ f  # a comment\n! another = one\n",
        "f =~ x1\n + x2\ny ~\nf",
        "f=~x1+x2;y~f",
    ],
)
def test_lines_and_comments(text):
    assert terms(text) == [("f", "=~", "x1"), ("f", "=~", "x2"), ("y", "~", "f")]


def test_several_names_on_the_left():
    assert terms("y1 + y2 ~ x") == [("y1", "~", "x"), ("y2", "~", "x")]
    assert terms("x1 + x2 ~ 1") == [("x1", "~1", ""), ("x2", "~1", "")]


def test_names_may_be_chinese_or_have_dots():
    assert terms("表层扮演 =~ x.1 + .y2") == [("表层扮演", "=~", "x.1"), ("表层扮演", "=~", ".y2")]


@pytest.mark.parametrize(
    ("modifier", "expected"),
    [
        ("2*", Modifier("fixed", (2.0,))),
        ("-1.5e-1*", Modifier("fixed", (-0.15,))),
        ("(1/4)*", Modifier("fixed", (0.25,))),
        ("sqrt(4)*", Modifier("fixed", (2.0,))),
        ("NA*", Modifier("fixed", (None,))),
        ("a*", Modifier("label", ("a",))),
        ("'a b'*", Modifier("label", ("a b",))),
        ("label('a')*", Modifier("label", ("a",))),
        ("start(0.3)*", Modifier("start", (0.3,))),
        ("0.3?", Modifier("start", (0.3,))),
        ("c(a, b)*", Modifier("label", ("a", "b"))),
        ("c(1, NA)*", Modifier("fixed", (1.0, None))),
        ("start(c(.1, .2))*", Modifier("start", (0.1, 0.2))),
        ("equal('f=~x1')*", Modifier("equal", ("f=~x1",))),
    ],
)
def test_modifiers(modifier, expected):
    assert parse_model(f"f =~ x1 + {modifier}x2").terms[1].modifiers == [expected]


def test_a_repeated_term_adds_its_modifier():
    term = parse_model("f =~ x1 + NA*x2 + a*x2").terms[1]
    assert term.modifiers == [Modifier("fixed", (None,)), Modifier("label", ("a",))]


BAD = {
    "": "no formula was found",
    "f": "line 1, column 1: 'f' stands alone",
    "f =~ x1 + x2\n\n g =~ y1 @ y2": "line 3, column 10: '@' is not understood",
    "f =~ x1 =~ x2": "line 1, column 9: a second operator '=~'",
    "f =~": "nothing stands right of '=~'",
    "=~ x1": "nothing stands left of '=~'",
    "f =~ x1 + x2 +": "something is missing beside '+'",
    "f =~ x1 +": "something is missing beside '+'",
    "f =~ 2 + x2": "found '2' right of '=~'; allowed: variable names",
    "f =~ x1 - x2": "allowed: terms joined by '+'",
    "f =~ x1*2": "found '2' right of '=~'",
    "f <~ x1 + x2": "'<~' is not available",
    "y ~*~ y": "'y' has no scale; allowed: ordered variables",
    "f =~ x1 + c(1, a)*x2": "mixes numbers and labels",
    "f =~ x1 + foo(1)*x2": "allowed: start(), equal(), label(), c()",
    "f =~ x1 + (a*x2": "a parenthesis is not closed",
    "f =~ x1 + x2; f =~ x1": "is given a second time (first in line 1, column 6)",
    "f ~~ g; g ~~ f": "is given a second time",
    "y ~ a*x; ab := a*q": "'q' is no label of the model; allowed: a",
    "y ~ a*x; a := a*2": "'a' is a label already",
    "y ~ a*x; b + c := a": "one new name stands left of ':='",
    "y ~ a*x; b := a*": "ends too early",
    "y ~ a*x; b := a**(2": "')' is missing",
    "y ~ a*x; b := mean(a)": "function 'mean' is not known",
    "y | t1 + t2": "'y' has no thresholds; allowed: ordered variables",
    "y | a": "found 'a' right of '|'; allowed: t1, t2",
    "y ~*~ x": "found 'x'; allowed: 'y ~*~ y'",
    "f =~ x1 + equal(0.5)*x2": "line 1, column 17: found '0.5' in equal(); allowed: names",
    "f =~ x1 + c(a, b)*x2": "c() has 2 values for 1 group(s)",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_understood_is_refused_with_its_place(text):
    with pytest.raises(EmolaborError) as error:
        build_table(parse_model(text))
    assert BAD[text] in str(error.value)
    assert "model" in str(error.value)
