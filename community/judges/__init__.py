"""What is judged of a thread: whom a post answers, who wrote it, in what role, what was lost."""
