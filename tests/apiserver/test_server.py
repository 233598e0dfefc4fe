"""What clients rely on: objects are kept, versions are checked, and what isn't served is refused clearly."""

from __future__ import annotations

import pytest
from tests.apiserver.embedded import APPLY, CONFIG_MAPS, MERGE, WIDGETS, Api, names, run

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


def test_create_get_update_delete() -> None:
    async def main() -> None:
        api = Api()
        made = await api.made(CONFIG_MAPS, "a", data={"x": "1"})
        assert made["metadata"]["creationTimestamp"] == "2026-01-05T00:00:00Z"
        assert made["metadata"]["uid"]
        assert await api.call("GET", f"{CONFIG_MAPS}/a") == (200, made)
        made["data"]["x"] = "2"
        status, updated = await api.call("PUT", f"{CONFIG_MAPS}/a", made)
        assert (status, updated["data"]) == (200, {"x": "2"})
        assert int(updated["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
        status, gone = await api.call("DELETE", f"{CONFIG_MAPS}/a")
        assert (status, gone["kind"], gone["status"]) == (200, "Status", "Success")
        status, missing = await api.call("GET", f"{CONFIG_MAPS}/a")
        assert (status, missing["reason"]) == (404, "NotFound")

    run(main)


def test_stale_writes_conflict_and_unchanged_writes_keep_the_version() -> None:
    async def main() -> None:
        api = Api()
        first = await api.made(CONFIG_MAPS, "a", data={"x": "1"})
        _, second = await api.call("PUT", f"{CONFIG_MAPS}/a", {**first, "data": {"x": "2"}})
        status, refusal = await api.call("PUT", f"{CONFIG_MAPS}/a", {**first, "data": {"x": "3"}})
        assert (status, refusal["reason"]) == (409, "Conflict")
        assert await api.call("PUT", f"{CONFIG_MAPS}/a", second) == (200, second)

    run(main)


def test_status_and_spec_are_kept_apart() -> None:
    async def main() -> None:
        api = Api()
        made = await api.made(WIDGETS, "w", spec={"size": 3}, status={"phase": "Large"})
        assert "status" not in made
        assert made["spec"] == {"size": 3, "colour": "grey"}
        assert made["metadata"]["generation"] == 1
        wanted = {**made, "spec": {"size": 9}, "status": {"phase": "Small"}}
        status, reported = await api.call("PUT", f"{WIDGETS}/w/status", wanted)
        assert (status, reported["spec"], reported["status"]) == (200, made["spec"], {"phase": "Small"})
        assert reported["metadata"]["generation"] == 1
        _, resized = await api.call(
            "PATCH", f"{WIDGETS}/w", {"spec": {"size": 4}, "status": {"phase": "Large"}}, media=MERGE
        )
        assert (resized["spec"]["size"], resized["status"]) == (4, {"phase": "Small"})
        assert resized["metadata"]["generation"] == 2

    run(main)


def test_an_invalid_object_is_refused_with_its_field() -> None:
    async def main() -> None:
        api = Api()
        status, refusal = await api.call("POST", WIDGETS, {"metadata": {"name": "w"}, "spec": {"size": 0}})
        assert (status, refusal["reason"]) == (422, "Invalid")
        assert refusal["details"]["causes"][0]["field"] == "spec.size"
        await api.made(WIDGETS, "w", spec={"size": 1})
        body = {"status": {"phase": "Huge"}}
        status, refusal = await api.call("PATCH", f"{WIDGETS}/w/status", body, media=MERGE)
        assert (status, refusal["details"]["causes"][0]["field"]) == (422, "status.phase")

    run(main)


def test_unknown_fields_are_refused_warned_of_or_ignored() -> None:
    async def main() -> None:
        api = Api()
        body = {"metadata": {"name": "w"}, "spec": {"size": 1, "siez": 2}}
        status, refusal = await api.call("POST", WIDGETS, body, fieldValidation="Strict")
        assert status == 400
        assert 'unknown field "spec.siez"' in refusal["message"]
        warned = await api.raw("POST", WIDGETS, body, fieldValidation="Warn", dryRun="All")
        assert warned.headers["warning"] == '299 - "unknown field \\"spec.siez\\""'
        ignored = await api.raw("POST", WIDGETS, body, fieldValidation="Ignore", dryRun="All")
        assert (ignored.status, "warning" in ignored.headers) == (201, False)

    run(main)


def test_dry_run_writes_nothing() -> None:
    async def main() -> None:
        api = Api()
        status, _ = await api.call("POST", CONFIG_MAPS, {"metadata": {"name": "a"}}, dryRun="All")
        assert status == 201
        assert (await api.call("GET", f"{CONFIG_MAPS}/a"))[0] == 404
        await api.made(CONFIG_MAPS, "a")
        await api.call("DELETE", f"{CONFIG_MAPS}/a", dryRun="All")
        assert (await api.call("GET", f"{CONFIG_MAPS}/a"))[0] == 200

    run(main)


def test_apply_creates_merges_conflicts_and_forces() -> None:
    async def main() -> None:
        api = Api()
        one = {"apiVersion": "test.io/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {"size": 1}}
        two = {**one, "spec": {"size": 2}}
        at = f"{WIDGETS}/w"
        assert (await api.call("PATCH", at, one, media=APPLY))[0] == 422  # no fieldManager
        status, made = await api.call("PATCH", at, one, media=APPLY, fieldManager="ann")
        assert (status, made["spec"]["size"]) == (201, 1)
        status, refusal = await api.call("PATCH", at, two, media=APPLY, fieldManager="bob")
        assert (status, refusal["details"]["causes"][0]["reason"]) == (409, "FieldManagerConflict")
        status, forced = await api.call("PATCH", at, two, media=APPLY, fieldManager="bob", force="true")
        assert (status, forced["spec"]["size"]) == (200, 2)
        again = await api.call("PATCH", at, two, media=APPLY, fieldManager="bob")
        assert again[1]["metadata"]["resourceVersion"] == forced["metadata"]["resourceVersion"]

    run(main)


def test_finalizers_hold_an_object_until_the_last_is_gone() -> None:
    async def main() -> None:
        api = Api()
        body = {"metadata": {"name": "w", "finalizers": ["test.io/hold"]}, "spec": {"size": 1}}
        await api.call("POST", WIDGETS, body)
        _, marked = await api.call("DELETE", f"{WIDGETS}/w")
        assert marked["metadata"]["deletionTimestamp"] == "2026-01-05T00:00:00Z"
        assert (await api.call("GET", f"{WIDGETS}/w"))[0] == 200
        await api.call("PATCH", f"{WIDGETS}/w", {"metadata": {"finalizers": []}}, media=MERGE)
        assert (await api.call("GET", f"{WIDGETS}/w"))[0] == 404

    run(main)


def test_delete_keeps_preconditions() -> None:
    async def main() -> None:
        api = Api()
        made = await api.made(CONFIG_MAPS, "a")
        stale = {"preconditions": {"uid": "other"}, "propagationPolicy": "Foreground"}
        assert (await api.call("DELETE", f"{CONFIG_MAPS}/a", stale))[0] == 409
        right = {"preconditions": {"uid": made["metadata"]["uid"]}}
        assert (await api.call("DELETE", f"{CONFIG_MAPS}/a", right))[0] == 200

    run(main)


def test_a_namespace_must_exist_and_goes_with_its_content() -> None:
    async def main() -> None:
        api = Api()
        there = "/api/v1/namespaces/team/configmaps"
        status, refusal = await api.call("POST", there, {"metadata": {"name": "a"}})
        assert (status, refusal["message"]) == (404, 'namespaces "team" not found')
        await api.made("/api/v1/namespaces", "team")
        await api.made(there, "a")
        held = {"metadata": {"name": "w", "finalizers": ["test.io/hold"]}, "spec": {"size": 1}}
        widgets = WIDGETS.replace("default", "team")
        await api.call("POST", widgets, held)
        _, ending = await api.call("DELETE", "/api/v1/namespaces/team")
        assert ending["status"]["phase"] == "Terminating"
        assert (await api.call("GET", f"{there}/a"))[0] == 404
        assert (await api.call("POST", there, {"metadata": {"name": "b"}}))[0] == 403
        await api.call("PATCH", f"{widgets}/w", {"metadata": {"finalizers": None}}, media=MERGE)
        assert (await api.call("GET", "/api/v1/namespaces/team"))[0] == 404
        assert (await api.call("DELETE", "/api/v1/namespaces/default"))[0] == 403

    run(main)


def test_generated_names_differ_and_repeat_with_the_seed() -> None:
    async def main() -> None:
        async def made(seed: int) -> list[str]:
            api = Api(seed=seed)
            body = {"metadata": {"generateName": "a-"}}
            return [(await api.call("POST", CONFIG_MAPS, body))[1]["metadata"]["name"] for _ in range(20)]

        first = await made(1)
        assert len(set(first)) == 20
        assert first == await made(1)
        assert first != await made(2)

    run(main)


def test_selectors() -> None:
    async def main() -> None:
        api = Api()
        for name, tier in (("a", "gold"), ("b", "tin"), ("c", "gold")):
            await api.call("POST", CONFIG_MAPS, {"metadata": {"name": name, "labels": {"tier": tier}}})
        assert names((await api.call("GET", CONFIG_MAPS, labelSelector="tier=gold"))[1]) == ["a", "c"]
        assert names((await api.call("GET", CONFIG_MAPS, fieldSelector="metadata.name=b"))[1]) == ["b"]
        assert names((await api.call("GET", "/api/v1/configmaps", fieldSelector="metadata.name!=b"))[1]) == ["a", "c"]
        assert (await api.call("GET", CONFIG_MAPS, fieldSelector="data.x=1"))[0] == 400
        _, deleted = await api.call("DELETE", CONFIG_MAPS, labelSelector="tier=gold")
        assert names(deleted) == ["a", "c"]
        assert names((await api.call("GET", CONFIG_MAPS))[1]) == ["b"]

    run(main)


def test_pages_show_one_version_whatever_is_written_in_between() -> None:
    async def main() -> None:
        api = Api()
        for name in "abcde":
            await api.made(CONFIG_MAPS, name, data={"v": "old"})
        _, page = await api.call("GET", CONFIG_MAPS, limit="2")
        version = page["metadata"]["resourceVersion"]
        assert (names(page), page["metadata"]["remainingItemCount"]) == (["a", "b"], 3)
        await api.call("DELETE", f"{CONFIG_MAPS}/c")
        await api.made(CONFIG_MAPS, "cc")
        await api.call("PATCH", f"{CONFIG_MAPS}/d", {"data": {"v": "new"}}, media=MERGE)
        _, rest = await api.call("GET", CONFIG_MAPS, **{"continue": page["metadata"]["continue"]})
        assert [(i["metadata"]["name"], i["data"]["v"]) for i in rest["items"]] == [(n, "old") for n in "cde"]
        assert rest["metadata"]["resourceVersion"] == version
        _, exact = await api.call("GET", CONFIG_MAPS, resourceVersion=version, resourceVersionMatch="Exact")
        assert names(exact) == list("abcde")

    run(main)


def test_an_expired_page_is_gone_and_a_version_to_come_is_refused() -> None:
    async def main() -> None:
        api = Api()
        for name in "abc":
            await api.made(CONFIG_MAPS, name)
        _, page = await api.call("GET", CONFIG_MAPS, limit="1")
        for value in range(17_000):
            await api.call("PATCH", f"{CONFIG_MAPS}/a", {"data": {"v": str(value)}}, media=MERGE)
        status, refusal = await api.call("GET", CONFIG_MAPS, **{"continue": page["metadata"]["continue"]})
        assert (status, refusal["reason"]) == (410, "Expired")
        assert (await api.call("GET", CONFIG_MAPS, **{"continue": "???"}))[0] == 400
        assert (await api.call("GET", CONFIG_MAPS, resourceVersion="99999999"))[0] == 504

    run(main)


def test_tables_and_metadata_alone() -> None:
    async def main() -> None:
        api = Api()
        await api.made(WIDGETS, "w", spec={"size": 5})
        for path in (WIDGETS, f"{WIDGETS}/w"):
            _, table = await api.call("GET", path, accept=TABLE)
            assert table["kind"] == "Table"
            assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Size"]
            assert table["rows"][0]["cells"] == ["w", 5]
        _, partial = await api.call("GET", f"{WIDGETS}/w", accept=PARTIAL)
        assert (partial["kind"], sorted(partial)) == ("PartialObjectMetadata", ["apiVersion", "kind", "metadata"])

    run(main)


@pytest.mark.parametrize(
    ("method", "path", "options", "code"),
    [
        ("GET", "/api/v1/endpoints", {}, 404),
        ("GET", "/apis/test.io/v2/widgets", {}, 404),
        ("GET", f"{CONFIG_MAPS}/a/status", {}, 404),
        ("GET", "/clusters/nowhere/api/v1/nodes", {}, 404),
        ("POST", "/api/v1/namespaces/default", {}, 405),
        ("PUT", CONFIG_MAPS, {}, 405),
        ("POST", "/api/v1/namespaces/default/pods", {"body": {"metadata": {"name": "p"}}}, 422),
        ("POST", "/api/v1/configmaps", {"body": {"metadata": {"name": "x"}}}, 405),
        ("POST", CONFIG_MAPS, {"body": b"{"}, 400),
        ("POST", CONFIG_MAPS, {"body": b"[]"}, 400),
        ("POST", CONFIG_MAPS, {"body": {"kind": "Secret", "metadata": {"name": "x"}}}, 400),
        ("POST", CONFIG_MAPS, {"body": b"x", "media": "text/plain"}, 415),
        ("PATCH", f"{CONFIG_MAPS}/a", {"body": {}, "media": "application/json"}, 415),
        ("PATCH", f"{WIDGETS}/a", {"body": {}, "media": "application/strategic-merge-patch+json"}, 415),
        ("GET", CONFIG_MAPS, {"accept": "application/vnd.kubernetes.protobuf"}, 406),
        ("GET", CONFIG_MAPS, {"limit": "many"}, 400),
        ("GET", CONFIG_MAPS, {"labelSelector": "a=="}, 200),
        ("GET", CONFIG_MAPS, {"labelSelector": "=="}, 400),
        ("POST", CONFIG_MAPS, {"body": {"metadata": {"name": "x"}}, "dryRun": "Some"}, 422),
    ],
)
def test_what_is_not_served_is_refused(method: str, path: str, options: dict, code: int) -> None:
    async def main() -> None:
        api = Api()
        status, body = await api.call(method, path, **options)
        assert status == code, body
        if code >= 400:
            assert (body["kind"], body["code"]) == ("Status", code)
            assert body["message"]

    run(main)


def test_documents() -> None:
    async def main() -> None:
        api = Api()
        for path in ("/healthz", "/readyz", "/livez"):
            assert (await api.raw("GET", path)).body == b"ok"
        assert (await api.call("GET", "/version"))[1]["major"] == "1"
        assert "test.io" in [group["name"] for group in (await api.call("GET", "/apis"))[1]["groups"]]
        assert (await api.call("GET", "/clusters/hub/api/v1"))[1]["kind"] == "APIResourceList"
        assert "apis/test.io/v1" in (await api.call("GET", "/openapi/v3"))[1]["paths"]

    run(main)


def test_events_are_one_storage_in_two_groups() -> None:
    async def main() -> None:
        api = Api()
        event = {
            "metadata": {"name": "e"},
            "involvedObject": {"kind": "Node", "name": "n"},
            "message": "It happened.",
            "reason": "Happened",
            "type": "Normal",
        }
        await api.call("POST", "/api/v1/namespaces/default/events", event)
        _, new = await api.call("GET", "/apis/events.k8s.io/v1/namespaces/default/events/e")
        assert (new["note"], new["regarding"]["name"]) == ("It happened.", "n")
        _, listed = await api.call("GET", "/api/v1/events", fieldSelector="involvedObject.name=n")
        assert names(listed) == ["e"]

    run(main)
