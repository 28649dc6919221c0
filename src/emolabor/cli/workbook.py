"""`emolabor scales ...` with office files: the workbook of an adaptation, forms to fill in, scales from a table."""

import click

from emolabor.cli.help_texts import examples
from emolabor.common.errors import EmolaborError

_DAY = click.option("--date", metavar="YYYY-MM-DD", help="The day, for the record.")
_WHOLE = click.option("--questionnaire", is_flag=True, help="SCALE is a questionnaire: all its items in one form.")
_LANGUAGE = click.option("--language", metavar="LANGUAGE", help="By default the first the scale is written in.")


@click.command(
    epilog=examples(
        "emolabor scales workbook hall.yaml --source zh --target en --output hall.xlsx",
        "emolabor scales workbook hall.yaml --read hall.xlsx --date 2026-11-09",
    )
)
@click.argument("file")
@click.option("--output", metavar="XLSX", help="Write the workbook there.")
@click.option("--source", default="zh", show_default=True, metavar="LANGUAGE", help="Language translated from.")
@click.option("--target", default="en", show_default=True, metavar="LANGUAGE", help="Language translated into.")
@click.option("--headings", metavar="zh|en", help="Language of the headings; by default the system's.")
@click.option("--read", "filled", metavar="XLSX", help="Read this workbook back into the texts and record of FILE.")
@_DAY
def workbook(file, output, source, target, headings, filled, date):
    """Write one workbook for the adaptation in FILE, or read it back.

    Columns in the order of TRAPD: source text, forward translations A and B, synthesis, back translation, committee,
    remarks of cognitive interviews, status. Only settled rows are read back; mistakes are named with sheet and row.
    """
    from emolabor.scales import load_scale, read_workbook, write_workbook

    if (output is None) == (filled is None):
        raise EmolaborError("--output, --read: found both or neither; allowed: one of them")
    if output:
        path = write_workbook(load_scale(file), output, source=source, target=target, language=headings)
        click.echo(f"written: {path}")
        return
    reading = read_workbook(filled, file, date)
    click.echo(f"{file}: {reading.texts} texts changed, {reading.entries} entries in the record")
    if reading.open:
        click.echo(f"still open: {', '.join(reading.open)}")


def _asked(name, is_questionnaire):
    from emolabor.instrument import load_instrument
    from emolabor.scales import load_scale

    return load_instrument(name) if is_questionnaire else load_scale(name)


@click.command(
    "rating-form",
    epilog=examples(
        "emolabor scales rating-form hall.yaml --output form.docx",
        "emolabor scales rating-form window_staff --questionnaire --output form.xlsx",
    ),
)
@click.argument("scale")
@click.option("--output", required=True, metavar="FILE", help="Ends in .xlsx or .docx.")
@_WHOLE
@_LANGUAGE
def rating_form(scale, output, questionnaire, language):
    """Write the form on which an expert rates how relevant each item is; `rate` reads it."""
    from emolabor.scales import write_rating_form

    asked = _asked(scale, questionnaire)
    click.echo(f"written: {write_rating_form(asked, output, language)}")


@click.command(
    "interview-guide",
    epilog=examples(
        "emolabor scales interview-guide hall.yaml --output guide.docx",
        "emolabor scales interview-guide window_staff --questionnaire --output guide.docx",
    ),
)
@click.argument("scale")
@click.option("--output", required=True, metavar="FILE", help="Ends in .xlsx or .docx.")
@_WHOLE
@_LANGUAGE
def interview_guide(scale, output, questionnaire, language):
    """Write the guide of a cognitive interview; `interviews` reads it."""
    from emolabor.scales import write_interview_guide

    asked = _asked(scale, questionnaire)
    click.echo(f"written: {write_interview_guide(asked, output, language)}")


@click.command(
    epilog=examples(
        "emolabor scales interviews hall.yaml guide-1.docx guide-2.docx --date 2026-11-12 --role interviewer"
    )
)
@click.argument("file")
@click.argument("guides", nargs=-1, required=True, metavar="GUIDE...")
@click.option("--date", required=True, metavar="YYYY-MM-DD", help="The day, for the record.")
@click.option(
    "--role", "roles", multiple=True, default=["interviewer"], show_default=True, help="Who: a role, no name."
)
def interviews(file, guides, date, roles):
    """Read filled guides, and record in FILE how each item was understood."""
    from emolabor.scales import record_interviews

    for key, words in record_interviews(file, guides, date, roles).items():
        click.echo(f"{key}: {words}")


@click.command(epilog=examples("emolabor scales traditional hall.yaml survey.yaml --date 2026-11-20"))
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_DAY
def traditional(files, date):
    """Add Traditional Chinese (zh-Hant) to scale or instrument files, converted from zh by OpenCC.

    It is listed under `converted`, and every export says so, until a person has read it and takes it out there.
    """
    from emolabor.scales import add_traditional

    for file in files:
        click.echo(f"{file}: {add_traditional(file, date)} texts converted; read them before anybody is asked")


@click.command("from-table", epilog=examples("emolabor scales from-table items.xlsx --output scales --language zh"))
@click.argument("file")
@click.option("--output", default=".", show_default=True, metavar="DIR", help="Folder of the scale files.")
@click.option("--language", metavar="LANGUAGE", help="Of columns that name none; by default told by their script.")
def from_table(file, output, language):
    """Make scale files from a table of items: construct, key, text, reverse, labels.

    FILE is an .xlsx workbook; headings may be English or Chinese. All mistakes are named at once, with sheet and row.
    """
    from emolabor.scales import scales_from_table

    for path in scales_from_table(file, output, language):
        click.echo(f"written: {path}")
