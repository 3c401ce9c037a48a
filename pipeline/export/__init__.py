"""A run's outputs as a Parquet file, or as a Hugging Face data set with its card."""

from pipeline.export.write import Exported, export_dataset, export_parquet

__all__ = ["Exported", "export_dataset", "export_parquet"]
