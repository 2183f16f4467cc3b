"""Measures of codings against codings, pure: numbers in, numbers out.

Every measure is a function of *sums*: what each post contributes is a row of numbers, a measure is
computed from the sum of such rows. So one resample of threads is one weighted sum, and a thousand
of them are one matrix product (`community.measures.clustered`).
"""
