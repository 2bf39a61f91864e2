"""9001 sign-in and 9002 sign-out (interface 2.1)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from nhsa.reading import Answer, Content, Text


class SignIn(Content):
    """``signIn`` of 9001."""

    opter_no: Annotated[str, Field(min_length=1, max_length=20)]
    mac: Annotated[str, Field(min_length=1, max_length=20)]
    ip: Annotated[str, Field(min_length=1, max_length=20)]


class SignOut(Content):
    """``signOut`` of 9002."""

    sign_no: Annotated[str, Field(min_length=1, max_length=32)]
    opter_no: Annotated[str, Field(min_length=1, max_length=20)]


class SignedIn(Answer):
    """``signinoutb``; ``exp_content`` is a local member that may offer our extensions."""

    sign_no: Text
    sign_time: Text = ""
    exp_content: Text = ""


def sign_in_input(operator: str) -> dict[str, Any]:
    """Return the input of 9001. The counter has no stable MAC or address to give: zeros say so."""
    return {"signIn": SignIn(opter_no=operator, mac="00-00-00-00-00-00", ip="127.0.0.1").wire()}


def read_sign_in(output: dict[str, Any]) -> SignedIn:
    """Return what 9001 answered. Raises :class:`ValueError`."""
    return SignedIn.model_validate(output.get("signinoutb"))
