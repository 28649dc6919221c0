"""The commands about what is asked: the questionnaire and its codebook."""

from pathlib import Path

import click

from emolabor.cli.help_texts import examples
from emolabor.cli.options import keep, laid_out, language_option


@click.command(
    epilog=examples(
        "emolabor questionnaire --format xlsform --output survey.xlsx",
        "emolabor questionnaire mine.yaml --format wjx --output survey.txt --language zh",
        "emolabor questionnaire --format limesurvey --output survey.txt --mapping mapping.yaml",
        "emolabor questionnaire --format docx --output survey.docx --language zh-Hant",
    )
)
@click.argument("instrument", default="window_staff")
@click.option(
    "--format",
    "format_name",
    required=True,
    metavar="FORMAT",
    help="xlsform, wjx, wjx-jsonl, limesurvey, qualtrics, surveyjs, html, docx, sav-codebook, table-schema or ddi.",
)
@click.option("--output", required=True, metavar="FILE", help="Write the questionnaire there.")
@click.option("--language", metavar="LANGUAGE", help="By default the first the instrument is written in.")
@click.option("--mapping", metavar="YAML", help="Write there how to read the answers back, if names or codes change.")
def questionnaire(instrument, format_name, output, language, mapping):
    """Write a questionnaire for fieldwork, and say what its format could not carry.

    INSTRUMENT is window_staff or the path of an instrument's YAML file.
    """
    import yaml

    from emolabor.common.files import write_text
    from emolabor.instrument import load_instrument

    loaded = load_instrument(instrument)
    keep(loaded, (output,), (mapping,))
    export = loaded.write(output, format=format_name, language=language)
    click.echo(f"written: {export.path}")
    if mapping and export.mapping:
        click.echo(f"written: {write_text(mapping, yaml.safe_dump(export.mapping, sort_keys=False))}")
    elif mapping:
        click.echo(f"no mapping is needed: {format_name} keeps names and codes")
    if export.not_carried:
        click.echo(f"{format_name} could not carry:")
    for sentence in export.not_carried:
        click.echo(f"- {sentence}")


@click.command(
    epilog=examples(
        "emolabor codebook --output codebook.md --language en",
        "emolabor codebook --data answers.csv --output codebook.html",
    )
)
@click.argument("instrument", default="window_staff")
@click.option("--output", required=True, metavar="FILE", help="Ends in .md, .html or .csv (all languages).")
@click.option("--data", metavar="FILE", help="Answers to count; no respondent's row is shown, no count under 5.")
@click.option("--mapping", metavar="YAML", help="Which column of FILE holds which item, where the names differ.")
@click.option("--partial", is_flag=True, help="FILE may hold only some of the scales; these are described.")
@laid_out
@language_option("the codebook")
def codebook(instrument, output, data, mapping, partial, language, **layout):
    """Write what every column of a data file means, and with data how it was answered.

    INSTRUMENT is window_staff or the path of an instrument's YAML file.
    """
    from emolabor.instrument import codebook as make_codebook, load_instrument
    from emolabor.responses import read_responses
    from emolabor.responses.personal_contents import redacted

    loaded = load_instrument(instrument)
    keep(loaded, (data, mapping), (output,))
    staff = read_responses(data, loaded, mapping, partial=partial, **layout) if data else None
    described, answers = (staff.instrument, staff.data) if staff else (loaded, None)
    book = make_codebook(described, answers, source=redacted(Path(data).name) if data else None)
    click.echo(f"written: {book.write(output, language)}")
