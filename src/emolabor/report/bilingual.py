"""Texts of the run's page in both languages."""

from functools import cache

import yaml

from emolabor.common.templates import page_file

# Language of the page's words -> tag in HTML.
TAGS = {"zh": "zh-CN", "en": "en"}
FILES = "emolabor.report/page_files"


@cache
def described():
    """Read the page's words, captions and reasons."""
    return yaml.safe_load(page_file(FILES, "run.yaml"))


def filled(texts, **values):
    """Fill the places of a text in both languages.

    Parameters
    ----------
    texts : dict of str to str
        Language -> text with places such as ``{name}``.
    **values
        What goes there: one for both languages, or a dictionary with one for each.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> filled({"zh": "{n} 人，{data}", "en": "{n} people, {data}"}, n=9, data={"zh": "模拟", "en": "simulated"})
    {'zh': '9 人，模拟', 'en': '9 people, simulated'}
    """
    return {
        language: texts[language].format(
            **{name: value[language] if isinstance(value, dict) else value for name, value in values.items()}
        )
        for language in TAGS
    }


def worded(key, **values):
    """Return one of the page's own words or sentences in both languages."""
    return filled(described()["words"][key], **values)
