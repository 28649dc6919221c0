"""The small questionnaire with one text in every place that holds words of a person."""

import shutil
from itertools import count
from pathlib import Path

import yaml

from emolabor.instrument import load_instrument

FOLDER = Path(__file__).parents[1] / "instrument" / "small"


def hostile(folder, text):
    """Copy the questionnaire with every wording replaced by the text; answers' labels are told apart by a number."""
    shutil.copytree(FOLDER, folder)
    for path in folder.glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        number = count(1)
        path.write_text(yaml.safe_dump(_replaced(content, text, number), allow_unicode=True), encoding="utf-8")
    return load_instrument(folder / "small.yaml")


def _replaced(part, text, number):
    if isinstance(part, list):
        return [_replaced(one, text, number) for one in part]
    if not isinstance(part, dict):
        return part
    if set(part) <= {"zh", "en"}:
        return {language: _worded(words, text, number) for language, words in part.items()}
    return {key: _replaced(one, text, number) for key, one in part.items()}


def _worded(words, text, number):
    if isinstance(words, list):
        return [f"{text} {next(number)}" for _ in words]
    return f"{text} {next(number)}" if isinstance(words, str) else words
