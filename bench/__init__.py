"""Measures of the worklist against hand-written baselines; not part of the product."""
