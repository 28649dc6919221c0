"""What each notebook needs of the data, and why data that lack it cannot carry the notebook."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from emolabor.analysis import is_correlation_table
from emolabor.common.words import Words, spoken
from emolabor.responses.findings import sentences
from emolabor.sem.numerics import parse_model
from emolabor.study.factor_report import FactorReport
from emolabor.study.sample import open_study
from emolabor.study.table_study import TableStudy, open_table

say = Words("emolabor.study")

# Fewer clusters than this say nothing about differences between them (Maas & Hox 2005, Methodology 1:86-92, found
# standard errors of the higher level wrong with 30 and badly so with 10).
FEWEST_CLUSTERS = 10
# Maximum likelihood of fewer often fails (Boomsma 1985, Psychometrika 50:229-242).
SMALLEST_COMPARED = 100
FEWEST_FOR_PROFILES = 100


def _reason(zh, en):
    return {"zh": zh, "en": en}


def measured(study, names):
    """Ask for constructs, all of them."""
    lacking = [name for name in names if name not in study.instrument.dimensions()]
    if not lacking:
        return None
    return _reason(f"数据中没有 {'、'.join(lacking)}", f"no {', '.join(lacking)} in these data")


def several_constructs(study):
    """Ask for two constructs, which can be told apart or not."""
    found = len(study.instrument.dimensions())
    return None if found > 1 else _reason("数据中只有一个构念", "only one construct in these data")


def varied_items(study):
    """Ask for items that were not answered alike by everyone."""
    items = [item for keys in study.instrument.dimensions().values() for item in keys]
    constant = [item for item in items if study.answers[item].nunique() < 2]
    if not constant:
        return None
    return _reason(f"所有人对 {'、'.join(constant)} 的回答相同", f"all gave the same answer to {', '.join(constant)}")


def enough_respondents(study, items):
    """Ask for more respondents than items, without which their covariances have no inverse."""
    n = len(study.answers)
    if n > len(items):
        return None
    return _reason(f"{n} 名作答者，而模型有 {len(items)} 道题", f"{n} respondents are too few for {len(items)} items")


def all_items(study):
    """Ask for what a model of all items needs."""
    items = [item for keys in study.instrument.dimensions().values() for item in keys]
    return varied_items(study) or enough_respondents(study, items)


def a_claim(study):
    """Ask for a claim that the data can test."""
    if any(claim.paths for claim in study.claims):
        return None
    return _reason("没有一条论断的构念都在数据中", "no claim is left whose constructs are all in these data")


def a_model(study):
    """Ask for what the model of the claims, or the study file's, needs."""
    if study.design.model is None and a_claim(study):
        return a_claim(study)
    terms = parse_model(study.model).terms
    latent = {term.lhs for term in terms if term.op == "=~"}
    names = {name for term in terms for name in (term.lhs, term.rhs) if name} - latent
    lacking = sorted(name for name in names if name not in study.answers)
    if lacking:
        return _reason(
            f"模型中的 {'、'.join(lacking)} 不在数据中", f"the model names {', '.join(lacking)}, not in these data"
        )
    return varied_items(study) or enough_respondents(study, names)


def clusters(study):
    """Ask for the cluster of each respondent, such as a centre, and for several of them."""
    columns = study.design.roles.clusters
    if not columns:
        return _reason("研究未指明聚类变量（clusters）", "the study names no clusters")
    if columns[0] not in study.answers:
        return _reason(f"数据中没有 {columns[0]} 一列", f"no column {columns[0]}")
    found = study.answers[columns[0]].nunique()
    if found >= FEWEST_CLUSTERS:
        return None
    return _reason(
        f"{columns[0]} 只有 {found} 个，至少需要 {FEWEST_CLUSTERS} 个",
        f"{found} different {columns[0]}, {FEWEST_CLUSTERS} are needed",
    )


def second_clusters(study):
    """Ask for a second column of clusters, with more than one of them."""
    held = study.roles.clusters
    if len(held) > 1 and study.answers[held[1]].nunique() > 1:
        return None
    return _reason("数据中没有第二个可区分的聚类变量", "no second column of clusters to tell apart in these data")


def comparable(study):
    """Ask for two groups that are large enough, in one of the columns whose groups are compared."""
    columns = study.design.roles.groupings
    if not columns:
        return _reason("研究未指明比较哪些组（groupings）", "the study names no groups to compare")
    for column in columns:
        data = study.staff_by(column).data
        if column in data and (data[column].value_counts() >= SMALLEST_COMPARED).sum() > 1:
            return None
    return _reason(
        f"{'、'.join(columns)} 都没有两个各满 {SMALLEST_COMPARED} 人的组",
        f"no two groups of {SMALLEST_COMPARED} respondents by {', '.join(columns)}",
    )


def profiled(study):
    """Ask for what profiles are made of, enough respondents to be sorted, and something to go with the profiles."""
    roles = study.design.roles
    if not roles.profiled:
        return _reason("研究未指明用哪些构念划分剖面（profiles）", "the study names no constructs for profiles")
    lacking = measured(study, roles.profiled)
    if lacking:
        return lacking
    n = len(study.answers)
    if n < FEWEST_FOR_PROFILES:
        return _reason(
            f"{n} 名作答者，不足 {FEWEST_FOR_PROFILES} 名", f"{n} respondents, {FEWEST_FOR_PROFILES} are needed"
        )
    outcomes = roles.profile_outcomes
    if any(name in study.instrument.dimensions() for name in outcomes):
        return None
    named = ", ".join(outcomes) or "profiles: outcomes"
    return _reason(f"数据中没有 {named}", f"none of {named} in these data")


def an_outcome(study):
    """Ask for the outcome that the study is about."""
    outcome = study.design.roles.outcome
    return measured(study, [outcome]) if outcome else _reason("研究未指明结果变量", "the study names no outcome")


def levers_to_it(study):
    """Ask for a factor from which a way leads to the outcome."""
    outcome = study.design.roles.outcome
    if study.factors(outcome):
        return None
    return _reason(f"没有从可改变的因素到 {outcome} 的路径", f"no way leads from a factor to {outcome}")


def a_marker(study):
    """Ask for a scale that has nothing to do with the others, and for two of those."""
    marker = study.design.roles.marker
    if marker is None:
        return _reason("研究未指明标记变量（marker）", "the study names no marker scale")
    if marker not in study.instrument.dimensions():
        return _reason(f"数据中没有标记变量 {marker}", f"the marker scale {marker} is not in these data")
    if len(study.instrument.dimensions()) > 2:
        return None
    return _reason("除标记变量外只有一个构念", "only one construct beside the marker scale")


def described(study):
    """Ask for a background column by which answers are described."""
    return None if study.roles.description else _reason("数据中没有可用的背景变量", "no background to describe by")


def between(study):
    """Ask for the two constructs of a claim about clusters."""
    named = study.design.roles.between
    if not named:
        return _reason("研究未指明组间论断（between）", "the study names no claim about clusters")
    return measured(study, named)


def indirect_claims(study):
    """Ask for a claim with an indirect path."""
    if any(claim.kind == "indirect" for claim in study.claims):
        return None
    return _reason("没有可检验的间接路径", "no indirect path is left that these data can test")


def the_factor(study, factor):
    """Ask for the factor that the notebook is about, with a claim about what goes with it."""
    lacking = measured(study, [factor])
    if lacking:
        return lacking
    claims = [claim for claim in study.claims if any(factor in path.constructs for path in claim.paths)]
    if claims and FactorReport(study, factor).outcomes:
        return None
    return _reason(
        f"没有关于 {factor} 与其结果的可检验论断", f"no claim about {factor} is left that these data can test"
    )


def the_effect(study):
    """Ask for the path of a claim that the specification curve is about."""
    effect = study.design.roles.effect
    if any(path.key == effect for claim in study.claims for path in claim.paths):
        return None
    return _reason(f"没有可检验的路径 {effect or ''}", f"no path {effect or ''} is left that these data can test")


def the_way(study):
    """Ask for that path to be an indirect one, which an unmeasured common cause could explain."""
    effect = study.design.roles.effect
    if effect and effect.count(">") < 2:
        return _reason(f"{effect} 不是间接路径", f"{effect} is no indirect path")
    return the_effect(study)


def moderated(study):
    """Ask for a moderated path."""
    if any(path.moderator for claim in study.claims for path in claim.paths):
        return None
    return _reason("没有可检验的调节路径", "no moderated path is left that these data can test")


def explained(study):
    """Ask for a model that explains the outcome."""
    outcome = study.design.roles.outcome
    if outcome is None:
        return an_outcome(study)
    if any(term.op == "~" and term.lhs == outcome for term in parse_model(study.model).terms):
        return None
    return _reason(f"模型不解释 {outcome}", f"the model explains no {outcome}")


def complete_respondents(study):
    """Ask for respondents without a missing answer, more than items."""
    terms = parse_model(study.model).terms
    items = [term.rhs for term in terms if term.op == "=~" and term.rhs in study.answers]
    n = len(study.answers.dropna(subset=items))
    if n > len(items):
        return None
    return _reason(
        f"只有 {n} 份完整答卷，题目有 {len(items)} 道", f"{n} complete respondents are too few for {len(items)} items"
    )


# What a whole notebook needs; what only a part of one needs is a tag of its cells.
NEEDS = {
    "01_claims_and_design": (),
    "02_data_screening": (),
    "03_scale_quality": (all_items,),
    "04_measurement_model": (several_constructs, all_items),
    "05_invariance": (comparable, several_constructs, all_items),
    "06_management_factor": (a_model,),
    "07_structural_model": (a_model,),
    "08_centres": (clusters, a_model),
    "09_profiles": (profiled,),
    "10_levers": (an_outcome, a_model, levers_to_it),
    "11_robustness": (a_model, complete_respondents),
    "13_planning": (indirect_claims, a_model),
    "15_correlation_table": (several_constructs, a_claim, all_items),
}
PARTS = {
    "needs-model": a_model,
    "needs-indirect": indirect_claims,
    "needs-outcome": explained,
    "needs-effect": the_effect,
    "needs-way": the_way,
    "needs-moderation": moderated,
    "needs-marker": a_marker,
    "needs-between": between,
    "needs-second-clusters": second_clusters,
    "needs-description": described,
}
# Parts that need no model: what a study without one can still show.
MODEL_FREE = ("needs-marker", "needs-second-clusters", "needs-description")
LEFT_OUT = _reason("这些数据做不了这一部分：", "These data cannot carry this part: ")
TABLE_NOTEBOOK = "15_correlation_table"
ANSWERS_NEEDED = _reason("需要逐人的答卷，而文件是相关系数表", "needs answers; the file is a correlation table")


def why_not(notebook, study, factor=None):
    """Say why data cannot carry a notebook.

    Parameters
    ----------
    notebook : str
        The notebook's name.
    study : Study or TableStudy
        The data, opened.
    factor : str, optional
        The management factor that the notebook is asked for.

    Returns
    -------
    dict or None
        The reason, keys zh and en; None where the data have what the notebook needs, as far as is known.
    """
    if isinstance(study, TableStudy):
        return None if notebook == TABLE_NOTEBOOK else ANSWERS_NEEDED
    needs = NEEDS.get(notebook, ())
    if factor is not None:
        needs = (partial(the_factor, factor=factor), *needs)
    return next(filter(None, (need(study) for need in needs)), None)


def carried_jobs(jobs):
    """Open the user's data once, and ask of each notebook whether they can carry it, or which parts they cannot.

    Parameters
    ----------
    jobs : list of Job
        What a run would execute.

    Returns
    -------
    carried : list of Job
        Without those that are skipped; with what their `left_out` parts lack.
    skipped : dict of str to dict
        name -> why it is skipped, keys zh and en.
    notes : tuple of str
        What the data lack as a whole.

    Raises
    ------
    EmolaborError
        The data, the mapping or the study file cannot be used.
    """
    own = [job for job in jobs if job.on_own_data and job.path.stem in NEEDS]
    if not own:
        return jobs, {}, ()
    folder, settings = own[0].path.parent, own[0].settings
    paths = [settings.get(name) for name in ("data_path", "mapping_path", "study_path")]
    data_path, mapping_path, study_path = (path and _as_seen_from_here(folder / path) for path in paths)
    opened = open_table if is_correlation_table(data_path) else open_study
    study = opened(data_path, mapping_path, study_path)
    reasons = {job.name: why_not(job.path.stem, study, job.settings.get("factor")) for job in own}
    skipped = {name: reason for name, reason in reasons.items() if reason}
    language = settings["language"]
    left_out = {tag: LEFT_OUT[language] + reason[language] for tag, reason in parts_not(study).items()}
    carried = [replace(job, left_out=left_out) if job in own else job for job in jobs if job.name not in skipped]
    return carried, skipped, _notes(study)


def _as_seen_from_here(path):
    """Write a path as the user gave it, for messages; the notebooks see it from their folder."""
    return Path(os.path.relpath(path))


def parts_not(study):
    """Say which parts of notebooks data cannot carry: a tag of their cells to the reason, keys zh and en."""
    if isinstance(study, TableStudy):
        return {}
    reasons = {}
    for tag, need in PARTS.items():
        # Without a model there is nothing to ask further of what needs one.
        lacking = None if tag in MODEL_FREE else reasons.get("needs-model")
        reasons[tag] = lacking or need(study)
    return {tag: reason for tag, reason in reasons.items() if reason}


def _notes(study):
    """Say which scales the file does not hold; a typing mistake in a heading shows here."""
    if isinstance(study, TableStudy):
        return (say("closing_table_note", variables=len(study.table.cor), n=study.table.n),)
    report = study.staff.report
    return tuple(sentences(report[report["kind"].isin(("scale_absent", "scale_shortened"))], spoken()))
