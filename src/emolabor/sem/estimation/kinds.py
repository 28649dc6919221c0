"""Which discrepancy a group's sample is measured with."""

from emolabor.sem.discrepancy.dwls import DiagonallyWeighted
from emolabor.sem.discrepancy.fiml import IncompleteLikelihood
from emolabor.sem.discrepancy.least_squares import GeneralisedLeastSquares, UnweightedLeastSquares
from emolabor.sem.discrepancy.normal import NormalLikelihood
from emolabor.sem.discrepancy.uls_ordered import UnweightedOrdered
from emolabor.sem.discrepancy.wls_correlations import WeightedCorrelations

DISCREPANCIES = {
    "likelihood": NormalLikelihood,
    "gls": GeneralisedLeastSquares,
    "uls": UnweightedLeastSquares,
    "dwls": DiagonallyWeighted,
    "uls_ordered": UnweightedOrdered,
    "wls_correlations": WeightedCorrelations,
}


def discrepancy_of(estimator, sample):
    """The discrepancy that an estimator minimises, bound to one group's sample."""
    kind = DISCREPANCIES[estimator.discrepancy]
    return IncompleteLikelihood(sample) if kind is NormalLikelihood and sample.incomplete else kind(sample)
