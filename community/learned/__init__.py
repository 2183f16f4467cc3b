"""Learned codes: linear heads over the words, cues and context of a post's sentences."""
