"""Environment variables that a person may set, and what each does.

The code names them where it reads them; a test holds that none is missing here.
"""

from __future__ import annotations

VARIABLES = {
    "ANTHROPIC_API_KEY": "The key of the agent's model; with it, new campaigns take `anthropic`.",
    "ANTHROPIC_BASE_URL": "The server of the agent's model, where `--base-url` names none.",
    "FTASSIST_AGENT_PRICE": "What models of the agent cost that are in no table: 0, or 0.5/1.5.",
    "FTASSIST_ARXIV": "Another server in place of arXiv's, for the agent's look-ups.",
    "FTASSIST_CACHE": "Where caches lie: prepared tasks, profiles, fetched models.",
    "FTASSIST_CAMPAIGN": "The campaign that is taken where none is named.",
    "FTASSIST_CHECKPOINT_SECONDS": "Seconds between two checkpoints of a training.",
    "FTASSIST_CHROMIUM": "The browser of the browser tests.",
    "FTASSIST_CLUSTER_COPY": (
        "`1` on a cluster's node: inputs are copied to its disk although it sees the head's."
    ),
    "FTASSIST_DATA": "An offline mirror of data sets and models, laid out as `<org>/<name>`.",
    "FTASSIST_DAY": "The day that chat templates write, where a trial's notebook is run alone.",
    "FTASSIST_DISK_MB": "MiB a trial may write.",
    "FTASSIST_HARNESS": "A folder of one's own task definitions for lm-evaluation-harness.",
    "FTASSIST_MEMORY_MB": "MiB all processes of a trial may take.",
    "FTASSIST_MODEL": "The agent's model for all roles.",
    "FTASSIST_MODEL_CHEAP": "The agent's model for analyses, insights and rows.",
    "FTASSIST_MODEL_EXECUTOR": "The agent's model that writes and repairs cells.",
    "FTASSIST_MODEL_RESEARCHER": "The agent's model that proposes.",
    "FTASSIST_MODELS": "Where fetched base models lie.",
    "FTASSIST_OFFLINE": "`1`: the agent looks nothing up outside; so does `HF_HUB_OFFLINE`.",
    "FTASSIST_PRECISION": "`float32` or `bf16`: the numbers that trainings compute in.",
    "FTASSIST_PRICES": "A file of prices of one's own, for the agent's calls.",
    "FTASSIST_REQUIRE_SANDBOX": "`1`: trials run in isolation or not at all.",
    "FTASSIST_SHOWN_SEED": (
        "The seed of the items that are shown and do not count, where a trial's notebook is run "
        "alone."
    ),
    "FTASSIST_STORE": "Where `--track store` keeps artefacts: a URL that fsspec reads.",
    "FTASSIST_SYSTEM_TURN": (
        "Whether a template's own system turn is written, where a trial's notebook is run alone."
    ),
    "FTASSIST_TASKS": "A folder of task folders beside the catalog.",
    "OPENAI_API_KEY": "The key of the agent's model with `--dialect chat`.",
    "OPENAI_BASE_URL": "The server of the agent's model with `--dialect chat`.",
}
"""By name."""

BETWEEN_PROCESSES = frozenset(
    {
        "FTASSIST_ATTEMPT", "FTASSIST_BASE", "FTASSIST_BOUT", "FTASSIST_DRY_RUN",
        "FTASSIST_EVALUATOR", "FTASSIST_KERNEL", "FTASSIST_MCP_COMMAND", "FTASSIST_MCP_CONFIG",
        "FTASSIST_NODE_ATTEMPT", "FTASSIST_PRELOAD", "FTASSIST_PROMPT", "FTASSIST_ROW_CAP",
        "FTASSIST_RUNG", "FTASSIST_STAGES", "FTASSIST_TASK", "FTASSIST_TOKEN",
        "FTASSIST_TRIAL_FOLDER", "FTASSIST_WATCH",
    }
)  # fmt: skip
"""Set by the program for its own processes; a person sets none of them."""
