"""What `/proc` shows on a computer: as much of proc(5) as a learner meets there.

The files are made anew for a line that speaks of `/proc`; they are part of no snapshot.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from tutor.engine.cluster import Cluster
from tutor.engine.sockets import LOCALHOST_6, is_ipv4
from tutor.shell.computer import Computer
from tutor.shell.machine import (
    KERNEL,
    KERNEL_VERSION,
    LOAD,
    MEMORY,
    PROCESSORS,
    address_of,
    gateway_of,
    hardware_address,
    mounts,
)

_ALL_6: Final = "0" * 32
_LOCAL_6: Final = "00000000000000000000000001000000"
PID: Final = 43
"""The process that looks: what `/proc/self` is."""
_FLAGS: Final = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx "
    "rdtscp lm constant_tsc rep_good nopl xtopology nonstop_tsc cpuid pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 "
    "popcnt aes xsave avx f16c rdrand hypervisor lahf_lm abm bmi1 avx2 bmi2"
)
_FILE_SYSTEMS: Final = (
    "nodev\tsysfs\nnodev\ttmpfs\nnodev\tbdev\nnodev\tproc\nnodev\tcgroup\nnodev\tcgroup2\nnodev\tdevtmpfs\n"
    "nodev\tmqueue\nnodev\tdevpts\n\text3\n\text4\nnodev\toverlay\n"
)
_SETTINGS: Final = {
    "kernel/ostype": "Linux",
    "kernel/osrelease": KERNEL,
    "kernel/version": KERNEL_VERSION,
    "kernel/pid_max": "4194304",
    "kernel/threads-max": "62889",
    "net/core/somaxconn": "4096",
    "net/ipv4/ip_forward": "1",
    "net/ipv4/ip_local_port_range": "32768\t60999",
    "net/ipv4/tcp_fin_timeout": "60",
    "net/ipv4/tcp_keepalive_time": "7200",
    "net/ipv4/tcp_syn_retries": "6",
    "net/ipv6/conf/all/disable_ipv6": "1",
    "vm/max_map_count": "65530",
    "vm/overcommit_memory": "1",
    "vm/swappiness": "60",
    "fs/file-max": "9223372036854775807",
}


def refresh(computer: Computer, cluster: Cluster) -> None:
    """Write the files of a computer's `/proc`."""
    raw = computer.disk.raw
    made = set[str]()
    for name, text in proc_files(computer, cluster).items():
        path = f"/proc/{name}"
        folder = posixpath.dirname(path)
        if folder not in made:
            raw.mkdir(folder, recursive=True)
            made.add(folder)
        raw.write_file(path, text.encode())


def proc_files(computer: Computer, cluster: Cluster) -> Mapping[str, str]:
    """The texts in `/proc`, by path in it."""
    up = cluster.clock.now
    mounted = "".join(f"{one.device} {one.path} {one.kind} {one.options} 0 0\n" for one in mounts(computer.is_host))
    files = {
        "cmdline": f"BOOT_IMAGE=/boot/vmlinuz-{KERNEL} root=/dev/sda1 ro quiet\n",
        "cpuinfo": "".join(_processor(number) for number in range(PROCESSORS)),
        "filesystems": _FILE_SYSTEMS,
        "loadavg": f"{' '.join(LOAD)} 1/312 {PID}\n",
        "meminfo": _memory(),
        "mounts": mounted,
        "stat": _stat(up, int(cluster.clock.born.timestamp())),
        "swaps": "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
        "uptime": f"{up:.2f} {up * PROCESSORS * 0.97:.2f}\n",
        "version": f"Linux version {KERNEL} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) "
        f"12.2.0, GNU ld (GNU Binutils for Debian) 2.40) {KERNEL_VERSION}\n",
        **{f"sys/{name}": value + "\n" for name, value in _SETTINGS.items()},
        "sys/kernel/hostname": computer.hostname + "\n",
        **{f"net/{name}": text for name, text in _network(computer, cluster)},
    }
    main = computer.main_command or (computer.image.command if computer.image else ("/sbin/init",))
    for pid, command in (("1", main), ("self", (computer.sh,))):
        files.update({f"{pid}/{name}": text for name, text in _process(computer, pid, command)})
        files[f"{pid}/mounts"] = mounted
    return files


def _processor(number: int) -> str:
    rows = {
        "processor\t": number,
        "vendor_id\t": "GenuineIntel",
        "cpu family\t": 6,
        "model\t\t": 85,
        "model name\t": "Intel(R) Xeon(R) CPU @ 2.20GHz",
        "stepping\t": 7,
        "cpu MHz\t\t": "2200.000",
        "cache size\t": "39424 KB",
        "physical id\t": 0,
        "siblings\t": PROCESSORS,
        "core id\t\t": number,
        "cpu cores\t": PROCESSORS,
        "apicid\t\t": number,
        "fpu\t\t": "yes",
        "fpu_exception\t": "yes",
        "cpuid level\t": 13,
        "wp\t\t": "yes",
        "flags\t\t": _FLAGS,
        "bogomips\t": "4400.00",
        "clflush size\t": 64,
        "cache_alignment\t": 64,
        "address sizes\t": "46 bits physical, 48 bits virtual",
    }
    return "".join(f"{name}: {value}\n" for name, value in rows.items()) + "power management:\n\n"


def _memory() -> str:
    rows = {
        "MemTotal": MEMORY.total,
        "MemFree": MEMORY.free,
        "MemAvailable": MEMORY.available,
        "Buffers": MEMORY.buffers,
        "Cached": MEMORY.cached,
        "SwapCached": 0,
        "Active": MEMORY.cached // 2 + MEMORY.used // 2,
        "Inactive": MEMORY.cached // 2,
        "SwapTotal": 0,
        "SwapFree": 0,
        "Dirty": 128,
        "Writeback": 0,
        "AnonPages": MEMORY.used // 2,
        "Mapped": 412_300,
        "Shmem": MEMORY.shared,
        "Slab": 241_904,
        "PageTables": 12_480,
    }
    return "".join(f"{name + ':':<16}{kilobytes:8} kB\n" for name, kilobytes in rows.items())


def _stat(up: float, born: int) -> str:
    idle = int(up * 97)
    one = f"{int(up * 2)} 0 {int(up)} {idle} 0 0 0 0 0 0\n"
    every = f"{int(up * 2) * PROCESSORS} 0 {int(up) * PROCESSORS} {idle * PROCESSORS} 0 0 0 0 0 0\n"
    processors = "".join(f"cpu{number} {one}" for number in range(PROCESSORS))
    return f"cpu  {every}{processors}ctxt 91827364\nbtime {born}\nprocesses 4711\nprocs_running 1\nprocs_blocked 0\n"


def _network(computer: Computer, cluster: Cluster) -> Iterator[tuple[str, str]]:
    address = address_of(computer.client)
    gateway = gateway_of(address)
    yield (
        "dev",
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast"
        "|bytes    packets errs drop fifo colls carrier compressed\n" + _interface("lo", 0) + _interface("eth0", 1),
    )
    yield (
        "route",
        "".join(
            f"{row:<127}\n"
            for row in (
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
                f"eth0\t00000000\t{_hex(gateway)}\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                f"eth0\t{_hex(address.rpartition('.')[0] + '.0')}\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
            )
        ),
    )
    yield (
        "arp",
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        f"{gateway:<16} 0x1         0x2         {hardware_address(gateway)}     *        eth0\n",
    )
    for name, protocol in (("tcp", "TCP"), ("udp", "UDP")):
        heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
        open_ones = [one for one in cluster.network.sockets(computer.client) if one.protocol == protocol]
        lines = [
            f"{number:4}: {_hex(one.address)}:{one.port:04X} 00000000:0000 {_listening(protocol)} {24_000 + one.port} "
            "1 0000000000000000 100 0 0 10 0"
            for number, one in enumerate(one for one in open_ones if is_ipv4(one.address))
        ]
        yield name, "".join(f"{line:<149}\n" for line in (heading, *lines))
        heading = (
            "  sl  local_address                         remote_address                        st tx_queue rx_queue "
            "tr tm->when retrnsmt   uid  timeout inode"
        )
        lines = [
            f"{number:4}: {_LOCAL_6 if one.address == LOCALHOST_6 else _ALL_6}:{one.port:04X} {_ALL_6}:0000 "
            f"{_listening(protocol)} {24_000 + one.port} 1 0000000000000000 100 0 0 10 0"
            for number, one in enumerate(one for one in open_ones if not is_ipv4(one.address))
        ]
        yield f"{name}6", "".join(f"{line}\n" for line in (heading, *lines))


def _interface(name: str, packets: int) -> str:
    counts = f"{packets * 91_204:8}{packets * 812:8}    0    0    0     0          0         0"
    return f"{name:>6}:{counts}{packets * 64_018:9}{packets * 640:8}    0    0    0     0       0          0\n"


def _listening(protocol: str) -> str:
    state = "0A" if protocol == "TCP" else "07"
    return f"{state} 00000000:00000000 00:00000000 00000000     0        0"


def _hex(address: str) -> str:
    """An address as the kernel prints it on this kind of machine: the last byte first."""
    return "".join(f"{int(part):02X}" for part in reversed(address.split(".")))


def _process(computer: Computer, pid: str, command: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    name = posixpath.basename(command[0])[:15] if command else ""
    number, parent = (1, 0) if pid == "1" else (PID, 37)
    user = computer.user
    yield "cgroup", "0::/\n" if not computer.is_host else "0::/user.slice/user-1000.slice/session-1.scope\n"
    yield "cmdline", "".join(word + "\0" for word in command)
    yield "comm", name + "\n"
    yield "environ", "".join(f"{key}={value}\0" for key, value in computer.environ.items())
    state = "S (sleeping)" if pid == "1" else "R (running)"
    yield (
        "status",
        f"Name:\t{name}\nUmask:\t0022\nState:\t{state}\nTgid:\t{number}\nNgid:\t0\nPid:\t{number}\nPPid:\t{parent}\n"
        f"TracerPid:\t0\nUid:\t{user.uid}\t{user.uid}\t{user.uid}\t{user.uid}\n"
        f"Gid:\t{user.gid}\t{user.gid}\t{user.gid}\t{user.gid}\nFDSize:\t64\nGroups:\t{user.gid} \n"
        "VmPeak:\t   11400 kB\nVmSize:\t   11400 kB\nVmRSS:\t    7200 kB\nThreads:\t1\n"
        f"CapEff:\t{'00000000a80425fb' if user.uid == 0 else '0000000000000000'}\nNoNewPrivs:\t0\nSeccomp:\t0\n",
    )
    yield (
        "limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        f"{'Max open files':<26}{1048576:<21}{1048576:<21}files     \n"
        f"{'Max processes':<26}{'unlimited':<21}{'unlimited':<21}processes \n",
    )
