"""Studies of other people, whole: questionnaire, claims, study file and answers that were drawn at random."""

import pandas as pd

import emolabor as el
from emolabor.study import load_design

AGREEMENT = {
    "en": "[Strongly disagree, Disagree, Rather disagree, Neither, Rather agree, Agree, Strongly agree]",
    "zh": "[非常不同意, 不太同意, 不确定, 比较同意, 非常同意]",
}
SCALE = """\
key: {key}
names: {{{language}: {name}}}
construct: {{{language}: {name}}}
citations:
  - {{source: made for a test, use: source of the construct, verified: false}}
instruction: {{{language}: {name}}}
response_format: {{points: {points}, labels: {{{language}: {labels}}}}}
dimensions:
  - key: {key}
    names: {{{language}: {name}}}
    items:
{items}
scoring: mean
rights:
  {{status: own, holder: nobody, licence: CC0-1.0, evidence: made for a test, checked_on: '2026-01-01', text: own}}
status: not validated
adaptation: []
"""
INSTRUMENT = """\
key: {key}
title: {{{language}: {key}}}
consent: {{{language}: {key}}}
introduction: {{{language}: {key}}}
scales: [{scales}]
background:
{background}
"""


def seven_points(folder):
    """English only, seven points, constructs and outcome of its own, no clusters."""
    constructs = {"leadership": 4, "autonomy": 3, "engagement": 3, "strain": 2, "voice": 4}
    background = {"gender": {"f": "Woman", "m": "Man"}, "site": {"north": "North", "south": "South"}}
    _write_instrument(folder, "voice_survey", "en", constructs, background, reverse=("leadership4",))
    (folder / "claims.yaml").write_text(
        """\
- {id: H1, section: "1", testable: true, text: {en: Leadership goes with engagement.},
   paths: [{from: leadership, to: engagement, sign: "+"}]}
- {id: H2, section: "1", testable: true, text: {en: Autonomy goes with engagement.},
   paths: [{from: autonomy, to: engagement, sign: "+"}]}
- {id: H3, section: "2", testable: true, text: {en: Engagement carries leadership to voice.},
   paths: [{from: engagement, to: voice, sign: "+"}, {from: leadership, to: voice, via: engagement, sign: "+"}]}
- {id: H4, section: "2", testable: true, text: {en: Engagement goes with less strain.},
   paths: [{from: engagement, to: strain, sign: "-"}]}
""",
        encoding="utf-8",
    )
    (folder / "study.yaml").write_text(
        """\
instrument: instrument.yaml
claims: claims.yaml
constructs: {work: [leadership, autonomy], person: [engagement, strain], behaviour: [voice]}
undesirable: [strain]
""",
        encoding="utf-8",
    )
    together = pd.DataFrame([[1, 0.4], [0.4, 1]], *[["leadership", "autonomy"]] * 2)
    return _answered(folder, 420, seed=11, effect=0.35, correlations=together)


def two_moderations(folder):
    """Chinese only, two moderations with unequal numbers of items, schools and districts that cross."""
    constructs = {"resources": 4, "support": 3, "devotion": 5, "invention": 3}
    names = {"resources": "工作资源", "support": "同事支持", "devotion": "工作投入", "invention": "教学创新"}
    codes = "  - {key: school, kind: code, pattern: 'S[0-9]+', names: {zh: 学校}}\n"
    codes += "  - {key: district, kind: code, pattern: 'Q[0-9]+', names: {zh: 学区}}\n"
    background = {"stage": {"primary": "小学", "middle": "初中"}}
    _write_instrument(folder, "teachers", "zh", constructs, background, names=names, codes=codes)
    (folder / "claims.yaml").write_text(
        """\
- {id: H1, section: "1", testable: true, text: {zh: 工作资源越多，工作投入越高。},
   paths: [{from: resources, to: devotion, sign: "+"}]}
- {id: H2, section: "1", testable: true, text: {zh: 同事支持增强工作资源的作用。},
   paths: [{from: resources, to: devotion, moderator: support, sign: "+"}]}
- {id: H3, section: "2", testable: true, text: {zh: 工作投入与教学创新正相关。},
   paths: [{from: devotion, to: invention, sign: "+"}, {from: resources, to: invention, via: devotion, sign: "+"}]}
- {id: H4, section: "2", testable: true, text: {zh: 同事支持增强工作投入与教学创新的关联。},
   paths: [{from: devotion, to: invention, moderator: support, sign: "+"}]}
""",
        encoding="utf-8",
    )
    (folder / "study.yaml").write_text(
        """\
instrument: instrument.yaml
claims: claims.yaml
constructs: {setting: [resources, support], person: [devotion], work: [invention]}
clusters: [school, district]
covariates: {stage: [stage]}
profiles: {constructs: [resources, support], outcomes: [invention]}
""",
        encoding="utf-8",
    )
    return _answered(folder, 480, seed=12, effect=0.4, clusters={"school": (24, 0.1), "district": (8, 0.05)})


def table_only(folder):
    """The first of these studies where nothing but a table of correlations is to be had."""
    seven_points(folder)
    data = pd.read_csv(folder / "answers.csv")
    constructs = ["leadership", "autonomy", "engagement", "strain", "voice"]
    data["leadership4"] = 8 - data["leadership4"]
    scores = pd.DataFrame({name: data.filter(regex=f"^{name}[0-9]").mean(axis=1) for name in constructs})
    table = scores.corr().round(2).rename_axis("variable").reset_index()
    table.insert(1, "n", len(scores))
    table.insert(2, "sd", scores.std().round(2).to_numpy())
    (folder / "answers.csv").unlink()
    table.to_csv(folder / "table.csv", index=False)
    return folder


def _write_instrument(folder, key, language, constructs, background, names=None, reverse=(), codes=""):
    names = names or {construct: construct.capitalize() for construct in constructs}
    (folder / "scales").mkdir(parents=True)
    labels = AGREEMENT[language]
    for construct, count in constructs.items():
        items = "\n".join(
            f"      - {{key: {construct}{i}, text: {{{language}: {names[construct]} {i}}}, "
            f"reverse: {str(f'{construct}{i}' in reverse).lower()}}}"
            for i in range(1, count + 1)
        )
        points = labels.count(",") + 1
        text = SCALE.format(
            key=construct, language=language, name=names[construct], points=points, labels=labels, items=items
        )
        (folder / "scales" / f"{construct}.yaml").write_text(text, encoding="utf-8")
    choices = codes + "".join(
        f"  - key: {column}\n    kind: choice\n    names: {{{language}: {column}}}\n    values:\n"
        + "".join(f"      - {{code: {code}, names: {{{language}: {label}}}}}\n" for code, label in values.items())
        for column, values in background.items()
    )
    scales = ", ".join(f"scales/{construct}.yaml" for construct in constructs)
    text = INSTRUMENT.format(key=key, language=language, scales=scales, background=choices)
    (folder / "instrument.yaml").write_text(text, encoding="utf-8")


def _answered(folder, n, **settings):
    """Let simulated respondents answer the study, none of them carelessly."""
    design = load_design(folder / "study.yaml")
    answers, _ = el.simulate_answers(design.instrument, n, claims=design.claims, careless=0, **settings)
    answers.to_csv(folder / "answers.csv", index=False)
    return folder
