"""Draw the design of the page "Which of these do I need?"; for maintainers: ``python docs/write_drawing.py``.

Staff sit in centres (columns) and come from departments (rows) that cross them; how large a dot is says how many people
it stands for. Beside each part stands what el.sem is told of it. The pictures are SVG, in both languages.
"""

from pathlib import Path
from xml.etree import ElementTree

from emolabor.common.files import write_text

PICTURES = Path(__file__).resolve().parent / "pictures"
WIDTH, HEIGHT = 480, 538
LEFT, TOP, CELL_WIDTH, CELL_HEIGHT = 102, 92, 114, 78
INK, PALE, LINE = "#1f2933", "#eef2f6", "#5f6c7b"
FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
CODE = "ui-monospace, 'DejaVu Sans Mono', monospace"
WORDS = {
    "en": {
        "title": "Staff in centres, sent by departments",
        "columns": ["centre A", "centre B", "centre C"],
        "rows": ["department 1", "department 2", "department 3"],
        "notes": [
            ("colleagues in a centre are alike", 'cluster="centre"'),
            ("and so are those whom a department sends", 'cluster=["centre", "department"]'),
            ("filled and hollow: two kinds of employment", 'group="dispatch_type"'),
            ("a dot: one answer, large where it stands for more people", 'sampling_weights="w"'),
            ("the claim is about the boxes, not the dots", 'level: 1, level: 2 and cluster="centre"'),
        ],
    },
    "zh": {
        "title": "身在中心，来自部门",
        "columns": ["甲中心", "乙中心", "丙中心"],
        "rows": ["部门一", "部门二", "部门三"],
        "notes": [
            ("同一中心的人彼此相似", 'cluster="centre"'),
            ("同一部门派出的人也彼此相似", 'cluster=["centre", "department"]'),
            ("实心与空心：两种用工形式", 'group="dispatch_type"'),
            ("一点一份作答，点越大，代表的人越多", 'sampling_weights="w"'),
            ("论断说的是方框，不是圆点", 'level: 1, level: 2 与 cluster="centre"'),
        ],
    },
}
# Dots of each cell: place across, place down, radius, filled.
DOTS = [
    [
        [(0.25, 0.4, 5, 1), (0.5, 0.6, 8, 1), (0.75, 0.35, 5, 0)],
        [(0.4, 0.5, 5, 1)],
        [(0.3, 0.35, 5, 0), (0.65, 0.6, 5, 1)],
    ],
    [[(0.5, 0.45, 5, 0)], [(0.25, 0.35, 8, 1), (0.6, 0.4, 5, 0), (0.45, 0.7, 5, 1)], [(0.5, 0.5, 5, 1)]],
    [
        [(0.3, 0.6, 5, 1), (0.65, 0.35, 5, 1)],
        [(0.5, 0.45, 8, 0)],
        [(0.25, 0.55, 5, 1), (0.55, 0.3, 8, 0), (0.75, 0.65, 5, 1)],
    ],
]


def drawing(language):
    """The picture as SVG text."""
    words = WORDS[language]
    svg = ElementTree.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", width=str(WIDTH)
    )
    ElementTree.SubElement(svg, "title").text = words["title"]
    _box(svg, 0, 0, WIDTH, HEIGHT, "#ffffff", "none")
    _text(svg, WIDTH / 2, 28, words["title"], 18, "middle", weight="600")
    for column, name in enumerate(words["columns"]):
        x = LEFT + 8 + column * (CELL_WIDTH + 8)
        _box(svg, x, TOP - 34, CELL_WIDTH, 3 * CELL_HEIGHT + 42, PALE, LINE)
        _text(svg, x + CELL_WIDTH / 2, TOP - 14, name, 14, "middle")
    for row, name in enumerate(words["rows"]):
        y = TOP + row * CELL_HEIGHT
        _text(svg, 8, y + CELL_HEIGHT / 2 + 5, name, 14, "start")
        shape = dict(x1="8", x2=str(WIDTH - 8), stroke=LINE)
        if row:
            ElementTree.SubElement(svg, "line", **shape, y1=str(y), y2=str(y), **{"stroke-dasharray": "4 4"})
        for column in range(3):
            x = LEFT + 8 + column * (CELL_WIDTH + 8)
            for across, down, radius, filled in DOTS[row][column]:
                place = dict(cx=f"{x + across * CELL_WIDTH:g}", cy=f"{y + down * CELL_HEIGHT:g}", r=str(radius))
                fill = INK if filled else "#ffffff"
                ElementTree.SubElement(svg, "circle", **place, fill=fill, stroke=INK, **{"stroke-width": "2"})
    first = TOP + 3 * CELL_HEIGHT + 34
    for number, (note, code) in enumerate(words["notes"]):
        y = first + 38 * number
        _text(svg, 8, y, note, 13, "start")
        _text(svg, 8, y + 15, code, 12, "start", CODE)
    ElementTree.indent(svg)
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def _box(svg, x, y, width, height, fill, stroke):
    shape = dict(x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}", fill=fill, stroke=stroke, rx="6")
    ElementTree.SubElement(svg, "rect", **shape)


def _text(svg, x, y, text, size, anchor, font=FONT, weight="400"):
    place = {"x": f"{x:g}", "y": f"{y:g}", "font-size": str(size), "text-anchor": anchor, "font-family": font}
    ElementTree.SubElement(svg, "text", **place, fill=INK, **{"font-weight": weight}).text = text


def path_of(language):
    """Where the picture of a language lies."""
    return PICTURES / f"nested_design.{language}.svg"


if __name__ == "__main__":
    for language in WORDS:
        print(f"written: {write_text(path_of(language), drawing(language))}")
