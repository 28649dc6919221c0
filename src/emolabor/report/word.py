"""The look of the Word file: pandoc's reference document in a journal's dress."""

import io

from emolabor.common.extras import require

LATIN, SERIF_ZH, SANS_ZH = "Times New Roman", "SimSun", "SimHei"
SIZES = {"Title": 16, "Heading 1": 13, "Heading 2": 11.5, "Table Note": 9, "Table Caption": 10, "Image Caption": 10}
TEXT_STYLES = ("Normal", "Body Text", "First Paragraph", "Compact", "Bibliography", "Abstract", "Subtitle", "Author")


def reference_document(default):
    """Dress pandoc's default reference document: A4, Times New Roman with SimSun, black headings, three-line tables.

    Parameters
    ----------
    default : bytes
        What ``pandoc --print-default-data-file reference.docx`` prints.

    Returns
    -------
    bytes
        A document to give to ``--reference-doc``.
    """
    require("docx")
    from docx import Document
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    document = Document(io.BytesIO(default))
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.2)
    _number_pages(section)
    document.styles.add_style("Table Note", WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
    for name in (*TEXT_STYLES, *SIZES):
        style = document.styles[name]
        heading = name == "Title" or name.startswith("Heading")
        _set_fonts(style, SANS_ZH if heading else SERIF_ZH)
        style.font.bold = heading
        style.font.size = Pt(SIZES.get(name, 10.5))
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.italic = False
    document.styles["Compact"].font.size = Pt(9)
    document.styles["Compact"].paragraph_format.keep_with_next = True  # a table's rows and its note stay on one page
    small = document.styles.add_style("Small Cell", WD_STYLE_TYPE.CHARACTER)
    _set_fonts(small, SERIF_ZH)
    small.font.size = Pt(6.5)
    document.styles["Table Note"].paragraph_format.space_before = Pt(3)
    document.styles["Table Note"].paragraph_format.space_after = Pt(10)
    document.styles["Table Caption"].paragraph_format.keep_with_next = True
    _three_lines(document.styles["Table"])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_fonts(style, chinese):
    """Set the Latin and the Chinese font of a style in place of the theme's."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN)
    fonts.set(qn("w:eastAsia"), chinese)


def _number_pages(section):
    """Put the number of the page in the middle of its foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>'))


def _three_lines(style):
    """Rule a table style above, below and under its head."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    def rules(*edges):
        return "".join(f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>' for edge, size in edges)

    element = style.element
    for child in [*element.findall(qn("w:tblStylePr")), *element.findall(qn("w:tblPr"))]:
        element.remove(child)
    element.append(
        parse_xml(
            f"<w:tblPr {nsdecls('w')}><w:tblBorders>{rules(('top', 12), ('bottom', 12))}</w:tblBorders>"
            '<w:tblCellMar><w:left w:w="30" w:type="dxa"/><w:right w:w="30" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        )
    )
    element.append(
        parse_xml(
            f'<w:tblStylePr {nsdecls("w")} w:type="firstRow"><w:tcPr><w:tcBorders>{rules(("bottom", 6))}</w:tcBorders>'
            "</w:tcPr></w:tblStylePr>"
        )
    )
