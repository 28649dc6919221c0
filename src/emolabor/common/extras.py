"""What is not in the core: which extra brings a package, and one sentence where it is missing."""

from importlib.util import find_spec

from emolabor.common.errors import EmolaborError
from emolabor.common.languages import default_language

# By the name it is imported under: what pip calls it, and the smallest extra that brings it.
EXTRAS = {
    "IPython": ("ipython", "study"),
    "PIL": ("pillow", "plots"),
    "docx": ("python-docx", "forms"),
    "jinja2": ("jinja2", "forms"),
    "jupyter_client": ("jupyter_client", "study"),
    "jupyterlab": ("jupyterlab", "study"),
    "matplotlib": ("matplotlib", "plots"),
    "nbconvert": ("nbconvert", "study"),
    "nbformat": ("nbformat", "study"),
    "opencc": ("opencc-py", "traditional"),
    "openpyxl": ("openpyxl", "files"),
    "papermill": ("papermill", "study"),
    "pyarrow": ("pyarrow", "files"),
    "pypandoc": ("pypandoc_binary", "pages"),
    "pyreadstat": ("pyreadstat", "files"),
    "semopy": ("semopy", "semopy"),
    "sklearn": ("scikit-learn", "profiles"),
    "typst": ("typst", "pages"),
}
_SENTENCE = {
    "en": "this needs {package}, which is not installed; type: pip install 'emolabor[{extra}]'",
    "zh": "这一步需要 {package}，尚未安装；请运行：pip install 'emolabor[{extra}]'",
}


def require(*modules, extra=None):
    """Refuse to go on without a package of an extra; call it before the package is imported.

    Parameters
    ----------
    *modules : str
        Names under which packages are imported, of `EXTRAS`.
    extra : str, optional
        The extra to name, where one brings all of them; by default the smallest that brings what is missing.

    Raises
    ------
    EmolaborError
        One is not installed: which, and the command that installs the extra it is in.

    Examples
    --------
    >>> require("openpyxl")
    """
    for module in modules:
        if not is_there(module):
            package, smallest = EXTRAS[module]
            raise EmolaborError(_SENTENCE[default_language()].format(package=package, extra=extra or smallest))


def is_there(module):
    """Tell whether a package can be imported.

    Parameters
    ----------
    module : str
        The name under which it is imported.

    Returns
    -------
    bool
        Found without importing it.

    Examples
    --------
    >>> is_there("openpyxl"), is_there("no_such_package")
    (True, False)
    """
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # blocked, or half installed
        return False
