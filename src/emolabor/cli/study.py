"""The commands of a study: run it, begin one of your own."""

from pathlib import Path

import click

from emolabor.cli.help_texts import examples
from emolabor.cli.options import laid_out, language_option


@click.command(
    epilog=examples(
        "emolabor reproduce",
        "emolabor reproduce --only 07 --language en",
        "emolabor reproduce --data mine.xlsx --mapping mapping.yaml",
        "emolabor reproduce --data mine.csv --study my_study/study.yaml",
        "emolabor reproduce --data mine.csv --separator ';' --encoding cp1252",
        "emolabor reproduce --n-boot 500 --run quick",
        "emolabor reproduce --resume",
    )
)
@click.option("--only", metavar="NAME", help="Run only notebooks whose names begin so, such as 07. No paper is built.")
@click.option("--data", metavar="FILE", help="Your own answers, or correlation table, in place of the simulated ones.")
@click.option("--mapping", metavar="YAML", help="Which column of it holds which item, where the names differ.")
@laid_out
@click.option("--study", "study_file", metavar="YAML", help="Your own questionnaire, claims or model; see new-study.")
@language_option("tables and figures")
@click.option("--n-boot", metavar="N", help="Bootstrap resamples, for the notebooks that draw them.")
@click.option("--run", metavar="NAME", help="Results go to results/NAME/; by default default, or your file's name.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Notebooks at a time; by default one a core.")
@click.option("--resume", is_flag=True, help="Keep what an earlier run finished from the same notebooks and data.")
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a notebook parameter.")
@click.option("--update-reference", is_flag=True, help="For maintainers: make this run the reference.")
def reproduce(
    only, data, mapping, study_file, language, n_boot, run, jobs, resume, parameters, update_reference, **layout
):
    """Run the notebooks, build the paper and a page of the results, compare every value with the reference.

    Results of your own data are not compared: the reference is of the simulated staff. A notebook that your data cannot
    carry is skipped, and the closing table says why.
    """
    from emolabor import study

    options = {"data_path": data, "mapping_path": mapping, "study_path": study_file, "n_boot": n_boot}
    given = {name: value for name, value in options.items() if value is not None} | dict(parameters)
    layout = {name: value for name, value in layout.items() if value is not None}
    try:
        finished = study.reproduce(run, only, language, given, update_reference, resume, jobs, layout=layout)
    except KeyboardInterrupt:
        click.echo("\nStopped. What was finished is kept whole; the same command with --resume goes on.", err=True)
        return 130
    click.echo(study.closing_table(finished, Path.cwd()))
    return 0 if finished.succeeded else 1


@click.command(
    "new-study",
    epilog=examples(
        "emolabor new-study my_study",
        "emolabor new-study my_study --language en",
        "emolabor new-study my_study --claims claims.xlsx --items items.xlsx",
    ),
)
@click.argument("folder", metavar="DIR")
@click.option("--claims", metavar="XLSX|CSV", help="A row a path: from, to, via or moderator, sign, sentence.")
@click.option("--items", metavar="XLSX", help="A row an item: construct, key, text, reverse, labels.")
@language_option("notebooks and what is told")
def new_study(folder, claims, items, language):
    """Begin a study of your own: questionnaire, scales, claims and settings to adapt, in DIR.

    What is written works at once, so that you can change one thing at a time. A folder that holds anything is refused.
    With --claims and --items the study is about your own constructs; all mistakes of a table are listed at once.
    """
    from emolabor.study.new_study import write_study

    click.echo(write_study(folder, language, claims, items))


@click.command(
    epilog=examples(
        "emolabor plan my_study/study.yaml --n 400",
        "emolabor plan my_study/study.yaml --n 400 --estimator MLR --mapping my_study/mapping.yaml",
    )
)
@click.argument("study_file", metavar="STUDY.yaml")
@click.option("--n", type=int, metavar="N", help="Respondents that you plan to analyse, after exclusions.")
@click.option("--estimator", default="MLR", show_default=True, help="Of the models.")
@click.option("--mapping", metavar="YAML", help="With which you will read the answers; by default mapping.yaml beside.")
def plan(study_file, n, estimator, mapping):
    """Write plan.yaml beside STUDY.yaml: what will be tested, by which rule, before you have answers.

    It holds the claimed paths with their directions, the rule, the smallest associations of interest, estimator,
    exclusions, planned number of respondents, and checksums of the study's files and of itself. `reproduce` then says
    whether a run keeps to it and names every departure. It is a plan; registered it is where you deposit it.
    """
    from emolabor.study.frozen_plan import write_plan

    click.echo(f"written: {write_plan(study_file, n, estimator, mapping)}")


@click.command(epilog=examples("emolabor purge my_study", "emolabor purge my_study --yes"))
@click.argument("folder", metavar="DIR")
@click.option("--yes", is_flag=True, help="Delete what is listed.")
def purge(folder, yes):
    """Show what the study in DIR derived from answers; with --yes, delete it.

    That are the results, figures, executed notebooks, pages and papers of its runs. The file of answers stays: where it
    lies and when it is to go, you know.
    """
    from emolabor.study.purge import delete, derived_from_answers

    found = derived_from_answers(folder)
    for path in found:
        click.echo(path)
    if not found:
        click.echo(f"{folder}: nothing here was derived from answers")
    elif yes:
        delete(found)
        click.echo(f"deleted: {len(found)}")
    else:
        click.echo("nothing was deleted; --yes deletes what is listed")


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog=examples("emolabor lab my_study", "emolabor lab my_study --data mine.xlsx --language en"),
)
@click.argument("folder", metavar="[DIR]", required=False)
@click.option(
    "--data", metavar="FILE", help="Your answers, where DIR has no notebooks yet; by default DIR/answers.csv."
)
@language_option("notebooks that are written")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTER OPTIONS]")
def lab(folder, data, language, options):
    """Open the study in DIR with JupyterLab, on this machine only; stop it with Ctrl-C.

    A folder with study.yaml and no notebooks gets them, with its data filled in. Without DIR the project's notebooks
    are opened.
    """
    from emolabor.common.extras import require
    from emolabor.study.lab import open_lab, prepare_lab

    require("jupyterlab")
    if folder and folder.startswith("-"):
        folder, options = None, (folder, *options)
    open_lab(prepare_lab(folder, data, language), options)
