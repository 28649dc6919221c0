"""What the core must do with nothing but its ten packages, in an empty folder: none of it may need an extra."""

import emolabor as el
from emolabor import cli

staff = el.simulate_staff(n=300, seed=1)
staff.to_csv("answers.csv", index=False)
instrument = el.load_instrument("window_staff")
read = el.read_responses("answers.csv", instrument)
assert len(read.data) == 300
screening = el.screen(read)
el.screening_sensitivity(read, screening)
scores = el.score(read)
scale = el.load_scale("emotional_exhaustion")
assert len(el.list_scales()) > 20
el.reliability(read.data, scale)
el.item_analysis(read.data, scale)
el.keying_audit(read.data, scale)
el.efa(read.data[[item.key for item in el.load_scale("emotional_labor").items]], 3)
el.validation_report(read, scale, screening=screening, n_resamples=20).sentences("en")
model = "ex =~ ex1 + ex2 + ex3 + ex4\nps =~ ps1 + ps2 + ps3\nps ~ ex"
for options in ({}, {"estimator": "MLR"}, {"ordered": True}):
    fit = el.sem(model, read.data, **options)
    fit.summary(), fit.tidy(), fit.fit_measures(), fit.modification_indices(), fit.factor_scores()
fit = el.sem(model, read.data, missing="fiml")
fit.bootstrap(20, seed=1).ci("percentile")
fit.effects(), fit._repr_html_()
el.invariance("ex =~ ex1 + ex2 + ex3 + ex4", read.data.dropna(subset="sex"), group="sex")
el.power("y ~ start(0.3)*x", n=[50], n_replications=10, seed=1)
el.claim_paths(el.load_claims())
el.codebook(instrument, read.data).write("codebook.md", "en")
for name in ("surveyjs", "qualtrics", "limesurvey", "wjx", "ddi", "table-schema"):
    instrument.write(f"questionnaire.{name}", format=name, language="zh")
for command in (
    ["check", "answers.csv"],
    ["screen", "answers.csv"],
    ["score", "answers.csv"],
    ["scales", "list"],
    ["validate-scale", "answers.csv", "--scale", "belonging"],
    ["claims", "list"],
    ["simulate", "made"],
):
    assert cli.main(command) == 0, command
