"""HEAD wherever GET is: the same answer, and of its body nothing."""

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _Enough(Exception):
    """The head has been sent; what goes on behind it need not be made."""


class Heads:
    """Asks for what a HEAD names as a GET does, and ends where the body begins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets all but HEAD through as it is."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            if message.get("more_body"):
                raise _Enough

        # A copy: the server must go on knowing that no body is to be sent.
        got: dict[str, Any] = {**scope, "method": "GET"}
        try:
            await self.app(got, receive, send_head)
        except _Enough:
            pass
        finally:
            scope.update({**got, "method": "HEAD"})  # the gate asks it for the operation
