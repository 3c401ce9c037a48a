"""Text: normalisation, key points, sentences with offsets, language."""
