"""Pages from Jinja2 templates: what is put in stands there as text; only the template itself is HTML."""

import json
from functools import cache
from importlib import resources

from emolabor.common.extras import require


def page_file(folder, name):
    """Read one of the files that a page is made of, such as ``emolabor.report/page_files``."""
    package, _, path = folder.partition("/")
    return (resources.files(package) / path / name).read_text(encoding="utf-8")


def render(folder, name, **values):
    r"""Fill a template.

    Parameters
    ----------
    folder : str
        Package and folder of the templates, such as ``emolabor.report/page_files``.
    name : str
        The template's file.
    **values
        What it names; a name that it has and nobody gives is an error.

    Returns
    -------
    str
        The page.
    """
    return _environment(folder).get_template(name).render(values)


def as_json(content, **options):
    r"""Write JSON for a script element, which no text in it can end.

    Examples
    --------
    >>> print(as_json({"a": "</script>"}))
    {"a": "\u003c/script>"}
    """
    return json.dumps(content, ensure_ascii=False, **options).replace("<", "\\u003c")


@cache
def _environment(folder):
    require("jinja2")
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=FunctionLoader(lambda name: page_file(folder, name)),
    )
