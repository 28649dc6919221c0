"""Ordered answers to sample statistics: thresholds, polychoric correlations, and how sure they are."""
