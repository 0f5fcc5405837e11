"""The machine that containers share: a node of the cluster, with its kernel, processors, memory and disk.

Texts have the form that Linux 6.1, procps 4.0, net-tools 2.10 and BusyBox 1.35 give them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tutor.engine.network.trace import Client

LAPTOP_ADDRESS: Final = "192.0.2.77"
KERNEL: Final = "6.1.0-37-amd64"
KERNEL_VERSION: Final = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)"
PROCESSORS: Final = 4
LOAD: Final = ("0.08", "0.03", "0.01")
"""Load averages of the last 1, 5 and 15 minutes."""


@dataclass(frozen=True)
class Memory:
    """Memory in kilobytes.

    Args:
        total: all there is.
        used: used by programs.
        shared: shared between them.
        buffers: buffers of the kernel.
        cached: the page cache.
    """

    total: int = 8_142_312
    used: int = 1_530_240
    shared: int = 3_120
    buffers: int = 86_400
    cached: int = 2_128_000

    @property
    def free(self) -> int:
        """Unused."""
        return self.total - self.used - self.buffers - self.cached

    @property
    def available(self) -> int:
        """What a new program could have."""
        return self.total - self.used


MEMORY: Final = Memory()


@dataclass(frozen=True)
class Mount:
    """One mounted file system.

    Args:
        device: what is mounted.
        path: where.
        kind: its type.
        options: how.
        size: kilobytes it has; 0 for one that holds no files.
        used: kilobytes in use.
    """

    device: str
    path: str
    kind: str
    options: str
    size: int = 0
    used: int = 0


DISK_SIZE, DISK_USED = 61_611_820, 9_412_340
CONTAINER_MOUNTS: Final = (
    Mount("overlay", "/", "overlay", "rw,relatime", DISK_SIZE, DISK_USED),
    Mount("proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"),
    Mount("tmpfs", "/dev", "tmpfs", "rw,nosuid,size=65536k,mode=755,inode64", 65_536),
    Mount("devpts", "/dev/pts", "devpts", "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666"),
    Mount("mqueue", "/dev/mqueue", "mqueue", "rw,nosuid,nodev,noexec,relatime"),
    Mount("sysfs", "/sys", "sysfs", "ro,nosuid,nodev,noexec,relatime"),
    Mount("cgroup", "/sys/fs/cgroup", "cgroup2", "ro,nosuid,nodev,noexec,relatime"),
    Mount("/dev/sda1", "/etc/hosts", "ext4", "rw,relatime", DISK_SIZE, DISK_USED),
    Mount("/dev/sda1", "/etc/hostname", "ext4", "rw,relatime", DISK_SIZE, DISK_USED),
    Mount("/dev/sda1", "/etc/resolv.conf", "ext4", "rw,relatime", DISK_SIZE, DISK_USED),
    Mount("shm", "/dev/shm", "tmpfs", "rw,nosuid,nodev,noexec,relatime,size=65536k,inode64", 65_536),  # noqa: S108
    Mount(
        "tmpfs",
        "/run/secrets/kubernetes.io/serviceaccount",
        "tmpfs",
        "ro,relatime,size=7884168k,inode64,noswap",
        7_884_168,
        12,
    ),
)
"""What is mounted in a container, in the order of /proc/mounts."""
HOST_MOUNTS: Final = (
    Mount("/dev/sda1", "/", "ext4", "rw,relatime,errors=remount-ro", DISK_SIZE, DISK_USED),
    Mount("proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"),
    Mount("sysfs", "/sys", "sysfs", "rw,nosuid,nodev,noexec,relatime"),
    Mount("udev", "/dev", "devtmpfs", "rw,nosuid,relatime,size=4026740k,nr_inodes=1006685,mode=755", 4_026_740),
    Mount("tmpfs", "/run", "tmpfs", "rw,nosuid,nodev,noexec,relatime,size=814232k,mode=755,inode64", 814_232, 1_020),
)


def mounts(is_host: bool) -> tuple[Mount, ...]:
    """What is mounted on the learner's own computer, or in a container."""
    return HOST_MOUNTS if is_host else CONTAINER_MOUNTS


def address_of(client: Client) -> str:
    """The address of the interface by which a client reaches others."""
    return LAPTOP_ADDRESS if client.is_host else client.ip


def hardware_address(address: str) -> str:
    """The hardware address that a container with this IP address has: `0a:58:0a:f4:01:02`."""
    return "0a:58:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def gateway_of(address: str) -> str:
    """The first address of an address's network of 24 bits, through which everything else is reached."""
    return address.rpartition(".")[0] + ".1"
