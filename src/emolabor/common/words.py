"""What is told to people, in the language that they asked for."""

import re
from contextlib import contextmanager
from functools import cached_property
from importlib import resources

import yaml

from emolabor.common.checks import check_language
from emolabor.common.languages import ASKED, default_language

LANGUAGES = ("zh", "en")
_ONE_OR_MORE = re.compile(r"\[(\w+):([^|\]]*)\|([^\]]*)\]")


def spoken():
    """The language that is spoken now: the one asked for by `speaking`, else the default."""
    return default_language(LANGUAGES)


@contextmanager
def speaking(language):
    """Tell everything inside in a language.

    Parameters
    ----------
    language : {"zh", "en"} or None
        zh-Hant, in which scales can be written, is told in zh. With None the language stays what it is.

    Raises
    ------
    EmolaborError
        Another language.

    Examples
    --------
    >>> with speaking("zh"):
    ...     spoken()
    'zh'
    """
    if language is not None and language != "zh-Hant":
        check_language(language, LANGUAGES)
    before = ASKED.set("zh" if language == "zh-Hant" else language or ASKED.get())
    try:
        yield
    finally:
        ASKED.reset(before)


class Words:
    """The sentences of one room, from its file ``words.yaml``: key, then a text in each language.

    Parameters
    ----------
    package : str
        The room's name.
    """

    def __init__(self, package):
        self._package = package

    @cached_property
    def texts(self):
        """Key to language to text: braces are filled in, of [n:is|are] the first is taken where n is 1."""
        text = (resources.files(self._package) / "words.yaml").read_text(encoding="utf-8")
        return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text).get_single_data()

    def __call__(self, key, /, **facts):
        """Say the sentence with this key."""
        text = self.texts[key][spoken()]
        return _ONE_OR_MORE.sub(lambda match: match[2] if facts[match[1]] == 1 else match[3], text).format(**facts)
