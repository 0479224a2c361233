"""Problems: the findings about all files, and the panel that lists them."""

from ide.problems.store import Problem, ProblemList

__all__ = ["Problem", "ProblemList"]
