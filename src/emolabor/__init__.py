"""Emotional-labour scales and structural equation models for service window staff."""

import sys
from importlib import import_module
from types import ModuleType

# Importing pandas and scipy takes most of a second, so a room is loaded when one of its names is first used.
ROOM_OF = {
    "EmolaborError": "common.errors",
    "MendableError": "common.errors",
    "add_traditional": "scales",
    "agreement": "measurement",
    "cfa": "sem",
    "claim_paths": "theory",
    "codebook": "instrument",
    "coding_agreement": "theory",
    "coding_sheet": "theory",
    "compare": "sem",
    "compare_versions": "measurement",
    "confounding": "analysis",
    "content_validity": "measurement",
    "convergent_validity": "measurement",
    "efa": "measurement",
    "effect_multiverse": "analysis",
    "equate": "measurement",
    "factor_adequacy": "measurement",
    "fornell_larcker": "measurement",
    "full_model": "theory",
    "harman": "measurement",
    "htmt": "measurement",
    "interaction": "sem",
    "interaction_lines": "sem",
    "interaction_size": "sem",
    "invariance": "sem",
    "item_analysis": "measurement",
    "johnson_neyman": "sem",
    "keying_audit": "measurement",
    "levers": "analysis",
    "levers_by_group": "analysis",
    "list_scales": "scales",
    "load_claims": "theory",
    "load_instrument": "instrument",
    "load_scale": "scales",
    "lr_test": "sem",
    "management_factors": "theory",
    "marker_test": "measurement",
    "measurement_model": "theory",
    "method_factor": "measurement",
    "moderated_mediation": "sem",
    "moderated_model": "theory",
    "multiverse": "analysis",
    "multiverse_influence": "analysis",
    "multiverse_summary": "analysis",
    "norms": "measurement",
    "omega_coefficients": "measurement",
    "parallel_analysis": "measurement",
    "plant_faults": "simulation",
    "polychoric_corners": "sem",
    "polychoric_correlations": "sem",
    "power": "analysis",
    "product_terms": "analysis",
    "profiles": "analysis",
    "propose_mapping": "responses",
    "read_ratings": "measurement",
    "read_responses": "responses",
    "read_workbook": "scales",
    "record_interviews": "scales",
    "reliability": "measurement",
    "retest": "measurement",
    "rival_models": "theory",
    "rmsea_power": "analysis",
    "rmsea_sample_size": "analysis",
    "rounding_bands": "analysis",
    "sample_size": "analysis",
    "scale_invariance": "measurement",
    "scales_from_table": "scales",
    "score": "responses",
    "scored_items": "responses",
    "screen": "responses",
    "screening_indices": "responses",
    "screening_sensitivity": "responses",
    "screening_summary": "responses",
    "sem": "sem",
    "short_forms": "measurement",
    "simple_slopes": "sem",
    "simulate_export": "simulation",
    "simulate_staff": "simulation",
    "structural_model": "theory",
    "validation_report": "measurement",
    "verdicts": "analysis",
    "write_interview_guide": "scales",
    "write_rating_form": "scales",
    "write_table": "report",
    "write_validation": "report",
    "write_workbook": "scales",
}
__all__ = list(ROOM_OF)


def __getattr__(name):
    if name not in ROOM_OF:
        raise AttributeError(f"module 'emolabor' has no attribute {name!r}")
    value = getattr(import_module(f"emolabor.{ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *ROOM_OF})


class _Package(ModuleType):
    """The package: where a room and its function share a name, `el.sem` is the function."""

    def __setattr__(self, name, value):
        if name == "sem" and isinstance(value, ModuleType):
            value = value.sem
        super().__setattr__(name, value)

    def __reduce__(self):  # so that functions of a notebook that use the package can be sent to other processes
        return import_module, (self.__name__,)


sys.modules[__name__].__class__ = _Package
