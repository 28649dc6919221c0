"""Tables for the paper: a data frame of text becomes a three-line table in pandoc's Markdown."""

from emolabor.common.text_width import text_width
from emolabor.report.markup import printed

# Widths in Latin letters: no column gets less or more than these shares, and wider ones hold words. Words may take more
# where the other columns leave room on a line.
NARROW, BROAD, WORDY, LINE = 7, 46, 20, 112
# Of small tables, which have many columns of numbers.
CLOSE = 4
# Small letters where the form of the page is set by what is printed: typst and Word; HTML has a style for the class.
SMALL_TYPST = "#show table: set text(size: 6.8pt)\n#set table(inset: (x: 1.2pt, y: 2.8pt))"
WORDS = {"en": "*Note.* ", "zh": "注："}


def pipe_table(frame, caption, note, language="en", small=False):
    """Write a table with its caption above and its note below.

    Parameters
    ----------
    frame : DataFrame of str
        Markdown, in which texts of users went through `emolabor.report.markup.plain`. Columns are the headings; the
        first column and columns of words stand left, the others are centred.
    caption : str
        With its number, for example ``Table 1. Reliability``.
    note : str
        Number of answers, estimator and source of the data.
    language : {"en", "zh"}
        Language of the word "Note".
    small : bool
        Set a table of many columns in small letters.

    Returns
    -------
    str
        Markdown; column widths follow the contents.

    Examples
    --------
    >>> import pandas as pd
    >>> print(pipe_table(pd.DataFrame({"Scale": ["Belonging"], "α": [".81"]}), "Table 1. Reliability", "N = 9."))
    Table: Table 1. Reliability
    <BLANKLINE>
    | Scale | α |
    |:------------|:----------:|
    | Belonging | .81 |
    <BLANKLINE>
    ::: {.note custom-style="Table Note"}
    `#text(size: 8.5pt)[`{=typst}*Note.* N = 9.`]`{=typst}
    :::
    """
    cells = [[str(name) for name in frame.columns], *frame.to_numpy().tolist()]
    longest = [max(text_width(printed(row[i])) for row in cells) for i in range(frame.shape[1])]
    least = CLOSE if small else NARROW
    shares = [min(max(width, least) + 3, BROAD) for width in longest]
    room = LINE - sum(shares)
    shares = [max(share, min(width, share + room)) for width, share in zip(longest, shares, strict=True)]
    rules = [
        f":{'-' * share}" + (":" if index and width < WORDY else "")
        for index, (width, share) in enumerate(zip(longest, shares, strict=True))
    ]
    if small:
        cells = [[f'[{cell}]{{custom-style="Small Cell"}}' if cell else "" for cell in row] for row in cells]
    rows = ["| " + " | ".join(row) + " |" for row in cells]
    table = "\n".join([f"Table: {caption}\n", rows[0], f"|{'|'.join(rules)}|", *rows[1:]])
    if small:
        table = f"::: wide\n```{{=typst}}\n#[\n{SMALL_TYPST}\n```\n\n{table}\n\n```{{=typst}}\n]\n```\n:::"
    return (
        f'{table}\n\n::: {{.note custom-style="Table Note"}}\n'
        f"`#text(size: 8.5pt)[`{{=typst}}{WORDS[language]}{note}`]`{{=typst}}\n:::"
    )
