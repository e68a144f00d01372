"""The inbox of the intermediaries' staff: web pages under /staff."""
