"""``myriarch train start``: check what the train names, then write one ReleaseTrain."""

from __future__ import annotations

from collections.abc import Sequence

import click

from myriarch.api.component import Component
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import ReleasePolicy
from myriarch.api.releasetrain import CARS_MAX, Car, OnFailure, ReleaseTrain, ReleaseTrainSpec
from myriarch.api.revision import Revision
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.exits import refuse
from myriarch.cli.lazy import program
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.release_orders import FIELD_MANAGER
from myriarch.cli.release_wish import parse_selector
from myriarch.cli.target import Target, hub_options
from myriarch.client.errors import AlreadyExists
from myriarch.client.refs import COMPONENTS, POLICIES, REVISIONS, TRAINS
from myriarch.engine.ordering import in_order


@click.command()
@click.argument("name")
@click.option("--car", "cars", multiple=True, required=True, metavar="COMPONENT=REVISION", help="One for each car.")
@click.option("-p", "--policy", required=True, metavar="NAME", help="ReleasePolicy of every car.")
@click.option("-l", "--selector", default="", metavar="LABELS", help="Only clusters with labels KEY=VALUE,...")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Draws who goes first.")
@click.option("--stop-on-failure", is_flag=True, help="When a car goes back, the others stop.")
@hub_options
@output_option()
def start(
    name: str,
    cars: tuple[str, ...],
    policy: str,
    selector: str,
    seed: int,
    stop_on_failure: bool,
    target: Target,
    output: Output,
) -> None:
    """Start the train NAME. Its cars run in the order that their components ask for, else in the order given."""
    spec = ReleaseTrainSpec(
        cars=_cars(cars),
        policy=policy,
        selector=parse_selector(selector),
        seed=seed,
        on_failure=OnFailure.STOP if stop_on_failure else OnFailure.ROLL_BACK_ALL,
    )
    train, said = ask(target, lambda session: _start(session, name, spec))
    emit(output, train, lambda: said)


def _cars(texts: Sequence[str]) -> list[Car]:
    """Raises Faults for all that is no car, or is there twice."""
    faults: list[UserFault] = []
    cars: list[Car] = []
    for text in texts:
        component, equals, revision = text.partition("=")
        if not (component and equals and revision):
            faults.append(UserFault("--car", text, "is not COMPONENT=REVISION", "Write one such as 'cni=cni-2'."))
        elif any(car.component == component for car in cars):
            faults.append(UserFault("--car", text, "names a component that another car moves", "Name it once."))
        else:
            cars.append(Car(component=component, revision=revision))
    if len(texts) > CARS_MAX:
        faults.append(UserFault("--car", len(texts), f"are more cars than {CARS_MAX}", "Make two trains of it."))
    refuse(faults)
    return cars


async def _start(session: Session, name: str, spec: ReleaseTrainSpec) -> tuple[ReleaseTrain, str]:
    await session.find(POLICIES, ReleasePolicy, spec.policy, "--policy")
    after = {}
    for car in spec.cars:
        component = await session.find(COMPONENTS, Component, car.component, "--car")
        after[component.name] = component.spec.after
        revision = await session.find(REVISIONS, Revision, car.revision, "--car")
        if revision.spec.component != car.component:
            problem = f"is a revision of component {revision.spec.component}"
            raise UserFault("--car", car.revision, problem, f"Give a revision of {car.component}.")
    wanted = ReleaseTrain(metadata=ObjectMeta(name=name, namespace=session.namespace), spec=spec)
    try:
        made = await session.client.create(TRAINS, wanted, field_manager=FIELD_MANAGER)
    except AlreadyExists:
        problem = f"there is a train of this name in namespace {session.namespace}"
        raise UserFault("NAME", name, problem, "Give another name: a train is one intention, and is kept.") from None
    order = in_order([car.component for car in spec.cars], after)
    namespace = "" if session.namespace == "default" else f" -n {session.namespace}"
    lines = [f"releasetrain/{name} started: {', then '.join(order)}"]
    return made, "\n".join([*lines, f"See how it stands with: {program()} train show {name}{namespace}"])
