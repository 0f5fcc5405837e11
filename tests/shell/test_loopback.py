"""Servers that listen at 127.0.0.1 only: who reaches them, who does not, and what shows it."""

import pytest

CONF = (
    "kubectl create configmap conf "
    "--from-literal=default.conf='server {{ listen {listen}; root /usr/share/nginx/html; }}'"
)
WEB = """kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - name: web
      image: nginx:1.27
      volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]
      PROBE
  volumes: [{name: conf, configMap: {name: conf}}]
EOF"""
PYTHON = """kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - {name: web, image: "python:3.12", command: [python, -m, http.server, "8080"BIND]}
EOF"""
ADDRESS = "$(kubectl get pod web -o jsonpath={.status.podIP})"


async def nginx(run, listen="127.0.0.1:80", probe=""):
    await run(CONF.format(listen=listen))
    await run(WEB.replace("PROBE", probe))
    await run("kubectl run box --image=busybox -- sleep 9999; kubectl expose pod web --port=80")
    await run("sleep 5")


async def code(run, line):
    return (await run(line)).exit_code


async def output(run, line):
    return (await run(line)).output


async def test_only_those_inside_the_pod_reach_it(run):
    await nginx(run)
    assert "Welcome to nginx!" in await output(run, "kubectl exec web -- curl -s localhost")
    assert "Welcome to nginx!" in await output(run, "kubectl exec web -- curl -s 127.0.0.1")
    refused = "curl: (7) Failed to connect to"
    assert refused in await output(run, f"kubectl exec web -- curl -s -S {ADDRESS}")
    assert "Connection refused" in await output(run, f"kubectl exec box -- wget -qO- {ADDRESS}")
    assert "Connection refused" in await output(run, "kubectl exec box -- wget -qO- web")
    assert "Running" in await output(run, "kubectl get pod web")
    assert "1/1" in await output(run, "kubectl get pod web")


async def test_port_forward_reaches_it(run):
    await nginx(run)
    answer = await output(run, "kubectl port-forward pod/web 8080:80 & sleep 1; curl -s localhost:8080; kill %1")
    assert "Welcome to nginx!" in answer


@pytest.mark.parametrize("probe", ["httpGet: {path: /, port: 80}", "tcpSocket: {port: 80}"])
async def test_a_probe_comes_to_the_address_of_the_pod_and_is_refused(run, probe):
    await nginx(run, probe=f"readinessProbe: {{{probe}}}")
    assert "0/1" in await output(run, "kubectl get pod web")
    assert "connect: connection refused" in await output(run, "kubectl describe pod web")


async def test_a_probe_told_to_ask_localhost_asks_the_node(run):
    await nginx(run, probe="readinessProbe: {httpGet: {host: 127.0.0.1, path: /, port: 80}}")
    described = await output(run, "kubectl describe pod web")
    assert 'Get "http://127.0.0.1:80/": dial tcp 127.0.0.1:80: connect: connection refused' in described


@pytest.mark.parametrize(
    ("listen", "shown"),
    [
        ("127.0.0.1:80", ["tcp        0      0 127.0.0.1:80            0.0.0.0:*               LISTEN      "]),
        ("80", ["tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      "]),
        (
            "8080; listen [::]:8080",
            [
                "tcp        0      0 0.0.0.0:8080            0.0.0.0:*               LISTEN      ",
                "tcp6       0      0 :::8080                 :::*                    LISTEN      ",
            ],
        ),
        ("[::1]:80", ["tcp6       0      0 ::1:80                  :::*                    LISTEN      "]),
    ],
)
async def test_netstat_shows_the_address_it_is_bound_to(run, listen, shown):
    await nginx(run, listen)
    await run("kubectl exec web -- sh -c 'apt-get update && apt-get install -y net-tools iproute2'")
    assert (await output(run, "kubectl exec web -- netstat -ltn")).splitlines()[2:] == shown


async def test_ss_writes_its_columns_as_wide_as_needed(run):
    await nginx(
        run, "127.0.0.1:18080; listen 18081; listen [::]:18081; listen [::]:18083 ipv6only=off; listen [::1]:18084"
    )
    await run("kubectl exec web -- sh -c 'apt-get update && apt-get install -y iproute2'")
    assert await output(run, "kubectl exec web -- ss -ltn") == (
        "State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n"
        "LISTEN 0      511        127.0.0.1:18080      0.0.0.0:*          \n"
        "LISTEN 0      511          0.0.0.0:18081      0.0.0.0:*          \n"
        "LISTEN 0      511             [::]:18081         [::]:*          \n"
        "LISTEN 0      511                *:18083            *:*          \n"
        "LISTEN 0      511            [::1]:18084         [::]:*          \n"
    )


async def test_proc_shows_the_address_as_the_kernel_writes_it(run):
    await nginx(run)
    assert await output(run, "kubectl exec web -- awk 'NR > 1 {print $2}' /proc/net/tcp") == "0100007F:0050\n"


async def test_a_changed_configuration_counts_once_nginx_reads_it(run):
    await nginx(run, "80")
    edit = "sed -i s/80/8080/ /etc/nginx/conf.d/default.conf"
    await run(f'kubectl exec web -- sh -c "{edit}"')
    assert await code(run, "kubectl exec web -- curl -s localhost:80") == 0
    await run("kubectl exec web -- nginx -s reload")
    assert await code(run, "kubectl exec web -- curl -s localhost:80") == 7
    assert await code(run, "kubectl exec web -- curl -s localhost:8080") == 0


async def test_a_changed_configmap_counts_for_pods_started_after_it(run):
    await nginx(run)
    change = CONF.format(listen="80").replace("create", "create --dry-run=client -o yaml")
    await run(f"{change} | kubectl apply -f -")
    assert await code(run, "kubectl exec box -- wget -qO- web") == 1
    await run(WEB.replace("PROBE", "").replace("name: web, labels", "name: second, labels"))
    await run("sleep 5; kubectl delete pod web --now")
    assert await code(run, "kubectl exec box -- wget -qO- web") == 0


async def test_a_mounted_configmap_changes_in_pods_that_run_and_nginx_reads_it_when_told(run):
    await nginx(run)
    assert "127.0.0.1" in await output(run, "kubectl exec web -- cat /etc/nginx/conf.d/default.conf")
    change = CONF.format(listen="80").replace("create", "create --dry-run=client -o yaml")
    await run(f"{change} | kubectl apply -f -")
    assert "listen 80;" in await output(run, "kubectl exec web -- nginx -T")
    assert await code(run, "kubectl exec box -- wget -qO- web") == 1
    await run("kubectl exec web -- nginx -s reload")
    assert await code(run, "kubectl exec box -- wget -qO- web") == 0


async def test_undo_brings_back_where_a_server_listened(simulation, run):
    await nginx(run)
    before = simulation.snapshot()
    await run("kubectl exec web -- sh -c 'sed -i s/127.0.0.1:// /etc/nginx/conf.d/default.conf; nginx -s reload'")
    assert await code(run, "kubectl exec box -- wget -qO- web") == 0
    simulation.restore(before)
    assert await code(run, "kubectl exec box -- wget -qO- web") == 1


async def test_a_volume_hides_what_the_image_has_in_its_place(run):
    await nginx(run)
    await run(
        "kubectl patch configmap conf --type=json "
        '-p \'[{"op": "move", "from": "/data/default.conf", "path": "/data/site.conf"}]\''
    )
    await run("kubectl delete pod web --now")
    await run(WEB.replace("PROBE", ""))
    await run("sleep 5")
    assert await output(run, "kubectl exec web -- ls /etc/nginx/conf.d") == "site.conf\n"
    assert await code(run, "kubectl exec box -- wget -qO- web") == 1


async def test_what_nginx_cannot_read_it_does_not_start_with(run):
    await nginx(run, "nohost:80")
    why = 'host not found in "nohost:80" of the "listen" directive in /etc/nginx/conf.d/default.conf:1'
    assert f"nginx: [emerg] {why}\n" in await output(run, "kubectl logs web")
    assert "CrashLoopBackOff" in await output(run, "sleep 20; kubectl get pod web")


@pytest.mark.parametrize(
    ("bind", "outside"),
    [("", 0), (", --bind, 127.0.0.1", 1), (", -b, localhost", 1), (", --bind, 0.0.0.0", 0), (', --bind, "::"', 0)],
)
async def test_python_binds_to_the_address_it_is_told(run, bind, outside):
    await run(PYTHON.replace("BIND", bind))
    await run("kubectl run box --image=busybox -- sleep 9999; sleep 5")
    assert await code(run, f"kubectl exec box -- wget -qO- {ADDRESS}:8080") == outside
    served = await output(run, "kubectl port-forward pod/web 8080 & sleep 1; curl -s localhost:8080; kill %1")
    assert "<title>Directory listing for /</title>" in served
