"""How good codings are: a coder against a reference, and coders against each other; pure."""
