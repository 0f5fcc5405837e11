"""Tab completion."""

import pytest


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("kubec", ("kubectl",)),
        ("cat ngi", ("nginx-clusterip.yaml", "nginx-deployment.yaml")),
        ("cat d/e", ("d/e/",)),
        ("cat ~/d/", ("~/d/e/",)),
        ("echo $HOM", ("$HOME",)),
        ("echo ${HOM", ("${HOME}",)),
        ("ls | gre", ("grep",)),
        ("kubectl descr", ("describe",)),
        ("k descr", ("describe",)),
        ("kubectl get node node-", ("node-1", "node-2", "node-3")),
        ("kubectl apply -f nginx-c", ("nginx-clusterip.yaml",)),
        ("FOO=1 kubec", ("kubectl",)),
    ],
)
async def test_words_are_completed(simulation, text, candidates):
    await simulation.terminal.submit("mkdir -p d/e")
    completion = simulation.terminal.complete(text, len(text))
    assert completion.candidates == candidates
    assert candidates[0].startswith(text[completion.start :])
