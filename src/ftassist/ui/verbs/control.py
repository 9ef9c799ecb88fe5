"""Verbs on how a campaign goes on."""

from __future__ import annotations

from typing import Annotated

from ftassist.campaign import commands
from ftassist.ui.verbs.face import Face, VerbAnswer
from ftassist.ui.verbs.verb import verb
from ftassist.ui.verbs.words import Reason


@verb("pause", 'pause "the GPU is needed"')
def pause(face: Face, reason: Reason = "") -> str:
    """Start no new trial; what trains stops at its next step, with a checkpoint."""
    commands.pause(face.opened(), reason)
    return f"{face.opened().name} paused; go on with `{face.said} resume`"


@verb("resume")
def resume(face: Face) -> str:
    """Go on after a pause or a stop."""
    commands.resume(face.opened())
    face.opened().start_runner()
    return f"{face.opened().name} goes on; follow it with `{face.said} run`"


@verb('stop "the GPU is needed"')
def stop(face: Face, reason: Reason = "") -> str:
    """Stop what runs and end the runner; nothing scored is lost."""
    commands.stop(face.opened(), reason)
    return f"{face.opened().name} stopped; go on with `{face.said} resume`"


@verb("cancel")
def cancel(face: Face) -> str:
    """End the call the agent makes now; what it has cost is spent."""
    commands.cancel_proposal(face.opened())
    return f"cancelled; ask again with `{face.said} propose`"


@verb("budget --usd 10 --trials 12")
def budget(
    face: Face,
    *,
    trials: Annotated[int | None, "Trials at most."] = None,
    rows: Annotated[int | None, "Training rows a trial at most."] = None,
    seconds: Annotated[float | None, "Seconds of all trials."] = None,
    usd: Annotated[float | None, "US dollars for the agent's calls."] = None,
    device_hours: Annotated[
        float | None, "Hours of all trials, times the devices of each."
    ] = None,
) -> VerbAnswer:
    """Show what is spent, or change the limits; a finished campaign goes on."""
    limits = {
        "trials": trials,
        "rows": rows,
        "seconds": seconds,
        "usd": usd,
        "device_hours": device_hours,
    }
    given = {name: value for name, value in limits.items() if value is not None}
    if given:
        commands.set_budget(face.opened(), given)
    state = face.opened().refresh()
    now = state.budget
    used = {
        "trials": state.trials_used,
        "seconds": state.seconds_used,
        "usd": state.calls.cost,
        "device_hours": state.device_hours_used,
    }
    cap = "no cap" if now.device_hours is None else f"of {now.device_hours:g}"
    line = (
        f"trials {used['trials']} of {now.trials}, "
        f"seconds {used['seconds']:.0f} of {now.seconds:.0f}, "
        f"device-hours {used['device_hours']:.3g} {cap}, "
        f"rows a trial {now.rows}, calls ${used['usd']:.4f} of ${now.usd:.2f}"
    )
    return VerbAnswer(
        lambda: {"schema": "ftassist/budget/1", "budget": now.to_dict(), "used": used},
        lambda: [line],
    )
