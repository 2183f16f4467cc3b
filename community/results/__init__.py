"""What articles report: quantities, endpoints, trials, claims, and the ledger that merges them."""
