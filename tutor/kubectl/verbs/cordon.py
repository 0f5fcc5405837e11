"""`kubectl cordon`: a node gets no new Pods.

Source: pkg/cmd/drain/drain.go of https://github.com/kubernetes/kubectl.
"""

from __future__ import annotations

from tutor.kubectl.cordoning import command

COMMAND = command("cordon", "Mark node as unschedulable", unschedulable=True)
