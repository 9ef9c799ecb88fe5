"""A runner's couriers in a process of their own, to be killed: `python -m` with a campaign."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.cluster.conftest import WORKER

from ftassist.campaign import Campaign
from ftassist.campaign.workers import trial_spec
from ftassist.cluster.request import ClusterRequest
from ftassist.cluster.workers import RayWorkers
from ftassist.trial.job import TrialJob


def main(folder: Path) -> None:
    """Has the first trial run on the cluster, for as long as this process is left alone."""
    campaign = Campaign.open(folder)
    request = ClusterRequest(os.environ["FTASSIST_TEST_ADDRESS"])
    workers = RayWorkers(folder, request, campaign.state, lease_seconds=60.0, module=WORKER)
    spec = trial_spec(campaign, campaign.state.trials["t0001"])
    workers.start(TrialJob(str(folder), spec))
    time.sleep(300)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
