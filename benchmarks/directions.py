"""Direction of effect on Evidence Inference.

Run as `python -m benchmarks.directions --data ../shared/data`. Given an abstract and a prompt
(outcome, intervention, comparator), the answer is increased, decreased or no difference. A fifth of
the abstracts, by hash of their id (`result_data.held`), is the dev part: measured, never tuned on.
Settings were chosen by cross-validation over the abstracts of the rest. ``--write`` puts the heads
`compared` and `evidence` into the packaged model.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import result_data, train_results
from benchmarks.result_data import Prompt
from benchmarks.train_results import Examples, fit
from community.results import compared, endpoints, linear, telling
from community.results.compared import CHANGES

VOCABULARY = endpoints.packaged()
STRENGTH = 0.15
BEST = 2  # sentences of the abstract that are read where no evidence is given


def asked(prompt: Prompt) -> compared.Prompt:
    return compared.Prompt(
        outcome=prompt.outcome, intervention=prompt.intervention, comparator=prompt.comparator
    )


def examples(prompts: Sequence[Prompt], texts: Sequence[str]) -> Examples:
    """What the head of direction learns from: each prompt with a passage."""
    keys = [
        compared.keys(text, asked(prompt), VOCABULARY)
        for prompt, text in zip(prompts, texts, strict=True)
    ]
    dense = [telling.embedded(telling.bare(text[:700])) * compared.SHARE for text in texts]
    scales = np.array([compared.scale(k) for k in keys])
    labels = [prompt.label for prompt in prompts]
    return Examples(keys, scales, np.array(dense), labels, np.ones(len(keys)))


def ranking(prompts: Sequence[Prompt]) -> Examples:
    """What the head of evidence learns from: each sentence of the abstract, with the prompt."""
    rows, labels = [], []
    for prompt in prompts:
        rows.append(compared.clues(prompt.sentences, asked(prompt), VOCABULARY))
        labels += ["yes" if shows(text, prompt) else "no" for text in prompt.sentences]
    dense = np.vstack(rows)
    weights = np.where(np.array(labels) == "yes", 3.0, 1.0)
    return Examples([["#"]] * len(labels), np.ones(len(labels)), dense, labels, weights)


def shows(text: str, prompt: Prompt) -> bool:
    """Whether a sentence is (part of) the evidence that annotators marked."""
    return text in prompt.evidence or prompt.evidence in text or text[:50] in prompt.evidence


def found(prompt: Prompt) -> tuple[str, int]:
    """The passage that we take for the evidence, and the place of its best sentence."""
    ranked = compared.evidence(prompt.sentences, asked(prompt), VOCABULARY)
    if not ranked:
        return "", -1
    best = [n for n, chance in ranked[:BEST] if chance >= 0.5 * ranked[0][1]]
    return " ".join(prompt.sentences[n] for n in best), ranked[0][0]


def figures(truth: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
    """Accuracy with an interval by bootstrap over prompts, macro-F1 and recall per class."""
    from sklearn.metrics import f1_score, recall_score

    right = np.array([t == g for t, g in zip(truth, given, strict=True)])
    rng = np.random.default_rng(0)
    again = [right[rng.integers(0, len(right), len(right))].mean() for _ in range(1000)]
    each = recall_score(truth, given, labels=CHANGES, average=None, zero_division=0)
    macro = f1_score(truth, given, labels=CHANGES, average="macro", zero_division=0)
    return {
        "n": len(truth),
        "accuracy": round(float(right.mean()), 3),
        "interval": [round(float(np.quantile(again, q)), 3) for q in (0.025, 0.975)],
        "macro-F1": round(float(macro), 3),
        "recall": {name: round(float(r), 2) for name, r in zip(CHANGES, each, strict=True)},
    }


def words_alone(train: Sequence[Prompt], texts: Sequence[str], test: Sequence[str]) -> list[str]:
    """The plain rival: TF-IDF of words and pairs under a logistic head."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    counter = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    model = LogisticRegression(C=5, max_iter=2000)
    model.fit(counter.fit_transform(texts), [p.label for p in train])
    return [str(label) for label in model.predict(counter.transform(test))]


def answers(head: linear.Head, data: Examples) -> list[str]:
    chances = head.chances(data.keys, data.scales, data.dense)
    return [CHANGES[n] for n in chances.argmax(axis=1)]


def crossed(prompts: Sequence[Prompt], strength: float) -> dict[str, Any]:
    """Five folds over abstracts of the training part, with the evidence given."""
    names = sorted({p.abstract for p in prompts})
    fold = {name: n % 5 for n, name in enumerate(np.random.RandomState(0).permutation(names))}
    data = examples(prompts, [p.evidence for p in prompts])
    given = [""] * len(prompts)
    for k in range(5):
        rest = [n for n, p in enumerate(prompts) if fold[p.abstract] != k]
        mine = [n for n, p in enumerate(prompts) if fold[p.abstract] == k]
        head = fit(data.only(rest), CHANGES, strength)
        for n, answer in zip(mine, answers(head, data.only(mine)), strict=True):
            given[n] = answer
    return figures([p.label for p in prompts], given)


def measure(folder: Path, write: bool) -> dict[str, Any]:
    prompts = result_data.prompts(folder)
    train = [p for p in prompts if not result_data.held(p.abstract)]
    dev = [p for p in prompts if result_data.held(p.abstract)]
    heads = dict(linear.packaged())
    heads["evidence"] = fit(ranking(train), ("yes", "no"), 1.0, least=1)
    train_results.use(heads)
    ours = [found(p)[0] for p in train]
    both = examples([*train, *train], [*(p.evidence for p in train), *ours])
    heads["compared"] = fit(both, CHANGES, STRENGTH)
    train_results.use(heads)
    told: dict[str, Any] = {"five folds of the rest, evidence given": crossed(train, STRENGTH)}
    truth = [p.label for p in dev]
    most = Counter(p.label for p in train).most_common(1)[0][0]
    told["dev, majority"] = figures(truth, [most] * len(dev))
    given = [p.evidence for p in dev]
    rival = words_alone(train, [p.evidence for p in train], given)
    told["dev, TF-IDF head, evidence given"] = figures(truth, rival)
    told["dev, ours, evidence given"] = figures(
        truth, answers(heads["compared"], examples(dev, given))
    )
    spots = [found(p) for p in dev]
    passages = [passage for passage, _ in spots]
    rival = words_alone(train, ours, passages)
    told["dev, TF-IDF head, evidence found"] = figures(truth, rival)
    told["dev, ours, evidence found"] = figures(
        truth, answers(heads["compared"], examples(dev, passages))
    )
    first = [n >= 0 and shows(p.sentences[n], p) for p, (_, n) in zip(dev, spots, strict=True)]
    told["dev, best sentence is evidence"] = {
        "n": len(dev),
        "share": round(sum(first) / len(dev), 3),
    }
    if write:
        train_results.save(heads, {"directions": told})
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--write", action="store_true", help="write heads and figures")
    options = parser.parse_args()
    for name, row in measure(options.data, options.write).items():
        print(f"{name:40} {row}")


if __name__ == "__main__":
    main()
