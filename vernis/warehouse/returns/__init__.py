"""The model of return over a data set: visits in, predictions, a stored model and a back-test out (docs/returns.md)."""
