"""What a computer says of itself: /proc, memory, disks, sockets; and the programs of images."""

import pytest

RUNNING = (
    "kubectl run web --image=nginx; kubectl run box --image=busybox -- sleep 9999; kubectl run store --image=redis; "
    "kubectl expose pod store --port=6379"
)


async def output(run, line):
    return (await run(line)).output


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("grep -c ^processor /proc/cpuinfo; nproc", "4\n4\n"),
        ("awk '/MemTotal/ {print $2}' /proc/meminfo; free | awk '/Mem/ {print $2}'", "8142312\n8142312\n"),
        ("cat /proc/sys/kernel/hostname", "laptop\n"),
        ("[ $(uname -r) = $(cat /proc/sys/kernel/osrelease) ]; echo $?", "0\n"),
        ("cut -c1-5 /proc/uptime; uptime | cut -c11-", "12096\nup 14 days, 0 min,  1 user,  "
         "load average: 0.08, 0.03, 0.01\n"),
        ("kubectl exec web -- cat /proc/1/cmdline | tr '\\0' ' '", "nginx -g daemon off; "),
        ("kubectl exec web -- sh -c 'tr \"\\0\" \"\\n\" < /proc/1/environ | grep ^HOSTNAME'", "HOSTNAME=web\n"),
        ("kubectl exec web -- awk 'NR > 1 {print $2, $4}' /proc/net/tcp", "00000000:0050 0A\n"),
        ("kubectl exec box -- cat /proc/1/comm /proc/self/cgroup", "sleep\n0::/\n"),
        (
            "kubectl exec box -- df -h / /dev/shm",
            "Filesystem                Size      Used Available Use% Mounted on\n"
            "overlay                  58.8G      9.0G     49.8G  16% /\n"
            "shm                      64.0M         0     64.0M   0% /dev/shm\n",
        ),
        (
            "kubectl exec box -- free | head -n 2",
            "              total        used        free      shared  buff/cache   available\n"
            "Mem:        8142312     1530240     4397672        3120     2214400     6612072\n",
        ),
        (
            "kubectl exec store -- redis-cli set a 1; kubectl exec store -- redis-cli incr a",
            "OK\n2\n",
        ),
        ("kubectl exec -it store -- redis-cli lpush l x 'y z'; kubectl exec -it store -- redis-cli lrange l 0 -1",
         '(integer) 2\n1) "y z"\n2) "x"\n'),
        ("kubectl exec store -- redis-cli foo b", "ERR unknown command 'foo', with args beginning with: 'b' \n\n"),
        ("kubectl exec store -- redis-cli -h web ping",
         "Could not connect to Redis at web:6379: Name or service not known\ncommand terminated with exit code 1\n"),
        ("kubectl exec box -- telnet store 6380",
         "telnet: can't connect to remote host (10.254.201.125): Connection timed out\n"
         "command terminated with exit code 1\n"),
        ("kubectl exec box -- busybox nope", "nope: applet not found\ncommand terminated with exit code 127\n"),
        ("kubectl exec box -- busybox echo hi", "hi\n"),
        ("kubectl exec store -- head -n 3 /etc/os-release | cut -c1-11", "PRETTY_NAME\nNAME=\"Debia\nVERSION_ID=\n"),
        (
            "kubectl exec web -- ls -l /var/log/nginx | awk '{print $9, $10, $11}'",
            "  \naccess.log -> /dev/stdout\nerror.log -> /dev/stderr\n",
        ),
        ("kubectl exec web -- cat /var/log/nginx/access.log", ""),
    ],
)  # fmt: skip
async def test_says(run, line, shown):
    await run(RUNNING)
    assert await output(run, line) == shown


async def test_serve_hostname_tells_which_pod_answers(run):
    await run("kubectl create deployment hostnames --image=registry.k8s.io/serve_hostname --replicas=2")
    await run("kubectl expose deployment hostnames --port=80 --target-port=9376; kubectl run web --image=nginx")
    answers = await output(run, "for i in $(seq 20); do kubectl exec web -- curl -s hostnames; echo; done | sort -u")
    pods = await output(run, "kubectl get pods -l app=hostnames -o name | cut -d/ -f2 | sort")
    assert answers == pods


async def test_keys_of_redis_go_with_its_container_and_come_back_with_undo(simulation, run):
    await run(RUNNING)
    before = simulation.snapshot()
    assert await output(run, "kubectl exec store -- redis-cli set a 1") == "OK\n"
    simulation.restore(before)
    assert await output(run, "kubectl exec store -- redis-cli get a") == "\n"


async def test_what_is_in_proc_is_part_of_no_snapshot(simulation, run):
    await run("cat /proc/cpuinfo")
    assert not any(path.startswith("/proc/") for path in simulation.snapshot().host_files)
