"""Folder of an evaluate module: `evaluate.load("<path of this folder>")`."""
