"""Emotional-labour scales and structural equation models for service window staff."""

from importlib import import_module
from typing import TYPE_CHECKING

from emolabor.moved import find_moved

if TYPE_CHECKING:  # for editors and type checkers; a test holds these names and the table below together
    from emolabor.analysis import (
        confounding as confounding,
        effect_multiverse as effect_multiverse,
        levers as levers,
        levers_by_group as levers_by_group,
        multiverse as multiverse,
        multiverse_influence as multiverse_influence,
        multiverse_summary as multiverse_summary,
        power as power,
        product_terms as product_terms,
        profiles as profiles,
        rmsea_power as rmsea_power,
        rmsea_sample_size as rmsea_sample_size,
        rounding_bands as rounding_bands,
        sample_size as sample_size,
        verdicts as verdicts,
    )
    from emolabor.common.errors import (
        EmolaborError as EmolaborError,
        MendableError as MendableError,
    )
    from emolabor.evidence import (
        PublishedTable as PublishedTable,
        code_tables as code_tables,
        estimable_model as estimable_model,
        evidence_map as evidence_map,
        load_coding as load_coding,
        load_published as load_published,
        masem as masem,
        pool as pool,
    )
    from emolabor.instrument import (
        codebook as codebook,
        load_instrument as load_instrument,
    )
    from emolabor.measurement import (
        agreement as agreement,
        compare_versions as compare_versions,
        content_validity as content_validity,
        convergent_validity as convergent_validity,
        efa as efa,
        equate as equate,
        factor_adequacy as factor_adequacy,
        fornell_larcker as fornell_larcker,
        harman as harman,
        htmt as htmt,
        item_analysis as item_analysis,
        keying_audit as keying_audit,
        marker_test as marker_test,
        method_factor as method_factor,
        norms as norms,
        omega_coefficients as omega_coefficients,
        parallel_analysis as parallel_analysis,
        read_ratings as read_ratings,
        reliability as reliability,
        retest as retest,
        scale_invariance as scale_invariance,
        short_forms as short_forms,
        validation_report as validation_report,
    )
    from emolabor.report import (
        write_table as write_table,
        write_validation as write_validation,
    )
    from emolabor.responses import (
        propose_mapping as propose_mapping,
        read_responses as read_responses,
        score as score,
        scored_items as scored_items,
        screen as screen,
        screening_indices as screening_indices,
        screening_sensitivity as screening_sensitivity,
        screening_summary as screening_summary,
    )
    from emolabor.scales import (
        add_traditional as add_traditional,
        in_traditional as in_traditional,
        list_scales as list_scales,
        load_scale as load_scale,
        read_workbook as read_workbook,
        record_interviews as record_interviews,
        scales_from_table as scales_from_table,
        write_interview_guide as write_interview_guide,
        write_rating_form as write_rating_form,
        write_workbook as write_workbook,
    )
    from emolabor.sem import (
        cfa as cfa,
        compare as compare,
        interaction as interaction,
        interaction_lines as interaction_lines,
        interaction_size as interaction_size,
        invariance as invariance,
        johnson_neyman as johnson_neyman,
        lr_test as lr_test,
        moderated_mediation as moderated_mediation,
        polychoric_corners as polychoric_corners,
        polychoric_correlations as polychoric_correlations,
        sem as sem,
        simple_slopes as simple_slopes,
    )
    from emolabor.simulation import (
        plant_faults as plant_faults,
        simulate_answers as simulate_answers,
        simulate_export as simulate_export,
        simulate_staff as simulate_staff,
    )
    from emolabor.theory import (
        claim_paths as claim_paths,
        coding_agreement as coding_agreement,
        coding_sheet as coding_sheet,
        full_model as full_model,
        load_claims as load_claims,
        management_factors as management_factors,
        measurement_model as measurement_model,
        moderated_model as moderated_model,
        rival_models as rival_models,
        structural_model as structural_model,
    )

# Importing pandas and scipy takes most of a second, so a room is loaded when one of its names is first used.
ROOM_OF = {
    "EmolaborError": "common.errors",
    "MendableError": "common.errors",
    "PublishedTable": "evidence",
    "add_traditional": "scales",
    "agreement": "measurement",
    "cfa": "sem",
    "claim_paths": "theory",
    "code_tables": "evidence",
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
    "estimable_model": "evidence",
    "evidence_map": "evidence",
    "factor_adequacy": "measurement",
    "fornell_larcker": "measurement",
    "full_model": "theory",
    "harman": "measurement",
    "htmt": "measurement",
    "in_traditional": "scales",
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
    "load_coding": "evidence",
    "load_instrument": "instrument",
    "load_published": "evidence",
    "load_scale": "scales",
    "lr_test": "sem",
    "management_factors": "theory",
    "marker_test": "measurement",
    "masem": "evidence",
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
    "pool": "evidence",
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
    "simulate_answers": "simulation",
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


if not TYPE_CHECKING:  # a checker would take any name for one of the face

    def __getattr__(name: str) -> object:
        if name not in ROOM_OF:
            raise AttributeError(f"module 'emolabor' has no attribute {name!r}")
        room = import_module(f"emolabor.{ROOM_OF[name]}")
        value = room if name == ROOM_OF[name] else getattr(room, name)  # the room `sem` is its function, too
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *ROOM_OF})


find_moved()
