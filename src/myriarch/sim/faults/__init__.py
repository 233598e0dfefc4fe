"""The fault classes, one a file: what can go wrong while a release runs."""

from __future__ import annotations

from myriarch.sim.faults.added_nodes import AddedNodesPart
from myriarch.sim.faults.agent_crash import AgentCrashPart
from myriarch.sim.faults.api_error import ApiErrorPart
from myriarch.sim.faults.clock_skew import ClockSkewPart
from myriarch.sim.faults.conflict import ConflictPart
from myriarch.sim.faults.controller_crash import ControllerCrashPart
from myriarch.sim.faults.dead_nodes import DeadNodesPart
from myriarch.sim.faults.disorder import DisorderPart
from myriarch.sim.faults.gone import GonePart
from myriarch.sim.faults.hub_lost import HubLostPart
from myriarch.sim.faults.metric_source import MetricSourcePart
from myriarch.sim.faults.old_agents import OldAgentsPart
from myriarch.sim.faults.other_release import OtherReleasePart
from myriarch.sim.faults.partition import PartitionPart
from myriarch.sim.faults.removed_nodes import RemovedNodesPart
from myriarch.sim.faults.silent_cluster import SilentClusterPart
from myriarch.sim.faults.slow_nodes import SlowNodesPart
from myriarch.sim.faults.watch_drop import WatchDropPart

AnyFault = (
    ControllerCrashPart
    | AgentCrashPart
    | ConflictPart
    | WatchDropPart
    | GonePart
    | ApiErrorPart
    | PartitionPart
    | SilentClusterPart
    | SlowNodesPart
    | DeadNodesPart
    | AddedNodesPart
    | RemovedNodesPart
    | ClockSkewPart
    | DisorderPart
    | HubLostPart
    | MetricSourcePart
    | OldAgentsPart
    | OtherReleasePart
)

FAULT_CLASSES = (
    "controllerCrash",
    "agentCrash",
    "conflict",
    "watchDrop",
    "gone",
    "apiError",
    "partition",
    "silentCluster",
    "slowNodes",
    "deadNodes",
    "addedNodes",
    "removedNodes",
    "clockSkew",
    "disorder",
    "hubLost",
    "metricSource",
    "oldAgents",
    "otherRelease",
)
