"""`emolabor scales ...`: find, check, begin, adapt and judge scales."""

import click

from emolabor.cli.help_texts import examples
from emolabor.cli.workbook import from_table, interview_guide, interviews, rating_form, traditional, workbook
from emolabor.common.errors import EmolaborError


@click.group(epilog=examples("emolabor scales list", "emolabor scales show proactive_service"))
def scales():
    """Find, check, begin, adapt and judge scales.

    A scale is a key of the library (see list) or the path of a YAML file.
    """


@scales.command("list", epilog=examples("emolabor scales list"))
def list_command():
    """List the scales of the library.

    Those whose texts are withheld hold keys, dimensions, directions and rights; the wording is not ours to ship. A
    question mark: the items have not been looked up.
    """
    from emolabor.scales import list_scales

    table = list_scales()
    width = table["key"].str.len().max()
    click.echo(f"{'key':{width}}  items  texts     status         name")
    for row in table.itertuples():
        texts = row.rights.split(",")[0]
        click.echo(f"{row.key:{width}}  {row.items or '?':>5}  {texts:8}  {row.status:13}  {row.construct}")


@scales.command(epilog=examples("emolabor scales show proactive_service", "emolabor scales show mine.yaml"))
@click.argument("scale")
def show(scale):
    """Show a scale: items, answers, rights, sources, and what was changed."""
    from emolabor.scales import load_scale
    from emolabor.scales.page import scale_page

    click.echo(scale_page(load_scale(scale)), nl=False)


@scales.command(epilog=examples("emolabor scales validate mine.yaml", "emolabor scales validate scales/*.yaml"))
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def validate(files):
    """Check scale files, and the record of an adapted scale against its old version.

    Every mistake is named with file, line and key, what was found and what is allowed.
    """
    from emolabor.scales import check_record

    mistakes = []
    for file in files:
        try:
            scale = check_record(file)
        except EmolaborError as error:
            mistakes.append(str(error))
            continue
        left = f"; still to write before it can be fielded: {', '.join(scale.unwritten)}" if scale.unwritten else ""
        left = "; its texts are withheld" if scale.rights["text"] == "withheld" else left
        click.echo(f"{file}: {scale.key} is valid, {len(scale.items)} items{left}")
    if mistakes:
        raise EmolaborError("\n".join(mistakes))


@scales.command(epilog=examples("emolabor scales new calm", "emolabor scales new calm --output scales/calm.yaml"))
@click.argument("key")
@click.option("--output", metavar="FILE", help="Write it there instead of KEY.yaml. No file is written over.")
def new(key, output):
    """Begin a new scale: a commented file that is valid, with its texts still to be written."""
    from emolabor.scales import new_scale

    click.echo(f"written: {new_scale(key, output)}")


@scales.command(
    epilog=examples("emolabor scales adapt proactive_service --to hall_service --date 2026-11-02 --role researcher")
)
@click.argument("old")
@click.option("--to", "key", required=True, metavar="KEY", help="Key of the new version.")
@click.option("--date", required=True, metavar="YYYY-MM-DD", help="The day, for the record.")
@click.option("--role", "roles", multiple=True, default=["researcher"], show_default=True, help="Who: a role, no name.")
@click.option("--output", metavar="FILE", help="Write it there instead of KEY.yaml. No file is written over.")
def adapt(old, key, date, roles, output):
    """Begin a new version of the scale OLD, with the record of what is changed."""
    from emolabor.scales import adapt_scale, load_scale

    path = adapt_scale(old, key, date, output, roles)
    click.echo(f"written: {path}")
    rights = load_scale(path).rights
    if rights["text"] == "withheld":
        click.echo(f"The rights are with {rights['holder']} ({rights['licence']}): ask before you change or use it.")


@scales.command(
    epilog=examples(
        'emolabor scales record hall.yaml --part ps2 --step rewording --note "Forms are online." '
        "--date 2026-11-02 --role researcher --text zh 我会备好网上样表。",
        'emolabor scales record hall.yaml --part ps2 --step cognitive_interview --note "Five understood it." '
        "--date 2026-11-05 --role interviewer",
    )
)
@click.argument("file")
@click.option("--part", "--item", "part", required=True, metavar="KEY", help="Item, dimension, names, instruction ...")
@click.option("--step", required=True, metavar="STEP", help="See: emolabor scales steps.")
@click.option("--note", required=True, help="What was done or changed, and why.")
@click.option("--date", required=True, metavar="YYYY-MM-DD", help="The day.")
@click.option("--role", "roles", multiple=True, required=True, help="Who did it: a role, no name. Can be repeated.")
@click.option("--guideline", metavar="CODE", help="ITC guideline it serves, by default the step's own.")
@click.option("--text", "texts", nargs=2, multiple=True, metavar="LANGUAGE TEXT", help="Write this text into the file.")
def record(file, part, step, note, date, roles, guideline, texts):
    """Record a step of an adaptation in FILE; old and new text are filled in.

    What was changed in the part since its last recorded step, in an editor or with --text, becomes part of the entry.
    """
    from emolabor.scales import record_step

    entry = record_step(file, part, step, note, date, roles, guideline, dict(texts))
    click.echo(f"{file}: {step} of {part} recorded ({entry['guideline']})")
    for aspect in dict.fromkeys([*entry.get("old", {}), *entry.get("new", {})]):
        _echo_change(aspect, entry.get("old", {}).get(aspect), entry.get("new", {}).get(aspect))


@scales.command(epilog=examples("emolabor scales steps"))
def steps():
    """List the steps that a record knows, and the ITC guidelines in our own words."""
    from emolabor.scales import GUIDELINES, STEPS

    width = max(map(len, STEPS))
    for step, (code, what) in STEPS.items():
        click.echo(f"{step:{width}}  {code:6}{what}")
    click.echo("\nGuidelines of the International Test Commission (2018), in our own words:")
    for code, asks in GUIDELINES.items():
        click.echo(f"{code:6} {asks}")


@scales.command(epilog=examples("emolabor scales diff proactive_service hall.yaml"))
@click.argument("old")
@click.argument("new")
def diff(old, new):
    """Show what differs between two versions of a scale."""
    from emolabor.scales import load_scale, scale_differences

    differences = scale_differences(load_scale(old), load_scale(new))
    if differences.empty:
        click.echo(f"{old} and {new} do not differ in what is asked")
    for part, rows in differences.groupby("part", sort=False):
        click.echo(part)
        for row in rows.itertuples():
            _echo_change(row.aspect, row.old, row.new)


@scales.command(
    epilog=examples(
        "emolabor scales rate ratings.csv --scale hall.yaml",
        "emolabor scales rate expert-1.docx expert-2.docx --scale hall.yaml",
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--scale", metavar="SCALE", help="What was rated: the columns must be its items.")
def rate(files, scale):
    """Content validity from experts' ratings of relevance, 1 to 4.

    FILE is a table in any kind of file that `emolabor check` reads (CSV, Excel ...): one row an expert, whose label
    stands in the first column, one column an item; or a form of `emolabor scales rating-form`, one an expert.
    """
    from emolabor.measurement import content_validity, read_ratings
    from emolabor.scales import load_scale

    found = content_validity(read_ratings(list(files), load_scale(scale) if scale else None))
    click.echo(found.items.round(3).to_string())
    values = found.scale.to_dict()
    click.echo(
        f"\n{values['experts']} experts, {values['items']} items: S-CVI/Ave {values['s_cvi_ave']:.3f}, "
        f"S-CVI/UA {values['s_cvi_ua']:.3f}, mean kappa {values['mean_kappa']:.3f}, "
        f"mean Aiken V {values['mean_aiken_v']:.3f}"
    )
    click.echo(
        "Relevant is a rating of 3 or 4; kappa after Polit, Beck & Owen (2007); critical CVR after Ayre & Scally."
    )


for command in (workbook, rating_form, interview_guide, interviews, from_table, traditional):
    scales.add_command(command)


def _echo_change(aspect, old, new):
    for sign, value in (("-", old), ("+", new)):
        if value is not None:
            click.echo(f"  {aspect} {sign} {' | '.join(value) if isinstance(value, list) else value}")
