"""What a study asks and claims: the essay's, or what a study file puts in its place."""

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from emolabor.common.documents import check_schema, read_document
from emolabor.common.errors import EmolaborError
from emolabor.instrument import Instrument, Variable, load_instrument
from emolabor.sem.numerics import parse_model
from emolabor.study.roles import Roles, read_roles
from emolabor.theory import CONSTRUCTS, STUDY_FILE, load_claims

# The questionnaire does not ask for it; a file of answers in several languages may tell it.
LANGUAGE = Variable(
    "language", "code", {"zh": "作答语言", "en": "Language of the answers"}, {}, "[A-Za-z-]+", None, None
)


@dataclass(frozen=True)
class Design:
    """What a study asks and claims.

    Attributes
    ----------
    instrument : Instrument
        What is asked.
    claims : tuple of Claim
        What is claimed.
    groups : dict of str to tuple of str
        The constructs that claims may name, by group.
    undesirable : tuple of str
        Constructs of which less is better.
    roles : Roles
        Which of them are levers, the outcome, the marker; which columns are clusters, groups to compare.
    smallest : dict of str to float
        Smallest standardized association of interest, by kind of path: direct, indirect, product.
    model : str or None
        A model text in place of the model that follows from the claims.
    population : dict or None
        Whom the study is about: a background column and the values of it; None where everyone who answered.
    files : tuple of Path
        The user's files that it was read from.
    """

    instrument: Instrument
    claims: tuple
    groups: dict
    undesirable: tuple
    roles: Roles
    smallest: dict
    model: str | None = None
    population: dict | None = None
    files: tuple = ()


def load_design(study_path=None):
    """Read a study file, and what it names.

    Parameters
    ----------
    study_path : str or Path, optional
        A YAML file with any of these entries; what is not there is the essay's.

        - ``instrument``: a key or an instrument's file, which names the scales
        - ``claims``: a file of claims, laid out like ``theory/claims.yaml``
        - ``constructs``: the constructs that claims may name, in groups of any names: arrows point within a group or
          onwards, and what a group's members share besides the arrows may covary
        - ``undesirable``: of which of them less is better
        - ``model``: a model text, or a file of it that ends in .txt
        - ``population``: whom the study is about, a background column and the values of it, such as
          ``{column: dispatch_type, values: [dispatched]}``; ``everyone`` for all who answered. Without the entry it is
          the essay's, where the instrument asks for it
        - ``smallest``: the smallest standardized association of interest by kind of path, such as
          ``{direct: 0.10, indirect: 0.01, product: 0.05}``; every verdict is judged against it
        - ``factors`` (a group or a list), ``outcome``, ``effect``, ``marker``, ``clusters``, ``groupings``,
          ``description``, ``covariates``, ``profiles``, ``between``, ``rivals``: what constructs and columns are to the
          study, as `Roles` says; each may be ``none``. What is not there is the essay's where this study has all that
          it names, and else follows from the constructs and claims: see `study.roles`

        Files are seen from the study file's folder. Nothing in them is run as code.

    Returns
    -------
    Design

    Raises
    ------
    EmolaborError
        A mistake in one of the files: file, line, key, what was found and what is allowed.

    Examples
    --------
    >>> design = load_design()
    >>> design.instrument.key, len(design.claims), design.model
    ('window_staff', 24, None)
    """
    ours = read_document(STUDY_FILE)
    usual, document = ours.data, ours if study_path is None else read_document(study_path)
    document.data = {} if document.data is None else document.data
    if document is not ours:  # which the tests hold to the schema: importing jsonschema can take seconds
        schema = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
        check_schema(document, json.loads(schema))
    groups = _groups(document, usual)
    undesirable = _undesirable(document, groups, usual)
    document.refuse_problems()
    data, folder = document.data, Path(document.file).parent
    claims_file = folder / data["claims"] if "claims" in data else None
    name = data.get("instrument", usual["instrument"])
    instrument = load_instrument(folder / name if Path(name).suffix in (".yaml", ".yml") else name)
    claims = _claims(document, claims_file, groups)
    roles = read_roles(document, usual, groups, instrument, claims, (LANGUAGE.key,))
    population = _population(document, instrument, usual["population"])
    document.refuse_problems()
    model, model_file = _model(document, folder)
    smallest = {kind: float(size) for kind, size in (usual["smallest"] | data.get("smallest", {})).items()}
    own = () if study_path is None else (Path(study_path), *instrument.files.values())
    files = (*own, *filter(None, (claims_file, model_file)))
    return Design(instrument, claims, groups, undesirable, roles, smallest, model, population, files)


def _groups(document, usual):
    """Return the constructs by group; one that stands twice would be explained twice."""
    named = document.data.get("constructs", usual["constructs"])
    groups = {name: tuple(constructs) for name, constructs in named.items()}
    seen = set()
    for name, constructs in groups.items():
        for position, construct in enumerate(constructs):
            if construct in seen:
                document.problem(("constructs", name, position), f"{construct!r} again", "each construct once")
            seen.add(construct)
    return groups


def _claims(document, file, groups):
    """Return the claims; the essay's say nothing about other constructs, and a study with a model can do without."""
    known = {construct for group in groups.values() for construct in group}
    if file is None and not known >= set(CONSTRUCTS):
        if "model" not in document.data:
            document.problem(("claims",), "nothing", "a file of claims about these constructs, or a model")
            document.refuse_problems()
        return ()
    return load_claims(file, groups)


def _undesirable(document, groups, usual):
    constructs = [construct for group in groups.values() for construct in group]
    for position, construct in enumerate(document.data.get("undesirable", ())):
        if construct not in constructs:
            document.problem(("undesirable", position), repr(construct), ", ".join(constructs))
    return tuple(document.data.get("undesirable", [name for name in usual["undesirable"] if name in constructs]))


def _population(document, instrument, usual):
    """Return whom the study is about; the instrument must ask for it."""
    asked = {variable.key: variable.values for variable in instrument.background}
    if "population" not in document.data:
        return usual if set(usual["values"]) <= set(asked.get(usual["column"], ())) else None
    population = document.data["population"]
    if population == "everyone":
        return None
    column = population["column"]
    if not asked.get(column):
        choices = ", ".join(key for key, values in asked.items() if values) or "none, the instrument has no choices"
        document.problem(("population", "column"), repr(column), choices)
    else:
        for position, value in enumerate(population["values"]):
            if value not in asked[column]:
                document.problem(("population", "values", position), repr(value), ", ".join(map(str, asked[column])))
    return population


def _model(document, folder):
    """Return the model text, read and understood, and the file that it is in."""
    if "model" not in document.data:
        return None, None
    text, file = document.data["model"], None
    if "\n" not in text and Path(text.strip()).suffix == ".txt":
        file = folder / text.strip()
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise EmolaborError(f"{file}: found no readable text in UTF-8; allowed: a model text") from None
    try:
        parse_model(text)
    except EmolaborError as error:
        place = f"{document.file}, line {document.lines[('model',)]}" if file is None else file
        raise EmolaborError(f"{place}: {error}") from None
    return text, file
