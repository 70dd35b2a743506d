#!/usr/bin/env python3
"""Plays a game in the Atari emulator with the authors' own model, loop and environment, ours beside them step by step.

    pip install torch numpy ale-py opencv-python-headless tqdm pillow
    python3 atari.py --authors <checkout of kzl/decision-transformer> --game pong --steps 300

No trained weights are published with the code: they are random, of the published shape, spread until the actions differ. The
authors' loop runs as it is, `Trainer.get_returns`, but for two things: it ends after `--steps` steps, and the largest logit
decides, for no single number reproduces its draws. In each step our C library, made by `dtgen import` of the checkpoint, is
given the same frames and the reward, and must choose the same action; logits are compared with the authors' float32.
"""

import argparse
import pathlib
import sys
import tempfile
import types

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Peers"))
from c_library import make_library, run_dtgen  # noqa: E402

TARGETS = {"breakout": 90, "seaquest": 1150, "qbert": 14000, "pong": 20}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--authors", required=True, help="a checkout of kzl/decision-transformer")
    parser.add_argument("--game", default="breakout", choices=sorted(TARGETS))
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=123)
    parser.add_argument("--naive", action="store_true", help="the model without return tokens")
    parser.add_argument("--dtgen", default="swift run dtgen", help="the command")
    parser.add_argument("--march", default="native")
    return parser.parse_args()


def emulator():
    """What the authors' environment takes from `atari_py`, from its successor."""
    import ale_py

    class Interface:
        def __init__(self):
            ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
            self.ale = ale_py.ALEInterface()

        def setInt(self, key, value):  # noqa: N802
            self.ale.setInt(key, 1 if key == "frame_skip" else int(value))

        def getScreenGrayscale(self):  # noqa: N802
            return np.asarray(self.ale.getScreenGrayscale()).reshape(210, 160)

        def loadROM(self, path):  # noqa: N802
            self.ale.loadROM(str(path))

        def __getattr__(self, name):
            return getattr(self.ale, name)

    module = types.ModuleType("atari_py")
    module.ALEInterface = Interface
    module.get_game_path = ale_py.roms.get_rom_path
    return module


class Beside:
    """Our library, told what the authors' `sample` is told."""

    def __init__(self, library, actions):
        self.library, self.count = library, actions
        self.reward, self.steps, self.actions, self.rewards = 0.0, 0, [], 0.0
        self.worst, self.range = 0.0, 0.0

    def step(self, state, logits):
        stack = np.rint(state.numpy() * 255).astype(np.uint8)
        ours = self.library.choose(np.ascontiguousarray(stack), self.reward)
        theirs = int(logits.argmax())
        answers = self.library.logits(self.count)
        self.worst = max(self.worst, float(np.abs(answers - logits.numpy()).max()))
        self.range = max(self.range, float(np.ptp(logits.numpy())))
        self.actions.append(theirs)
        if ours != theirs:
            gap = np.diff(np.sort(logits.numpy())[-2:])[0]
            sys.exit(f"atari: step {self.steps}: {ours} where the authors' code has {theirs}, by {gap:.1e}")
        self.library.prepare()
        self.steps += 1


def main():
    options = arguments()
    sys.path.insert(0, str(pathlib.Path(options.authors) / "atari"))
    sys.modules["atari_py"] = emulator()
    from mingpt import trainer_atari
    from mingpt.model_atari import GPT, GPTConfig

    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    environment = trainer_atari.Env(trainer_atari.Args(options.game, options.seed))
    actions, longest = environment.action_space(), options.steps // 2
    model_type = "naive" if options.naive else "reward_conditioned"
    model = GPT(
        GPTConfig(
            actions, 90, n_layer=6, n_head=8, n_embd=128, model_type=model_type, max_timestep=longest
        )
    ).eval()
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=1.5 / parameter[0].numel() ** 0.5)
    with tempfile.TemporaryDirectory(prefix="atari-") as work:
        work = pathlib.Path(work)
        torch.save(model.state_dict(), work / "atari.pth")
        folder = work / "Atari.dtmodel"
        run_dtgen(
            options.dtgen, "import", work / "atari.pth", "--output", folder, "--set", "n_head=8",
            "--set", f"return_tokens={'false' if options.naive else 'true'}",
        )
        ours = Beside(make_library(options.dtgen, folder, work / "library", options.march), actions)
        play(options, trainer_atari, model, ours, longest)


def play(options, trainer_atari, model, ours, longest):
    published = trainer_atari.sample

    def sample(module, states, *rest, sample, **named):
        answers = []
        hook = module.register_forward_hook(lambda _, __, output: answers.append(output[0]))
        action = published(module, states, *rest, sample=False, **named)
        hook.remove()
        # The first call has one state more deeply nested than the others: [1, 1, 4, 84, 84].
        ours.step(states[0, -1].cpu(), answers[0][0, -1])
        return action

    class Environment(trainer_atari.Env):
        def __init__(self, arguments):
            arguments.device = "cpu"
            super().__init__(arguments)

        def step(self, action):
            state, reward, done = super().step(action)
            ours.reward = float(reward)
            ours.rewards += reward
            return state, reward, done or ours.steps >= options.steps

        def close(self):
            """There is no window."""

    target = 0 if options.naive else TARGETS[options.game]
    ours.library.reset(target)
    trainer_atari.sample, trainer_atari.Env = sample, Environment
    trainer = object.__new__(trainer_atari.Trainer)
    trainer.model = types.SimpleNamespace(module=model, train=lambda _: None)
    trainer.device = "cpu"
    trainer.config = types.SimpleNamespace(
        game=options.game, seed=options.seed, max_timestep=longest
    )
    # The published evaluation plays ten games; one is enough, and ends where the second one would begin.
    trainer_atari.range = lambda count: range(1) if count == 10 else range(count)
    trainer.get_returns(target)
    limit = 2e-5 * ours.range
    print(
        f"{options.game}: {ours.steps} steps, {len(set(ours.actions))} of {ours.count} actions, score {ours.rewards:g}, the authors' "
        f"actions; logits off by {ours.worst:.1e} of {ours.range:.1f} (accepted: {limit:.1e})"
    )
    if ours.worst > limit:
        sys.exit(1)


if __name__ == "__main__":
    main()
