"""How good the scales are."""

from emolabor.measurement.adequacy import factor_adequacy
from emolabor.measurement.agreement import agreement
from emolabor.measurement.content_validity import ContentValidity, content_validity, read_ratings
from emolabor.measurement.equating import equate
from emolabor.measurement.factor_analysis import efa
from emolabor.measurement.items import item_analysis
from emolabor.measurement.keying import keying_audit
from emolabor.measurement.method_bias import harman, marker_test, method_factor
from emolabor.measurement.norms import norms
from emolabor.measurement.omega import omega_coefficients
from emolabor.measurement.parallel import parallel_analysis
from emolabor.measurement.reliability import alpha_interval, cronbach_alpha, reliability
from emolabor.measurement.repeated import retest
from emolabor.measurement.scale_invariance import (
    ScaleInvariance,
    comparable_groups,
    ladder_table,
    scale_invariance,
)
from emolabor.measurement.short_forms import short_forms
from emolabor.measurement.validation import ValidationReport, validation_report
from emolabor.measurement.validity import convergent_validity, fornell_larcker, htmt
from emolabor.measurement.versions import compare_versions

__all__ = [
    "ContentValidity",
    "ScaleInvariance",
    "ValidationReport",
    "agreement",
    "alpha_interval",
    "comparable_groups",
    "compare_versions",
    "content_validity",
    "convergent_validity",
    "cronbach_alpha",
    "efa",
    "equate",
    "factor_adequacy",
    "fornell_larcker",
    "harman",
    "htmt",
    "item_analysis",
    "keying_audit",
    "ladder_table",
    "marker_test",
    "method_factor",
    "norms",
    "omega_coefficients",
    "parallel_analysis",
    "read_ratings",
    "reliability",
    "retest",
    "scale_invariance",
    "short_forms",
    "validation_report",
]
