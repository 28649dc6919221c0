"""How far apart: value, slopes, scores of cases."""
