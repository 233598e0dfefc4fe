"""Gates of a release policy: what must be true before a release goes on, asked of the world beyond unit health.

A gate says where it counts (stages, waves), when (before a wave, during its soak, after it), how often it is asked
and of exactly one source. An answer is a verdict: Pass, Fail (the failure rule decides what then) or Hold. Silence
holds: a source that can't be reached, is refused or answers nonsense is never taken for harm, nor for a yes.

What gates mean to the state machine is in ``engine/gate_rules.py``, which of them are unsound in
``engine/gate_check.py``; who asks the sources is ``gates/``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Final

from msgspec import Meta

from myriarch.api.meta import Duration, Name, Struct, Timestamp
from myriarch.api.rule import Rule

GATES_NAMESPACE: Final = "myriarch-gates"
"""Where the Secrets and the Jobs of gates are, and nothing else: a policy can't reach any other Secret."""

GATES_MAX: Final = 16
GATE_RESULTS_MAX: Final = 32
"""Twice as many as can count at a time; with all else, a status keeps within 64 KiB."""
EVIDENCE_MAX_CHARS: Final = 600

_SOURCES: Final = ("cel", "promql", "alerts", "webhook", "job", "approval", "inspection", "diff", "metric")


class When(StrEnum):
    """When a gate counts."""

    BEFORE = "Before"
    DURING = "During"
    AFTER = "After"


class Verdict(StrEnum):
    """What a gate answers."""

    PASS = "Pass"  # noqa: S105 - no password
    FAIL = "Fail"
    HOLD = "Hold"


class Operator(StrEnum):
    """How a value and a threshold must relate."""

    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    EQUAL = "=="
    NOT_EQUAL = "!="


class AlertsApi(StrEnum):
    """Whose API tells of alerts."""

    PROMETHEUS = "Prometheus"
    ALERTMANAGER = "Alertmanager"


class MatchOperator(StrEnum):
    """How a label and a value must relate; as in PromQL, expressions are anchored at both ends."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"


class ChangeKind(StrEnum):
    """What a revision may do to what stands."""

    DELETES = "Deletes"
    REPLACES = "Replaces"
    RELABELS = "Relabels"
    DESELECTS = "Deselects"
    SELECTS_NOTHING = "SelectsNothing"
    RESIZES = "Resizes"
    REMOVED_API = "RemovedApi"


Text = Annotated[str, Meta(max_length=253)]
Url = Annotated[str, Meta(max_length=2048, description="http or https.")]


class GateSecret(Struct, kw_only=True):
    """One key of a Secret in the namespace of gates."""

    name: Annotated[Name, Meta(description="Secret in the namespace myriarch-gates.")]
    key: Annotated[str, Meta(min_length=1, max_length=253, description="Which of its keys.")]


class ServiceReference(Struct, kw_only=True):
    """A Service of the cluster in which the controllers run."""

    namespace: Annotated[Name, Meta(description="Its namespace.")]
    name: Annotated[Name, Meta(description="Its name.")]
    port: Annotated[int, Meta(ge=1, le=65535, description="Its port.")]
    scheme: Annotated[str, Meta(description="http or https.", extra_json_schema={"enum": ["http", "https"]})] = "https"
    path: Annotated[str, Meta(max_length=1024, description="What stands before the API's own path.")] = ""


class Server(Struct, kw_only=True):
    """Where an HTTP API is: by URL or as a Service; who we are there, and whom we trust."""

    url: Url = ""
    service: ServiceReference | None = None
    token: Annotated[GateSecret, Meta(description="Bearer token; sent over https only.")] | None = None
    ca: Annotated[GateSecret, Meta(description="PEM of the authority that vouches for the server.")] | None = None


class CelGate(Struct, kw_only=True):
    """An expression over an object of the hub (``object``), or over a list of them (``objects``)."""

    api_version: Annotated[str, Meta(min_length=1, max_length=317, description="Such as v1 or apps/v1.")]
    resource: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*$", max_length=63, description="Plural, such as nodes.")]
    namespace: Annotated[str, Meta(max_length=63, description="Its namespace, where it has one.")] = ""
    name: Annotated[str, Meta(max_length=253, description="The object; without it, a list is read.")] = ""
    label_selector: Annotated[str, Meta(max_length=1024, description="Only objects with these labels.")] = ""
    expression: Annotated[str, Meta(min_length=1, max_length=4096, description="CEL that is true or false.")]


class PromqlGate(Struct, kw_only=True):
    """A query of a Prometheus. Every series that it returns must keep the threshold; none at all holds."""

    server: Server
    query: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=8192,
            description="PromQL. ${clusters}, ${controls}, ${revision}, ${component}, ${release}, ${stage} and "
            "${values.ATTRIBUTE} stand for expressions, within double quotes after =~.",
        ),
    ]
    operator: Annotated[Operator, Meta(description="How a value must relate to the threshold.")]
    threshold: Annotated[float, Meta(description="The threshold.")]


class AlertMatcher(Struct, kw_only=True):
    """One label of an alert."""

    name: Annotated[str, Meta(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", max_length=253, description="Label.")]
    operator: Annotated[MatchOperator, Meta(description="How it relates.")] = MatchOperator.EQUAL
    value: Annotated[str, Meta(max_length=1024, description="Value, or an expression; placeholders as in PromQL.")]


class AlertsGate(Struct, kw_only=True):
    """Firing alerts: the gate passes while none has all of these labels."""

    server: Server
    api: Annotated[AlertsApi, Meta(description="Whose API it is.")] = AlertsApi.PROMETHEUS
    matchers: Annotated[list[AlertMatcher], Meta(min_length=1, max_length=32, description="Labels that all match.")]


class WebhookGate(Struct, kw_only=True):
    """A POST that is answered with a verdict and a message."""

    server: Server
    key: Annotated[GateSecret, Meta(description="Key of the HMAC-SHA256 that signs each request.")]
    retries: Annotated[int, Meta(ge=0, le=10, description="Further tries of one question that got no answer.")] = 3


class JobGate(Struct, kw_only=True):
    """A Job made like another: its success passes, its failure fails."""

    template: Annotated[
        str, Meta(min_length=1, max_length=253, description="A suspended Job in the namespace myriarch-gates.")
    ]


class ApprovalGate(Struct, kw_only=True):
    """A person's yes to 'gate/NAME/STAGE/WAVE'."""

    reason_required: Annotated[bool, Meta(description="An approval that gives no reason does not count.")] = False
    by: Annotated[list[Text], Meta(max_length=64, description="Whose approval counts; anybody's where empty.")] = []


class InspectionGate(Struct, kw_only=True):
    """An inspection of the clusters (not offered yet)."""

    name: Annotated[str, Meta(min_length=1, max_length=253, description="Which inspection.")]


class DiffGate(Struct, kw_only=True):
    """What the revision would do to what the bundle has made: such changes hold for approval."""

    hold_for: Annotated[list[ChangeKind], Meta(max_length=16, description="Kinds of change; all where empty.")] = []


class MetricGate(Struct, kw_only=True):
    """A metric of the analysis that must exclude harm above what it tolerates, in this wave."""

    name: Annotated[str, Meta(min_length=1, max_length=63, description="Metric of spec.analysis.metrics.")]


class Gate(Struct, kw_only=True):
    """What must be true, and when. Silence always holds."""

    name: Annotated[
        str,
        Meta(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63, description="Name, unique in the policy."),
    ]
    stages: Annotated[list[Text], Meta(max_length=32, description="In which stages; all where empty.")] = []
    waves: Annotated[
        list[Annotated[int, Meta(ge=1, le=1000)]],
        Meta(max_length=64, description="In which waves of them, from 1; all where empty."),
    ] = []
    when: Annotated[When, Meta(description="Before the wave begins, During its soak, or After it.")] = When.AFTER
    interval: (
        Annotated[Duration, Meta(description="Asked again so often; a pass stands where it is absent, unless During.")]
        | None
    ) = None
    timeout: Annotated[Duration, Meta(description="How long one question may take.")] | None = None
    samples: (
        Annotated[int, Meta(ge=1, le=100, description="Answers in a row that must agree; 3 for promql, else 1.")] | None
    ) = None
    otherwise: (
        Annotated[
            Verdict,
            Meta(description="What a condition that is not met means: Fail or Hold. Hold for cel and Before."),
        ]
        | None
    ) = None
    cel: CelGate | None = None
    promql: PromqlGate | None = None
    alerts: AlertsGate | None = None
    webhook: WebhookGate | None = None
    job: JobGate | None = None
    approval: ApprovalGate | None = None
    inspection: InspectionGate | None = None
    diff: DiffGate | None = None
    metric: MetricGate | None = None

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule(
            f"[{', '.join(f'has(self.{name})' for name in _SOURCES)}].exists_one(given, given)",
            f"a gate has exactly one source: give one of {', '.join(_SOURCES)}",
        ),
    )

    @property
    def sources(self) -> list[str]:
        """The sources given; a sound gate has one."""
        return [name for name in _SOURCES if getattr(self, name) is not None]


class GateResult(Struct, kw_only=True):
    """What a gate answered last at one place, and on what evidence. It never holds a secret."""

    name: Annotated[str, Meta(max_length=63, description="Gate.")]
    place: Annotated[str, Meta(max_length=128, description="'STAGE/WAVE' that it was asked for.")]
    verdict: Annotated[Verdict, Meta(description="Pass, Fail or Hold.")] = Verdict.HOLD
    message: Annotated[str, Meta(max_length=EVIDENCE_MAX_CHARS, description="Why, in a sentence.")] = ""
    at: Annotated[Timestamp, Meta(description="When it was answered.")] = ""
    value: Annotated[float, Meta(description="What was measured.")] | None = None
    threshold: Annotated[str, Meta(max_length=64, description="What it was compared with.")] = ""
    answered: Annotated[int, Meta(ge=0, description="How many answers it gave here that were Pass or Fail.")] = 0
    answer: Annotated[Verdict, Meta(description="The last answer by itself.")] = Verdict.HOLD
    agreeing: Annotated[int, Meta(ge=0, description="How many answers in a row were this one.")] = 0


Gates = Annotated[
    list[Gate],
    Meta(
        max_length=GATES_MAX,
        description="What must be true besides: metrics, alerts, objects, people, programs.",
        extra_json_schema={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
    ),
]
GateResults = Annotated[
    list[GateResult],
    Meta(max_length=GATE_RESULTS_MAX, description="What the gates answered, the newest places last."),
]
