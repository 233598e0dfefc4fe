"""The command lines of a control plane's processes.

Everything listens on 127.0.0.1 and serves TLS, but for etcd and KWOK's health page. Flags stay at their defaults unless
a control plane on one machine, alone, needs another value; each such flag says why where it is not plain.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
ISSUER = "https://kubernetes.default.svc"
STAGES = Path(__file__).with_name("stages.yaml")
ETCD_QUOTA_BYTES = 4 << 30
CONTROLLERS = "*,bootstrap-signer-controller,token-cleaner-controller"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one control plane lives: its folder, its files in it, and its ports by what listens there."""

    folder: Path
    ports: dict[str, int]

    def file(self, name: str) -> str:
        return str(self.folder / name)

    def url(self, name: str, scheme: str = "https") -> str:
        return f"{scheme}://{LOOPBACK}:{self.ports[name]}"


def etcd(place: Place, *, fsync: bool) -> list[str]:
    """Without ``fsync`` it does not wait for the disk, which survives a killed process but no power cut."""
    client, peer = place.url("etcd", "http"), place.url("etcd-peer", "http")
    return [
        "--name=default",
        f"--data-dir={place.file('etcd')}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        f"--quota-backend-bytes={ETCD_QUOTA_BYTES}",
        "--log-level=warn",
        *([] if fsync else ["--unsafe-no-fsync"]),
    ]


def apiserver(place: Place, *, service_accounts: bool) -> list[str]:
    """``service_accounts``: pods wait for their account's token, which only a controller manager brings about."""
    return [
        f"--etcd-servers={place.url('etcd', 'http')}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        "--endpoint-reconciler-type=none",  # a loopback address may not be an endpoint
        f"--secure-port={place.ports['kube-apiserver']}",
        f"--cert-dir={place.folder}",
        f"--tls-cert-file={place.file('server.crt')}",
        f"--tls-private-key-file={place.file('server.key')}",
        f"--client-ca-file={place.file('ca.crt')}",
        f"--token-auth-file={place.file('tokens.csv')}",
        f"--service-account-issuer={ISSUER}",
        f"--service-account-key-file={place.file('accounts.pub')}",
        f"--service-account-signing-key-file={place.file('accounts.key')}",
        "--service-cluster-ip-range=10.0.0.0/16",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        *([] if service_accounts else ["--disable-admission-plugins=ServiceAccount"]),
        "--allow-privileged=true",
        "--profiling=false",
    ]


def controller_manager(place: Place, controllers: str) -> list[str]:
    return [
        *_client(place, "kube-controller-manager"),
        f"--controllers={controllers}",
        f"--service-account-private-key-file={place.file('accounts.key')}",
        f"--root-ca-file={place.file('ca.crt')}",
        f"--cluster-signing-cert-file={place.file('ca.crt')}",
        f"--cluster-signing-key-file={place.file('ca.key')}",
        "--use-service-account-credentials=true",
        "--node-monitor-grace-period=5m",  # KWOK renews late, when the API server was away: its nodes are not lost
    ]


def scheduler(place: Place) -> list[str]:
    return _client(place, "kube-scheduler")


def kwok(place: Place) -> list[str]:
    return [
        f"--kubeconfig={place.file('admin.kubeconfig')}",
        f"--config={STAGES}",
        "--manage-all-nodes=true",
        "--node-ip=10.128.0.1",  # written into statuses; nothing listens there
        "--cidr=10.64.0.0/10",
        "--node-lease-duration-seconds=40",
        f"--server-address={LOOPBACK}:{place.ports['kwok']}",
    ]


def _client(place: Place, name: str) -> list[str]:
    """What both of Kubernetes' own clients need; there is one of each, so neither elects a leader."""
    kubeconfig = place.file(f"{name}.kubeconfig")
    return [
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--bind-address={LOOPBACK}",
        f"--secure-port={place.ports[name]}",
        f"--tls-cert-file={place.file('server.crt')}",
        f"--tls-private-key-file={place.file('server.key')}",
        "--leader-elect=false",
        "--profiling=false",
    ]
