"""The diagram of a fit: which one, in which language, with which verdict."""

import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError

MEASUREMENT = "e =~ ex1 + ex2 + ex3; b =~ be1 + be2 + be3; p =~ ps1 + ps2 + ps3"


@pytest.fixture(scope="module")
def data():
    return el.simulate_staff(n=500, seed=1)


def texts(figure, kind=None):
    return [text.get_text() for text in figure.axes[0].texts if kind is None or text.get_gid() == kind]


def test_regressions_are_drawn_where_there_are_any(data):
    fit = el.sem(f"{MEASUREMENT}; b ~ e; p ~ b + e", data)
    figure = fit.plot(language="zh", labels={"e": "情绪耗竭"})
    shown = fit.standardized().query("op == '~'")[["est", "ci_lower", "ci_upper"]].itertuples(index=False)
    wanted = sorted(f"{est:.2f}\n[{lower:.2f}, {upper:.2f}]".replace("-", "−") for est, lower, upper in shown)
    assert sorted(texts(figure, "label")) == wanted
    assert any(text.startswith("情绪耗竭") for text in texts(figure)) and not texts(figure, "note")


def test_loadings_are_drawn_where_there_are_none(data):
    figure = el.cfa(MEASUREMENT, data).plot()
    assert len(texts(figure, "label")) == 9 and len(texts(figure, "correlation")) == 3


def test_a_picture_is_saved_the_same_each_time(data, tmp_path):
    fit = el.sem(f"{MEASUREMENT}; b ~ e; p ~ b", data)
    for name in ("first.svg", "second.svg"):
        fit.plot(tmp_path / name, language="zh")
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_an_improper_solution_says_so_in_the_picture():
    names = ["x1", "x2", "x3"]
    cor = pd.DataFrame([[1, 0.8, 0.7], [0.8, 1, 0.3], [0.7, 0.3, 1]], index=names, columns=names)
    fit = el.sem("f =~ x1 + x2 + x3", sample_cov=cor, n_obs=100)
    assert not fit.admissible
    for language, words in (("en", f"Not admissible: {fit.problems[0]}"), ("zh", "解不可采用")):
        (note,) = texts(fit.plot(language=language), "note")
        assert note.startswith(words)


def test_each_group_has_its_picture(data):
    fit = el.sem("ex2 ~ ex1; ex3 ~ ex2", data, group="sex")
    numbers = [texts(fit.plot(group=group), "label") for group in (1, 2)]
    assert numbers[0] != numbers[1]
    assert texts(fit.plot(group=2), "note") == [f"Group {fit.model.samples[1].label}"]
    with pytest.raises(EmolaborError, match="group: found 3"):
        fit.plot(group=3)


def test_other_languages_and_endings_are_refused(data, tmp_path):
    fit = el.sem("ex2 ~ ex1", data)
    with pytest.raises(EmolaborError, match="language: found 'fr'"):
        fit.plot(language="fr")
    with pytest.raises(EmolaborError, match=r"found the ending '\.gif'"):
        fit.plot(tmp_path / "a.gif")
