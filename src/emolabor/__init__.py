"""Emotional-labour scales and structural equation models for service window staff."""
