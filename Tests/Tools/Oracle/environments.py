#!/usr/bin/env python3
"""The Swift controllers and Hugging Face's models side by side in the real environments.

    python environments.py --libraries <folder of libhopper.so, ...> [--markdown FILE] [--json FILE]

For every model, target and seed an episode each by the Swift controller (its shared library, through
the Python client) and by Hugging Face's model (the published get_action loop), both in Gymnasium's
environment from the same initial state. Three questions: how far are the actions apart on the same
states, when does chaos part the two episodes, and do the returns come from one distribution?

Exits with 1 if an action on the same states is off by more than 1e-5, or if returns disagree.
"""

import argparse
import json
import os
import platform
import shlex
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY / "Tests/Checks/Clients/Python"))

import gymnasium
import numpy as np
import torch

import environments_report as report
from agreement import distribution_p, paired_p
from decision_transformer import Controller
from hugging_face import HuggingFaceController
from rollouts import parting, replay, run

FIRST_SEED = 100
# Differences of returns that rounding explains.
RESOLUTION = 0.1


@dataclass(frozen=True)
class Case:
    """A model folder, the prefix of its library's functions, and where it acts for which targets."""

    folder: str
    prefix: str
    environment: str
    targets: tuple[float, ...]


CASES = [
    Case("Sources/hopper/Hopper.dtmodel", "hopper", "Hopper-v5", (1000, 1800, 3000)),
    Case("Tests/Data/Models/HalfCheetah.dtmodel", "half_cheetah", "HalfCheetah-v5", (1000, 3000, 5000)),
    Case("Sources/pendulum/Pendulum.dtmodel", "pendulum", "Pendulum-v1",
         (-1600, -1200, -800, -400, -200)),
]  # fmt: skip


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--libraries", type=Path, help="where lib<prefix>.so of each model is")
    parser.add_argument("--seeds", type=int, default=20, help="episodes per target (default: 20)")
    parser.add_argument("--quick", action="store_true", help="3 seeds and one target per model")
    parser.add_argument("--only", help="comma-separated prefixes of models, such as hopper")
    parser.add_argument("--core", type=int, help="the processor core to stay on")
    parser.add_argument("--json", type=Path, help="where to write every figure")
    parser.add_argument("--markdown", type=Path, help="where to write the tables, too")
    parser.add_argument(
        "--picture", type=Path, help="where to write the robots' film strip (.jpg or .png)"
    )
    parser.add_argument("--picture-only", action="store_true", help="no comparison")
    parser.add_argument("--from", dest="earlier", type=Path, help="render an earlier --json")
    arguments = parser.parse_args()
    if not arguments.libraries and not arguments.earlier:
        parser.error("--libraries: needed; accepted: a folder that `dtgen library` wrote to")
    if arguments.picture_only and not arguments.picture:
        parser.error("--picture-only: needs --picture")
    return arguments


def controller(libraries, prefix):
    controller = Controller(libraries / f"lib{prefix}.so", prefix)
    controller.self_test()  # no figure of a library that computes something else
    return controller


def one_ulp_up(action):
    """The smallest disturbance there is: every component the next float32 number."""
    return np.nextafter(action, np.float32(np.inf))


def compare_target(environment, swift, hugging_face, target, seeds):
    """All episodes of one target; lists are in the order of the seeds."""
    found = {"target": target, "same_states": 0.0, "steps": 0, "microseconds": []}
    returns = {"hugging_face": [], "swift": [], "disturbed": []}
    parted = {"swift": [], "disturbed": []}
    for seed in seeds:
        theirs = run(environment, hugging_face, target, seed)
        ours = run(environment, swift, target, seed)
        disturbed = run(environment, hugging_face, target, seed, disturb=one_ulp_up)
        difference = np.abs(replay(swift, target, theirs) - theirs.actions).max()
        found["same_states"] = max(found["same_states"], float(difference))
        found["steps"] += len(theirs.actions)
        returns["hugging_face"].append(theirs.total_return)
        returns["swift"].append(ours.total_return)
        returns["disturbed"].append(disturbed.total_return)
        parted["swift"].append(parting(theirs, ours, report.APART))
        parted["disturbed"].append(parting(theirs, disturbed, report.APART))
        times = (ours.act_seconds, ours.prepare_seconds, theirs.act_seconds)
        found["microseconds"].append([float(np.median(seconds)) * 1e6 for seconds in times])
    found |= {"returns": returns, "parted": parted}
    left, right = returns["hugging_face"], returns["swift"]
    found["p_mean"] = paired_p(left, right, RESOLUTION)
    found["p_distribution"] = distribution_p(left, right)
    return found


def compare(case, libraries, seeds, quick):
    progress(f"{case.environment}: loading")
    environment = gymnasium.make(case.environment)
    swift = controller(libraries, case.prefix)
    hugging_face = HuggingFaceController(REPOSITORY / case.folder)
    targets = []
    for target in case.targets[-1:] if quick else case.targets:
        found = compare_target(environment, swift, hugging_face, target, seeds)
        targets.append(found)
        means = {name: np.mean(values) for name, values in found["returns"].items()}
        progress(
            f"{case.environment}, target {target}: Hugging Face {means['hugging_face']:.1f}, "
            f"Swift {means['swift']:.1f}, on the same states {found['same_states']:.1e} apart"
        )
    environment.close()
    return {"environment": case.environment, "folder": case.folder, "targets": targets}


def command(arguments):
    """What makes these figures again: the script that builds the libraries, too."""
    given = [("--quick", arguments.quick), ("--seeds", arguments.seeds != 20 and arguments.seeds)]
    given += [("--only", arguments.only), ("--core", arguments.core)]
    words = ["environments.sh"]
    for option, value in given:
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            words += [option, str(value)]
    return shlex.join(words)


def progress(text):
    print(text, file=sys.stderr, flush=True)


def main():
    arguments = parse_arguments()
    cases = CASES
    if arguments.only:
        cases = [case for case in CASES if case.prefix in arguments.only.split(",")]
        if not cases:
            known = ", ".join(case.prefix for case in CASES)
            sys.exit(f"environments: --only: {arguments.only} is no model; accepted: {known}")
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
    torch.set_num_threads(1)
    if arguments.picture:
        # Needs OpenGL, which only a picture does.
        import film_strip

        progress("picture")
        film_strip.write(arguments.picture, lambda prefix: controller(arguments.libraries, prefix))
        if arguments.picture_only:
            return
    if arguments.earlier:
        results = json.loads(arguments.earlier.read_text())
    else:
        count = 3 if arguments.quick else arguments.seeds
        seeds = range(FIRST_SEED, FIRST_SEED + count)
        packages = ("gymnasium", "mujoco", "numpy", "torch", "transformers")
        results = {
            "command": command(arguments),
            "machine": platform.machine(),
            "versions": {name: version(name) for name in packages},
            "seeds": list(seeds),
            "models": [
                compare(case, arguments.libraries, seeds, arguments.quick) for case in cases
            ],
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    tables = report.markdown(results)
    print(tables, end="")
    if arguments.markdown:
        arguments.markdown.write_text(tables)
    problems = report.problems(results)
    for problem in problems:
        progress(f"environments: {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
