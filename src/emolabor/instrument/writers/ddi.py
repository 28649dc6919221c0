"""DDI-Lifecycle as tables: the CSV files that the package ddi-l turns into valid XML, packed as one zip."""

import csv
import io

from emolabor.common.office import zip_files
from emolabor.instrument.columns import variables
from emolabor.instrument.form import make_form

_AGENCY = "org.example"


def ddi(instrument, language):
    """Write the tables of a study: concepts, code lists, questions, the flow of the questionnaire, variables.

    ``ddi tables import`` of ddi-l reads the zip or the folder in it. The agency in ``settings.csv`` is a placeholder.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language of names; all others are in the tables too.

    Returns
    -------
    bytes
        The zip.
    """
    form = make_form(instrument)
    lists = _CodeLists()
    columns = variables(instrument)
    tables = {
        "settings": [
            {"setting": "agency", "value": _AGENCY},
            {"setting": "version", "value": 1},
            {"setting": "language", "value": language},
        ],
        "studies": [{"id": instrument.key, **_translated("title", instrument.title)}],
        "concepts": list(_concepts(instrument)),
        "instructions": [{"id": table.key, **_translated("text", table.instruction)} for table in form.tables],
        "questions": list(_questions(form, columns, lists)),
        "instruments": [{"id": instrument.key, "type": "CAWI", **_translated("label", instrument.title)}],
        "flow": list(_flow(form)),
        "variables": list(_variables(form, columns, instrument, lists)),
        "datasets": [{"id": instrument.key, **_translated("title", instrument.title)}],
    }
    tables |= {"code_lists": lists.rows, "codes": lists.codes}
    return zip_files({f"{name}.csv": _csv(rows) for name, rows in tables.items()})


class _CodeLists:
    """Each different set of codes and labels once."""

    def __init__(self):
        self.rows, self.codes, self._known = [], [], []

    def name(self, codes):
        """Return the id of a code list, adding it where it is new."""
        if codes not in self._known:
            self._known.append(codes)
            name = f"codes_{len(self._known)}"
            self.rows.append({"id": name})
            self.codes += [
                {"code_list": name, "value": code, **_translated("label", names)} for code, names in codes.items()
            ]
        return f"codes_{self._known.index(codes) + 1}"


def _translated(column, translations):
    return {f"{column}@{language}": text for language, text in translations.items()}


def _concepts(instrument):
    for scale in instrument.scales:
        yield {"id": scale.key, **_translated("label", scale.names), **_translated("description", scale.construct)}
        for dimension in scale.dimensions:
            if dimension.key != scale.key:
                yield {"id": dimension.key, "parent": scale.key, **_translated("label", dimension.names)}


def _response(column, lists):
    if column.codes:
        return {"code_list": lists.name(column.codes)}
    if column.kind != "number":
        return {}
    limits = {"min": column.minimum, "max": column.maximum}
    return {"numeric_type": "Decimal"} | {name: f"{limit:g}" for name, limit in limits.items() if limit is not None}


def _type(column):
    return "code" if column.codes else "numeric" if column.kind == "number" else "text"


def _questions(form, columns, lists):
    instructions = {row.key: table.key for table in form.tables for row in table.rows}
    asked = {question.key for question in form.questions}
    for column in columns:
        if column.key in asked:
            yield {
                "id": column.key,
                **_translated("text", column.text),
                "concept": column.dimension,
                "response": _type(column),
                "instruction": instructions.get(column.key),
                **_response(column, lists),
            }


def _flow(form):
    def step(key, kind, **more):
        return {"instrument": form.key, "id": key, "type": kind, **more}

    yield step("consent_text", "statement", **_translated("text", form.consent))
    yield step("introduction", "statement", **_translated("text", form.introduction))
    pages = {"background": form.background} if form.background else {}
    pages |= {
        f"page_{number}": [row for table in page for row in table.rows] for number, page in enumerate(form.pages, 1)
    }
    for name, questions in pages.items():
        yield step(name, "sequence")
        for question in questions:
            yield step(f"ask_{question.key}", "question", parent=name, question=question.key)


def _variables(form, columns, instrument, lists):
    asked = {question.key for question in form.questions}
    for column in columns:
        yield {
            "id": column.key,
            **_translated("label", column.text),
            "concept": column.dimension,
            "question": column.key if column.key in asked else None,
            "representation": _type(column),
            "dataset": instrument.key,
            **_response(column, lists),
        }


def _csv(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return f"\ufeff{buffer.getvalue()}".encode()
