"""Small lessons for tests."""

from __future__ import annotations

from pathlib import Path

from tutor.course.loader import load_lesson
from tutor.course.schema import Lesson

HEAD = """\
format: 1
id: trial
title: A trial
minutes: 3
"""
DEPLOYMENT = """\
files:
  web.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
      selector:
        matchLabels: {app: web}
      template:
        metadata:
          labels: {app: web}
        spec:
          containers:
            - name: nginx
              image: nginx:1.14.2
cluster: {apply: [web.yaml], next_cluster_ips: [10.254.7.7]}
"""
STEPS = """\
steps:
  - id: intro
    kind: read
    body: Hello.
  - id: guess
    kind: predict
    question: How many?
    options:
      - {text: One, why: No.}
      - {text: Two, right: true, why: Yes.}
    then: [kubectl scale deployment web --replicas=3]
    reveal: {object: deployment/web, path: spec.replicas}
  - id: expose
    kind: task
    title: Expose it
    until:
      all:
        - {exists: service/web, else: There is no Service web yet.}
        - {endpoints: {service: web, ready: 3}, else: It has no three ready endpoints.}
    hints:
      - {text: kubectl expose makes a Service.}
      - {when: {exists: service/wbe}, text: The name is misspelt.}
      - {command: kubectl expose deployment web --port=80}
    solve: [kubectl expose deployment web --port=80]
    alternatives: [[kubectl create service clusterip web --tcp=80]]
    wrong:
      - {do: [kubectl expose deployment web --port=80 --name=wbe], expect: There is no Service web yet.}
    explain: Because.
  - id: address
    kind: observe
    ask: What is the address of web?
    answer: {object: service/web, path: spec.clusterIP}
  - id: recap
    kind: quiz
    question: Which are kinds?
    options:
      - {text: Service, right: true, why: It is.}
      - {text: Pod, right: true, why: It is.}
      - {text: Curl, why: It is a program.}
"""


def written(folder: Path, text: str, name: str = "trial.yaml") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def lesson_of(folder: Path, text: str = HEAD + DEPLOYMENT + STEPS) -> Lesson:
    """The lesson in a text that has nothing wrong with it."""
    loaded = load_lesson(written(folder, text))
    assert loaded.problems == ()
    assert loaded.lesson is not None
    return loaded.lesson
