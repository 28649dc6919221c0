"""What a fit shows of itself."""

from lavaan_cases import frame

import emolabor as el

MODEL = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"


def test_a_fit_reads_as_one_line():
    assert repr(el.sem(MODEL, frame("holzinger"))) == (
        "ML fit of 301 cases: chi-square 85.306 on 24 df, CFI 0.931, RMSEA 0.092, SRMR 0.065; admissible"
    )
    improper = el.sem("f =~ x1 + x2 + x3; x1 ~~ -1*x1", frame("holzinger"))
    assert repr(improper).endswith("; not admissible: " + improper.problems[0])


def test_fits_of_one_text_share_no_data():
    data = frame("holzinger")
    first = el.sem(MODEL, data).tidy()
    first.loc[0, "lhs"] = "changed"
    again = el.sem(MODEL, data).tidy()
    assert again.lhs[0] == "visual"
    half = el.sem(MODEL, data.iloc[:150]).tidy()
    assert (half.est[1:3] != again.est[1:3]).all()


def test_a_ladder_reads_as_its_summary():
    ladder = el.invariance(MODEL, frame("holzinger"), "school", steps=("configural", "metric"))
    assert repr(ladder) == ladder.summary()
    assert "Rule" in repr(ladder) and "Decision: metric invariance holds." in repr(ladder)
