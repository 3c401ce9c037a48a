"""`precis sweep`: many runs of one base config, what they have in common done once, and their comparison."""
