"""``myriarch train stop``: end a train where it is, or bring all its cars back, the last first."""

from __future__ import annotations

import click

from myriarch.api.release import Order
from myriarch.api.releasetrain import ReleaseTrain, TrainPhase
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.release_orders import FIELD_MANAGER
from myriarch.cli.target import Target, hub_options
from myriarch.client.client import PatchKind
from myriarch.client.refs import TRAINS

_ENDED = (TrainPhase.SUCCEEDED, TrainPhase.ROLLED_BACK, TrainPhase.STOPPED, TrainPhase.SUPERSEDED)


@click.command()
@click.argument("name")
@click.option("--rollback", is_flag=True, help="Bring the nodes of every car back to where they came from.")
@hub_options
@output_option()
def stop(name: str, rollback: bool, target: Target, output: Output) -> None:
    """End the train NAME and leave the nodes of its cars where they are, or bring them back with --rollback."""
    order = Order.ROLL_BACK if rollback else Order.ABORT
    changed, train = ask(target, lambda session: _stop(session, name, order))
    done = "ordered back" if rollback else "stopped"
    emit(output, train, lambda: f"releasetrain/{name} {done if changed else f'{done} already'}")


async def _stop(session: Session, name: str, order: Order) -> tuple[bool, ReleaseTrain]:
    """Whether there was anything to order, and the train as it is now."""
    train = await session.find(TRAINS, ReleaseTrain, name, "NAME")
    if train.status.phase in _ENDED:
        cure = "Start a train of the earlier revisions, to bring back what it moved."
        raise UserFault("NAME", name, f"the train has ended ({train.status.phase})", cure)
    if train.spec.order in (order, Order.ROLL_BACK):
        return False, train
    return True, await session.client.patch(
        TRAINS,
        ReleaseTrain,
        name,
        {"spec": {"order": str(order)}},
        namespace=session.namespace,
        patch_kind=PatchKind.MERGE,
        field_manager=FIELD_MANAGER,
    )
