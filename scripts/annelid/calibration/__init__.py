"""Which values of parameters fit an observed curve: approximate Bayesian computation (scripts/calibrate)."""
