"""What a format cannot carry of a questionnaire, in plain sentences."""

from emolabor.instrument.columns import variables

# What SPSS keeps of a variable's label and of a value's, in bytes of UTF-8 (a Chinese character has three), and Word of
# the title in a file's properties, in characters.
_VARIABLE_LABEL, _VALUE_LABEL, DOCX_TITLE = 256, 120, 255
LANGUAGE = {"zh": "Chinese", "zh-Hant": "Traditional Chinese", "en": "English"}


def not_carried(form, lost, language):
    """Say what is in a questionnaire but not in a format.

    Parameters
    ----------
    form : Form
        The questionnaire.
    lost : set of str
        What the format does not carry: names of `_SENTENCES`.
    language : str
        The language written.

    Returns
    -------
    tuple of str
        A sentence for each thing that this questionnaire has and the format loses.
    """
    sentences = (sentence(form, language) for feature, sentence in _SENTENCES.items() if feature in lost)
    return tuple(sentence for sentence in sentences if sentence)


def cut_labels(instrument, language):
    """Say which labels an SPSS file holds only the beginning of.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        The language written.

    Returns
    -------
    tuple of str
        One sentence, or none.
    """
    cut = []
    for column in variables(instrument):
        if _too_long(column.text[language], _VARIABLE_LABEL):
            cut.append(column.key)
        cut += [f"{column.key}={code}" for code, one in column.codes.items() if _too_long(one[language], _VALUE_LABEL)]
    limits = f"{_VARIABLE_LABEL} bytes of a variable's label and {_VALUE_LABEL} of a value's"
    return (f"labels: cut off in {', '.join(cut)}, as SPSS keeps {limits}",) if cut else ()


def _too_long(words, limit):
    return len(words.encode()) > limit


def mapping(form, lost):
    """Say how answers come back where a format changes names or codes.

    Parameters
    ----------
    form : Form
        The questionnaire.
    lost : set of str
        What the format does not carry: names of `_SENTENCES`.

    Returns
    -------
    dict
        With the entries of a mapping file that are needed: columns, values.
    """
    columns, values = {}, {}
    if "row numbers" in lost:
        for table in form.tables:
            columns |= {row.key: f"Table_{table.key}_{number}" for number, row in enumerate(table.rows, start=1)}
    if "underscores" in lost:
        columns |= {question.key: short(question.key) for question in form.background if "_" in question.key}
        for table in form.tables:
            keys = [row.key for row in table.rows if "_" in row.key]
            columns |= {key: f"{short(table.key)}[{short(key)}]" for key in keys}
    if "codes" in lost:
        values = {key: {str(number): code for number, code in enumerate(codes, 1)} for key, codes in _renumbered(form)}
    return {name: entries for name, entries in (("columns", columns), ("values", values)) if entries}


def _renumbered(form):
    """Background questions whose codes are not 1, 2, 3 and so on."""
    for question in form.background:
        codes = [choice.code for choice in question.choices]
        if codes != list(range(1, len(codes) + 1)):
            yield question.key, codes


def _languages(form, language):
    others = [LANGUAGE.get(other, other) for other in form.languages if other != language]
    return others and f"languages: only {LANGUAGE.get(language, language)}; write another file for {', '.join(others)}"


def _random_order(form, language):
    keys = ", ".join(table.key for table in form.tables if table.random_order)
    return keys and f"random order: the items of {keys} are asked in the written order"


def _pages(form, language):
    return "page breaks: the tables follow each other" if len(form.pages) > 1 else None


def _agreement(form, language):
    return "consent: the text is shown, but the format has no box that must be ticked before the questions"


def _skipping(form, language):
    return "skipping: every question must be answered, until that is changed on the platform"


def _patterns(form, language):
    coded = [f"{question.key} ({question.pattern})" for question in form.background if question.pattern]
    return coded and f"codes typed in: the form of {', '.join(coded)} is not checked"


def _keys(form, language):
    return "keys: answers come back in columns named by number and wording, in the order asked, not by item key"


def _codes(form, language):
    coded = [
        f"{key} ({', '.join(f'{number} is {code}' for number, code in enumerate(codes, start=1))})"
        for key, codes in _renumbered(form)
    ]
    return coded and f"codes: answers come back as running numbers in {'; '.join(coded)}"


def _underscores(form, language):
    keys = [f"{question.key} is {short(question.key)}" for question in form.questions if "_" in question.key]
    return keys and f"keys: {', '.join(keys)}, as the format takes letters and digits only"


def _row_numbers(form, language):
    table = form.tables[0]
    return (
        "keys: answers to a table come back in columns named by its ID and the number of the row, so "
        f"Table_{table.key}_1 is {table.rows[0].key}"
    )


def _nesting(form, language):
    table = form.tables[0]
    return f"columns: answers to a table come nested, {table.rows[0].key} in Table_{table.key}"


def _web_only(form, language):
    return "page breaks are for the web import (文本导入) only: where a program sends the questionnaire, use wjx-jsonl"


def _title(form, language):
    long = len(form.title[language]) > DOCX_TITLE
    return long and f"title: whole on the page, cut off at {DOCX_TITLE} characters in the file's properties"


def _blank_lines(form, language):
    parted = [name for name in ("consent", "introduction") if "\n\n" in getattr(form, name)[language].replace(" ", "")]
    return parted and f"paragraphs: no blank lines between those of {' and '.join(parted)}"


def _files(form, language):
    return "files: each respondent saves a file of one row; keep them in one folder, which is read as a whole"


def _agency(form, language):
    return "agency: settings.csv names org.example; write the agency that keeps your study in its place"


def _quotes(form, language):
    keys = [
        question.key for question in form.questions if any(set("“”‘’") & set(text) for text in question.text.values())
    ]
    return keys and f"quotation marks: curly ones become straight ones, in {', '.join(keys)}"


def _form(form, language):
    return "the page: the file describes the data; consent, page breaks and order of items are not in it"


def _recording(form, language):
    return "recording: answers on paper are typed in by hand; statements are numbered in the order of the codebook"


def short(key):
    """Take the underscores out of a key."""
    return key.replace("_", "")


_SENTENCES = {
    "form": _form,
    "languages": _languages,
    "random order": _random_order,
    "pages": _pages,
    "agreement": _agreement,
    "skipping": _skipping,
    "web only": _web_only,
    "patterns": _patterns,
    "keys": _keys,
    "row numbers": _row_numbers,
    "nesting": _nesting,
    "underscores": _underscores,
    "codes": _codes,
    "quotation marks": _quotes,
    "recording": _recording,
    "long titles": _title,
    "blank lines": _blank_lines,
    "files": _files,
    "agency": _agency,
}
