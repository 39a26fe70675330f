"""The pure heart: values in, values out. No database, files, clock, randomness or logging."""
