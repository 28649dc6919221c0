"""What a model finds with and without the respondents who answered carelessly, where that may be shown."""

import pandas as pd

from emolabor.analysis import verdicts
from emolabor.responses import all_and_kept
from emolabor.sem import sem


def paths_and_careless(study, estimator):
    """Compare the standardized paths of everyone in the population with those of the respondents who stay.

    Parameters
    ----------
    study : Study
        From `open_study`.
    estimator : str
        Of the model with incomplete answers (FIML).

    Returns
    -------
    DataFrame
        A row a path, ``outcome~predictor``: all, kept, difference. Where the two differ by 1 to 4 respondents, all and
        difference are missing: they would tell what those few answered.
    """
    answers = {"all": study.everyone, "kept": study.answers}
    fits = {key: sem(study.model, rows, estimator=estimator, missing="fiml") for key, rows in answers.items()}
    paths = {key: fit.tidy().query("op == '~'").set_index(["lhs", "rhs"])["std_all"] for key, fit in fits.items()}
    table = all_and_kept(paths["all"], paths["kept"], fits["all"].n_obs - fits["kept"].n_obs)
    return table.set_axis(["~".join(pair) for pair in table.index])


def verdicts_and_careless(study, kept, estimator):
    """Compare the verdicts on the claims from everyone in the population with those from the respondents who stay.

    Parameters
    ----------
    study : Study
        From `open_study`.
    kept : Fit
        Of the study's model and the complete answers of those who stay.
    estimator : str
        Of that fit.

    Returns
    -------
    DataFrame
        A row a path of a claim that was estimated: est_kept, est_everyone, difference (everyone less kept),
        verdict_kept, verdict_everyone. Where the two differ by 1 to 4 respondents, what is of everyone is missing, as
        it would tell what those few answered.
    """
    everyone = sem(study.model, study.everyone, estimator=estimator)
    smallest = study.design.smallest
    both = {"everyone": verdicts(everyone, study.claims, smallest), "kept": verdicts(kept, study.claims, smallest)}
    shown = all_and_kept(both["everyone"]["est"], both["kept"]["est"], everyone.n_obs - kept.n_obs)
    table = pd.DataFrame({"est_kept": shown["kept"], "est_everyone": shown["all"], "difference": -shown["difference"]})
    told = both["everyone"]["verdict"].where(shown["all"].notna())
    table = table.assign(verdict_kept=both["kept"]["verdict"], verdict_everyone=told)
    return table[table["est_kept"].notna()].rename_axis(None)
