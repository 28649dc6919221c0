"""What several commands share: how a file of answers is read, and in which language is told what it holds."""

import click

from emolabor.common.languages import VARIABLE
from emolabor.common.words import speaking


def laid_out(command):
    """Give a command the options that say how a file is laid out, where it is not found."""
    for option in (
        click.option("--header-row", type=int, metavar="N", help="Row of the headings."),
        click.option("--sheet", metavar="NAME|N", help="Sheet of a workbook."),
        click.option("--encoding", metavar="NAME", help="Encoding of a text file, such as big5 or cp1252."),
        click.option("--separator", metavar="CHARACTER", help="Separator of a text file, such as ; or tab."),
    ):
        command = option(command)
    return command


def language_option(what, metavar="zh|en"):
    """Give a command the option `--language`: in it, by default in the one default language, the command speaks."""
    return click.option(
        "--language",
        metavar=metavar,
        help=f"Language of {what}; by default that of {VARIABLE} or of the system.",
        callback=lambda context, _, language: context.with_resource(speaking(language)) or language,
    )


def answer_file(command):
    """Give a command the options with which a file of answers is read."""
    for option in (
        laid_out,
        click.option("--partial", is_flag=True, help="The file may hold only some of the scales."),
        click.option("--mapping", metavar="YAML", help="Which column holds which item, where the names differ."),
        click.option("--instrument", default="window_staff", show_default=True, help="Key or YAML file."),
        click.argument("file"),
    ):
        command = option(command)
    return command


def read_answers(file, instrument, mapping, output, **reading):
    """Read the answers that a command was given; its output may not be one of the files that are read."""
    from emolabor.instrument import load_instrument
    from emolabor.responses import read_responses

    loaded = load_instrument(instrument)
    keep(loaded, (file, mapping), (output,))
    return read_responses(file, loaded, mapping, **reading)


def keep(instrument, read, outputs):
    """Refuse to write an output over a file that is read; options that were not given are None."""
    from emolabor.common.files import refuse_overwriting

    for output in filter(None, outputs):
        refuse_overwriting(output, *filter(None, read), *instrument.files.values())
