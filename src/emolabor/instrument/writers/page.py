"""One HTML page that holds the whole questionnaire: it opens from disk and saves the answers without network."""

from emolabor.common.templates import as_json, page_file, render
from emolabor.instrument.form import make_form
from emolabor.instrument.words import words_in
from emolabor.instrument.writers.surveyjs import LOCALES, survey, table_name

LANGUAGE_NAMES = {"zh": "中文", "zh-Hant": "繁體中文", "en": "English"}
_STYLES = ("survey-core.fontless.min.css", "page.css")
_SCRIPTS = (
    "survey.core.min.js",
    "simplified-chinese.min.js",
    "traditional-chinese.min.js",
    "survey-js-ui.min.js",
    "page.js",
)
# Nothing may be loaded from or sent to anywhere.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_SECONDS = "seconds"
_FOLDER = "emolabor.instrument/page_files"


def page(instrument, language):
    """Write the questionnaire as one self-contained HTML page.

    The answers stay in the page until they are saved: a CSV file of one row, with the item keys as columns. A link such
    as ``page.html?centre=C01`` fills in a code. Where the instrument's background has a number ``seconds``, the page
    measures it.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language it opens in; the others are a click away.

    Returns
    -------
    bytes
        The page.
    """
    form = make_form(instrument)
    columns = ["consent", *(key for key in instrument.columns if key in {q.key for q in form.questions} | {_SECONDS})]
    words = words_in(form.languages)
    content = {
        "name": form.key,
        "language": language,
        "titles": {code: form.title[code] for code in form.languages},
        "names": {code: LANGUAGE_NAMES[code] for code in form.languages},
        "locales": {code: LOCALES[code] for code in form.languages},
        "words": {name: words[name] for name in ("thanks", "save", "save_text", "again")},
        "columns": columns,
        "tables": [table_name(table) for table in form.tables],
        "typed": [question.key for question in form.background if not question.choices],
        "seconds": _SECONDS if _SECONDS in columns else None,
        "survey": survey(form, language),
    }
    # The library speaks English by itself; its Traditional Chinese goes into the pages that need it.
    scripts = [name for name in _SCRIPTS if "traditional" not in name or "zh-Hant" in form.languages]
    page = render(
        _FOLDER,
        "page.html",
        policy=_POLICY,
        title=form.title[language],
        style=_code(_STYLES),
        questionnaire=as_json(content),
        scripts=[_code([name]) for name in scripts],
    )
    return page.encode()


def _code(names):
    return "\n".join(page_file(_FOLDER, name) for name in names)
