"""Arguments and values that readers of lavaan try: read where the meaning is plain, else refused with what to write."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from emolabor.common.errors import refuse_because

NOT_THERE = "this is not there; leave it out"
DEFAULTS = "defaults are those of lavaan's sem(); write in the text what is to differ, such as 'f ~~ 0*g' or 'x1 ~~ x1'"
ROBUST = "estimator='MLR' or 'MLM' brings robust standard errors and the scaled test"
# lavaan's argument (without dots and underscores) -> what to write instead.
INSTEAD = {
    "meanstructure": "write mean_structure=True",
    "samplecov": "write sample_cov=, with n_obs=",
    "samplemean": "write sample_mean=, with sample_cov=",
    "samplenobs": "write n_obs=",
    "samplecovrescale": "likelihood='wishart' keeps the denominator n - 1",
    "groupequal": "write group_equal=",
    "grouppartial": "write group_partial=",
    "grouplabel": "groups stand in order of appearance; sort or filter the data first",
    "grouplabels": "groups stand in order of appearance; sort or filter the data first",
    "groupwthreshold": NOT_THERE,
    "stdlv": "write std_lv=True",
    "stdov": "standardize the columns first: (data - data.mean()) / data.std()",
    "orthogonal": "write 'f ~~ 0*g' in the text for each pair of latent variables",
    "orthogonalx": "write 'f ~~ 0*g' in the text for each pair of exogenous latent variables",
    "orthogonaly": "write 'f ~~ 0*g' in the text for each pair of endogenous latent variables",
    "se": f"{ROBUST}; fit.bootstrap() gives bootstrap errors",
    "test": f"{ROBUST}; fit.bootstrap(kind='bollen_stine') resamples the test",
    "bootstrap": "call fit.bootstrap(5000, seed=1) after the fit",
    "nboot": "call fit.bootstrap(5000, seed=1) after the fit",
    "parallel": "fit.bootstrap() shares its work over the processors by itself",
    "ncpus": "fit.bootstrap() shares its work over the processors by itself",
    "iseed": "seeds belong to fit.bootstrap(5000, seed=1)",
    "information": "it follows from the estimator: expected for ML and MLM, observed for MLR and with missing='fiml'",
    "observedinformation": "it follows from the estimator: expected for ML and MLM, observed for MLR",
    "h1information": "it follows from the estimator",
    "mimic": "numbers are lavaan's own; likelihood='wishart' is for programs that divide by n - 1",
    "fixedx": "write 'x ~~ x' in the text for an exogenous variable whose variance is to be estimated",
    "conditionalx": "covariates are given for ordered outcomes and fixed for continuous ones by default",
    "bounds": "write 'x1 ~~ lower(0)*x1' in the text, or a constraint such as 'v > 0' on a label",
    "constraints": "write the constraints into the text, such as 'a == b'",
    "start": "write start(0.5)* in the text",
    "modeltype": "el.cfa and el.sem are the same; for growth write the loadings and 'i ~ 1' into the text",
    "intovfree": DEFAULTS,
    "intlvfree": "write 'f ~ 1' in the text for the mean of a latent variable",
    "autofixfirst": "write NA* before the first indicator, or std_lv=True",
    "autofixsingle": "write 'x1 ~~ x1' in the text for the residual variance of a single indicator",
    "autovar": DEFAULTS,
    "autocovlvx": DEFAULTS,
    "autocovy": DEFAULTS,
    "autoth": DEFAULTS,
    "autodelta": DEFAULTS,
    "autoefa": DEFAULTS,
    "effectcoding": "write the constraint into the text, such as 'a + b + c == 3' on the labels of the loadings",
    "ceqsimple": NOT_THERE,
    "weights": "write sampling_weights='column'",
    "samplingweights": "write sampling_weights='column'",
    "level": "write blocks 'level: 1' and 'level: 2' into the text, with cluster='column'",
    "rotation": "el.efa rotates; confirmatory models need none",
    "rotationargs": "el.efa rotates; confirmatory models need none",
    "nfactors": "write el.efa(data, n_factors)",
    "zeroadd": "polychorics are those without additions to empty cells",
    "zerokeepmargins": "polychorics are those without additions to empty cells",
    "nacov": "weights follow from the estimator",
    "wlsv": "weights follow from the estimator",
    "optimmethod": "the optimiser finds its own way; fit.converged says whether it did",
    "optimforceconverged": "the optimiser finds its own way; fit.converged says whether it did",
    "control": "the optimiser finds its own way; fit.converged says whether it did",
    "verbose": "fit.summary() says what was done",
    "warn": "fit.warnings and fit.problems hold what is to be known",
    "debug": NOT_THERE,
    "check": "fit.problems holds what is wrong with a solution",
    "dofit": "a call of el.sem always fits",
    "baseline": "fit.fit_measures() holds the baseline model's test",
    "h1": "fit.fit_measures() holds the saturated model's likelihood",
    "storeslots": NOT_THERE,
    "slotoptions": NOT_THERE,
    "ovorder": "the order of variables is that of the text",
    "fitmeasures": "call fit.fit_measures()",
    "standardized": "call fit.standardized()",
    "blocks": "write 'group: a' or 'level: 1' on a line of its own before the block's formulas",
    "auxiliary": "write 'aux ~~ x1 + x2' in the text, with missing='fiml'",
}
Given = ParamSpec("Given")
Result = TypeVar("Result")
FIML = ("ml", "direct", "fiml")


def arguments_known(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Refuse arguments that a function lacks, lavaan's with what to write instead, others with the nearest ones."""
    known = tuple(signature(function).parameters)

    @wraps(function)
    def checked(*given: Given.args, **named: Given.kwargs) -> Result:
        for name in named:
            if name not in known:
                _refuse(function.__name__, name, known)
        return function(*given, **named)

    return checked


def _refuse(function: Any, name: Any, known: Any) -> None:
    hint = INSTEAD.get(name.replace(".", "").replace("_", "").lower())
    if hint is None:
        hint = ", ".join(get_close_matches(name, known, n=3) or known)
    refuse_because(name, f"el.{function} has no such argument", hint)


def canonical(estimator: str | None, missing: str) -> tuple[Any, ...]:
    """Estimator and treatment of missing answers by their names here; lavaan takes small letters and other words."""
    if isinstance(estimator, str):
        estimator = estimator.upper()
    if isinstance(missing, str):
        missing = "fiml" if missing.lower() in FIML else missing.lower()
    return estimator, missing
