"""A study's timer in the words of each system's own scheduler; pure, nothing is installed here."""
