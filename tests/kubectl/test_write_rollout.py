"""`kubectl rollout`."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl
from tutor.engine.objects import Object, field
from tutor.kubectl.verbs.rollout import rollout_status

TEMPLATE = """\
deployment.apps/web with revision #1
Pod Template:
  Labels:	app=web
	pod-template-hash=HASH
  Containers:
   nginx:
    Image:	nginx:1.27
    Port:	80/TCP
    Host Port:	0/TCP
    Environment:	<none>
    Mounts:	<none>
  Volumes:	<none>
  Node-Selectors:	<none>
  Tolerations:	<none>

"""


@pytest.fixture
async def web(kubectl: Kubectl) -> Kubectl:
    """A Deployment of two revisions."""
    await kubectl("create deployment web --image=nginx:1.27 --port=80 --replicas=2")
    await kubectl("set image deploy/web nginx=nginx:1.28")
    return kubectl


def image(kubectl: Kubectl) -> str:
    deployment = kubectl.cluster.store.get("Deployment", "default", "web")
    assert deployment is not None
    return str(field(deployment, "spec.template.spec.containers")[0]["image"])


async def test_undo_goes_back_and_makes_a_new_revision(web: Kubectl) -> None:
    assert (await web("rollout undo deploy/web")).stdout == "deployment.apps/web rolled back\n"
    assert image(web) == "nginx:1.27"
    assert (await web("rollout history deploy/web")).stdout == (
        "deployment.apps/web \nREVISION  CHANGE-CAUSE\n2         <none>\n3         <none>\n\n"
    )
    assert (await web("rollout undo deploy/web --to-revision=2")).rc == 0
    assert image(web) == "nginx:1.28"
    assert (await web("rollout undo deploy/web --to-revision=4")).stdout == (
        "deployment.apps/web skipped rollback (current template already matches revision 4)\n"
    )


async def test_one_revision_in_detail(web: Kubectl) -> None:
    (name,) = [
        replica_set["metadata"]["labels"]["pod-template-hash"]
        for replica_set in web.cluster.store.list("ReplicaSet", "default")
        if replica_set["spec"]["replicas"] == 0
    ]
    assert (await web("rollout history deploy/web --revision=1")).stdout == TEMPLATE.replace("HASH", name)


async def test_status_tells_how_far_it_is_until_it_is_done(web: Kubectl) -> None:
    await web("set image deploy/web nginx=nginx:1.26", settle=False)
    result = await web("rollout status deploy/web", settle=False)
    lines = result.stdout.splitlines()
    assert lines[-1] == 'deployment "web" successfully rolled out'
    assert len(lines) > 1
    assert all(line.startswith('Waiting for deployment "web" rollout to finish: ') for line in lines[:-1])


async def test_status_of_what_never_comes(web: Kubectl) -> None:
    await web("set image deploy/web nginx=nope/nope", settle=False)
    result = await web("rollout status deploy/web --timeout=5s", settle=False)
    assert (result.stderr, result.rc) == ("error: timed out waiting for the condition\n", 1)
    assert (await web("rollout status deploy/web --watch=false")).rc == 0


def _deployment(wanted: int, **status: int) -> Object:
    return {
        "metadata": {"name": "web", "generation": 1},
        "spec": {"replicas": wanted},
        "status": {"observedGeneration": 1, **status},
    }


@pytest.mark.parametrize(
    ("deployment", "text"),
    [
        (_deployment(3, replicas=3, updatedReplicas=1), "1 out of 3 new replicas have been updated..."),
        (_deployment(2, replicas=3, updatedReplicas=2), "1 old replicas are pending termination..."),
        (
            _deployment(2, replicas=2, updatedReplicas=2, availableReplicas=1),
            "1 of 2 updated replicas are available...",
        ),
    ],
)
def test_what_a_rollout_waits_for(deployment: Object, text: str) -> None:
    assert rollout_status(deployment) == (f'Waiting for deployment "web" rollout to finish: {text}\n', False)


async def test_restart_replaces_the_pods(web: Kubectl) -> None:
    before = (await web("get pods -o name")).stdout
    web.cluster.advance(5)
    assert (await web("rollout restart deploy/web")).stdout == "deployment.apps/web restarted\n"
    assert not set(before.split()) & set((await web("get pods -o name")).stdout.split())


async def test_pause_and_resume(web: Kubectl) -> None:
    assert (await web("rollout pause deploy/web")).stdout == "deployment.apps/web paused\n"
    assert (await web("rollout pause deploy/web")).stderr == 'error: deployments.apps "web" is already paused\n'
    assert (await web("rollout restart deploy/web")).stderr == (
        'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)\n'
    )
    assert (await web("rollout undo deploy/web")).stderr == (
        "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again\n"
    )
    assert (await web("rollout resume deploy/web")).stdout == "deployment.apps/web resumed\n"
    assert (await web("rollout resume deploy/web")).stderr == 'error: deployments.apps "web" is not paused\n'


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("status", "required resource not specified"),
        ("status svc/kubernetes", "no status viewer has been implemented for Service"),
        ("history svc/kubernetes",
         'error retrieving history for "Service", no visitor method exists for { Service}'),
        ("undo svc/kubernetes",
         'error retrieving rollbacker for "Service", no visitor method exists for { Service}'),
        ("history deploy/web --revision=9", "unable to find the specified revision"),
        ("undo deploy/web --to-revision=9", "unable to find specified revision 9 in history"),
        ("restart svc/kubernetes", 'services "kubernetes" restarting is not supported'),
    ],
)  # fmt: skip
async def test_slips(web: Kubectl, words: str, message: str) -> None:
    result = await web(f"rollout {words}")
    assert (result.stderr, result.rc) == (f"error: {message}\n", 1)
