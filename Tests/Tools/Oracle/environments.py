#!/usr/bin/env python3
"""The Swift controllers and Hugging Face's models side by side in the real environments.

    python environments.py --libraries <folder of float32/libhopper.so, ...> --models <folder>
        [--markdown FILE] [--json FILE]

For every model, target and seed an episode each by the Swift controller in every precision (its shared
library, through the Python client) and by Hugging Face's model (the published get_action loop), all in
Gymnasium's environment from the same initial state. Three questions: how far are the actions apart on the
same states, when does chaos part the episodes, and do the returns come from one distribution?

Exits with 1 if an action of float32 on the same states is off by more than 1e-5, if returns of float32
disagree, or if those of another precision are worse.
"""

import argparse
import json
import os
import platform
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY / "Sources/Clients/Python"))

import gymnasium
import numpy as np
import torch

import environments_report as report
from agreement import difference_interval, distribution_p, paired_p
from decision_transformer import Controller
from environments_models import CASES, MAX_ACTION_ERROR, PRECISIONS, precisions_in
from hugging_face import HuggingFaceController
from rollouts import parting, replay, run

FIRST_SEED = 100
# Differences of returns that rounding explains.
RESOLUTION = 0.1


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--libraries", type=Path, help="where <precision>/lib<prefix>.so of each model is"
    )
    parser.add_argument(
        "--models", type=Path, help="where environments_models.py made <precision>/<Model>.dtmodel"
    )
    parser.add_argument("--seeds", type=int, default=20, help="episodes per target (default: 20)")
    parser.add_argument("--quick", action="store_true", help="3 seeds and one target per model")
    parser.add_argument("--only", help="comma-separated prefixes of models, such as hopper")
    parser.add_argument("--core", type=int, help="the processor core to stay on")
    parser.add_argument(
        "--without-times", action="store_true", help="print none: the machine has other work"
    )
    parser.add_argument("--json", type=Path, help="where to write every figure")
    parser.add_argument("--markdown", type=Path, help="where to write the tables, too")
    parser.add_argument(
        "--picture", type=Path, help="where to write the robots' film strip (.jpg or .png)"
    )
    parser.add_argument("--picture-only", action="store_true", help="no comparison")
    parser.add_argument("--from", dest="earlier", type=Path, help="render an earlier --json")
    arguments = parser.parse_args()
    if not arguments.libraries and not arguments.earlier:
        parser.error("--libraries: needed; accepted: a folder of those that `dtgen library` wrote to")
    if not arguments.models and not arguments.earlier and not arguments.picture_only:
        parser.error("--models: needed; accepted: a folder that environments_models.py wrote to")
    if arguments.picture_only and not arguments.picture:
        parser.error("--picture-only: needs --picture")
    return arguments


def controller(libraries, prefix, precision="float32"):
    controller = Controller(libraries / precision / f"lib{prefix}.so", prefix)
    controller.self_test()  # no figure of a library that computes something else
    return controller


def one_ulp_up(action):
    """The smallest disturbance there is: every component the next float32 number."""
    return np.nextafter(action, np.float32(np.inf))


def agreement(hugging_face, other):
    """What the tests say about returns over the same seeds."""
    return {
        "p_mean": paired_p(hugging_face, other, RESOLUTION),
        "p_distribution": distribution_p(hugging_face, other),
        "difference": difference_interval(hugging_face, other),
    }


def compare_target(environment, controllers, hugging_face, target, seeds):
    """All episodes of one target, by the controllers of all precisions; lists are in the order of the seeds.

    `disturbed` is Hugging Face's own model, one ulp off.
    """
    returns = {name: [] for name in ("hugging_face", "disturbed", *controllers)}
    parted = {name: [] for name in ("disturbed", *controllers)}
    times = {name: [] for name in controllers}
    apart = {name: [] for name in controllers}
    for seed in seeds:
        theirs = run(environment, hugging_face, target, seed)
        disturbed = run(environment, hugging_face, target, seed, disturb=one_ulp_up)
        returns["hugging_face"].append(theirs.total_return)
        returns["disturbed"].append(disturbed.total_return)
        parted["disturbed"].append(parting(theirs, disturbed, report.APART))
        for name, swift in controllers.items():
            ours = run(environment, swift, target, seed)
            apart[name].append(np.abs(replay(swift, target, theirs) - theirs.actions))
            returns[name].append(ours.total_return)
            parted[name].append(parting(theirs, ours, report.APART))
            seconds = (ours.act_seconds, ours.prepare_seconds, theirs.act_seconds)
            times[name].append([float(np.median(column)) * 1e6 for column in seconds])
    differences = {name: np.concatenate(found) for name, found in apart.items()}
    return {
        "target": target,
        "steps": len(next(iter(differences.values()))),
        "returns": returns,
        "parted": parted,
        "microseconds": times,
        "same_states": {
            name: {
                "largest": float(found.max()),
                "mean": float(found.mean()),
                "steps_beyond": int((found.max(1) > MAX_ACTION_ERROR).sum()),
            }
            for name, found in differences.items()
        },
        "agreement": {
            name: agreement(returns["hugging_face"], returns[name])
            for name in ("disturbed", *controllers)
        },
    }


def compare(case, libraries, models, seeds, quick):
    progress(f"{case.environment}: loading")
    environment = gymnasium.make(case.environment)
    controllers = {name: controller(libraries, case.prefix, name) for name in PRECISIONS}
    hugging_face = HuggingFaceController(REPOSITORY / case.folder)
    targets = []
    for target in case.targets[-1:] if quick else case.targets:
        found = compare_target(environment, controllers, hugging_face, target, seeds)
        targets.append(found)
        figures = "; ".join(
            f"{name} {np.mean(found['returns'][name]):.1f}, on the same states "
            f"{found['same_states'][name]['largest']:.1e} apart"
            for name in controllers
        )
        mean = np.mean(found["returns"]["hugging_face"])
        progress(f"{case.environment}, target {target}: Hugging Face {mean:.1f}; {figures}")
    environment.close()
    return {
        "environment": case.environment,
        "folder": case.folder,
        "max_action_error": MAX_ACTION_ERROR,
        "budget": precisions_in(models / "budget" / case.folder_name),
        "targets": targets,
    }


def command(arguments):
    """What makes these figures again: the script that builds the libraries, too."""
    given = [("--quick", arguments.quick), ("--seeds", arguments.seeds != 20 and arguments.seeds)]
    given += [("--only", arguments.only), ("--core", arguments.core)]
    given += [("--without-times", arguments.without_times)]
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
            "has_times": not arguments.without_times,
            "models": [
                compare(case, arguments.libraries, arguments.models, seeds, arguments.quick)
                for case in cases
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
