"""The command line: fitting a model that stands in a file."""

from pathlib import Path

import click

from emolabor.cli.help_texts import examples
from emolabor.common.errors import EmolaborError
from emolabor.common.files import refuse_endless


@click.command(
    epilog=examples(
        "emolabor fit model.txt data.csv",
        "emolabor fit model.txt data.csv --missing fiml --group sex",
        "emolabor fit model.txt data.csv --ordered --cluster centre --cluster department",
        "emolabor fit model.txt --cov covariances.csv --n-obs 250",
    )
)
@click.argument("model_file")
@click.argument("data_file", required=False)
@click.option(
    "--cov", metavar="CSV", help="A covariance matrix instead of data; first column and first row hold names."
)
@click.option("--n-obs", type=int, help="Number of cases behind the covariance matrix.")
@click.option("--estimator", metavar="NAME", help="ML, MLR, WLSMV ...; by default ML, for ordered answers WLSMV.")
@click.option(
    "--missing",
    metavar="WAY",
    help="listwise (default): cases with a missing answer are left out; fiml: every answer counts; for ordered answers "
    "pairwise.",
)
@click.option("--ordered", is_flag=True, help="Take answers for ordered categories, not for numbers.")
@click.option("--group", metavar="COLUMN", help="Column with the group of each case; each has estimates of its own.")
@click.option(
    "--cluster",
    multiple=True,
    metavar="COLUMN",
    help="Column with the cluster of each case; again for one that crosses it.",
)
@click.option("--sampling-weights", metavar="COLUMN", help="Column with how many people each case stands for.")
@click.option("--strata", metavar="COLUMN", help="Column with the stratum that each case was drawn in.")
def fit(model_file, data_file, cov, n_obs, cluster, **words):
    """Fit the model in MODEL_FILE (lavaan's syntax) to DATA_FILE, a CSV with one row a case, or to a matrix."""
    from emolabor.sem import sem

    model = _read_text(model_file)
    data = _read_csv(data_file) if data_file else None
    matrix = _read_csv(cov, index_col=0) if cov else None
    given = {name: value for name, value in words.items() if value}
    click.echo(sem(model, data, sample_cov=matrix, n_obs=n_obs, cluster=list(cluster) or None, **given).summary())


def _read_text(file):
    try:
        refuse_endless(file)
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise EmolaborError(f"{file}: not a text in UTF-8") from None


def _read_csv(file, **options):
    import pandas as pd

    refuse_endless(file)
    try:
        return pd.read_csv(file, encoding="utf-8-sig", **options)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise EmolaborError(f"{file}: cannot be read as a CSV table in UTF-8: {error}") from None
