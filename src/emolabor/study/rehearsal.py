"""A study rehearsed before the field: simulated answers to its questionnaire, with the truth beside them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import yaml

from emolabor.analysis.correlation_table import read_correlation_table
from emolabor.common.errors import EmolaborError, refuse
from emolabor.common.files import refuse_overwriting, write_text
from emolabor.instrument import codebook, load_instrument
from emolabor.simulation import codes_of, simulate_answers
from emolabor.study.design import load_design
from emolabor.theory import load_claims

ANSWERS = "answers-simulated.csv"
CODEBOOK = "codebook-simulated.md"
# Of a study's own clusters, where nothing else is said: at most so many groups, and the intraclass correlation.
GROUPS, ICC = 20, 0.05
_HEADER = """\
# SIMULATED: nobody gave the answers in {answers}. They were drawn from what stands here, to
# rehearse a study; they are no evidence about anybody. Paths are standardized, alpha is that of the answers as given,
# loadings are those of the latent answers before they were cut into points; correlations, below the diagonal, are those
# of the constructs. careless_rows are the respondents, from 1, who answered without reading.
# 模拟数据：{answers} 中的作答并非真人所给，而是按本文件的设定抽取，仅供演练，不能作为任何证据。
"""


def truth_file(answers):
    """Return where the truth of a file of simulated answers lies: beside it, with its name.

    Examples
    --------
    >>> truth_file("answers-simulated.csv").name
    'answers-simulated_truth.yaml'
    """
    return Path(answers).with_name(f"{Path(answers).stem}_truth.yaml")


def rehearse(
    folder, n, seed, study_path=None, instrument=None, claims=None, correlations=None, clusters=None, **settings
):
    """Write simulated answers to anyone's questionnaire, their codebook and their truth.

    Parameters
    ----------
    folder : str or Path
        Where the files go, such as the study's own folder; files of the same names are replaced.
    n, seed : int
        Respondents, and the seed of the random generator.
    study_path : str or Path, optional
        A study file: its instrument, claims and clusters. Without `clusters` each of its cluster columns gets up to 20
        groups and an intraclass correlation of .05.
    instrument, claims : str or Path, optional
        An instrument and a file of claims, where there is no study file.
    correlations : str or Path, optional
        A correlation table in the form that `reproduce` reads. Where it tells an alpha, its correlations are taken for
        those of scores and freed of unreliability, and the answers get that alpha.
    clusters : dict, optional
        Column to (number of groups, intraclass correlation).
    **settings
        As `simulation.simulate_answers` takes them.

    Returns
    -------
    list of Path
        The files written: answers, truth, codebook.

    Raises
    ------
    EmolaborError
        A mistake in a file or a setting.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in rehearse(folder, 50, 1, instrument="window_staff")]
    ['answers-simulated.csv', 'answers-simulated_truth.yaml', 'codebook-simulated.md']
    """
    if study_path is not None and (instrument or claims):
        refuse("--study", "--instrument or --claims beside it", "a study file, which names both, or these two")
    if study_path is None and not instrument:
        refuse("--instrument", "nothing", "an instrument's file, or --study with a study file")
    if study_path is not None:
        design = load_design(study_path)
        asked, claimed = design.instrument, design.claims
        clusters = _usual_clusters(design, n) if clusters is None else clusters
    else:
        asked = load_instrument(instrument)
        claimed = load_claims(claims, {"asked": tuple(asked.dimensions())}) if claims else ()
    if correlations is not None:
        table = read_correlation_table(correlations)
        known = table.alpha.dropna().to_dict()
        settings["correlations"] = _of_constructs(table, correlations)
        alpha = settings.get("alpha", {})
        settings["alpha"] = known | alpha if isinstance(alpha, Mapping) else alpha
    answers, truth = simulate_answers(asked, n, seed, claimed, clusters=clusters, **settings)

    folder = Path(folder)
    paths = folder / ANSWERS, truth_file(folder / ANSWERS), folder / CODEBOOK
    for path in paths:
        refuse_overwriting(path, *filter(None, (study_path, claims, correlations)), *asked.files.values())
    whole = answers.astype({key: "Int64" for key in asked.points()})
    return [
        write_text(paths[0], whole.to_csv(index=False, lineterminator="\n")),
        write_text(paths[1], _HEADER.format(answers=ANSWERS) + _as_yaml(truth)),
        codebook(asked, answers, source=f"{ANSWERS} (SIMULATED / 模拟)").write(paths[2]),
    ]


def read_truth(data_path):
    """Return the true paths of a file of answers that `rehearse` wrote: key to value; None of any other file.

    Raises
    ------
    EmolaborError
        The file of the truth holds something else.
    """
    path = truth_file(data_path)
    if "simulated" not in Path(data_path).name or not path.is_file():
        return None
    try:
        paths = yaml.safe_load(path.read_text(encoding="utf-8"))["paths"]
        return {str(key): float(value) for key, value in paths.items()}
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError, AttributeError, ValueError):
        raise EmolaborError(f"{path}: found no paths; allowed: the truth that `emolabor simulate` wrote") from None


def _usual_clusters(design, n):
    asked = {variable.key: variable for variable in design.instrument.background}
    columns = [column for column in design.roles.clusters if column in asked]
    sizes = {column: len(codes_of(asked[column], min(GROUPS, n))) for column in columns}
    return {column: (groups, ICC) for column, groups in sizes.items() if groups > 1}


def _of_constructs(table, path):
    """Free the correlations of scores of unreliability (Spearman 1904, *American Journal of Psychology* 15:72-101)."""
    alpha = table.alpha.fillna(1).to_numpy()
    freed = (table.cor / np.sqrt(np.outer(alpha, alpha))).mask(np.eye(len(alpha), dtype=bool), 1.0)
    if (freed.abs() > 1).any(axis=None):
        refuse(path, "an alpha too low for the correlations beside it", "correlations below the root of both alphas")
    return freed


def _as_yaml(truth):
    return yaml.safe_dump(truth, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
