"""What the benchmarks write: a CSV of unrounded numbers and Markdown made from the same rows."""

import csv
import io
from pathlib import Path

from emolabor.common.files import write_text


def write_table(folder, stem, rows):
    """Write rows (dicts with the same keys) as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return write_text(Path(folder) / f"{stem}.csv", text.getvalue())


def write_page(folder, stem, paragraphs):
    """Write paragraphs as Markdown and print them."""
    text = "\n\n".join(paragraphs) + "\n"
    print(text)
    return write_text(Path(folder) / f"{stem}.md", text)


def markdown(header, rows):
    """Lay out a Markdown table."""
    lines = [header, ["---"] * len(header), *([shown(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def listed(lines):
    """A Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def shown(cell):
    """A cell as text: a dash for nothing, three significant digits for a float, anything else as it is."""
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"
    return str(cell)
