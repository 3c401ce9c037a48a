"""Files, folders and stdin to articles with their references; what cannot be read is quarantined."""

from pipeline.ingest.read import read_input

__all__ = ["read_input"]
