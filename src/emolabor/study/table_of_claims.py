"""A study made of two tables, of items and of claims."""

from itertools import pairwise
from pathlib import Path

from emolabor.common.errors import refuse_because
from emolabor.common.files import write_text
from emolabor.common.yaml_text import dump
from emolabor.scales import load_scale, scales_from_table
from emolabor.theory import claims_from_table
from emolabor.theory.constructs import SMALLEST

_TITLES = {"zh": "问卷", "en": "Questionnaire"}
_INTRODUCTION = {"zh": "请按实际感受作答。", "en": "Please answer as you really feel."}
_CONSENT = {
    "zh": "填写自愿，不记名，可随时停止。",
    "en": "Taking part is voluntary and anonymous, and you can stop at any time.",
}
_INSTRUMENT = """\
# Made from a table of items. Title, consent and introduction are drafts: write your own. Background questions, such as
# {key: gender, kind: choice, names: {en: Gender}, values: {f: Woman, m: Man}}, go under `background`.
"""
_STUDY = """\
# What this study asks and claims, made from two tables. An entry that is not here follows from constructs and claims:
# the outcome is the last construct, factors are the first group.
instrument: instrument.yaml
claims: claims.yaml

# In groups of any names, from what comes first to what comes last: arrows point within a group or onwards.
"""
_SMALLEST = f"""\

# The smallest standardized association of interest, by kind of path, which every verdict is judged against.
smallest: {{{", ".join(f"{kind}: {size:.2f}" for kind, size in SMALLEST.items())}}}
"""


def fill_from_tables(folder, claims, items):
    """Write scales, questionnaire, claims and study file from tables.

    Parameters
    ----------
    folder : Path
        The study's folder.
    claims, items : str or Path
        The tables.

    Returns
    -------
    list of Path
        The files of the scales.

    Raises
    ------
    EmolaborError
        Mistakes in a table, all at once.
    """
    files = scales_from_table(items, folder / "scales")
    scales = [load_scale(file) for file in files]
    names = {}
    for scale in scales:
        for dimension in scale.dimensions:
            names |= {dimension.key: dimension.key} | {name: dimension.key for name in dimension.names.values()}
    entries = claims_from_table(claims, names)
    groups = _groups(entries, claims)
    languages = scales[0].languages
    texts = {"title": _TITLES, "consent": _CONSENT, "introduction": _INTRODUCTION}
    instrument = {"key": "questionnaire"}
    for key, words in texts.items():
        instrument[key] = {language: words[language.partition("-")[0]] for language in languages}
    instrument |= {"scales": [f"scales/{Path(file).name}" for file in files], "background": []}
    write_text(folder / "instrument.yaml", _INSTRUMENT + dump(instrument))
    write_text(folder / "claims.yaml", dump(entries))
    write_text(folder / "study.yaml", _STUDY + dump({"constructs": groups}) + _SMALLEST)
    return files


def _groups(entries, claims):
    """Sort constructs by the longest way that leads to them, so that every arrow points onwards."""
    steps, constructs = set(), {}
    for entry in entries:
        for path in entry["paths"]:
            ends = [path["from"], *([path["via"]] if "via" in path else []), path["to"]]
            steps |= set(pairwise(ends))
            steps |= {(path["moderator"], path["to"])} if "moderator" in path else set()
            constructs |= dict.fromkeys([*ends, *([path["moderator"]] if "moderator" in path else [])])
    depth = dict.fromkeys(constructs, 0)
    for _ in constructs:
        for start, end in sorted(steps):
            depth[end] = max(depth[end], depth[start] + 1)
    circle = [f"{start} > {end}" for start, end in sorted(steps) if depth[end] >= len(constructs)]
    if circle:
        refuse_because(claims, f"paths go in a circle: {', '.join(circle)}", "paths that lead onwards")
    return {
        f"group_{level + 1}": [name for name in constructs if depth[name] == level]
        for level in sorted(set(depth.values()))
    }
