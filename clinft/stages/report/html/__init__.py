"""Markdown documents as web pages and as PDF: one renderer for every document."""
