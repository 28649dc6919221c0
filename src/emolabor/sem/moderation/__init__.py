"""Products of latent variables."""
