import numpy as np
import pytest
from published_matrices import craft, made, read, whole

import emolabor as el
from emolabor.common.errors import EmolaborError

MODELS = {
    "craft": "perf ~ p1*conf + p2*acog + p3*asom\nconf ~ p4*acog + p5*asom\nacog ~~ p6*asom",
    "made": "b ~ p1*a\nc ~ p2*b\nd ~ p3*c",
}
SETS = {("craft", "REM"): craft, ("craft", "FEM"): lambda: whole(craft()), ("made", "REM"): made, ("made", "FEM"): made}
# OpenMx stops its search at a relative change of 1e-9 or so; its Hessian is by differences.
OPENMX = 1e-6


def fitted(name, method):
    return el.masem(MODELS[name], el.pool(SETS[name, method](), model="random" if method == "REM" else "fixed"))


@pytest.mark.parametrize(("name", "method"), SETS)
def test_the_second_stage_is_metasem_s(name, method):
    fit = fitted(name, method)
    expected = read("stage2").query("set == @name and method == @method").set_index("label")
    found = fit.tidy().set_index("label").loc[expected.index]
    np.testing.assert_allclose(found[["est", "se"]], expected[["est", "se"]], rtol=0, atol=OPENMX)
    stats = read("stage2_fit").query("set == @name and method == @method").set_index("stat")["value"]
    measures = fit.fit_measures()
    names = {"df": "DF of target model", "rmsea": "RMSEA", "srmr": "SRMR", "cfi": "CFI"}
    assert {ours: measures[ours] for ours in names} == pytest.approx({k: stats[v] for k, v in names.items()}, abs=1e-6)
    assert measures["chisq"] == pytest.approx(stats["Chi-square of target model"], rel=1e-6, abs=1e-6)
    # chi-square of the baseline goes with the inverse covariances of stage one: five digits
    assert measures["baseline_chisq"] == pytest.approx(stats["Chi-square of independence model"], rel=1e-5)


@pytest.mark.parametrize("label", ["p1", "p3", "ab"])
@pytest.mark.parametrize("side", ["ci_lower", "ci_upper"])
def test_likelihood_intervals_end_where_the_chi_square_has_risen(label, side):
    text, pooled = MODELS["made"] + "\nab := p1*p2", el.pool(made())
    fit = el.masem(text, pooled)
    end = fit.likelihood_intervals().set_index("label" if label != "ab" else "lhs").loc[label, side]
    held = el.masem(f"{text}\n{'p1*p2' if label == 'ab' else label} == {end:.12f}", pooled)
    rise = held.fit_measures()["chisq"] - fit.fit_measures()["chisq"]
    assert rise == pytest.approx(3.841458820694124, abs=1e-4)


def test_likelihood_intervals_contain_openmx_s_ends():
    found = fitted("made", "REM").likelihood_intervals().set_index("label")
    expected = read("stage2").query("set == 'made' and method == 'REM'").set_index("label")
    # OpenMx's ends lie up to 4e-4 beyond the chi-square's, which the test above holds ours to.
    np.testing.assert_allclose(found[["ci_lower", "ci_upper"]], expected[["lb", "ub"]], rtol=0, atol=5e-4)


def test_it_is_a_fit_like_any_other():
    fit = fitted("made", "REM")
    assert fit.admissible and not fit.warnings
    assert fit.tidy().query("op == '~~'")["std_all"].tolist()[-1] == 1.0
    indirect = fit.effects().query("source == 'a' and target == 'd' and kind == 'indirect'")["est"].iloc[0]
    assert indirect == pytest.approx(np.prod(fit.tidy().query("op == '~'")["est"]))
    assert "WLS" in fit.summary() and "WLS" in repr(fit) and "<table" in fit._repr_html_()
    assert fit.monte_carlo(500, seed=1).ci().query("op == 'indirect'")["ci_lower"].notna().all()
    assert fit.residuals("cor").abs().max(axis=None) < 0.2 and len(fit.modification_indices())
    test = el.lr_test(fit, el.masem(MODELS["made"] + "\nd ~ a", el.pool(made())))
    assert test.df_diff == 1 and test.chisq_diff > 0


def test_latent_variables_can_be_measured_by_pooled_ones():
    fit = el.masem("f =~ a + b + c + d", el.pool(made()))
    assert fit.fit_measures()["df"] == 2 and fit.tidy().query("op == '=~'")["se"].iloc[1:].gt(0).all()


@pytest.mark.parametrize("method", ["bootstrap", "factor_scores", "casewise"])
def test_what_needs_cases_is_refused(method):
    with pytest.raises(EmolaborError):
        getattr(el.masem("f =~ a + b + c + d", el.pool(made())), method)()


def test_what_needs_other_things_is_refused_or_answers():
    fit = el.masem("f =~ a + b + c + d", el.pool(made()))
    assert fit.simulate(20, seed=1).shape == (20, 4)
    with pytest.raises(EmolaborError):
        fit.factor_scores(newdata=fit.simulate(20, seed=1))


def test_a_cell_that_no_study_has_is_named_with_what_is_left():
    tables = made()
    parts = {"x": ["a", "b", "c"], "y": ["b", "c", "d"]}
    cut = {key: el.PublishedTable(key, tables["1"].cor.loc[own, own], 80) for key, own in parts.items()}
    with pytest.raises(EmolaborError, match=r"no study has: a~d; allowed: a model of b, c, d"):
        el.masem(MODELS["made"], el.pool(cut))
    assert el.masem("b ~ a; c ~ b", el.pool(cut)).converged


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("d ~ a; d ~ 1", "a mean"),
        ("d ~ e", "e is in no table"),
        ("d ~", "line 1"),
        ("d ~ a; a ~~ 1*a", "follows from the other parameters"),
    ],
)
def test_what_is_no_model_of_the_pooled_is_refused(text, message):
    with pytest.raises(EmolaborError, match=message):
        el.masem(text, el.pool(made()))


def test_something_else_than_pooled_is_refused():
    with pytest.raises(EmolaborError, match="what pool"):
        el.masem("d ~ a", made())
