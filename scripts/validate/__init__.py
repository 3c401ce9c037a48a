"""What `validate_metrics.py` is made of: metrics against human judgements."""
