#!/usr/bin/env python3
"""Writes a package of random models, and what Hugging Face answers for each of them.

    python parity.py <folder> [--models N] [--seed S]

check.sh does this, and builds and runs the package. README.md beside this file describes it.
"""
import argparse
import json
import os
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent.parent
sys.path.append(str(REPOSITORY / "Tests/Tools/Oracle"))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
import transformers

from configurations import gym_cases, random_cases
from episode import make_data, run_episode
from forward import forward_answers, next_answers
from record import load, write_model
from storage import store, zero_positions

GROUP_SIZE = 20

# Of Tests/Support/RecordedEpisodes: what drives any generated type through an episode.
SHARED_SOURCES = ["GeneratedController.swift", "Pace.swift", "Replay.swift"]

# ----------------------------------------------------------------------------------------------
# Answers


def answer(exact, float32, units=(1.0,)):
    """A tensor of the float64 run and the size of the model's units, one for each element of a row.

    The error of the float32 run is in the model's units.
    """
    units = torch.as_tensor(units, dtype=torch.float64)
    error = ((float32.double() - exact) / units.abs()).abs().max().item()
    return dict(values=exact.flatten().tolist(), units=units.abs().tolist(), float32Error=error)


def visible(name, numbers, mask):
    """Zeros for tokens that can see none, where Hugging Face's versions differ."""
    first = mask.index(1)
    numbers = numbers.clone()
    if name.endswith("_preds"):
        numbers[:first] = 0
    elif name == "attentions":
        numbers[:, :, :3 * first] = 0
    else:
        numbers[..., :3 * first, :] = 0
    return numbers


def forward_windows(case, exact, float32):
    """The windows that both models were given, and the outputs that are generated."""
    names = dict(zip(
        ["action", "state", "return"], ["action_preds", "state_preds", "return_preds"]))
    names = [names.get(output, output) for output in case.outputs]
    exact, float32 = forward_answers(case, exact), forward_answers(case, float32)
    found = []
    while f"forward{len(found)}.states" in exact:
        prefix = f"forward{len(found)}."

        def numbers(name, kind):
            return [kind(value) for value in exact[prefix + name].flatten().tolist()]

        mask = numbers("attention_mask", int)
        found.append(dict(
            states=numbers("states", float), actions=numbers("actions", float),
            returnsToGo=numbers("returns_to_go", float), timesteps=numbers("timesteps", int),
            attentionMask=mask,
            answers={name: answer(visible(name, exact[prefix + name], mask),
                                  visible(name, float32[prefix + name], mask)) for name in names}))
    return found


def record(case, folder):
    """Everything about a case that the program compares; writes its model folder."""
    data = make_data(case)
    if not case.window_in_options:
        del data["options"]["window"]
    write_model(case, folder, data)
    if case.zero_positions:
        zero_positions(folder)
    # reorder_and_upcast_attn acts in the eager path only, and always in float32.
    eager = case.asks_forward or case.config.get("reorder_and_upcast_attn")
    exact = load(case, folder, torch.float64, "eager" if case.asks_forward else "sdpa")
    for block in exact.encoder.h:
        block.attn.reorder_and_upcast_attn = False
    float32 = load(case, folder, torch.float32, "eager" if eager else "sdpa")
    store(case, folder)

    actions, _ = run_episode(case, data, exact, torch.float64)
    actions_float32, _ = run_episode(case, data, float32, torch.float32)
    scale, offset = (torch.from_numpy(data[key]) for key in ("action_scale", "action_offset"))
    golden = dict(
        states=data["states"].tolist(), rewards=data["rewards"].tolist(),
        targetReturn=data["target"],
        actions=answer(actions * scale + offset, actions_float32 * scale + offset, scale))
    if case.executed:
        golden["executed"] = data["executed"].tolist()
    if case.retarget is not None:
        golden["retarget"] = dict(step=case.retarget, targetReturn=data["retarget_value"])
    if case.asks_forward:
        golden["windows"] = forward_windows(case, exact, float32)
        following = next_answers(case, data, exact, actions)
        following_float32 = next_answers(case, data, float32, actions_float32)
        for output, key, name, units in [
                ("state", "next.states", "nextStates", data["std"]),
                ("return", "next.returns", "nextReturns", [case.return_scale])]:
            if output in case.outputs:
                golden[name] = answer(following[key], following_float32[key], units)
    return golden


def write_case(case, group, package):
    golden = record(case, package / "Sources" / group / f"{case.name}.dtmodel")
    (package / "Goldens").mkdir(exist_ok=True)
    (package / "Goldens" / f"{case.name}.json").write_text(json.dumps(golden))
    return case.name, golden["actions"]["float32Error"]


def start_worker():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


# ----------------------------------------------------------------------------------------------
# Package


def write_package(package, groups):
    """Package.swift, the program's sources, and the list of types."""
    program, episodes = package / "Sources" / "parity", package / "Sources" / "RecordedEpisodes"
    shutil.copytree(HERE / "Sources", program)
    episodes.mkdir()
    for name in SHARED_SOURCES:
        shutil.copy(REPOSITORY / "Tests/Support/RecordedEpisodes" / name, episodes)
    (program / "ParityModels.swift").write_text(model_list(groups))
    for group in groups:
        folder = package / "Sources" / group
        folder.mkdir()
        (folder / f"{group}.swift").write_text("// The generated types are all there is.\n")
    (package / "Package.swift").write_text(manifest(groups))


def manifest(groups):
    library = '.product(name: "DecisionTransformer", package: "decision-transformer")'
    plugin = '.plugin(name: "DecisionTransformerPlugin", package: "decision-transformer")'
    # Models of full size are too slow without optimisation.
    settings = {"Gym": ', swiftSettings: [.unsafeFlags(["-O"])]'}
    targets = "".join(f"""
    .target(
      name: "{group}", dependencies: [{library}]{settings.get(group, "")}, plugins: [{plugin}]),"""
                      for group in groups)
    names = ", ".join(f'"{group}"' for group in groups)
    return f"""// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "parity",
  dependencies: [.package(name: "decision-transformer", path: "{REPOSITORY}")],
  targets: [{targets}
    .target(name: "RecordedEpisodes", dependencies: [{library}]),
    .executableTarget(name: "parity", dependencies: ["RecordedEpisodes", {library}, {names}]),
  ],
  swiftLanguageModes: [.v6]
)
"""


def model_list(groups):
    names = [case.name for cases in groups.values() for case in cases]
    imports = "".join(f"import {group}\n" for group in groups)
    extensions = "".join(f"extension {name}: ParityController {{}}\n" for name in names)
    models = "".join(f"    ParityModel({name}.self),\n" for name in names)
    return f"""{imports}
{extensions}
extension ParityModel {{
  static let all: [ParityModel] = [
{models}  ]
}}
"""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="of the package; must not exist")
    parser.add_argument("--models", type=int, default=200, help="random ones (default: 200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    arguments = parser.parse_args()
    cases = list(random_cases(arguments.seed, arguments.models))
    groups = {f"Group{start // GROUP_SIZE:02}": cases[start:start + GROUP_SIZE]
              for start in range(0, len(cases), GROUP_SIZE)}
    groups["Gym"] = list(gym_cases())
    arguments.folder.mkdir(parents=True)
    write_package(arguments.folder, groups)
    began = time.monotonic()
    with ProcessPoolExecutor(arguments.jobs, initializer=start_worker) as pool:
        jobs = [pool.submit(write_case, case, group, arguments.folder)
                for group, cases in groups.items() for case in cases]
        errors = [job.result() for job in jobs]
    name, error = max(errors, key=lambda pair: pair[1])
    print(f"transformers {transformers.__version__}, torch {torch.__version__}: "
          f"{len(errors)} models in {time.monotonic() - began:.0f} s; "
          f"float32 is off by up to {error:.1e} ({name})")


if __name__ == "__main__":
    main()
