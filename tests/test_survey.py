"""Which runs a survey still needs."""

from pairforest.config import load_liquid, load_profile
from pairforest.md.liquid import Task
from pairforest.stages.survey import key_of, missing


def task(label, **changes):
    settings = load_profile("quick").model_copy(update=changes)
    return Task(label, None, load_liquid(label.split(":")[1]), settings, 1)


TASKS = {label: task(label) for label in ("aim:octane", "aim:water", "aim_labels:octane")}
KEYS = {label: key_of(one) for label, one in TASKS.items()}


def names(found):
    return [one.name for one in missing(TASKS, KEYS, found)]


def test_the_same_potential_is_run_once():
    assert KEYS["aim:octane"] == KEYS["aim_labels:octane"] != KEYS["aim:water"]
    assert names({}) == ["aim:octane", "aim:water"]
    assert names({KEYS["aim:octane"]: {"status": "ok", "max_ps": 400.0}}) == ["aim:water"]


def test_what_had_not_converged_goes_on_if_it_may_be_longer():
    longest = TASKS["aim:octane"].settings.max_ps
    for status, had, wanted in (
        ("not_converged", longest, []),
        ("not_converged", longest - 1, ["aim:octane"]),
        ("ok", longest - 1, []),
        ("collapsed", longest - 1, []),
    ):
        found = {key: {"status": "ok", "max_ps": longest} for key in KEYS.values()}
        found[KEYS["aim:octane"]] = {"status": status, "max_ps": had}
        assert names(found) == wanted


def test_a_key_hangs_on_what_a_density_does():
    assert key_of(task("aim:octane", max_ps=9e9, timeout_s=9)) == KEYS["aim:octane"]
    assert key_of(task("aim:octane", cutoff=10.0)) != KEYS["aim:octane"]
    assert key_of(task("aim:octane", target_stderr_percent=0.1)) != KEYS["aim:octane"]
