"""Files, folders, data sets and stdin to articles with their references; what cannot be read is quarantined."""

from pipeline.ingest.hub import DatasetPart
from pipeline.ingest.read import read_configured, read_input

__all__ = ["DatasetPart", "read_configured", "read_input"]
