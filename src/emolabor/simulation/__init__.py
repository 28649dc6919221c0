"""Simulated staff from a population whose truth is known; answers to anyone's questionnaire, to rehearse a study."""

from emolabor.simulation.answers import simulate_answers
from emolabor.simulation.background import codes_of
from emolabor.simulation.exports import plant_faults, simulate_export
from emolabor.simulation.folder import write_simulated
from emolabor.simulation.population import Population, load_population, total_truth, truth
from emolabor.simulation.staff import draw_staff, simulate_staff

__all__ = [
    "Population",
    "codes_of",
    "draw_staff",
    "load_population",
    "plant_faults",
    "simulate_answers",
    "simulate_export",
    "simulate_staff",
    "total_truth",
    "truth",
    "write_simulated",
]
