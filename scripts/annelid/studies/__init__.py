"""Studies: a question, the runs that answer it, and the page that shows what came out."""
