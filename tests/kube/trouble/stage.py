"""One hub on a real API server and its fleet: two clusters that are well, one that is lost, and those that ail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.kube.agent.house import House, Program, command, eventually, install_hub, join
from tests.kube.control_plane import APISERVER, ControlPlane
from tests.kube.demo.member import deploy, give_rights, start_cluster
from tests.kube.trouble.ailing import AILMENTS, ailing
from tests.kube.trouble.wishes import NAME, come_up, fight, prepare, template

MEMBER_NODES = 3
PULLED, PUSHED, LOST, POOR = "well-pulled", "well-pushed", "lost", "poor-pulled"


class Stage:
    """``pulled`` and ``pushed`` are well; ``house`` is the hub, with the first of them as its member."""

    def __init__(self, hub: ControlPlane, pulled: ControlPlane, pushed: ControlPlane, folder: Path) -> None:
        self.house = House(hub, pulled)
        self.pulled, self.pushed = pulled, pushed
        self.programs: dict[str, Program] = {}
        self._folder = folder

    @property
    def hub(self) -> Path:
        return self.house.hub.admin_kubeconfig

    def says(self, *words: str | Path) -> int:
        """A command to the hub: its exit code."""
        return command(*words, "--kubeconfig", self.hub)

    def add(self, name: str, kubeconfig: Path) -> None:
        words = ("clusters", "--kubeconfig", self.hub, "add", name, "-e", "prod", "--kubeconfig", kubeconfig)
        assert command(*words) == 0
        assert self.says("clusters", "manage", name) == 0

    def pull(self, name: str, kubeconfig: Path) -> None:
        """Managed before its agent is first heard of."""
        file = join(self.house, name, self._folder)
        assert self.says("clusters", "manage", name) == 0
        words = ("agent", "--cluster", name, "--bootstrap", file, "--kubeconfig", kubeconfig)
        self.start(name, *words, "--state", self._folder / f"{name}-state")

    def start(self, name: str, *words: str | Path) -> None:
        self.programs[name] = Program(self._folder / f"{name}.log", *words)

    def log(self) -> str:
        return "\n".join(f"--- {name}\n{program.text}" for name, program in self.programs.items())

    def nodes(self, name: str) -> int:
        """As the hub knows them."""
        return int(self.house.cluster(name)["status"].get("nodes", 0))


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """All of it, at work: the lost cluster has been seen and is gone."""
    with ExitStack() as stack:
        hub = stack.enter_context(ControlPlane.start(folder / "hub"))
        pulled, pushed = (stack.enter_context(start_cluster(folder / name, MEMBER_NODES)) for name in (PULLED, PUSHED))
        lost = stack.enter_context(ControlPlane.start(folder / LOST, kwok_nodes=1))
        install_hub(hub)
        prepare(hub)
        for plane in (pulled, pushed):
            deploy(plane, NAME, template("1"))
        for plane in (pulled, pushed):
            come_up(plane, MEMBER_NODES)
        fight(pushed)
        found = Stage(hub, pulled, pushed, folder)
        stack.callback(lambda: [program.stop() for program in found.programs.values()])
        broken = stack.enter_context(ailing(folder / "ailing", pushed))
        _populate(found, lost, broken)
        yield found


def _populate(stage: Stage, lost: ControlPlane, broken: dict[str, Path]) -> None:
    stage.start("controllers", "controllers", "--kubeconfig", stage.hub, "--replica", "trouble")
    stage.add(LOST, lost.admin_kubeconfig)
    for ailment in AILMENTS:
        stage.add(ailment.name, broken[ailment.name])
    stage.add(PUSHED, stage.pushed.admin_kubeconfig)
    give_rights(stage.pulled)
    token = stage.pulled.token_for("myriarch-system", "myriarch-agent")
    stage.pull(PULLED, stage.pulled.kubeconfig_with_token("agent", token))
    poor = stage.pulled.token_for("default", "poor")
    stage.pull(POOR, stage.pulled.kubeconfig_with_token("poor", poor))
    eventually(lambda: stage.nodes(LOST) == 1, lambda: f"{stage.house.cluster(LOST)}\n{stage.log()}")
    lost.kill(APISERVER)
