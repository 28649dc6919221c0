"""`emolabor claims ...`: where the paths come from, and whether a second coder agrees."""

import click

from emolabor.cli.help_texts import examples
from emolabor.cli.options import language_option
from emolabor.common.errors import EmolaborError
from emolabor.common.languages import chosen_language


@click.group(epilog=examples("emolabor claims list", "emolabor claims sheet --output coder2.csv"))
def claims():
    """See what is claimed and where it comes from; let a second coder judge it."""


@claims.command("list", epilog=examples("emolabor claims list", "emolabor claims list --language zh"))
@language_option("the claims' texts")
def list_command(language):
    """List the claims, and of every path its origin and its place in the essay.

    The essay's text ends with the heading of its section 3, so no claim rests on that section.
    """
    from emolabor.theory import claim_paths, load_claims

    language = chosen_language(language)
    found = load_claims()
    paths = claim_paths(found)
    for claim in found:
        click.echo(f"{claim.id} ({claim.section})  {claim.text[language]}")
        for row in paths[paths["claim"] == claim.id].itertuples():
            citation = f"  {row.citation}" if row.citation else ""
            click.echo(f"    {row.path} ({row.expected})  {row.origin}  {row.place}{citation}")
        if claim.reason:
            click.echo(f"    {claim.reason[language]}")


@claims.command(
    epilog=examples("emolabor claims sheet --output coder2.csv", "emolabor claims sheet --filled --output coder1.csv")
)
@click.option("--output", required=True, metavar="FILE", help="The CSV to write. No file is written over.")
@click.option("--filled", is_flag=True, help="With the coding that the claims carry, as the first coder's.")
@language_option("the claims' texts")
def sheet(output, filled, language):
    """Write the coding sheet: a row a path, to be given origin and place by a coder who reads the essay.

    Origin is essay (it names both ends and says that one follows from the other), inferred (a reading of it) or
    literature (a published finding). Place is the section and the number of the sentence, such as 2.4/s1; several are
    joined by a semicolon. Leave blank what you cannot decide.
    """
    from pathlib import Path

    from emolabor.common.files import write_text
    from emolabor.theory import coding_sheet

    if Path(output).exists():
        raise EmolaborError(f"--output: found {output} there already; allowed: a new file")
    table = coding_sheet(language=language, filled=filled)
    write_text(Path(output), "\ufeff" + table.to_csv(index=False, lineterminator="\n"))
    click.echo(f"written: {output}, {len(table)} paths")


@claims.command(epilog=examples("emolabor claims agreement coder1.csv coder2.csv"))
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
def agreement(first, second):
    """Compare two filled coding sheets: share of agreement, Cohen's kappa, and the paths coded otherwise."""
    from emolabor.theory import coding_agreement, read_coding

    found = coding_agreement(read_coding(first), read_coding(second))
    click.echo(found.summary.round(3).to_string())
    click.echo(f"\nOrigins, {first} by row and {second} by column:\n{found.counts.to_string()}")
    click.echo(f"\nCoded otherwise: {len(found.disagreements)}")
    if len(found.disagreements):
        click.echo(found.disagreements.to_string())
    click.echo("\nKappa after Cohen (1960), its 95 % interval after Fleiss, Cohen & Everitt (1969).")
