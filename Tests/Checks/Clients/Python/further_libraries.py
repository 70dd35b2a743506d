"""The libraries of several agents, of forward and of trunks, and what the program in C has answered.

The environment variable CLIENTS_FOLDER is the folder where `dtgen library` wrote them; check.sh sets it.
"""

import os
import sys
import unittest
from pathlib import Path

import numpy as np

from decision_transformer import ControllerError
from safetensors_file import REPOSITORY

if "CLIENTS_FOLDER" not in os.environ:
    sys.exit("CLIENTS_FOLDER: not set; check.sh sets it")
FOLDER = Path(os.environ["CLIENTS_FOLDER"])
GOLDENS = REPOSITORY / "Tests/Data/Goldens"


def library(name):
    """The path of a model's library, by the prefix of its functions."""
    return FOLDER / f"lib{name}.so"


class FurtherTest(unittest.TestCase):
    def assert_answers(self, name, arrays):
        """The numbers have the bits that the program in C has written, if it has run."""
        path = FOLDER / f"{name}.answers"
        if not path.exists():
            self.skipTest(f"{path} is not there: Tests/Checks/Clients/check.sh writes it")
        self.assertEqual(b"".join(array.tobytes() for array in arrays), path.read_bytes())

    def refused(self, status, message, call, index=None, agent=None):
        with self.assertRaises(ControllerError) as caught:
            call()
        error = caught.exception
        self.assertEqual(
            (error.status, error.message, error.index, error.agent), (status, message, index, agent))

    def wrong(self, kind, message, call):
        """Refused by the client: of an array C could not have noticed it."""
        with self.assertRaises(kind) as caught:
            call()
        self.assertEqual(str(caught.exception), message)


def same_bits(left, right):
    return np.asarray(left).tobytes() == np.asarray(right).tobytes()
