"""What pods and pod templates get beyond the defaults of their schema, and what is checked of them in code."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.quantities import canonical
from myriarch.apiserver.errors import FieldError, invalid_value, required
from myriarch.apiserver.label_selectors import selects

Object = dict[str, Any]


def complete_pod_spec(spec: Object) -> None:
    """Fill in what depends on other fields: when images are pulled, the old name of the service account."""
    for container in containers_of(spec):
        if "imagePullPolicy" not in container and isinstance(container.get("image"), str):
            container["imagePullPolicy"] = _pull_policy(container["image"])
        _tidy_resources(container.get("resources"))
    if spec.get("serviceAccountName") or spec.get("serviceAccount"):
        name = spec.get("serviceAccountName") or spec["serviceAccount"]
        spec["serviceAccountName"] = spec["serviceAccount"] = name


def containers_of(spec: Object) -> list[Object]:
    """Every container of a pod, those that run before and beside it too."""
    found = [c for field in ("initContainers", "containers", "ephemeralContainers") for c in spec.get(field) or ()]
    return [container for container in found if isinstance(container, dict)]


def _pull_policy(image: str) -> str:
    name = image.rpartition("/")[2]
    if "@" in name:
        return "IfNotPresent"
    tag = name.partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _tidy_resources(resources: Any) -> None:
    for part in ("limits", "requests"):
        amounts = resources.get(part) if isinstance(resources, dict) else None
        if isinstance(amounts, dict):
            for name, value in amounts.items():
                try:
                    amounts[name] = canonical(value)
                except ValueError:
                    continue


def pod_spec_errors(spec: Object, path: str) -> list[FieldError]:
    """Errors that no schema tells."""
    errors: list[FieldError] = []
    if not spec.get("containers"):
        errors.append(required(f"{path}.containers"))
    for index, container in enumerate(spec.get("containers") or ()):
        where = f"{path}.containers[{index}]"
        if not container.get("image"):
            errors.append(required(f"{where}.image"))
        errors += _resource_errors(container, where)
    return errors


def _resource_errors(container: Object, path: str) -> list[FieldError]:
    errors = []
    for part in ("limits", "requests"):
        for name, value in ((container.get("resources") or {}).get(part) or {}).items():
            try:
                canonical(value)
            except ValueError as problem:
                errors.append(invalid_value(f"{path}.resources.{part}[{name}]", value, str(problem)))
    return errors


def complete_template(obj: Object, _old: Object | None) -> None:
    """The template of a workload."""
    template = (obj.get("spec") or {}).get("template")
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        complete_pod_spec(template["spec"])


def template_errors(obj: Object) -> list[FieldError]:
    spec = obj.get("spec") or {}
    template = spec.get("template") or {}
    return _selector_errors(spec, template) + pod_spec_errors(template.get("spec") or {}, "spec.template.spec")


def _selector_errors(spec: Object, template: Object) -> list[FieldError]:
    selector = spec.get("selector")
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        return [invalid_value("spec.selector", selector, "empty selector is invalid for this kind")]
    errors = [] if selector is not None else [required("spec.selector")]
    labels = (template.get("metadata") or {}).get("labels") or {}
    if not selects(selector, labels):
        problem = "`selector` does not match template `labels`"
        errors.append(invalid_value("spec.template.metadata.labels", labels, problem))
    return errors


def selector_change_errors(obj: Object, old: Object | None) -> list[FieldError]:
    """A workload's selector can't change."""
    if old is None or obj["spec"].get("selector") == (old.get("spec") or {}).get("selector"):
        return []
    return [invalid_value("spec.selector", obj["spec"].get("selector"), "field is immutable")]
