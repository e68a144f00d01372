"""Serves the actions to Rasa over HTTP on loopback: one JSON POST, and a health check.

An action that raises must not become silence: the person gets an apology, the form stays where it was, and the log gets
the kind of error and where it happened, never what was said.
"""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import Any

import uvicorn
from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import actions.answer
import actions.ending
import actions.forms
from actions.seen import tell_seen
from actions.services import services
from bot.core.language import Language
from bot.core.screening import FormName, next_question

logger = logging.getLogger(__name__)


class _Actions:
    """The registered actions; each call runs in a worker thread, because the store waits for the database."""

    def __init__(self) -> None:
        self.executor = ActionExecutor()
        for action in (
            actions.answer.ActionAnswer(),
            actions.ending.ActionFormEnded(),
            actions.forms.ValidateSeekerForm(),
            actions.forms.ValidateEmployerForm(),
            actions.forms.ValidateNearestForm(),
            actions.forms.ValidateHandoffForm(),
        ):
            self.executor.register_action(action)

    async def webhook(self, request: Request) -> JSONResponse:
        """Rasa's call: {next_action, tracker, domain, …} in, {events, responses} out."""
        try:
            call: dict[str, Any] = json.loads(await request.body())
        except ValueError:
            return JSONResponse({"error": "The body is not JSON.", "action_name": None}, status_code=400)
        name = str(call.get("next_action"))
        if name not in self.executor.actions:
            return JSONResponse({"error": f"No action is named {name}.", "action_name": name}, status_code=404)
        return JSONResponse(await run_in_threadpool(self._run, name, call))

    def _run(self, name: str, call: dict[str, Any]) -> dict[str, Any]:
        dispatcher = CollectingDispatcher()
        try:
            tracker = Tracker.from_dict(call["tracker"])
            events = self.executor.actions[name](dispatcher, tracker, call.get("domain") or {})
            tell_seen(dispatcher.messages, name, tracker.slots, events)
            return {"events": events, "responses": dispatcher.messages}
        except Exception as error:  # the last resort: the person must hear something
            logger.error("action %s failed: %s at %s", name, type(error).__name__, _where(error))
            return _apology(name, call)

    async def health(self, request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})


def _where(error: Exception) -> str:
    """File and line of the innermost frame of ours: enough to find the fault, and nothing that a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-3:])


def _apology(name: str, call: dict[str, Any]) -> dict[str, Any]:
    slots = (call.get("tracker") or {}).get("slots") or {}
    language = Language.parse(slots.get("language"))
    knowledge = services().knowledge
    person = knowledge.say("choice_person", language)
    # Saying the slot again keeps a form open at its question: Rasa would otherwise end or reject it.
    asked = slots.get("requested_slot") or _first_question(name, slots)
    events: list[EventType] = [SlotSet("requested_slot", asked)] if asked else []
    if name == "action_form_ended":
        events.append(FollowupAction("action_listen"))
    text = knowledge.say("error_apology", language)
    return {"events": events, "responses": [{"text": text, "buttons": [{"title": person, "payload": person}]}]}


def _first_question(name: str, slots: dict[str, Any]) -> str | None:
    """Where a form stands that failed as it began."""
    form = name.removeprefix("validate_")
    question = next_question(FormName(form), slots) if form in set(FormName) else None
    return question.id if question else None


def create_app() -> Starlette:
    """The ASGI application; opens the database and the knowledge, so that a fault shows at the start."""
    served = _Actions()
    services()
    return Starlette(routes=[Route("/webhook", served.webhook, methods=["POST"]), Route("/health", served.health)])


def serve(port: int) -> None:
    """Serve on loopback until stopped. No websockets: rasa-sdk holds that library at a version uvicorn cannot use."""
    uvicorn.run(create_app(), host="127.0.0.1", port=port, ws="none", log_level="warning", access_log=False)
