"""A county's year 2022: the figures that it printed, made again from invented papers."""

from workflow.demo.summary import Year
from workflow.demo.year import SEED, YearClock, build_year, plan_size, plan_year

__all__ = ["SEED", "Year", "YearClock", "build_year", "plan_size", "plan_year"]
