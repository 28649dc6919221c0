"""The constructs that claims may name, in the order in which models list them."""

# Groups run from what management sets to what staff do, so every claim's arrow points within a group or onwards.
# Members of one group share causes outside the model; `models.structural_model` therefore lets them covary.
CONSTRUCT_GROUPS = {
    "management": (
        "institutional_clarity",
        "staffing_stability",
        "divided_authority",
        "reward_say",
        "unit_guidance",
        "marginalisation",
        "training_access",
        "after_hours_training",
        "window_unlikeness",
        "role_pressure",
    ),
    "emotional_labor": ("surface_acting", "deep_acting", "natural_expression"),
    "wellbeing": (
        "passive_attitude",
        "role_clarity",
        "exhaustion",
        "negative_mood",
        "health_complaints",
        "collegial_exchange",
        "accomplishment",
        "belonging",
    ),
    "service": ("proactive_service", "service_quality", "repeat_visits"),
}
CONSTRUCTS = tuple(construct for group in CONSTRUCT_GROUPS.values() for construct in group)

# Of these, less is better; of all others, more. The sign of every direct or indirect claim agrees (a test keeps it so):
# it expects better to go with better.
UNDESIRABLE = (
    "divided_authority",
    "marginalisation",
    "after_hours_training",
    "window_unlikeness",
    "role_pressure",
    "surface_acting",
    "passive_attitude",
    "exhaustion",
    "negative_mood",
    "health_complaints",
    "repeat_visits",
)
