"""What a user meets of the package: rooms, public names, and the classes of the objects that calls return.

The pages of the site's reference are made from it, a page a name; a test holds the docstrings of all it lists.
"""

from importlib import import_module
from inspect import getdoc, isfunction, ismodule

import emolabor as el

ROOMS = {
    "scales": {"en": "Scales: what is asked", "zh": "量表：问什么"},
    "instrument": {"en": "Questionnaires", "zh": "问卷"},
    "responses": {"en": "Answers: reading, screening, scoring", "zh": "作答：读取、筛查、计分"},
    "measurement": {"en": "How good the scales are", "zh": "量表质量"},
    "sem": {"en": "Structural equation models", "zh": "结构方程模型"},
    "theory": {"en": "Claims and the models built from them", "zh": "论断与由其构建的模型"},
    "analysis": {"en": "What follows from a fit", "zh": "拟合之后"},
    "evidence": {"en": "Evidence: what published studies say", "zh": "证据：已发表的研究说了什么"},
    "simulation": {"en": "Simulated staff", "zh": "模拟人员"},
    "report": {"en": "Pages", "zh": "网页与表格"},
    "common.errors": {"en": "Mistakes", "zh": "报错"},
}
# Objects that calls return, and what these are made of: where each is defined.
RETURNED = {
    "scales": {
        **{name: "scales.scale" for name in ("Scale", "Dimension", "Item", "ResponseFormat")},
        "WorkbookReading": "scales.workbook",
    },
    "instrument": {
        "Instrument": "instrument.instrument",
        "AttentionCheck": "instrument.instrument",
        "Variable": "instrument.instrument",
        "Codebook": "instrument.codebook",
        "Export": "instrument.export",
    },
    "responses": {"Staff": "responses.staff", "ProposedMapping": "responses.proposing"},
    "measurement": {
        "Adequacy": "measurement.adequacy",
        "Agreement": "measurement.agreement",
        "ContentValidity": "measurement.content_validity",
        "FactorAnalysis": "measurement.factor_analysis",
        "Harman": "measurement.method_bias",
        "MethodBias": "measurement.method_bias",
        "ParallelAnalysis": "measurement.parallel",
        "ScaleInvariance": "measurement.scale_invariance",
        "ValidationReport": "measurement.validation",
        "Versions": "measurement.versions",
    },
    "evidence": {"PublishedTable": "evidence.tables", "Pooled": "evidence.pooling"},
    "sem": {
        "Fit": "sem.fit",
        "TwoLevelFit": "sem.two_level.fit",
        "Draws": "sem.inference.draws",
        "TwoLevelDraws": "sem.two_level.level_draws",
        "Interaction": "sem.moderation.product_indicators",
        "Invariance": "sem.comparison.invariance",
        "LikelihoodRatioTest": "sem.comparison.likelihood_ratio",
        "ScoreTest": "sem.inference.score_test",
        "SecondOpinion": "sem.evaluation.second_opinion",
        "WaldTest": "sem.inference.wald_test",
    },
    "theory": {
        "Claim": "theory.claims",
        "ClaimPath": "theory.claims",
        "CodingAgreement": "theory.coding",
        "ModeratedModel": "theory.moderation",
    },
    "analysis": {
        "Confounding": "analysis.confounding",
        "GroupLevers": "analysis.lever_groups",
        "Levers": "analysis.levers",
        "Profiles": "analysis.profiles",
    },
}


def methods(name, module):
    """Return what a class offers: method -> function."""
    members = vars(getattr(import_module(f"emolabor.{module}"), name))
    return {name: member for name, member in members.items() if isfunction(member) and not name.startswith("_")}


def entries(room):
    """Return what a room offers: shown name -> the object; a room that can be called stands for its function."""
    names = sorted(name for name, home in el.ROOM_OF.items() if home == room)
    values = {f"el.{name}": getattr(el, name) for name in names}
    found = {name: value.sem if ismodule(value) else value for name, value in values.items()}
    classes = RETURNED.get(room, {}).items()
    return found | {name: getattr(import_module(f"emolabor.{module}"), name) for name, module in classes}


def reference_page(name, value):
    """Write the page of a function or a class for Sphinx, which reads signature, types and docstring."""
    own = name.removeprefix("el.")
    if value.__name__ != own:
        return f"# {name}\n\nThe same as [el.{value.__name__}](el.{value.__name__}.md).\n"
    kind = "autofunction" if isfunction(value) else "autoclass"
    members = "" if isfunction(value) else "\n   :members:\n   :member-order: bysource"
    place = f"{value.__module__}.{value.__qualname__}"
    return f"# {name}\n\n```{{eval-rst}}\n.. {kind}:: {place}{members}\n```\n"


def reference_index(language):
    """Write the tables of all pages, a room each; a navigation of so many would be no help on any page."""
    lines = []
    for room, title in ROOMS.items():
        found = entries(room)
        rows = [f"| [{name}](reference/{name}.md) | {_first_line(value)} |" for name, value in found.items()]
        lines += [f"## {title[language]}", "\n".join(["|  |  |", "|---|---|", *rows])]
    return "\n\n".join(lines) + "\n"


def _first_line(value):
    text = " ".join(getdoc(value).split("\n\n")[0].split())
    return text.replace("``", "`").replace("|", "\\|")
