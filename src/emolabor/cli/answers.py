"""The commands that read answers: check, screen, score, and examine a scale by them."""

import click

from emolabor.cli.help_texts import examples
from emolabor.cli.options import answer_file, keep, laid_out, language_option, read_answers
from emolabor.common.errors import EmolaborError
from emolabor.common.languages import chosen_language


@click.command(
    epilog=examples(
        "emolabor check answers.csv",
        "emolabor check export.xlsx --language zh --report report.csv",
        "emolabor check other.sav --write-mapping mapping.yaml",
        "emolabor check other.sav --mapping mapping.yaml",
        "emolabor check folder_of_saved_answers --instrument survey.yaml",
        "emolabor check some_scales.csv --partial",
        "emolabor check old.csv --encoding big5 --separator ';' --header-row 3",
        "emolabor check book.xlsx --sheet Answers",
    )
)
@answer_file
@click.option("--write-mapping", metavar="YAML", help="Write the proposed mapping there, to look over and mend.")
@click.option("--report", metavar="CSV", help="Write all findings there, row by row.")
@language_option("what is told")
def check(file, instrument, mapping, write_mapping, report, partial, language, **layout):
    """Read answers and report what does not fit the questionnaire.

    Takes CSV, Excel, SPSS, Stata, Parquet and JSON files, exports of 问卷星, 腾讯问卷, KoboToolbox, ODK, LimeSurvey,
    Qualtrics, SurveyMonkey, Google Forms, Microsoft Forms and REDCap, and a folder of files with the same headings.
    Columns that it cannot place are listed.
    """
    from emolabor.common.files import csv_text, write_text
    from emolabor.instrument import load_instrument
    from emolabor.responses import propose_mapping, read_responses
    from emolabor.responses.personal_contents import redacted
    from emolabor.responses.telling import tell_consequences, tell_findings, tell_proposal
    from emolabor.responses.words import say
    from emolabor.theory import tell_reversed

    language = chosen_language(language)
    questionnaire = load_instrument(instrument)
    keep(questionnaire, (file, mapping), (write_mapping, report))
    proposal = propose_mapping(file, questionnaire, mapping, **layout)
    if write_mapping:
        write_text(write_mapping, proposal.text())
        click.echo(f"{tell_proposal(proposal)}\n{say('written', path=write_mapping)}")
        return
    try:
        staff = read_responses(file, questionnaire, mapping, partial=partial, **layout)
    except EmolaborError:
        if len(proposal.placed):
            click.echo(tell_proposal(proposal))
        raise
    click.echo(tell_proposal(proposal))
    click.echo(say("respondents_read", file=redacted(file), n=len(staff.data), findings=len(staff.report)))
    for told in (tell_findings(staff), tell_consequences(staff), tell_reversed(staff, language)):
        if told:
            click.echo(told)
    if report:
        write_text(report, csv_text(staff.report))
        click.echo(say("written", path=report))


@click.command(
    epilog=examples(
        "emolabor screen answers.csv",
        "emolabor screen answers.csv --cutoff seconds_per_item 1 --output screened.csv",
    )
)
@answer_file
@click.option(
    "--cutoff", "cutoffs", nargs=2, type=(str, float), multiple=True, metavar="INDEX VALUE", help="A cut-off."
)
@click.option("--output", metavar="CSV", help="Write indices and flags there, a row a respondent.")
@language_option("what is told")
def screen(file, instrument, mapping, partial, cutoffs, output, language, **layout):
    """Screen careless respondents, and compare results with and without them.

    Prints counts, never a respondent's row.
    """
    from emolabor.common.files import csv_text, write_text
    from emolabor.responses import screen as screen_staff, shown_sensitivity
    from emolabor.responses.telling import tell_screening
    from emolabor.responses.words import say

    staff = read_answers(file, instrument, mapping, output, partial=partial, **layout)
    screening = screen_staff(staff, cutoffs=dict(cutoffs))
    sensitivity = None if screening["careless"].all() else shown_sensitivity(staff, screening)
    click.echo(tell_screening(screening, sensitivity))
    if output:
        known = [column for column in ("respondent",) if column in staff.data]
        write_text(output, csv_text(staff.data[known].join(screening)))
        click.echo(say("written", path=output))


@click.command(epilog=examples("emolabor score answers.csv --output scores.csv"))
@answer_file
@click.option("--output", metavar="CSV", help="Write the scores there, a row a respondent.")
@language_option("what is told")
def score(file, instrument, mapping, partial, output, language, **layout):
    """Score the scales: means of items, reverse-worded ones turned.

    Prints how the scores are distributed, in steps that five respondents make, never a respondent's row.
    """
    import pandas as pd

    from emolabor.common.files import csv_text, write_text
    from emolabor.common.privacy import SMALLEST_CELL, coarse
    from emolabor.responses import score as score_staff
    from emolabor.responses.words import say

    staff = read_answers(file, instrument, mapping, output, partial=partial, **layout)
    scores = score_staff(staff)
    if len(scores) < SMALLEST_CELL:
        click.echo(say("distributions_from", n=len(scores), least=SMALLEST_CELL))
    else:
        n = scores.count()
        told = {"count": n} | {name: coarse(scores.agg(name), n) for name in ("mean", "std")}
        click.echo(pd.DataFrame(told).to_string(na_rep="-"))
    if output:
        known = [column for column in ("respondent",) if column in staff.data]
        write_text(output, csv_text(staff.data[known].join(scores)))
        click.echo(say("written", path=output))


@click.command(
    "validate-scale",
    epilog=examples(
        "emolabor validate-scale answers.csv --scale emotional_labor --output report.html",
        "emolabor validate-scale export.xlsx --scale my_scale.yaml --version form --old A --output report.docx",
    ),
)
@click.argument("file")
@click.option("--scale", required=True, metavar="KEY|YAML", help="The scale: a key of the library or a file.")
@click.option("--instrument", metavar="KEY|YAML", help="What it was asked in; by default it alone, or window_staff.")
@click.option("--mapping", metavar="YAML", help="Which column holds which item, where the names differ.")
@click.option("--partial", is_flag=True, help="FILE may hold only some of the questionnaire's scales.")
@laid_out
@click.option("--version", metavar="COLUMN", help="Column that tells which of two versions was answered.")
@click.option("--old", metavar="VALUE", help="Its value for the old version.")
@click.option("--keep-careless", is_flag=True, help="Do not screen careless respondents.")
@click.option("--simulated", is_flag=True, help="Say on every page that the answers are simulated.")
@language_option("the report")
@click.option("--output", "outputs", multiple=True, metavar="FILE", help="Write the report: .md, .html or .docx.")
def validate_scale(
    file, scale, instrument, mapping, partial, version, old, keep_careless, simulated, language, outputs, **layout
):
    """Examine an adapted scale by the answers in FILE, and write a validation report.

    Reads and screens the answers, then looks at keys, items, reliability, structure and, with --version, at whether
    the old and the new version measure alike. Prints the findings. A FILE that holds more of window_staff than the
    scale is read and screened with that whole questionnaire.
    """
    from emolabor.measurement import validation_report
    from emolabor.report import check_page, write_validation
    from emolabor.responses import screen as screen_staff
    from emolabor.scales import load_scale

    language = chosen_language(language)
    for output in outputs:
        check_page(output, language)
    if (version is None) != (old is None):
        raise EmolaborError("--version, --old: found one of them; allowed: both or neither")
    asked = load_scale(scale)
    staff = _answers_to(asked, file, instrument, mapping, partial, version, layout)
    screening = None if keep_careless else screen_staff(staff)
    try:
        report = validation_report(staff, asked, screening=screening, version=version, old=old, simulated=simulated)
    except EmolaborError as error:
        raise EmolaborError(f"{file}: {error}") from None
    click.echo("\n".join([report.verdict(language), *(f"- {line}" for line in report.sentences(language))]))
    for output in outputs:
        click.echo(f"written: {write_validation(report, output, language)}")


def _answers_to(scale, file, instrument, mapping, partial, version, layout):
    """Read the answers with the questionnaire the scale was asked in; a column of versions joins its background."""
    from dataclasses import replace

    from emolabor.instrument import Variable, load_instrument
    from emolabor.measurement.answers import as_instrument
    from emolabor.responses import read_responses

    questionnaire = load_instrument(instrument or "window_staff")
    if not instrument:
        whole = _holds_more(file, scale, questionnaire, mapping, layout)
        questionnaire, partial = (questionnaire, True) if whole else (as_instrument(scale), partial)
    if version is not None and version not in questionnaire.columns:
        names = dict.fromkeys(questionnaire.languages, version)
        code = Variable(version, "code", names, {}, ".{1,40}", None, None)
        questionnaire = replace(questionnaire, background=(*questionnaire.background, code))
    return read_responses(file, questionnaire, mapping, partial=partial, **layout)


def _holds_more(file, scale, questionnaire, mapping, layout):
    """Whether FILE holds answers to other items of the questionnaire beside those of the scale, which it asks alike."""
    from emolabor.responses import propose_mapping

    points, keys = questionnaire.points(), {item.key for item in scale.items}
    alike = scale.response_format and all(points.get(key) == scale.response_format.points for key in keys)
    if not alike or {item.key for item in scale.items if item.reverse} != questionnaire.reversed_items & keys:
        return False
    try:
        placed = propose_mapping(file, questionnaire, mapping, **layout).placed
    except EmolaborError:  # a mapping of the scale's own; what is wrong beyond that is said when the file is read
        return False
    found = set(placed.loc[placed["sure"], "key"])
    return keys <= found and bool(found & set(points) - keys)
