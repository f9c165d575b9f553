"""A list at Mailchimp on loopback, after the description of `POST /lists/{list_id}`: members, tags and errors."""

import base64
from typing import Any

from aiohttp import web

KEY = "0123456789abcdef-us21"
LIST = "a1b2c3"


class MailchimpDouble:
    """Keeps members by address as Mailchimp does, and refuses what Mailchimp refuses."""

    def __init__(self) -> None:
        self.members: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self.busy = 0
        self.refuses: dict[str, str] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/3.0/lists/{list_id}", self.take)])
        return app

    async def take(self, request: web.Request) -> web.Response:
        self.calls += 1
        if self.busy:
            self.busy -= 1
            return self._problem(429, "Too Many Requests")
        expected = "Basic " + base64.b64encode(f"user:{KEY}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return self._problem(401, "API Key Invalid")
        if request.match_info["list_id"] != LIST:
            return self._problem(404, "Resource Not Found")
        body = await request.json()
        if len(body["members"]) > 500:
            return self._problem(400, "Invalid Resource")
        return web.json_response(self._taken(body["members"], update=body.get("update_existing", False)))

    def _taken(self, members: list[dict[str, Any]], *, update: bool) -> dict[str, Any]:
        new, updated, errors = [], [], []
        for one in members:
            address = one["email_address"].lower()
            if address in self.refuses:
                errors.append({"email_address": address, "error": self.refuses[address], "error_code": "ERROR_GENERIC"})
            elif address not in self.members:
                status = one.get("status") or one["status_if_new"]
                self.members[address] = {"status": status, "tags": set(one.get("tags", ())), **one["merge_fields"]}
                new.append({"email_address": address})
            elif update:
                known = self.members[address]
                known["tags"] |= set(one.get("tags", ()))
                known |= one["merge_fields"] | ({"status": one["status"]} if "status" in one else {})
                updated.append({"email_address": address})
        counts = {"total_created": len(new), "total_updated": len(updated), "error_count": len(errors)}
        return {"new_members": new, "updated_members": updated, "errors": errors, **counts}

    @staticmethod
    def _problem(status: int, title: str) -> web.Response:
        body = {"type": "about:blank", "title": title, "status": status, "detail": title, "instance": "double"}
        return web.json_response(body, status=status, content_type="application/json")
