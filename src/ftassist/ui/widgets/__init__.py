"""Widgets for notebooks outside JupyterLab: VS Code, Colab, Notebook 7, nbclassic.

    from ftassist.ui.widgets import TrialExplorer
    TrialExplorer()

They show the same documents as the JupyterLab extension and make the same decisions.
"""

from ftassist.ui.widgets.card import ProposalCard
from ftassist.ui.widgets.explorer import TrialExplorer

__all__ = ["ProposalCard", "TrialExplorer"]
