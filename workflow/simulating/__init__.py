"""Simulation: cases that nobody has, walked through the same pure core that runs the real ones, on a clock of their own.

Each case has a seed of its own, so that it is the same whichever others are walked, in whatever order. People are as
fast as `Habits` say; nobody waits for a busy colleague: how busy they are is a result, not a cause.
"""
