"""Modules that stood elsewhere in version 0.1: importing the old name gives the new one and says so.

What is public keeps its name in `emolabor` and its rooms; this table is for whoever imported a module of their inside.
It goes with version 0.3.
"""

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "analysis.comparing": "analysis.rival_tests",
    "analysis.published": "evidence.reproduction",
    "analysis.published_tables": "evidence.tables",
    "analysis.rounding": "evidence.rounding",
    "analysis.tasks": "common.tasks",
    "cli_claims": "cli.claims",
    "cli_fit": "cli.model",
    "cli_help": "cli.help_texts",
    "cli_scales": "cli.scales",
    "cli_study": "cli.study",
    "cli_workbook": "cli.workbook",
    "errors": "common.errors",
    "files": "common.files",
    "instrument.small_cells": "common.privacy",
    "office": "common.office",
    "report.fonts": "drawing.fonts",
    "report.formats": "drawing.formats",
    "report.layout": "drawing.layout",
    "report.path_diagram": "drawing.path_diagram",
    "report.style": "drawing.style",
    "scales.checked": "common.documents",
    "scales.yaml_text": "common.yaml_text",
    "sem.answers": "sem.observed.columns",
    "sem.batch": "sem.discrepancy.normal_many",
    "sem.casewise": "sem.cases.casewise",
    "sem.cautions": "sem.specification.cautions",
    "sem.checks": "common.checks",
    "sem.compare": "sem.comparison.side_by_side",
    "sem.constraints": "sem.specification.constraints",
    "sem.corners": "sem.ordinal.corners",
    "sem.correlations": "sem.ordinal.polychoric_table",
    "sem.draws": "sem.inference.draws",
    "sem.effects": "sem.inference.effects",
    "sem.estimate": "sem.estimation.estimate",
    "sem.expressions": "sem.language.expressions",
    "sem.factor_batch": "sem.discrepancy.factor_many",
    "sem.fiml": "sem.discrepancy.fiml",
    "sem.first_step": "sem.ordinal.stage_one",
    "sem.fit_measures": "sem.evaluation.fit_indices",
    "sem.functionals": "sem.implied.quantities",
    "sem.html": "common.html",
    "sem.incomplete": "sem.evaluation.incomplete_fit_measures",
    "sem.interaction": "sem.moderation.product_indicators",
    "sem.intervals": "sem.inference.intervals",
    "sem.invariance_ladder": "sem.comparison.invariance",
    "sem.invariance_ordinal": "sem.comparison.invariance_ordinal",
    "sem.invariance_rule": "sem.comparison.invariance_rule",
    "sem.invariance_search": "sem.comparison.partial_invariance",
    "sem.lavaan_words": "sem.specification.lavaan_words",
    "sem.least_squares": "sem.discrepancy.least_squares",
    "sem.likelihood": "sem.discrepancy.normal",
    "sem.local_fit": "sem.evaluation.local_fit",
    "sem.measures": "sem.evaluation.fit_measures",
    "sem.missing": "sem.observed.missing",
    "sem.model": "sem.estimation.model",
    "sem.moderated_mediation": "sem.moderation.moderated_mediation",
    "sem.modification": "sem.evaluation.modification_indices",
    "sem.modifiers": "sem.language.modifiers",
    "sem.notices": "common.notices",
    "sem.optimize": "sem.estimation.optimize",
    "sem.ordered_part": "sem.implied.thresholds",
    "sem.ordinal_difference": "sem.comparison.ordinal_difference",
    "sem.ordinal_gamma": "sem.ordinal.ordinal_statistics",
    "sem.ordinal_measures": "sem.evaluation.ordinal_fit_measures",
    "sem.ordinal_options": "sem.specification.estimators",
    "sem.ordinal_samples": "sem.ordinal.ordinal_samples",
    "sem.ordinal_scores": "sem.cases.ordinal_factor_scores",
    "sem.parquet_samples": "sem.observed.parquet_samples",
    "sem.paths": "sem.specification.effects",
    "sem.plot": "sem.display.diagram",
    "sem.polychoric": "sem.ordinal.polychoric",
    "sem.polyserial": "sem.ordinal.polyserial",
    "sem.problems": "sem.evaluation.admissibility",
    "sem.refit": "sem.inference.refit",
    "sem.replications": "sem.inference.replications",
    "sem.reported": "sem.evaluation.reported_measures",
    "sem.resampling": "sem.inference.bootstrap",
    "sem.residuals": "sem.evaluation.residuals",
    "sem.row": "sem.specification.row",
    "sem.samples": "sem.observed.samples",
    "sem.saturated": "sem.estimation.saturated",
    "sem.scaling": "sem.inference.scaled_tests",
    "sem.score": "sem.inference.score_test",
    "sem.scores": "sem.cases.factor_scores",
    "sem.second_opinion": "sem.evaluation.second_opinion",
    "sem.simulate": "sem.cases.simulate",
    "sem.slopes": "sem.moderation.probing",
    "sem.sparse": "sem.evaluation.sparse_answers",
    "sem.standardized": "sem.inference.standardized",
    "sem.start": "sem.estimation.start",
    "sem.structure": "sem.implied.ram",
    "sem.summary": "sem.display.summary",
    "sem.summary_parameters": "sem.display.summary_parameters",
    "sem.syntax": "sem.language.syntax",
    "sem.table": "sem.specification.parameter_table",
    "sem.threads": "common.threads",
    "sem.threshold_rows": "sem.specification.threshold_rows",
    "sem.tokens": "sem.language.tokens",
    "sem.values": "sem.implied.values",
    "sem.variables": "sem.specification.variables",
    "sem.wald": "sem.inference.wald_test",
    "sem.wlsmv": "sem.discrepancy.dwls",
    "terminal": "common.terminal",
}


class _Alias(Loader):
    """Puts the module that stands at the new place under the old name."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make a module, which is thrown away."""

    def exec_module(self, module: ModuleType) -> None:
        """Say where it is now, and put that in its place."""
        old = module.__name__
        new = f"emolabor.{MOVED[old.removeprefix('emolabor.')]}"
        # Warnings leave Python's own machinery of imports out when they count the frames to the line that imports.
        warnings.warn(f"{old} is {new} now; the old name goes with version 0.3", DeprecationWarning, stacklevel=2)
        sys.modules[old] = import_module(new)


class _Finder(MetaPathFinder):
    """Asked last, for what stands nowhere."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module that moved."""
        known = fullname.startswith("emolabor.") and fullname.removeprefix("emolabor.") in MOVED
        return ModuleSpec(fullname, _Alias()) if known else None


def find_moved() -> None:
    """Let imports find what moved."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
