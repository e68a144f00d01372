"""One module a step, named by its order."""
