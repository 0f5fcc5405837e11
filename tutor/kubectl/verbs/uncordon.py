"""`kubectl uncordon`: a node gets new Pods again.

Source: pkg/cmd/drain/drain.go of https://github.com/kubernetes/kubectl.
"""

from __future__ import annotations

from tutor.kubectl.cordoning import command

COMMAND = command("uncordon", "Mark node as schedulable", unschedulable=False)
