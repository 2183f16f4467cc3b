"""Topics that are found in a study's posts, not given, under ids that stay from run to run."""
