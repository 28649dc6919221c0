"""A paper questionnaire in Word: circles round the code of the answer, in tables that keep their rows whole."""

import io

from emolabor.common.extras import require
from emolabor.common.office import without_times
from emolabor.instrument.form import make_form
from emolabor.instrument.losses import DOCX_TITLE
from emolabor.instrument.words import WORDS

_LATIN, _SERIF_ZH, _SANS_ZH = "Times New Roman", "SimSun", "SimHei"
_SIZES = {"Normal": 10.5, "Title": 16, "Heading 1": 12}
# Widths on A4 with margins of 2 cm.
_PAGE_CM, _NUMBER_CM, _ANSWER_CM, _NARROWEST_STATEMENT_CM = 17.0, 1.0, 1.8, 6.0
_BOX, _LINE = "□", "____________"


def paper(instrument, language):
    """Write the questionnaire for paper, as a DOCX file on A4.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language of the questionnaire.

    Returns
    -------
    bytes
        The file. Statements are numbered through; the numbers in the columns are the codes of the answers.
    """
    require("docx")
    import docx

    form = make_form(instrument)
    document = docx.Document()
    _dress(document, language)
    document.core_properties.author = ""
    document.core_properties.title = form.title[language][:DOCX_TITLE]
    document.add_paragraph(form.title[language], "Title")
    document.add_paragraph(form.consent[language])
    document.add_paragraph(f"{_BOX} {form.agreement.text[language]}")
    document.add_paragraph(form.introduction[language])
    if form.background:
        document.add_paragraph(WORDS["background"][language], "Heading 1")
    for question in form.background:
        _ask(document, question, language)
    number = 1
    for part, table in enumerate(form.tables, start=1):
        document.add_paragraph(WORDS["part"][language].format(part), "Heading 1")
        instruction = document.add_paragraph(f"{table.instruction[language]}{WORDS['circle'][language]}")
        instruction.paragraph_format.keep_with_next = True
        _add_table(document, table, number, language)
        number += len(table.rows)
    document.add_paragraph()
    document.add_paragraph(WORDS["thanks"][language])
    buffer = io.BytesIO()
    document.save(buffer)
    return without_times(buffer.getvalue())


def _dress(document, language):
    """Set A4, margins, and fonts for Latin and Chinese letters."""
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    for name, size in _SIZES.items():
        style = document.styles[name]
        heading = name != "Normal"
        _set_fonts(style, _SANS_ZH if heading else _SERIF_ZH, language)
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), heading, RGBColor(0, 0, 0)
        style.paragraph_format.space_after = Pt(6)
    title = document.styles["Title"]
    title.paragraph_format.alignment = 1
    borders = title.element.pPr.find("{*}pBdr")
    if borders is not None:
        title.element.pPr.remove(borders)


def _set_fonts(style, chinese, language):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), _LATIN)
    fonts.set(qn("w:eastAsia"), chinese)
    tag = properties.find(qn("w:lang"))
    if tag is None:
        tag = OxmlElement("w:lang")
        properties.append(tag)
    tag.set(qn("w:val"), "en-GB")
    tag.set(qn("w:eastAsia"), "zh-TW" if language == "zh-Hant" else "zh-CN")


def _ask(document, question, language):
    """A background question: boxes to tick, or a line to write a code on."""
    colon = ": " if language == "en" else "："
    if question.choices:
        answers = "\u2003".join(f"{_BOX}\u00a0{choice.names[language]}" for choice in question.choices)
    else:
        answers = f"{_LINE} {WORDS['code_hint'][language]}"
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_together = True
    paragraph.add_run(f"{question.text[language]}{colon}").bold = True
    paragraph.add_run(answers)


def _add_table(document, table, number, language):
    """Number, statement and codes; the head is repeated on each page and no row breaks."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm, Pt

    choices = table.choices
    answer = min(_ANSWER_CM, (_PAGE_CM - _NUMBER_CM - _NARROWEST_STATEMENT_CM) / len(choices))
    widths = [_NUMBER_CM, _PAGE_CM - _NUMBER_CM - answer * len(choices), *[answer] * len(choices)]
    grid = document.add_table(1 + len(table.rows), len(widths))
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    head = ["", WORDS["item"][language], *(choice.names[language] for choice in choices)]
    body = [
        [f"{number + place}", row.text[language], *(f"{choice.code}" for choice in choices)]
        for place, row in enumerate(table.rows)
    ]
    for place, (row, texts) in enumerate(zip(grid.rows, [head, *body], strict=True)):
        # The head stays with the first statement, the last statement with the one before it.
        together = place in (0, 1, len(body) - 1)
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Cm(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).font.size = Pt(8.5 if place == 0 else 10.5)
            paragraph.alignment = 0 if column == 1 else 1
            paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(3)
            paragraph.paragraph_format.keep_with_next = together and place < len(body)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Cm(width)
    _rule(grid)


def _rule(grid):
    """Rule a table above, below and between its rows; repeat its head, and let no row break."""
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import nsdecls

    lines = (("top", 12, "000000"), ("bottom", 12, "000000"), ("insideH", 4, "999999"))
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="{ink}"/>' for edge, size, ink in lines
    )
    grid._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{edges}</w:tblBorders>"))
    margins = "".join(f'<w:{edge} w:w="57" w:type="dxa"/>' for edge in ("left", "right"))
    grid._tbl.tblPr.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
    for row in grid.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
