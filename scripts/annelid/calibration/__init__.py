"""Which values of parameters fit an observed curve (scripts/calibrate)."""
