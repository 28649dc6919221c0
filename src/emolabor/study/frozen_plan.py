"""The plan of a study, frozen before the answers are there, and what a run does otherwise."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import yaml

from emolabor.analysis.verdicts import SIZES
from emolabor.common.checks import check_choice, check_whole
from emolabor.common.documents import read_document
from emolabor.common.errors import EmolaborError, refuse, refuse_because
from emolabor.common.files import write_text
from emolabor.common.words import Words
from emolabor.responses.screening import FAMILIES_NEEDED, INDICES
from emolabor.sem.numerics import ESTIMATORS
from emolabor.study.design import load_design
from emolabor.study.folder import digest

FILE = "plan.yaml"
ESTIMATOR = "MLR"
_RULE = {
    "interval": "95 %, of the standardized estimate, delta method",
    "at_least": "the whole interval lies beyond the smallest association of interest, on the expected side",
    "below": "the whole interval falls short of the smallest association of interest",
    "open": "neither",
    "beside": "p of no association, Benjamini-Hochberg over all paths tested; the verdict by WLSMV",
}
_HEADER = """\
# What this study will test, and how: written by `emolabor plan` before the answers. `emolabor reproduce` compares every
# run of the study with it. It is a plan; registered it is where you deposit it. Do not edit: the checksum would tell.
# 本文件由 `emolabor plan` 在得到作答之前写成，说明将检验什么、如何检验；每次 `emolabor reproduce` 都与它核对。
# 它是研究计划，由您存入注册平台后才算注册。请勿改动：改动会使校验和不符。
"""

say = Words("emolabor.study")


@dataclass(frozen=True)
class Departure:
    """One point in which a run is not as planned: its place in the plan, what was planned, what was found."""

    place: str
    planned: object
    found: object


@dataclass(frozen=True)
class PlanCheck:
    """A run held against its plan.

    Attributes
    ----------
    checksum : str
        Of the plan, as it stands in the file.
    tampered : bool
        Whether the plan's content has another checksum: it was changed after it was written.
    departures : tuple of Departure
        In the plan's order; empty where the run keeps to the plan.
    """

    checksum: str
    tampered: bool
    departures: tuple


def write_plan(study_path, n=None, estimator=ESTIMATOR, mapping_path=None):
    """Write a study's plan beside its study file.

    Parameters
    ----------
    study_path : str or Path
        The study file.
    n : int, optional
        Respondents to be analysed, after exclusions.
    estimator : str
        Of the models.
    mapping_path : str or Path, optional
        The mapping that the answers will be read with; by default the `mapping.yaml` beside the study file, if any.

    Returns
    -------
    Path

    Raises
    ------
    EmolaborError
        The study file cannot be used, a plan is there already, or a value is not allowed.
    """
    if n is not None:
        check_whole("n", n, 2)
    check_choice("estimator", estimator, ESTIMATORS)
    target = Path(study_path).with_name(FILE)
    design = load_design(study_path)
    if target.exists():
        refuse_because(target, "a plan is there already, and a plan stays as it is", "to delete it and plan anew")
    beside = Path(study_path).with_name("mapping.yaml")
    mapping_path = mapping_path or (beside if beside.is_file() else None)
    plan = _content(design, study_path, estimator, mapping_path)
    plan = ({} if n is None else {"n": n}) | plan
    text = yaml.safe_dump(plan | {"checksum": _checksum(plan)}, allow_unicode=True, sort_keys=False, width=120)
    return write_text(target, _HEADER + text)


def check_plan(study_path, settings, n):
    """Hold a run against the plan of its study.

    Parameters
    ----------
    study_path : str or Path or None
        The study file.
    settings : dict
        What was given for the notebooks: estimator, mapping_path.
    n : int or None
        Respondents analysed, after exclusions; None where no notebook told.

    Returns
    -------
    PlanCheck or None
        None where the study has no plan.

    Raises
    ------
    EmolaborError
        The plan cannot be read.
    """
    file = study_path and Path(study_path).with_name(FILE)
    if not file or not file.is_file():
        return None
    plan = read_document(file).data
    if not isinstance(plan, dict) or not isinstance(plan.get("checksum"), str):
        refuse(file, "no plan", "what `emolabor plan` writes")
    checksum = plan.pop("checksum")
    planned = dict(plan)
    found = _content(
        load_design(study_path), study_path, settings.get("estimator", ESTIMATOR), settings.get("mapping_path")
    )
    if "n" in planned:
        found["n"] = n
    mapping = "mapping.yaml"
    files = planned.get("files")
    if settings.get("mapping_path") is None and isinstance(files, dict) and mapping in files:
        # Without --mapping the file is not used; what lies there is still the one that was planned, or not.
        beside = Path(study_path).with_name(mapping)
        found["files"] |= {mapping: digest(beside) if beside.is_file() else None}
    old, new = _flat(planned), _flat(found)
    departures = tuple(
        Departure(place, old.get(place), new.get(place))
        for place in (*old, *(place for place in new if place not in old))
        if old.get(place) != new.get(place)
    )
    return PlanCheck(checksum, checksum != _checksum(plan), departures)


def told(check):
    """Say how a run stands to its plan, in the language that is spoken.

    Parameters
    ----------
    check : PlanCheck

    Returns
    -------
    short : list of str
        Whether it keeps to it, and before that whether the plan was tampered with.
    departures : list of str
        A sentence each.
    """
    lines = [say("plan_tampered", checksum=check.checksum[:12])] if check.tampered else []
    key = "plan_departed" if check.departures else "plan_kept"
    lines.append(say(key, n=len(check.departures), checksum=check.checksum[:12]))
    return lines, [say("plan_departure", place=one.place, **_values(one)) for one in check.departures]


def _values(departure):
    nothing = say("plan_nothing")
    values = {"planned": departure.planned, "found": departure.found}
    return {name: nothing if value is None else _short(value) for name, value in values.items()}


def _short(value):
    """Of a checksum its beginning is enough to tell two apart."""
    text = str(value)
    return text[:12] if len(text) == 64 and set(text) <= set("0123456789abcdef") else text


def _content(design, study_path, estimator, mapping_path):
    """What decides a study's results before its answers, without n and checksum."""
    tests = [
        {"claim": claim.id, "path": path.key, "kind": SIZES[path.kind], "expected": path.sign}
        for claim in design.claims
        for path in claim.paths
    ]
    indices = {
        index.key: index.cutoff if index.cutoff is not None else "three robust standard deviations from the median"
        for index in INDICES
    }
    folder = Path(study_path).resolve().parent
    files = [*design.files, *([mapping_path] if mapping_path else [])]
    return {
        "tests": tests,
        "smallest": design.smallest,
        "rule": _RULE,
        "estimator": estimator,
        "model": "as in the study file" if design.model else "follows from the claims",
        "missing answers": "full-information maximum likelihood",
        "population": design.population or "everyone",
        "exclusions": {"careless": {"families of indices that flag": FAMILIES_NEEDED, "cut-offs": indices}},
        "outcome": design.roles.outcome,
        "emolabor": version("emolabor"),
        "files": {_name(path, folder): digest(path) for path in dict.fromkeys(map(Path, files))},
    }


def _name(path, folder):
    """A file as it is seen from the study's folder; of one elsewhere its name alone."""
    path = path.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _checksum(plan):
    text = json.dumps(plan, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _flat(plan):
    """Write a plan as place -> value; a test under its claim and path, so that one more moves no other."""
    found = {}
    for key, value in plan.items():
        if key == "tests" and isinstance(value, list):
            for test in value:
                if not isinstance(test, dict):
                    raise EmolaborError(f"{FILE}: tests: found {test!r}; allowed: what `emolabor plan` writes")
                name = f"{test.get('claim')} {test.get('path')}"
                found[name] = f"{test.get('kind')} ({test.get('expected')})"
        else:
            _flatten((key,), value, found)
    return found


def _flatten(place, value, found):
    if isinstance(value, dict):
        for key, part in value.items():
            _flatten((*place, str(key)), part, found)
    else:
        found[": ".join(place)] = value
