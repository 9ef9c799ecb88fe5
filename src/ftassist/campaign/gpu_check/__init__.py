"""`ftassist doctor --gpu`: whether all that trials do works on this machine's GPU."""

from ftassist.campaign.gpu_check.page import section, write_section
from ftassist.campaign.gpu_check.whole_check import LONG, SMALL, Extent, check

__all__ = ["LONG", "SMALL", "Extent", "check", "section", "write_section"]
