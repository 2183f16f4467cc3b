"""Which claim, trial or treatment a post speaks to, and what it does to it."""
