"""`emolabor simulate`: answers that nobody gave, of our staff or to a questionnaire of one's own."""

from pathlib import Path

import click

from emolabor.cli.help_texts import examples
from emolabor.cli.options import language_option
from emolabor.common.errors import EmolaborError, refuse, refuse_because


@click.command(
    epilog=examples(
        "emolabor simulate my_simulation --n 500 --seed 7",
        "emolabor simulate my_study --study my_study/study.yaml --n 400",
        "emolabor simulate rehearsal --instrument mine.yaml --claims claims.yaml --effect 0.3 --cluster centre 30 0.1",
        "emolabor simulate rehearsal --instrument mine.yaml --correlations table.csv --alpha strain=0.7",
    )
)
@click.argument("folder", metavar="DIR")
@click.option("--n", default=1200, show_default=True, help="Number of simulated respondents.")
@click.option("--seed", default=1, show_default=True, help="Seed of the random numbers.")
@click.option("--study", "study_path", metavar="YAML", help="Your own study: questionnaire, claims and clusters.")
@click.option("--instrument", metavar="YAML", help="Your own questionnaire, where you have no study file.")
@click.option("--claims", metavar="YAML", help="Your own claims, with --instrument.")
@click.option("--correlations", metavar="CSV", help="A table for constructs that no claim explains; see reproduce.")
@click.option("--effect", type=float, metavar="SIZE", help="Of every claimed path, signed as claimed; 0.2 by default.")
@click.option("--path", "effects", multiple=True, metavar="A>B=VALUE", help="Another value for one path (A*M>B=VALUE).")
@click.option("--alpha", multiple=True, metavar="[SCALE=]ALPHA", help="Of all scales, or of one; 0.8 by default.")
@click.option("--loading", "loadings", multiple=True, metavar="ITEM=VALUE", help="In place of what alpha asks for.")
@click.option("--cluster", "clusters", type=(str, int, float), multiple=True, metavar="COLUMN GROUPS ICC")
@click.option("--missing", type=float, metavar="SHARE", help="Of answers left out; 0.02 by default.")
@click.option("--careless", type=float, metavar="SHARE", help="Of respondents who do not read; 0.04 by default.")
@language_option("the codebook")
def simulate(folder, n, seed, study_path, instrument, language, **settings):
    """Write simulated answers, with codebook and truth, to DIR: of window staff, or to rehearse a study of your own.

    With --study or --instrument, DIR gets answers-simulated.csv, which `check` and `reproduce` read, the truth from
    which it was drawn, and a codebook. A product (moderation) has half the size of a path. Of a study's clusters each
    has up to 20 groups and an intraclass correlation of 0.05, unless --cluster says otherwise.
    """
    given = {name: value for name, value in settings.items() if value not in (None, ())}
    if study_path is None and instrument is None:
        if given:
            options = {option.name: option.opts[0] for option in simulate.params}
            refuse_because(options[min(given)], "our staff are drawn as they are", "with --study or --instrument")
        from emolabor.simulation import write_simulated

        written = write_simulated(folder, n, seed)
    else:
        from emolabor.study.rehearsal import rehearse

        written = rehearse(folder, n, seed, study_path, instrument, **_read(given))
    for path in written:
        click.echo(f"written: {path}")
    if study_path is not None:
        click.echo(f"next: emolabor reproduce --data {written[0]} --study {Path(study_path)}")


def _read(given):
    """Turn what was typed into what `rehearse` takes."""
    alone = [text for text in given.get("alpha", ()) if "=" not in text]
    if alone and len(given["alpha"]) > 1:
        refuse("alpha", f"{alone[0]} beside others", "one value for all scales, or SCALE=ALPHA, several times")
    read = {name: _by_name(name, given[name]) for name in ("effects", "alpha", "loadings") if name in given}
    if alone:
        read["alpha"] = _number("alpha", alone[0])
    if "clusters" in given:
        read["clusters"] = {column: (groups, icc) for column, groups, icc in given["clusters"]}
    return given | read


def _by_name(argument, texts):
    found = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        if name in found:
            refuse(argument, f"{name} twice", "each name once")
        found[name] = _number(argument, value)
    return found


def _number(argument, text):
    try:
        return float(text)
    except ValueError:
        raise EmolaborError(f"{argument}: found {text!r}; allowed: a number, or NAME=NUMBER") from None
