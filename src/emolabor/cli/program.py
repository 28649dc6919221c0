"""The command line: the library's verbs, one message for a mistake, exit status 2."""

import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from emolabor.cli.claims import claims
from emolabor.cli.help_texts import examples
from emolabor.cli.model import fit
from emolabor.cli.options import answer_file, laid_out, language_option
from emolabor.cli.scales import scales
from emolabor.cli.study import new_study, purge, reproduce
from emolabor.common.errors import NO_MEMORY, EmolaborError, fault_message, printable, system_message
from emolabor.common.languages import chosen_language
from emolabor.common.terminal import Printable, keep_libraries_quiet


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli():
    """Emotional-labour scales and structural equation models for window staff.

    Exit status: 0 all went well, 1 a result differs or a notebook failed, 2 a mistake in what was given,
    70 a fault of emolabor itself, 130 stopped with Ctrl-C.
    """


for command in (claims, scales, reproduce, new_study, purge, fit):
    cli.add_command(command)


@cli.command(epilog=examples("emolabor simulate my_simulation --n 500 --seed 7"))
@click.argument("folder", metavar="DIR")
@click.option("--n", default=1200, show_default=True, help="Number of simulated respondents.")
@click.option("--seed", default=1, show_default=True, help="Seed of the random numbers.")
def simulate(folder, n, seed):
    """Write simulated answers of window staff, with codebook and population, to DIR."""
    from emolabor.simulation import write_simulated

    for path in write_simulated(folder, n, seed):
        click.echo(f"written: {path}")


@cli.command(
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
    _keep(questionnaire, (file, mapping), (write_mapping, report))
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


@cli.command(
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

    staff = _read(file, instrument, mapping, output, partial=partial, **layout)
    screening = screen_staff(staff, cutoffs=dict(cutoffs))
    sensitivity = None if screening["careless"].all() else shown_sensitivity(staff, screening)
    click.echo(tell_screening(screening, sensitivity))
    if output:
        known = [column for column in ("respondent",) if column in staff.data]
        write_text(output, csv_text(staff.data[known].join(screening)))
        click.echo(say("written", path=output))


@cli.command(epilog=examples("emolabor score answers.csv --output scores.csv"))
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

    staff = _read(file, instrument, mapping, output, partial=partial, **layout)
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


@cli.command(
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


@cli.command(
    epilog=examples(
        "emolabor questionnaire --format xlsform --output survey.xlsx",
        "emolabor questionnaire mine.yaml --format wjx --output survey.txt --language zh",
        "emolabor questionnaire --format limesurvey --output survey.txt --mapping mapping.yaml",
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
    _keep(loaded, (output,), (mapping,))
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


@cli.command(
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
    _keep(loaded, (data, mapping), (output,))
    staff = read_responses(data, loaded, mapping, partial=partial, **layout) if data else None
    described, answers = (staff.instrument, staff.data) if staff else (loaded, None)
    book = make_codebook(described, answers, source=redacted(Path(data).name) if data else None)
    click.echo(f"written: {book.write(output, language)}")


def _read(file, instrument, mapping, output, **reading):
    from emolabor.instrument import load_instrument
    from emolabor.responses import read_responses

    loaded = load_instrument(instrument)
    _keep(loaded, (file, mapping), (output,))
    return read_responses(file, loaded, mapping, **reading)


def _keep(instrument, read, outputs):
    """Refuse to write an output over a file that is read; options that were not given are None."""
    from emolabor.common.files import refuse_overwriting

    for output in filter(None, outputs):
        refuse_overwriting(output, *filter(None, read), *instrument.files.values())


def _complain(message):
    """Write a message about a mistake; what is personal in it, such as the name of a file, is left out."""
    from emolabor.responses.personal_contents import redacted

    print(f"emolabor: {printable(redacted(message))}", file=sys.stderr)


def main(arguments=None):
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        By default what was typed.

    Returns
    -------
    int
        Exit status.
    """
    if arguments is None:
        keep_libraries_quiet()
    try:
        with redirect_stdout(sys.stdout and Printable(sys.stdout)):
            return cli.main(arguments, prog_name="emolabor", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
    except (KeyboardInterrupt, click.Abort):
        print("\nStopped. What was finished is kept whole; the same command starts again.", file=sys.stderr)
        return 130
    except EmolaborError as error:
        _complain(str(error))
    except MemoryError:
        _complain(NO_MEMORY)
    except OSError as error:
        _complain(system_message(error))
    except Exception as error:
        _complain(fault_message(error))
        return 70
    return 2
