"""The plot names what is measured and what each ratio is a ratio to. Standard library only."""

import unittest
from xml.etree import ElementTree

import plot


def figures(p50, **more):
    return {"p50": p50, "p99": 1.5 * p50, "rounds": [{"p50": p50}], **more}


def peer(name, p50, form="window", precision="float32"):
    return figures(p50, name=name, form=form, precision=precision)


def texts(results):
    root = ElementTree.fromstring(plot.svg(results))
    return [element.text for element in root.iter() if element.tag.endswith("}text")]


class Plot(unittest.TestCase):
    peers = [peer("Slow", 900), peer("Fast & small", 300), peer("Handed", 50, form="cached")]

    def ours(self, precision="float32"):
        return [
            figures(25, precision=precision, phase="act"),
            figures(300, precision=precision, phase="act+prepare"),
        ]

    def test_rows_have_the_name_of_the_project(self):
        found = texts({"ours": self.ours(), "peers": self.peers})
        self.assertEqual(found.count("DecisionTransformer, act f32"), 2)
        self.assertEqual(found.count("DecisionTransformer, act+prepare f32"), 1)
        self.assertFalse([text for text in found if "ours" in text.lower().split(",")])

    def test_a_ratio_says_what_it_is_a_ratio_to(self):
        found = texts({"ours": self.ours(), "peers": self.peers})
        for words in ["300 · 12.0 × act f32", "900 · 36.0 × act f32", "50.0 · 2.0 × act f32"]:
            self.assertIn(words, found)
        self.assertIn("× act f32: times as long as DecisionTransformer, act f32", found[-1])

    def test_of_another_precision_it_says_so(self):
        found = texts({"ours": self.ours("bfloat16"), "peers": self.peers})
        self.assertIn("900 · 36.0 × act bf16", found)

    def test_without_ours_the_fastest_of_each_group_is_named(self):
        found = texts({"ours": [], "peers": self.peers})
        self.assertIn("900 · 3.0 × Fast & small f32", found)
        self.assertIn("50.0 · 1.0 × Handed f32", found)

    def test_of_nothing_there_is_an_empty_plot(self):
        self.assertEqual(len(texts({"ours": [], "peers": []})), 1)


if __name__ == "__main__":
    unittest.main()
