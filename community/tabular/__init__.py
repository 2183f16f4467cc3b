"""What rows of CSV and JSON are made of: columns by meaning, threads, ready claims."""
