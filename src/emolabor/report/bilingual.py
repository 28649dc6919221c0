"""Texts of the run's page in both languages, safe to stand in HTML."""

from functools import cache
from html import escape
from importlib import resources

import yaml

# Language of the page's words -> tag in HTML.
TAGS = {"zh": "zh-CN", "en": "en"}


def page_file(name):
    """Read one of the files that the page is made of."""
    return (resources.files("emolabor.report") / "page_files" / name).read_text(encoding="utf-8")


@cache
def described():
    """Read the page's words, captions and reasons."""
    return yaml.safe_load(page_file("run.yaml"))


def both(texts):
    """Write a text in both languages, of which the page shows one.

    Parameters
    ----------
    texts : dict of str to str
        Language -> text; its signs cannot become HTML.

    Returns
    -------
    str
        HTML; without markup when both are the same.

    Examples
    --------
    >>> both({"zh": "图", "en": "Figure <1>"})
    '<span class="t" lang="zh-CN">图</span><span class="t" lang="en">Figure &lt;1&gt;</span>'
    """
    if len({texts[language] for language in TAGS}) == 1:
        return escape(texts["en"])
    return "".join(f'<span class="t" lang="{tag}">{escape(texts[language])}</span>' for language, tag in TAGS.items())


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


def word(key, **values):
    """Write one of the page's own words or sentences in both languages, as HTML."""
    return both(filled(described()["words"][key], **values))
