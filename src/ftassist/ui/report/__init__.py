"""The report: one self-contained HTML file about a campaign."""

from ftassist.ui.report.builder import build, render, write

__all__ = ["build", "render", "write"]
