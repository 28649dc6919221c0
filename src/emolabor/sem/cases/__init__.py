"""Single cases: where each stands, what each does to the fit, new ones."""
