"""Reading posts as their writers talk: tokens, clauses, whose and whether, and what follows."""
