"""A sentence about a solution with a short code that stays the same whatever numbers and names the sentence holds."""

CODES = {
    # against trusting a solution (`Fit.problems`)
    "constraints_unmet": "the search ended where constraints of the text do not hold",
    "not_converged": "the search ended before a minimum",
    "not_identified": "the information matrix is singular: other estimates fit as well",
    "more_parameters_than_moments": "the model is not identified: negative degrees of freedom",
    "negative_variance": "a variance is below zero (Heywood case)",
    "thresholds_disordered": "the thresholds of an ordered variable do not increase",
    "correlation_beyond_one": "two variables correlate above 1 or below -1",
    "latent_not_positive_definite": "the latent variables' covariances cannot be those of any variables",
    "residuals_not_positive_definite": "the residuals' covariances cannot be those of any variables",
    # of scales (column `problems` of `reliability` and its relatives)
    "two_items": "two items identify no factor",
    "keyed_apart": "some items of a dimension go against the others: their coding is not turned",
    # of an exploratory factor analysis (`FactorAnalysis.problems`)
    "rotation_not_converged": "the rotation ended before a minimum",
    "unique_variance_at_bound": "an item's unique variance is at its lower bound (Heywood case)",
    # things to keep in mind (`Fit.warnings`)
    "defined_without_value": "a := parameter has no finite value at the estimates",
    "defined_without_error": "a := parameter has no finite standard error at the estimates",
    "label_is_variable": "a label is called like a variable: a product was perhaps meant",
    "equal_over_groups": "one label stands for all groups and holds the parameter equal over them",
    "held_uncorrelated": "predictors are held uncorrelated: nobody wrote their covariance",
    "few_clusters": "few clusters, or fewer than free parameters",
    "covariance_repaired": "the estimates' covariances had negative eigenvalues, which were set to zero",
    "level_without_variance": "an answer of both levels hardly varies between clusters",
    "no_scaled_test": "the scaling factor of the test is not positive",
    "few_cases": "fewer cases than free parameters",
    "few_effective_cases": "weighted cases tell no more than fewer cases than free parameters would",
    "rows_left_out": "many rows with missing answers were left out",
    "far_covariates": "thresholds are held, and zero is far from the values of a covariate",
    "exogenous_missing": "rows with a missing exogenous variable were left out",
    "many_missing": "many answers are missing",
    "seldom_together": "two variables are seldom observed together",
    "missing_codes": "values far outside the rest, as codes for missing answers are",
    "unequal_scales": "variances differ by more than a factor of 1,000",
    "few_answers": "categories of ordered variables that hardly anybody chose",
    "empty_cells": "many empty cells in two-way tables of ordered variables",
    "impossible_corner": "a polychoric correlation hangs on a handful of respondents in cells it makes impossible",
    "nearly_same": "two ordered variables are nearly the same",
    "polychorics_not_positive_definite": "the matrix of polychoric correlations is not positive definite",
}


class Notice(str):
    """A sentence; `code` is the key of `CODES` that it comes under."""

    def __new__(cls, code, sentence):
        """Make the sentence and give it its code."""
        notice = super().__new__(cls, sentence)
        notice.code = code
        return notice

    def __getnewargs__(self):
        """What a copy or a pickle is made of."""
        return self.code, str(self)


def with_code(notice):
    """The sentence with its code in brackets after it."""
    return f"{notice} [{notice.code}]"


def joined(notices):
    """Sentences as one text, each with its code."""
    return "; ".join(map(with_code, notices))
