"""ServiceAccounts, as far as Pods show one.

Source: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/service-account-v1/
"""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import Clock
from tutor.engine.kinds.base import Kind, age_of, columns
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import SERVICE_ACCOUNT


def _cells(account: Object, clock: Clock) -> tuple[str, ...]:
    return name_of(account), str(len(account.get("secrets") or ())), age_of(account, clock)


KIND: Final = Kind(SERVICE_ACCOUNT, columns("Name", "Secrets", "Age"), _cells)
