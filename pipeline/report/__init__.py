"""Briefs and scores for people to read: plain text for the terminal, one self-contained HTML file."""
