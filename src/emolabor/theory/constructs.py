"""The constructs that the essay's claims may name, in the order in which models list them: read from its study file."""

from importlib import resources

import yaml

STUDY_FILE = resources.files("emolabor.theory").joinpath("study.yaml")
_STUDY = yaml.safe_load(STUDY_FILE.read_text(encoding="utf-8"))

INSTRUMENT = _STUDY["instrument"]
CONSTRUCT_GROUPS = {name: tuple(keys) for name, keys in _STUDY["constructs"].items()}
CONSTRUCTS = tuple(construct for group in CONSTRUCT_GROUPS.values() for construct in group)
UNDESIRABLE = tuple(_STUDY["undesirable"])
OUTCOME, MARKER = _STUDY["outcome"], _STUDY["marker"]
SMALLEST = {kind: float(size) for kind, size in _STUDY["smallest"].items()}
FACTORS = CONSTRUCT_GROUPS[_STUDY["factors"]]
COVARIATES = {name: tuple(columns) for name, columns in _STUDY["covariates"].items()}
REVERSE, MERGE = (tuple(_STUDY["rivals"][name]) for name in ("reverse", "merge"))
