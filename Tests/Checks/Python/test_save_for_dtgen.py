"""The numbers that travel with a model: `Sources/Python/save_for_dtgen.py` against NumPy, dtgen and transformers.

DTGEN is a built dtgen. What needs it, h5py, minari, or torch and transformers is skipped where they are not there.
"""

import contextlib
import hashlib
import importlib.util
import io
import json
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAM = REPOSITORY / "Sources/Python/save_for_dtgen.py"
ARTICLES = REPOSITORY / "Sources/DecisionTransformer/DecisionTransformer.docc/Articles"
# A model of 5 numbers in a state and 2 in an action.
TRAINED = REPOSITORY / "Tests/Data/Models/EightHeadsOneLayer.dtmodel"
STATES, ACTIONS = 5, 2
DTGEN = os.environ.get("DTGEN")

sys.path.insert(0, str(PROGRAM.parent))
import save_for_dtgen as saving  # noqa: E402
from save_for_dtgen import Refused, save_for_dtgen, statistics  # noqa: E402


def is_there(*modules):
    return all(importlib.util.find_spec(module) for module in modules)


needs_dtgen = unittest.skipUnless(DTGEN, "DTGEN is not given")
needs_h5py = unittest.skipUnless(is_there("h5py"), "h5py is not there")
needs_minari = unittest.skipUnless(is_there("minari", "h5py", "PIL"), "minari with its HDF5 storage is not there")
needs_transformers = unittest.skipUnless(is_there("torch", "transformers"), "torch or transformers is not there")


def dtgen(*arguments):
    command = [DTGEN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def program(*arguments, folder=None):
    command = [sys.executable, PROGRAM, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


class Tensor:
    """What `save_for_dtgen` asks of a tensor of PyTorch's."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def float(self):
        with np.errstate(over="ignore"):
            return Tensor(self.values.astype(np.float32))

    def isfinite(self):
        return np.isfinite(self.values)


class SavedModel:
    """A model of transformers, as far as it is used: `save_pretrained` writes the files of one that is there."""

    def __init__(self, source=TRAINED, weights=(1.0,), **config):
        sizes = dict(model_type="decision_transformer", state_dim=STATES, act_dim=ACTIONS)
        self.source, self.weights, self.config = source, weights, SimpleNamespace(**(sizes | config))

    def state_dict(self):
        return {"embed_state.weight": Tensor(self.weights)}

    def save_pretrained(self, folder):
        for name in ("config.json", "model.safetensors"):
            shutil.copy(self.source / name, folder)


class InFolder(unittest.TestCase):
    """A test with an empty folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        warnings.simplefilter("error")

    def assertRefused(self, pattern, call, *arguments, **options):
        """Refused with these words, and every file is as it was."""
        before = self.files()
        with self.assertRaisesRegex(Refused, pattern):
            call(*arguments, **options)
        self.assertEqual(self.files(), before)

    def files(self):
        """What is in the folder; of a file the hash of its bytes, for the difference of weights is no message to read."""
        paths = sorted(self.folder.rglob("*"))
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
            for path in paths
        }


# --- Statistics --------------------------------------------------------------------------------------------------


def random_episodes(generator, dtype=np.float32, count=None):
    """Episodes of 1 to 40 steps, states of 1 to 6 numbers of any size and place."""
    width = generator.integers(1, 7)
    place, size = generator.normal(size=width) * 10, np.exp(generator.normal(size=width) * 3)
    lengths = generator.integers(1, 41, size=count or generator.integers(1, 12))
    return [
        dict(
            observations=(place + size * generator.normal(size=(length, width))).astype(dtype),
            rewards=generator.normal(size=length).astype(dtype),
        )
        for length in lengths
        if length > 0
    ]


def in_a_row(episodes, tail=0):
    """The same as steps in a row, as D4RL has them: ends in turn by terminals and time-outs, and `tail` steps of an
    episode that does not end."""
    lengths = [len(episode["rewards"]) for episode in episodes]
    columns = {
        name: np.concatenate([episode[name] for episode in episodes] + [episodes[0][name][:tail]])
        for name in ("observations", "rewards")
    }
    ends = np.cumsum(lengths) - 1
    for first, name in enumerate(("terminals", "timeouts")):
        columns[name] = np.zeros(len(columns["rewards"]), bool)
        columns[name][ends[first::2]] = True
    return columns


def as_minari(episodes):
    """The same with the observation behind the last action, as Minari has it."""
    longer = [
        SimpleNamespace(
            observations=np.concatenate([episode["observations"], episode["observations"][:1] + 7]),
            rewards=episode["rewards"],
        )
        for episode in episodes
    ]
    return SimpleNamespace(iterate_episodes=lambda: iter(longer))


class StatisticsOfStates(InFolder):
    def assertSame(self, left, right):
        self.assertEqual(left.mean.dtype, right.mean.dtype)
        self.assertEqual(left.mean.tobytes(), right.mean.tobytes())
        self.assertEqual(left.std.tobytes(), right.std.tobytes())
        self.assertEqual((left.states, left.epsilon), (right.states, right.epsilon))
        self.assertEqual(list(left.returns), list(right.returns))

    def setUp(self):
        super().setUp()
        warnings.simplefilter("ignore")  # Of one state nothing changes.

    def test_they_are_numpys_over_all_states(self):
        generator = np.random.default_rng(1)
        for _ in range(100):
            dtype = generator.choice([np.float32, np.float64])
            episodes = random_episodes(generator, dtype)
            states = np.concatenate([episode["observations"] for episode in episodes])
            numbers = statistics(episodes)
            self.assertEqual(numbers.mean.tobytes(), np.mean(states, axis=0).tobytes())
            self.assertEqual(numbers.std.tobytes(), (np.std(states, axis=0) + 1e-6).tobytes())
            self.assertEqual(numbers.mean.dtype, dtype)
            self.assertEqual(numbers.states, len(states))
            returns = [float(np.sum(episode["rewards"].astype(np.float64))) for episode in episodes]
            np.testing.assert_allclose(numbers.returns, returns, rtol=1e-13, atol=1e-13)
            self.assertEqual(numbers.best_return, max(numbers.returns))
            self.assertEqual(numbers.mean_return, np.mean(numbers.returns))

    def test_in_double_precision(self):
        states = (1e3 + np.random.default_rng(2).normal(size=(5000, 3))).astype(np.float32)
        numbers = statistics(states, double=True, epsilon=0)
        self.assertEqual(numbers.mean.tobytes(), np.mean(states.astype(np.float64), axis=0).tobytes())
        self.assertEqual(numbers.std.tobytes(), np.std(states.astype(np.float64), axis=0).tobytes())

    def test_the_epsilon(self):
        states = np.random.default_rng(3).normal(size=(50, 3))
        for epsilon in (0, 1e-6, 1e-3):
            self.assertEqual(list(statistics(states, epsilon=epsilon).std), list(np.std(states, axis=0) + epsilon))

    def test_every_form_gives_the_same_numbers(self):
        generator = np.random.default_rng(4)
        for index in range(30):
            episodes = random_episodes(generator)
            expected = statistics(episodes)
            columns = in_a_row(episodes, tail=int(generator.integers(0, 3)))
            path = self.folder / f"{index}.npz"
            np.savez(path, **columns)
            pickled = self.folder / f"{index}.pkl"
            pickled.write_bytes(pickle.dumps(episodes, int(generator.integers(0, 6))))
            forms = [columns, path, str(path), pickled, as_minari(episodes)]
            if is_there("h5py"):
                forms.append(self.write_hdf5(self.folder / f"{index}.hdf5", columns))
            for form in forms:
                self.assertSame(statistics(form), expected)

    def write_hdf5(self, path, columns):
        import h5py

        with h5py.File(path, "w") as file:
            for name, values in columns.items():
                file[name] = values
            file["infos/qpos"] = np.zeros(3)
        return path

    @needs_h5py
    def test_d4rls_columns_of_one(self):
        columns = in_a_row(random_episodes(np.random.default_rng(5)))
        expected = statistics(columns)
        columns |= {name: columns[name].reshape(-1, 1) for name in ("rewards", "terminals", "timeouts")}
        self.assertSame(statistics(self.write_hdf5(self.folder / "column.h5", columns)), expected)

    def test_states_alone(self):
        states = np.random.default_rng(6).normal(size=(30, 4))
        np.save(self.folder / "states.npy", states)
        for form in (states, {"observations": states}, self.folder / "states.npy"):
            numbers = statistics(form)
            self.assertEqual(list(numbers.mean), list(states.mean(axis=0)))
            self.assertEqual((numbers.returns, numbers.best_return, numbers.states), (None, None, 30))

    def test_lists_of_numbers_as_datasets_has_them(self):
        episodes = random_episodes(np.random.default_rng(7))
        rows = ({name: values.tolist() for name, values in episode.items()} for episode in episodes)
        doubled = [{name: values.astype(np.float64) for name, values in episode.items()} for episode in episodes]
        self.assertSame(statistics(rows), statistics(doubled))

    def test_steps_behind_the_last_end(self):
        episodes = random_episodes(np.random.default_rng(8), count=4)
        episodes[0]["observations"] = np.repeat(episodes[0]["observations"], 9, axis=0)
        episodes[0]["rewards"] = np.repeat(episodes[0]["rewards"], 9)
        columns = in_a_row(episodes, tail=7)
        expected = statistics(episodes)
        self.assertSame(statistics(columns), expected)
        self.assertEqual(statistics(columns).left_out, 7)
        every = statistics(columns, unfinished=True)
        self.assertEqual(every.mean.tobytes(), np.mean(columns["observations"], axis=0).tobytes())
        self.assertEqual((every.states, every.left_out), (expected.states + 7, 0))
        self.assertEqual(list(every.returns), list(expected.returns))

    def test_time_outs_that_nothing_marks(self):
        generator = np.random.default_rng(9)
        for _ in range(50):
            count, longest = int(generator.integers(20, 200)), int(generator.integers(1, 20))
            terminals = generator.random(count) < 0.05
            rewards, states = generator.normal(size=count), generator.normal(size=(count, 2))
            episodes, begin = [], 0
            for step in range(count):
                if terminals[step] or step + 1 - begin == longest:
                    episodes.append(slice(begin, step + 1))
                    begin = step + 1
            columns = dict(observations=states, rewards=rewards, terminals=terminals)
            numbers = statistics(columns, longest_episode=longest)
            self.assertEqual(numbers.states, episodes[-1].stop)
            self.assertEqual(list(numbers.returns), [np.sum(rewards[episode]) for episode in episodes])

    def test_the_observation_behind_the_last_action(self):
        episodes = random_episodes(np.random.default_rng(10), count=5)
        numbers = statistics(as_minari(episodes), final_states=True)
        states = np.concatenate([episode.observations for episode in as_minari(episodes).iterate_episodes()])
        self.assertEqual(numbers.mean.tobytes(), np.mean(states, axis=0).tobytes())
        self.assertEqual((numbers.states, numbers.left_out), (len(states), 0))
        self.assertEqual(statistics(as_minari(episodes)).left_out, 5)

    @needs_minari
    def test_a_data_set_of_minaris(self):
        import gymnasium
        import minari
        from minari.data_collector import EpisodeBuffer

        episodes = random_episodes(np.random.default_rng(11), count=6)
        box = gymnasium.spaces.Box(-np.inf, np.inf, episodes[0]["observations"].shape[1:], np.float32)
        buffers = [
            EpisodeBuffer(
                id=index, observations=episode.observations, actions=np.zeros((len(episode.rewards), 1), np.float32),
                rewards=episode.rewards, terminations=np.zeros(len(episode.rewards), bool),
                truncations=np.ones(len(episode.rewards), bool))
            for index, episode in enumerate(as_minari(episodes).iterate_episodes())
        ]  # fmt: skip
        with unittest.mock.patch.dict(os.environ, MINARI_DATASETS_PATH=str(self.folder)):
            dataset = minari.create_dataset_from_buffers(
                "made/up/random-v0", buffers, observation_space=box,
                action_space=gymnasium.spaces.Box(-1, 1, (1,), np.float32))  # fmt: skip
            expected = statistics(episodes)
            self.assertSame(statistics(dataset), expected)
            self.assertSame(statistics("made/up/random-v0"), expected)
            self.assertRefused("is not on this machine; `minari download", statistics, "made/up/none-v0")

    def test_a_number_that_never_changes(self):
        states = np.random.default_rng(12).normal(size=(1000, 3)).astype(np.float32)
        states[:, 1] = 0.1
        with self.assertWarnsRegex(UserWarning, "never change in the data: 1. "):
            statistics(states)


class RefusedData(InFolder):
    def test_what_is_no_training_set(self):
        states, episode = np.ones((4, 2)), dict(observations=np.ones((4, 2)), rewards=np.ones(4))
        holed = states.copy()
        holed[2, 1] = np.nan
        for pattern, dataset in [
            (r"observations: found an array \[4\]; accepted", np.ones(4)),
            (r"observations: found an array \[4, 3, 8, 8\]; accepted", np.ones((4, 3, 8, 8))),
            (r"observations: found an array \[0, 2\]", states[:0]),
            (r"observations\[2, 1\]: found nan; accepted: finite", holed),
            ("elements of type <U1", np.array([["a"]])),
            ("rows of different lengths", {"observations": [[1, 2], [3]]}),
            ("has rewards; accepted: observations", {"rewards": np.ones(4)}),
            (r"rewards: found an array \[3\]; accepted: \[4\]", {"observations": states, "rewards": np.ones(3)}),
            ("no episode of it ends", {"observations": states, "terminals": np.zeros(4)}),
            ("has no episode", []),
            ("episode 0: found int", [1]),
            ("episode 1: found rewards", [episode, {"rewards": np.ones(4)}]),
            ("episode 0: has 4 observations and 2 rewards", [episode | {"rewards": np.ones(2)}]),
            (r"episode 0: rewards\[1\]: found inf", [episode | {"rewards": [1, np.inf, 1, 1]}]),
            ("states have 2, 3 numbers", [episode, episode | {"observations": np.ones((4, 3))}]),
            (r"states have parts \(goal, place\)", [episode | {"observations": {"goal": states, "place": states}}]),
            ("found NoneType; accepted: an array", None),
        ]:
            with self.subTest(pattern):
                self.assertRefused(pattern, statistics, dataset)
        self.assertRefused("epsilon: found -1; accepted", statistics, states, epsilon=-1)
        self.assertRefused("longest_episode: found 0; accepted", statistics, states, longest_episode=0)

    def test_files_that_are_none(self):
        (self.folder / "data.csv").write_text("1,2\n")
        for suffix in ("npz", "npy", "pkl", *(["hdf5"] if is_there("h5py") else [])):
            for content in (b"", b"junk", b"\x80\x04]"):
                path = self.folder / f"damaged.{suffix}"
                path.write_bytes(content)
                self.assertRefused(rf"damaged\.{suffix}: ", statistics, path)
        np.save(self.folder / "objects.npy", np.array([{}], object))
        self.assertRefused("objects.npy: .*arrays of numbers", statistics, self.folder / "objects.npy")
        self.assertRefused(r'found the suffix ".csv"; accepted', statistics, self.folder / "data.csv")
        self.assertRefused("missing.pkl: no such file", statistics, self.folder / "missing.pkl")

    def test_a_pickle_calls_nothing(self):
        class Harm:
            def __reduce__(self):
                return os.mkdir, (str(harm),)

        harm = self.folder / "harm"
        for number, content in enumerate(([{"observations": Harm()}], np.array([Harm()], object), {"a": np.save})):
            path = self.folder / f"{number}.pkl"
            path.write_bytes(pickle.dumps(content))
            self.assertRefused("accepted: a pickle of arrays, lists and dictionaries alone", statistics, path)
        self.assertFalse(harm.exists())

    def test_what_is_not_installed_is_named(self):
        (self.folder / "data.hdf5").touch()
        hidden = dict.fromkeys(("h5py", "minari"))
        with unittest.mock.patch.dict(sys.modules, hidden):
            self.assertRefused("h5py, which is not installed; `pip install h5py`", statistics, self.folder / "data.hdf5")
            self.assertRefused("minari, which is not installed; `pip install minari`", statistics, "mujoco/hopper/medium-v0")


# --- What codegen.json accepts -----------------------------------------------------------------------------------


class Options(InFolder):
    @needs_dtgen
    def test_the_same_is_refused_as_by_dtgen(self):
        generator = random.Random(int(os.environ.get("SEED", 1)))
        sizes = json.loads((TRAINED / "config.json").read_text())
        folder = self.folder / "Model.dtmodel"
        folder.mkdir()
        shutil.copy(TRAINED / "config.json", folder)
        refused = 0
        for _ in range(200):
            options = self.random_options(generator)
            (folder / "codegen.json").write_text(saving.codegen_text(options))
            problems = saving.option_problems(options, sizes["state_dim"], sizes["act_dim"])
            answer = dtgen("inspect", folder)
            self.assertEqual(bool(problems), answer.returncode != 0, f"{options}\n{problems}\n{answer.stderr}")
            refused += bool(problems)
        self.assertTrue(50 < refused < 150, refused)

    def random_options(self, generator):
        """A few keys, most of them with values that are accepted."""
        odd = [0, -0.5, 1e-40, 1e-50, 3.4e38, 3.5e38, 1e39, 10**400, True, "1", None]
        sound = [1, 2.5, 1e-6, 1e30]
        words = {  # what is accepted, and what is not
            "window": ([1, 20, 4096], [0, 4097, 20.0, "20"]),
            "return_rounding": (["step", "none"], ["half"]), "actions": (["continuous", "discrete"], ["vector"]),
            "action_history": (["raw", "clamped"], ["both"]), "precision": (["float32", "int8"], ["int4", 8]),
            "timestep_overflow": (["wrap"], ["clip"]), "first_timestep": ([0, 1], [2]), "batch": ([1, 2], [0, 257]),
            "access": (["internal"], ["private"]), "self_test": ([True], [1]), "weights": (["file"], ["files"]),
            "outputs": ([["action"], ["action", "state"]], [[], ["action", "action"], ["actions"], "action"]),
        }  # fmt: skip
        for key in ("return_offset", "target_return", "max_action_error", "temperature", "return_scale"):
            # The one difference: a return scale below 0, which dtgen accepts.
            words[key] = (sound, [number for number in odd if key != "return_scale" or number != -0.5])
        options = {}
        for key in generator.sample(sorted(words), generator.randint(0, 3)):
            options[key] = generator.choice(words[key][generator.random() < 0.15])
        vectors = {key: [STATES] * 9 + [STATES - 1] for key in ("state_mean", "state_std") if generator.random() < 0.9}
        vectors |= {key: [1, 2, 2, 2, 2, 3] for key in saving.ACTION_RULES if generator.random() < 0.15}
        for key, counts in vectors.items():
            pool = sound + odd if generator.random() < 0.1 else sound
            array = [generator.choice(pool) for _ in range(generator.choice(counts))]
            options[key] = array[0] if counts[0] == 1 and generator.random() < 0.4 else array
        # Trained on raw states: for both of them, or the mean alone.
        if generator.random() < 0.1:
            options["state_mean"] = None
            if generator.random() < 0.5:
                options["state_std"] = None
        return options

    def test_numbers_read_back(self):
        generator = np.random.default_rng(13)
        for bits, dtype in ((np.uint32, np.float32), (np.uint64, np.float64)):
            values = generator.integers(0, np.iinfo(bits).max, 20000, bits, endpoint=True).view(dtype)
            values = values[np.isfinite(values)]
            text = saving.codegen_text({"state_mean": saving.plain(values), "return_scale": saving.plain(values[0])})
            read = json.loads(text)
            self.assertEqual(np.array(read["state_mean"], np.float64).astype(dtype).tobytes(), values.tobytes())
            self.assertEqual(dtype(read["return_scale"]), values[0])


# --- Model folders -----------------------------------------------------------------------------------------------


class Saving(InFolder):
    MEAN, STD = np.arange(STATES, dtype=np.float32) / 3, np.arange(1, STATES + 1, dtype=np.float32) / 7

    def save(self, name="Robot.dtmodel", model=None, **options):
        return save_for_dtgen(model or SavedModel(), self.folder / name, **options)

    def read(self, folder):
        return json.loads((folder / "codegen.json").read_text())

    def test_all_of_it_is_there(self):
        folder = self.save(
            mean=self.MEAN, std=self.STD, scale=1000, target_return=np.float32(0.1), window=20, action_scale=[2, 0.5],
            action_offset=-1, precision="int8", timestep_overflow="clamp")  # fmt: skip
        self.assertEqual(folder, self.folder / "Robot.dtmodel")
        self.assertEqual({path.name for path in folder.iterdir()}, {"config.json", "codegen.json", "model.safetensors"})
        self.assertEqual([path.name for path in self.folder.iterdir()], ["Robot.dtmodel"])
        options = self.read(folder)
        self.assertEqual(np.array(options.pop("state_mean"), np.float32).tobytes(), self.MEAN.tobytes())
        self.assertEqual(np.array(options.pop("state_std"), np.float32).tobytes(), self.STD.tobytes())
        self.assertEqual(options, {
            "window": 20, "return_scale": 1000, "target_return": float(np.float32(0.1)), "action_scale": [2, 0.5],
            "action_offset": -1, "precision": "int8", "timestep_overflow": "clamp"})  # fmt: skip

    def test_what_is_not_said_is_not_written(self):
        self.assertEqual(self.read(self.save()), {})

    def test_the_window_of_the_configuration(self):
        self.assertEqual(self.read(self.save(model=SavedModel(max_length=7))), {"window": 7})
        self.assertEqual(self.read(self.save("B.dtmodel", SavedModel(max_length=7), window=5)), {"window": 5})

    def test_what_is_refused_leaves_nothing(self):
        both = dict(mean=self.MEAN, std=self.STD)
        for pattern, options in [
            ("state_mean, state_std: found one of them; accepted: both", dict(mean=self.MEAN)),
            ("state_std: found 4 numbers; accepted: 5", dict(mean=self.MEAN, std=self.STD[:4])),
            (r"state_std\[0\]: found 0.0; accepted: a number above 0", both | dict(std=self.STD * 0)),
            (r"state_std\[4\]: found -1", both | dict(std=[1, 1, 1, 1, -1])),
            (r"state_std\[2\]: found 1e-46", both | dict(std=[1, 1, 1e-46, 1, 1])),
            (r"state_mean\[1\]: found NaN", both | dict(mean=[0, np.nan, 0, 0, 0])),
            (r"state_mean\[0\]: found Infinity", both | dict(mean=[np.inf] * 5)),
            ("state_mean: found 0.0; accepted: an array", both | dict(mean=0.0)),
            (r"state_mean\[0\]: found 5 numbers", both | dict(mean=[self.MEAN] * 5)),
            ("return_scale: found 0; accepted: a number above 0", dict(scale=0)),
            ("return_scale: found -1000", dict(scale=-1000)),
            ("return_scale: found true", dict(scale=True)),
            ("target_return: found 1" + "0" * 39, dict(target_return=10**39)),
            ("target_return: divided by return_scale", dict(target_return=1e30, scale=1e-20)),
            ("window: found 0; accepted: an integer from 1 to 4096", dict(window=0)),
            ("window: found 20.0", dict(window=20.0)),
            ("action_scale: found 3 numbers; accepted: 2", dict(action_scale=[1, 2, 3])),
            ("action_scale: found 0;", dict(action_scale=0)),
            (r"action_offset\[1\]: found NaN", dict(action_offset=[0, np.nan])),
            ("action_minimum: found a number above", dict(action_minimum=[0, 2], action_maximum=1)),
            ('precision: found "int4"; accepted: "float32"', dict(precision="int4")),
            ('taget_return: is no key of codegen.json; did you mean "target_return"', dict(taget_return=1)),
            ('temperature: is of numbered actions; accepted: beside "actions"', dict(temperature=2)),
        ]:
            with self.subTest(pattern):
                self.assertRefused(pattern, self.save, **options)

    def test_names_that_are_refused(self):
        for name in ("hopper.dtmodel", "Hopper", "Hop per.dtmodel", "1Hopper.dtmodel", ".dtmodel", "Höpper.dtmodel",
                     "Hopper.dtmodel.dtmodel", "Hopper.DTMODEL"):  # fmt: skip
            self.assertRefused("folder: found .*; accepted: <Name>.dtmodel", self.save, name)
        for name in ("State", "Array", "Self", "StepError"):
            self.assertRefused("is a name that Swift or generated code has", self.save, f"{name}.dtmodel")
        self.assertRefused("nowhere is no folder", self.save, "nowhere/Hopper.dtmodel")

    def test_models_that_are_refused(self):
        self.assertRefused("model: found object; accepted", self.save, model=object())
        self.assertRefused("model: found SavedModel; accepted", self.save, model=SavedModel(model_type="gpt2"))
        damaged = SavedModel(weights=[1, np.inf])
        self.assertRefused("not finite in embed_state.weight", self.save, model=damaged)
        self.assertRefused("not finite in embed_state.weight", self.save, model=SavedModel(weights=[1e39]))

    def test_every_problem_is_said_at_once(self):
        with self.assertRaises(Refused) as caught:
            self.save("hopper.dtmodel", scale=0, window=0, precison="int8")
        self.assertEqual(len(str(caught.exception).splitlines()), 4)

    def test_a_model_that_cannot_be_saved_leaves_nothing(self):
        class Full(SavedModel):
            def save_pretrained(self, folder):
                super().save_pretrained(folder)
                raise OSError("no space left on device")

        class Silent(SavedModel):
            def save_pretrained(self, folder):
                shutil.copy(self.source / "config.json", folder)

        for there in (False, True):
            if there:
                self.save(window=3)
            before = self.files()
            with self.assertRaises(OSError):
                self.save(model=Full(), overwrite=True)
            self.assertEqual(self.files(), before)
            self.assertRefused("writes no model.safetensors", self.save, model=Silent(), overwrite=True)

    def test_nothing_is_overwritten_unasked(self):
        folder = self.save(window=3)
        self.assertRefused("is there already; accepted: a name that is free, or overwrite=True", self.save, window=4)
        (self.folder / "File.dtmodel").touch()
        (self.folder / "Link.dtmodel").symlink_to(folder)
        for name in ("File.dtmodel", "Link.dtmodel"):
            self.assertRefused("is a link or a file", self.save, name, overwrite=True)

    def test_overwriting_replaces_the_model_and_keeps_the_rest(self):
        folder = self.save(window=3, precision="int8")
        others = ["README.md", "calibration.safetensors", "notes/a.txt", "model_card.md"]
        stale = ["pytorch_model.bin", "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model.pt"]
        (folder / "notes").mkdir()
        for name in others + stale:
            (folder / name).write_text(name)
        self.save(window=4, overwrite=True)
        self.assertEqual(self.read(folder), {"window": 4})
        self.assertEqual([(folder / name).read_text() for name in others], others)
        self.assertFalse([name for name in stale if (folder / name).exists()])
        self.assertEqual([path.name for path in self.folder.iterdir()], ["Robot.dtmodel"])

    def expected(self, count=3, **changes):
        generator = np.random.default_rng(19)
        return dict(
            states=generator.normal(size=(count, STATES)).astype(np.float32), rewards=[0, *generator.normal(size=count - 1)],
            actions=generator.uniform(-1, 1, size=(count, 2)).astype(np.float32)) | changes  # fmt: skip

    def test_expected_rows(self):
        rows = self.expected()
        folder = self.save(target_return=5, expected=rows)
        written = json.loads((folder / "expected.json").read_text())
        self.assertEqual(list(written), ["states", "rewards", "actions"])
        self.assertEqual(np.array(written["states"], np.float32).tobytes(), rows["states"].tobytes())
        self.assertEqual(self.read(folder), {"target_return": 5})
        folder = self.save("B.dtmodel", actions="discrete", expected=self.expected(
            actions=np.array([1, 0, 1]), target_return=np.float32(2), tolerance=0.5))  # fmt: skip
        written = json.loads((folder / "expected.json").read_text())
        self.assertEqual((written["actions"], written["target_return"], written["tolerance"]), ([1, 0, 1], 2, 0.5))
        # Others stay without new ones, and one file makes room for the other.
        (folder / "expected.json").rename(folder / "expected.safetensors")
        self.save("B.dtmodel", overwrite=True)
        self.assertTrue((folder / "expected.safetensors").exists())
        self.save("B.dtmodel", target_return=1, overwrite=True, expected=rows)
        self.assertFalse((folder / "expected.safetensors").exists())

    def test_expected_rows_that_are_refused(self):
        for pattern, changes in [
            ("expected: reward: is no key; accepted: target_return, states", dict(reward=[0])),
            (r"expected: states: found an array \[3, 4\]; accepted: \[T, 5\]", dict(states=np.zeros((3, 4)))),
            (r"expected: rewards: found an array \[2\]; accepted: \[T\]", dict(rewards=[0, 1])),
            (r"expected: actions\[1, 0\]: found nan; accepted: finite", dict(actions=[[0, 0], [np.nan, 0], [0, 0]])),
            (r"expected: actions: found an array \[0\]", dict(actions=None)),
            ("expected: tolerance: found 0; accepted: a number above 0", dict(tolerance=0)),
        ]:
            with self.subTest(pattern):
                self.assertRefused(pattern, self.save, target_return=5, expected=self.expected(**changes))
        self.assertRefused("expected: target_return: is missing", self.save, expected=self.expected())
        self.assertRefused("accepted: whole numbers from 0 to 1", self.save, actions="discrete", target_return=1,
                           expected=self.expected(actions=[0, 1, 2]))  # fmt: skip

    @needs_dtgen
    def test_dtgen_checks_expected_rows(self):
        folder = self.save(target_return=5, scale=1, expected=self.expected())
        answer = dtgen("generate", folder, "--output", self.folder / "out")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("Robot.dtmodel/expected.json: actions[0][0]: found ", answer.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_an_overwriting_that_fails_brings_the_old_folder_back(self):
        self.save(window=3)
        before, rename = self.files(), Path.rename

        def fail(path, target):
            if path.name.endswith(".unfinished"):
                raise OSError("the disk is gone")
            return rename(path, target)

        with unittest.mock.patch.object(Path, "rename", fail), self.assertRaises(OSError):
            self.save(window=4, overwrite=True)
        self.assertEqual(self.files(), before)

    @needs_dtgen
    def test_dtgen_has_the_same_numbers(self):
        generator = np.random.default_rng(14)
        mean, std = generator.normal(size=STATES), np.exp(generator.normal(size=STATES)).astype(np.float32)
        given = dict(window=5, target_return=np.pi, action_offset=[0.1, 0.2], action_scale=[-3, 0.7])
        folder = self.save(mean=mean, std=std, scale=1000 / 3, **given)
        answer = dtgen("generate", folder, "--output", self.folder / "out")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        answer = dtgen("check", folder, "--against", self.folder / "out")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        options = json.loads((self.folder / "out/.Robot.manifest.json").read_text())["options"]
        expected = given | {"state_mean": mean.tolist(), "state_std": std.tolist(), "return_scale": 1000 / 3}
        self.assertEqual({key: options[key] for key in expected}, expected)


# --- The command line --------------------------------------------------------------------------------------------


class CommandLine(InFolder):
    def setUp(self):
        super().setUp()
        states = np.random.default_rng(15).normal(size=(40, STATES)).astype(np.float32)
        terminals = np.zeros(40, bool)
        terminals[[9, 29]] = True
        np.savez(self.folder / "data.npz", observations=states, rewards=np.ones(40), terminals=terminals)
        self.numbers = statistics(self.folder / "data.npz")

    def run_program(self, *arguments, status=0):
        answer = program(*arguments, folder=self.folder)
        self.assertEqual(answer.returncode, status, answer.stdout + answer.stderr)
        return answer.stdout if status == 0 else answer.stderr

    def test_statistics(self):
        text = self.run_program("statistics", "data.npz")
        self.assertIn("data.npz: 30 states of 5 numbers, 10 left out\n", text)
        self.assertIn("returns of 2 episodes: mean 15, best 20\n", text)
        shown = json.loads(self.run_program("statistics", "data.npz", "--json"))
        self.assertEqual(shown, json.loads(json.dumps(self.numbers.as_json())))
        self.assertEqual(np.array(shown["state_std"], np.float32).tobytes(), self.numbers.std.tobytes())
        every = ("--unfinished", "--double", "--epsilon", "0", "--longest-episode", "5")
        shown = json.loads(self.run_program("statistics", "data.npz", "--json", *every))
        self.assertEqual((shown["states"], shown["episodes"], shown["epsilon"]), (40, 8, 0))

    def test_codegen_prints(self):
        text = self.run_program(
            "codegen", "data.npz", "--scale", "10", "--target", "best", "--window", "8", "--action-scale", "2,0.5",
            "--action-offset=-1", "--precision", "int8")  # fmt: skip
        self.assertEqual(json.loads(text), {
            "window": 8, "state_mean": self.numbers.mean.tolist(), "state_std": self.numbers.std.tolist(),
            "return_scale": 10, "target_return": 20, "action_scale": [2, 0.5], "action_offset": -1, "precision": "int8",
        })  # fmt: skip

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def test_codegen_merges_and_says_what_it_changed(self):
        path = self.write("Robot.dtmodel/codegen.json", '{"a_newer_key": [1e-5, "é"], "return_scale": 100, "window": 8}')
        arguments = ("codegen", "data.npz", "--scale", "1000", "--target", "mean", "--window", "8", "--output", path)
        self.assertEqual(self.run_program(*arguments).splitlines(), [
            str(path), "  kept     a_newer_key", "  changed  return_scale: 100, now 1000.0", "  kept     window",
            "  new      state_mean: 5 numbers", "  new      state_std: 5 numbers", "  new      target_return: 15.0",
        ])  # fmt: skip
        options = json.loads(path.read_text())
        self.assertEqual(list(options)[:3], ["a_newer_key", "return_scale", "window"])
        self.assertEqual(options["a_newer_key"], [1e-5, "é"])
        self.assertEqual(options["state_mean"], self.numbers.mean.tolist())
        written = path.read_bytes()
        self.run_program(*arguments)
        self.assertEqual(path.read_bytes(), written)
        self.assertEqual([entry.name for entry in path.parent.iterdir()], ["codegen.json"])

    def test_codegen_makes_the_file(self):
        (self.folder / "Robot.dtmodel").mkdir()
        self.run_program("codegen", "data.npz", "--scale", "1", "--output", "Robot.dtmodel/codegen.json")
        options = json.loads((self.folder / "Robot.dtmodel/codegen.json").read_text())
        self.assertEqual(set(options), {"state_mean", "state_std", "return_scale"})

    def test_what_is_refused_leaves_the_file(self):
        output = "Robot.dtmodel/codegen.json"
        for pattern, text, config, arguments in [
            ("--scale: is missing; accepted: what training divided", "{}", {}, []),
            (r"json: return_scale: found 0.0", "{}", {}, ["--scale", "0"]),
            (r"json: state_mean: found 5 numbers; accepted: 11", "{}", {"state_dim": 11}, ["--scale", "1"]),
            (r"json: action_scale: found 2 numbers; accepted: 3", "{}", {"act_dim": 3}, ["--scale", "1", "--action-scale", "1,2"]),
            ("json: has a key twice", '{"window": 1, "window": 2}', {}, ["--scale", "1"]),
            ("json: has NaN", '{"window": NaN}', {}, ["--scale", "1"]),
            ("json: is no JSON", "{", {}, ["--scale", "1"]),
            ("accepted: a JSON object", "[]", {}, ["--scale", "1"]),
            ("json: window: found 0", '{"window": 0}', {}, ["--scale", "1"]),
        ]:
            with self.subTest(pattern):
                self.write(output, text)
                self.write("Robot.dtmodel/config.json", json.dumps(config))
                before = self.files()
                error = self.run_program("codegen", "data.npz", "--output", output, *arguments, status=1)
                self.assertRegex(error, "^error: .*" + pattern)
                self.assertEqual(self.files(), before)
        error = self.run_program("codegen", "data.npz", "--scale", "1", "--output", "nowhere/codegen.json", status=1)
        self.assertIn("error: nowhere: is no folder; accepted: a model folder that is there", error)
        np.save(self.folder / "states.npy", np.random.default_rng(16).normal(size=(9, 2)))
        error = self.run_program("codegen", "states.npy", "--scale", "1", "--target", "best", status=1)
        self.assertIn("does not say what its best return is", error)

    def test_a_file_that_cannot_be_replaced_stays(self):
        path = self.write("Robot.dtmodel/codegen.json", '{"window": 8}')
        with unittest.mock.patch.object(os, "replace", side_effect=PermissionError(13, "Permission denied")):
            self.assertRefused("codegen.json: cannot be written: Permission denied", saving.write_whole, path, "{}")
        (self.folder / "Folder.dtmodel/codegen.json").mkdir(parents=True)
        output = ("--output", "Folder.dtmodel/codegen.json")
        self.assertIn("cannot be read", self.run_program("codegen", "data.npz", "--scale", "1", *output, status=1))

    def test_wrong_usage(self):
        for arguments in ([], ["statistics"], ["codegen", "data.npz", "--scale", "much"], ["guess", "data.npz"]):
            self.assertIn("usage:", self.run_program(*arguments, status=2))

    def test_help(self):
        for command in ([], ["statistics"], ["codegen"]):
            self.assertIn("usage:", self.run_program(*command, "--help"))

    def test_a_warning(self):
        np.save(self.folder / "still.npy", np.ones((4, 2)))
        answer = program("statistics", "still.npy", folder=self.folder)
        self.assertEqual(answer.returncode, 0)
        self.assertRegex(answer.stderr, r"^warning: numbers of the state that never change in the data: 0, 1\. ")

    @needs_dtgen
    def test_import_reads_the_statistics(self):
        (self.folder / "statistics.json").write_text(self.run_program("statistics", "data.npz", "--json"))
        snapshot, robot = self.folder / "snapshot", self.folder / "Robot.dtmodel"
        snapshot.mkdir()
        SavedModel().save_pretrained(snapshot)
        answer = dtgen(
            "import", snapshot, "--output", robot, "--statistics", self.folder / "statistics.json", "--set", "window=5",
            "--set", "return_scale=1", "--set", "target_return=null", "--set", "action_scale=1")  # fmt: skip
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        options = json.loads((robot / "codegen.json").read_text())
        self.assertEqual(options["state_mean"], self.numbers.mean.tolist())
        self.assertEqual(options["state_std"], self.numbers.std.tolist())


# --- transformers, and the documentation ---------------------------------------------------------------------------


def random_model(**config):
    """A small model of transformers', of a class made of it as training scripts have one."""
    import torch
    import transformers

    class TrainableDT(transformers.DecisionTransformerModel):
        pass

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.manual_seed(1)
    sizes = dict(state_dim=11, act_dim=3, hidden_size=16, n_layer=2, n_head=2, max_ep_len=100, bos_token_id=None,
                 eos_token_id=None)  # fmt: skip
    return TrainableDT(transformers.DecisionTransformerConfig(**(sizes | config)))


def own_loop(model, numbers, states, rewards, target, scale, window):
    """The actions of an episode, each predicted from the last steps and put into the history."""
    import torch

    inputs = torch.tensor((states - numbers.mean) / numbers.std, dtype=torch.float32)
    tokens, actions = [target / scale], torch.zeros(len(states), 3)
    for step in range(len(states)):
        if step > 0:
            tokens.append(tokens[-1] - rewards[step] / scale)
        seen = slice(max(0, step + 1 - window), step + 1)
        with torch.no_grad():
            predicted = model(
                states=inputs[None, seen], actions=actions[None, seen], rewards=None,
                returns_to_go=torch.tensor(tokens[seen], dtype=torch.float32)[None, :, None],
                timesteps=torch.arange(step + 1)[None, seen], attention_mask=torch.ones(1, seen.stop - seen.start),
            ).action_preds  # fmt: skip
        actions[step] = predicted[0, -1]
    return actions.numpy()


@needs_transformers
class Transformers(InFolder):
    def setUp(self):
        super().setUp()
        warnings.simplefilter("ignore")  # What transformers has to say.
        self.states = np.random.default_rng(17).normal(3, 5, size=(500, 11)).astype(np.float32)

    def save(self, model, **options):
        numbers = statistics(self.states)
        return save_for_dtgen(
            model, self.folder / "Hopper.dtmodel", mean=numbers.mean, std=numbers.std, scale=100, target_return=360,
            window=6, **options)  # fmt: skip

    def test_the_weights_are_the_models(self):
        import torch
        import transformers

        model = random_model()
        folder = self.save(model, action_scale=[1, 2, 0.5])
        self.assertEqual({path.name for path in folder.iterdir()} & {"config.json", "codegen.json", "model.safetensors"},
                         {"config.json", "codegen.json", "model.safetensors"})  # fmt: skip
        read = transformers.DecisionTransformerModel.from_pretrained(folder)
        for name, tensor in model.state_dict().items():
            self.assertTrue(torch.equal(read.state_dict()[name], tensor), name)

    def test_what_is_refused_leaves_nothing(self):
        import torch

        model = random_model()
        self.assertRefused("action_scale: found 2 numbers; accepted: 3", self.save, model, action_scale=[1, 2])
        with torch.no_grad():
            model.embed_state.weight[3, 2] = np.nan
        self.assertRefused("not finite in embed_state.weight", self.save, model)
        self.assertRefused("found GPT2Model", self.save, self.gpt2())

    def gpt2(self):
        import transformers

        return transformers.GPT2Model(transformers.GPT2Config(n_embd=8, n_layer=1, n_head=1, vocab_size=9))

    @needs_dtgen
    def test_dtgen_accepts_it(self):
        folder = self.save(random_model(), action_scale=2, precision="bfloat16")
        answer = dtgen("inspect", folder)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertRegex(answer.stdout, r"state +11, normalised\n")
        self.assertRegex(answer.stdout, r"return scale +100\.0\n")
        self.assertEqual(dtgen("generate", folder, "--output", self.folder / "out").returncode, 0)
        answer = dtgen("check", folder, "--against", self.folder / "out")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))

    @needs_dtgen
    def test_dtgen_has_the_actions_of_the_scripts_own_loop(self):
        import torch

        model, numbers = random_model().eval(), statistics(self.states)
        with torch.no_grad():  # A trained model's returns matter.
            for tensor in model.parameters():
                tensor.mul_(4)
        states, rewards = self.states[:10], np.linspace(0, 9, 10, dtype=np.float32)
        rows = dict(states=states, rewards=rewards, actions=own_loop(model, numbers, states, rewards, 360, 100, 6))
        self.save(model, expected=rows)
        answer = dtgen("inspect", self.folder / "Hopper.dtmodel")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertRegex(answer.stdout, r"expected rows +10 of expected\.json checked, off by at most \d\.\de-0[6-9]\n")
        # Any other statistics are found out, in every precision.
        for precision in ("float32", "bfloat16", "int16", "int8"):
            for change in (dict(mean=numbers.mean + 1), dict(std=numbers.std * 2), dict(scale=1000), dict(action_scale=2)):
                given = dict(mean=numbers.mean, std=numbers.std, scale=100, target_return=360, window=6) | change
                save_for_dtgen(model, self.folder / "Hopper.dtmodel", precision=precision, expected=rows, overwrite=True,
                               **given)  # fmt: skip
                answer = dtgen("inspect", self.folder / "Hopper.dtmodel")
                self.assertEqual(answer.returncode, 1, change)
                self.assertIn("expected.json: actions[0][0]: found ", answer.stderr, change)

    @needs_dtgen
    def test_dtgen_computes_what_transformers_does(self):
        folder = self.save(random_model(), action_scale=[1, 2, 0.5], action_offset=0.25)
        recorder = REPOSITORY / "Tests/Tools/Oracle/record_checkpoint.py"
        golden = self.folder / "golden.safetensors"
        command = [sys.executable, recorder, folder, "--output", golden]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        answer = dtgen("compare", folder, "--golden", golden)
        self.assertIn("equal within tolerance", answer.stdout, answer.stdout + answer.stderr)


class Documentation(InFolder):
    """Lines of the article, found by the comment above them."""

    # used by: Tests/Checks/Python/test_save_for_dtgen.py as the end of a training script
    def test_the_end_of_a_training_script(self):
        article = (ARTICLES / "FromTrainingToDeployment.md").read_text()
        marker = "<!-- used by: Tests/Checks/Python/test_save_for_dtgen.py as the end of a training script -->"
        self.assertEqual(article.count(marker), 1)
        lines = re.match(r"\n```python\n(.*?)```\n", article.split(marker)[1], re.DOTALL)[1]
        states = np.random.default_rng(18).normal(size=(30, 11)).astype(np.float32)
        episodes = [dict(observations=states, rewards=np.ones(30, np.float32))]
        (self.folder / "hopper-medium-v2.pkl").write_bytes(pickle.dumps(episodes))
        source = REPOSITORY / "Sources/hopper/Hopper.dtmodel"
        model = SavedModel(source, state_dim=11, act_dim=3)
        with self.in_folder(), contextlib.redirect_stdout(io.StringIO()):
            exec(lines, {"model": model})
        options = json.loads((self.folder / "Hopper.dtmodel/codegen.json").read_text())
        self.assertEqual(options["state_mean"], states.mean(axis=0).tolist())

    @contextlib.contextmanager
    def in_folder(self):
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            yield
        finally:
            os.chdir(before)


if __name__ == "__main__":
    unittest.main()
