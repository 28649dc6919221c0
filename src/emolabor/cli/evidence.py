"""`emolabor evidence ...`: published tables typed in, pooled, and set beside the claims."""

import click

from emolabor.cli.help_texts import examples
from emolabor.cli.options import language_option
from emolabor.common.errors import EmolaborError
from emolabor.common.languages import chosen_language

_FOLDER = click.option(
    "--folder", default="data/published", show_default=True, metavar="FOLDER", help="Where published tables lie."
)
_READ = click.option("--folder", metavar="FOLDER", help="Published tables; by default the package's own.")
_GRADE = click.option(
    "--grade",
    default="proxy",
    show_default=True,
    type=click.Choice(["same", "neighbouring", "proxy"]),
    help="The worst match of a variable with its construct that is let in.",
)
_RELIABILITY = click.option("--reliability", is_flag=True, help="Correct correlations for unreliability.")


@click.group(epilog=examples("emolabor evidence pool", "emolabor evidence map --language en"))
def evidence():
    """Type published correlation tables in, pool them, and see of which claims they say nothing."""


@evidence.command(epilog=examples("emolabor evidence form --output table.xlsx"))
@click.option("--output", required=True, metavar="XLSX", help="The workbook to write. No file is written over.")
def form(output):
    """Write an empty workbook for one published table: its source and its numbers as printed, stars included."""
    from emolabor.evidence.entry import write_entry_form

    click.echo(f"written: {write_entry_form(output)}")


@evidence.command(
    epilog=examples("emolabor evidence add table.xlsx", "emolabor evidence add table.xlsx --folder tables")
)
@click.argument("table", metavar="TABLE.xlsx")
@click.option("--keep-doubtful", is_flag=True, help="Keep cells whose stars do not fit r and N, marked as doubtful.")
@_FOLDER
def add(table, keep_doubtful, folder):
    """Check a table that was typed in and add it to the folder, with its source record.

    Checked are symmetry, range, positive definiteness, stars against r and N, and whether the sample is there already.
    All faults are named at once, and nothing is written while there is one. What its variables stand for is then
    written into coding.yaml by hand.
    """
    from emolabor.evidence.entry import add_table

    path, told = add_table(table, folder, keep_doubtful)
    click.echo("\n".join([f"written: {path} and its source record", *told]))
    click.echo(f"Say in {folder}/coding.yaml what its variables stand for; until then nothing of it is pooled.")


def _coded(folder, grade):
    from pathlib import Path

    from emolabor.evidence import code_tables, load_coding, load_published
    from emolabor.evidence.coding import GRADES
    from emolabor.evidence.tables import shipped_folder
    from emolabor.theory import CONSTRUCTS

    folder = shipped_folder() if folder is None else folder
    if not Path(folder).is_dir():
        raise EmolaborError(f"--folder: found no folder {folder}; allowed: one with published tables and coding.yaml")
    tables = load_published(folder)
    coding = load_coding(Path(folder) / "coding.yaml", CONSTRUCTS)
    return tables, coding, code_tables(tables, coding, GRADES[: GRADES.index(grade) + 1])


@evidence.command(
    "pool", epilog=examples("emolabor evidence pool", "emolabor evidence pool --grade neighbouring --output pooled.csv")
)
@_READ
@_GRADE
@_RELIABILITY
@click.option("--output", metavar="CSV", help="Write the cells there, too.")
def pool_command(folder, grade, reliability, output):
    """Pool the correlations of the tables, cell by cell, and say what is in no table."""
    from emolabor.common.files import csv_text, write_text
    from emolabor.evidence import pool

    pooled = pool(_coded(folder, grade)[2], reliability=reliability, test="adhoc")
    columns = ["a", "b", "k", "n", "r", "ci_lower", "ci_upper", "pi_lower", "pi_upper", "tau", "i2"]
    click.echo(pooled.cells[columns].round(2).to_string(index=False, na_rep=""))
    click.echo("\n" + "\n".join([repr(pooled), *pooled.notes]))
    if output:
        click.echo(f"written: {write_text(output, csv_text(pooled.cells))}")


@evidence.command(
    "map", epilog=examples("emolabor evidence map", "emolabor evidence map --figure map.svg --language zh")
)
@_READ
@_RELIABILITY
@click.option("--output", metavar="CSV", help="Write the table there, too.")
@click.option("--figure", metavar="SVG|PNG", help="Draw it there.")
@language_option("the figure's words")
def map_command(folder, reliability, output, figure, language):
    """Set beside every path of the claims what published tables say of it: most say nothing, which is a finding."""
    from emolabor.common.files import csv_text, write_text
    from emolabor.evidence import evidence_map

    language = chosen_language(language)
    tables, coding, _ = _coded(folder, "proxy")
    found = evidence_map(tables, coding, reliability=reliability)
    columns = ["expected", "k", "n", "r", "ci_lower", "ci_upper", "verdict", "grade", "rated"]
    click.echo(found[columns].round(2).to_string(na_rep=""))
    empty = int((found["k"] == 0).sum())
    click.echo(
        f"\n{empty} of {len(found)} paths are in no table. Correlations of other samples: nobody asked window staff."
    )
    if output:
        click.echo(f"written: {write_text(output, csv_text(found.reset_index(names='row')))}")
    if figure:
        from emolabor.instrument import load_instrument
        from emolabor.report import evidence_map_figure, save_figure
        from emolabor.theory import INSTRUMENT

        names = load_instrument(INSTRUMENT).names(language)
        save_figure(evidence_map_figure(found, language, names), figure)
        click.echo(f"written: {figure}")
