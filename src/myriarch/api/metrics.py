"""Metrics of an analysis: numbers of a Prometheus, of updated units and of others at the same time.

A metric gives one value a unit at each look. What is compared is by default how many times its own level before the
release a unit's value is, so that a slow node stays no evidence. What is weighed how is in
``engine/metric_evidence.py``; which metrics are unsound, in ``engine/metric_check.py``; who asks, ``gates/metrics.py``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta

from myriarch.api.gates import Server
from myriarch.api.meta import Duration, Struct, Timestamp, list_map

METRICS_MAX: Final = 4
"""Metrics of one policy: what they remember keeps within the status of a release."""

METRIC_STRATA_MAX: Final = 8
"""Strata of one metric that are told apart; what comes later shares the last one."""

MESSAGE_MAX_CHARS: Final = 400

LabelName = Annotated[str, Meta(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", max_length=253)]
Promql = Annotated[str, Meta(min_length=1, max_length=8192)]


class SampleKind(StrEnum):
    """What a unit's value says: Share whether it is so (0 or 1), Rate how many events since the last look, Mean and
    Quantile how much."""

    SHARE = "Share"
    RATE = "Rate"
    MEAN = "Mean"
    QUANTILE = "Quantile"


class Worse(StrEnum):
    """Which way harm lies."""

    HIGHER = "Higher"
    LOWER = "Lower"


class Change(StrEnum):
    """What of a value is compared: how many times the unit's own level before the release it is (Ratio), how much more
    than that (Difference), or the value itself (None)."""

    RATIO = "Ratio"
    DIFFERENCE = "Difference"
    NONE = "None"


class AnalysisMetric(Struct, kw_only=True):
    """One number of each unit, asked again and again of a Prometheus."""

    name: Annotated[
        str,
        Meta(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63, description="Name, unique in the policy."),
    ]
    kind: Annotated[SampleKind, Meta(description="Share, Rate, Mean or Quantile.")]
    server: Server
    query: Annotated[
        Promql,
        Meta(description="PromQL: one series a unit. With controls, of updated units only. Placeholders as in gates."),
    ]
    controls: Annotated[
        str,
        Meta(max_length=8192, description="PromQL of units not updated, where labels tell; else clusters do."),
    ] = ""
    unit: Annotated[
        list[LabelName], Meta(max_length=8, description="Labels that name a unit; the cluster's where empty.")
    ] = []
    cluster_label: Annotated[LabelName, Meta(description="Label that names the cluster.")] = "cluster"
    stratum: Annotated[
        str,
        Meta(max_length=253, description="Attribute of clusters, or label, whose values are compared by themselves."),
    ] = ""
    worse: Annotated[Worse, Meta(description="Which way harm lies: Higher or Lower.")] = Worse.HIGHER
    change: (
        Annotated[Change, Meta(description="Ratio or Difference to the unit's own level, or None; Ratio for Mean.")]
        | None
    ) = None
    ceiling: (
        Annotated[
            float, Meta(gt=0, description="Largest value that counts, after change; larger ones are cut. For Mean.")
        ]
        | None
    ) = None
    quantile: Annotated[float, Meta(gt=0, lt=1, description="Which quantile of the units' values.")] = 0.9
    tolerated_ratio: (
        Annotated[
            float,
            Meta(
                ge=1,
                le=1000,
                description="How many times as bad as the others updated units may be; 1.2, or 1 of a"
                " Difference or of what Lower makes worse.",
            ),
        ]
        | None
    ) = None
    tolerated_difference: Annotated[
        float, Meta(ge=0, description="How much worse beyond that, in the unit of what is compared.")
    ] = 0.0
    every: Annotated[Duration, Meta(description="How often it is asked: not more often than the metric forgets.")] = (
        "5m"
    )
    level: Annotated[Duration, Meta(description="How long before the release a unit's own level is taken.")] = "1h"
    timeout: Annotated[Duration, Meta(description="How long one question may take.")] = "30s"
    weight: Annotated[float, Meta(gt=0, le=1000, description="Its part of alpha; failures of nodes weigh 1.")] = 1.0


MetricName = Annotated[str, Meta(min_length=1, max_length=63)]

Metrics = Annotated[
    Annotated[list[AnalysisMetric], list_map("name", max_items=METRICS_MAX)],
    Meta(description="Numbers of a Prometheus that are weighed together with failures, under one alpha."),
]
SoakUntilSafe = Annotated[
    list[MetricName],
    Meta(max_length=METRICS_MAX, description="Metrics that must exclude harm before a soak ends, or maxSoak passes."),
]


class ArmTotals(Struct, kw_only=True):
    """What one arm has shown since the release began."""

    units: Annotated[int, Meta(ge=0, description="Units in the last look.")] = 0
    samples: Annotated[float, Meta(ge=0, description="Samples so far; for Rate, unit-seconds.")] = 0.0
    total: Annotated[float, Meta(description="Their sum; events or hits.")] = 0.0
    misses: Annotated[float, Meta(ge=0, description="Squared misses, for the bounds of a mean.")] = 0.0


class MetricEvidence(Struct, kw_only=True):
    """What one metric has shown, as the engine needs it to go on."""

    name: Annotated[str, Meta(min_length=1, max_length=63, description="Metric.")]
    times: Annotated[
        float, Meta(description="How many times likelier what it shows is with harm than without, by itself.")
    ] = 1.0
    log_value: Annotated[float, Meta(description="Its natural logarithm.")] = 0.0
    log_safe: Annotated[
        float, Meta(description="The same for harm above the tolerated being excluded, in this wave.")
    ] = 0.0
    share: Annotated[float, Meta(description="Its part of alpha.")] = 0.0
    tried_at: Annotated[Timestamp | None, Meta(description="When it was asked last.")] = None
    looked_at: Annotated[Timestamp | None, Meta(description="When it last gave numbers; none counts twice.")] = None
    looks: Annotated[int, Meta(ge=0, description="Looks that counted.")] = 0
    place: Annotated[str, Meta(max_length=128, description="'STAGE/WAVE' of the last look.")] = ""
    problem: Annotated[str, Meta(max_length=MESSAGE_MAX_CHARS, description="Why the last look gave nothing.")] = ""
    rests: Annotated[str, Meta(max_length=MESSAGE_MAX_CHARS, description="Why it is not asked now.")] = ""
    message: Annotated[str, Meta(max_length=MESSAGE_MAX_CHARS, description="What the arms show, in a sentence.")] = ""
    updated: ArmTotals | None = None
    controls: ArmTotals | None = None
    strata: Annotated[list[str], Meta(max_length=METRIC_STRATA_MAX, description="Strata, as the rows are.")] = []
    harm: Annotated[list[list[float]], Meta(max_length=METRIC_STRATA_MAX + 1, description="Wealth on harm.")] = []
    safe: Annotated[list[list[float]], Meta(max_length=METRIC_STRATA_MAX + 1, description="Wealth on safety.")] = []
    seen: Annotated[str, Meta(max_length=32, description="Mark of the last values: do they stand still?")] = ""
    unchanged: Annotated[int, Meta(ge=0, description="Looks in a row at which they did.")] = 0
