"""The reference centre: one request in, one answer out, everything between in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from clearing import (
    allowances,
    answers,
    certificates,
    chains,
    desk,
    enquiries,
    outpatient,
    people,
    readings,
    refill,
    settlements,
    statements,
    uploads,
    visits,
)
from clearing.database import Database
from clearing.errors import PutOff, Refused
from clearing.ledger import available, balance_fen, next_number
from clearing.personality import Personality, Told, remember, told_before
from clearing.pricing import PolicyOf, policy_in_force
from config.clock import Clock
from config.entropy import Entropy, SystemEntropy
from nhsa import codes, ecert, extension
from nhsa.envelope import Request, read_request

_NO_EXTENSION = "该统筹区不支持脱机额度"
_DONE, _REFUSED = 0, -1
_FILE = "file"
"""Member of an output that is a file: it is answered as it is, without an envelope."""
LIMITED_SIGN_IN = desk.Validity(requests=25, minutes=30)
"""How long a sign-in counts at a centre that forgets."""
STEPS = frozenset({"2201", "2202", "2203", "2203A", "2204", "2205"})
"""What moves a visit on and no money."""
ONCE = codes.SETTLES | STEPS | {"2601", "3203", "3204", extension.REFRESH}
"""What changes something: the personality decides what a second copy gets."""
THOUGHT_OVER = codes.SETTLES
"""What a slow centre takes its time for."""

Output = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One request being answered."""

    db: Connection
    request: Request
    now: datetime

    @property
    def at(self) -> str:
        """The centre's time, as the interface writes it."""
        return self.now.strftime("%Y-%m-%d %H:%M:%S")


class Centre:
    """Answers requests. Its state is in its database: two of them on one database are one centre."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        signature: desk.Signature,
        policy_of: PolicyOf,
        *,
        personality: Personality = Personality.IDEMPOTENT,
        entropy: Entropy | None = None,
        sign_in: desk.Validity = LIMITED_SIGN_IN,
    ) -> None:
        self._database = database
        self._clock = clock
        self._signature = signature
        self._policy_of = policy_of
        self._personality = personality
        self._entropy = entropy or SystemEntropy()
        self._validity = personality.validity(sign_in)
        self._transactions: dict[str, Callable[[Turn], Output]] = {
            "9001": self._sign_in,
            "9002": self._sign_out,
            "1101": lambda turn: enquiries.person(turn.db, turn.request, self._policy_of, turn.at),
            "2101": self._preview,
            "2102": self._settle,
            "2103": self._reverse,
            "2201": self._register,
            "2202": lambda turn: visits.cancel(turn.db, turn.request, turn.at),
            "2203": lambda turn: visits.tell(turn.db, turn.request),
            "2203A": lambda turn: visits.tell(turn.db, turn.request),
            "2204": self._upload,
            "2205": lambda turn: uploads.take_down(turn.db, turn.request, turn.at),
            "2206": self._dry_run,
            "2207": self._settle_batch,
            "2208": self._reverse,
            "2601": self._correct,
            "5201": lambda turn: enquiries.visits(turn.db, turn.request),
            "5203": lambda turn: enquiries.settlements(turn.db, turn.request),
            "5206": lambda turn: enquiries.accumulators(turn.db, turn.request),
            "3201": lambda turn: statements.totals(turn.db, turn.request, turn.at),
            "3202": lambda turn: statements.details(turn.db, turn.request, turn.at),
            "3203": lambda turn: statements.apply(turn.db, turn.request, turn.at),
            "3204": lambda turn: statements.cancel(turn.db, turn.request, turn.at),
            "9101": lambda turn: statements.take_file(turn.db, turn.request, turn.at),
            "9102": lambda turn: {_FILE: statements.hand_out(turn.db, turn.request)},
            extension.REFRESH: self._refresh,
            extension.EVIDENCE: self._see,
            extension.HOTLIST: self._hotlist,
            extension.HANDSHAKE: self._shake_hands,
            extension.READINGS: self._tell_readings,
            extension.REFILL: self._refill,
        }

    def answer(self, content: bytes) -> bytes:
        """Answer one request: an envelope, whatever it is, or the file that 9102 asked for."""
        now = self._clock.now()
        try:
            request, _ = read_request(content)
        except ValueError as error:
            return _envelope(Told(_REFUSED, f"FSI-交易报文不正确：{_fault(error)}", None), now, "")
        with self._database.transaction() as db:
            turn = Turn(db, request, now)
            allowances.release_overdue(db, turn.at)
            told = self._admitted(turn)
            reference = f"{request.mdtrtarea_admvs}{now:%Y%m%d%H%M%S}{next_number(db, 'answer'):010d}"
        if told.output is not None and isinstance(file := told.output.get(_FILE), bytes):
            return file
        return _envelope(told, now, reference)

    def decode(self, content: bytes) -> bytes:
        """Answer one question to the decoding component (:mod:`nhsa.ecert`): a token, or why there is none."""
        now = self._clock.now()
        try:
            wanted = ecert.DecodeRequest.model_validate_json(content)
            with self._database.transaction() as db:
                at = now.strftime("%Y-%m-%d %H:%M:%S")
                token = certificates.exchange(db, wanted.scanned, wanted.fixmedins_code, self._entropy, at)
        except Refused as refused:
            return ecert.refusal(refused.words)
        except ValueError:
            return ecert.refusal("请求不正确")
        return ecert.answer(token)

    def _admitted(self, turn: Turn) -> Told:
        work = self._transactions.get(turn.request.infno)
        if work is None:
            return Told(_REFUSED, "FSI-FSI-交易报文不正确：未知交易编号！", None)
        try:
            if turn.request.infno != "9001":
                desk.admit(turn.db, turn.request, self._validity, turn.at)
            if turn.request.infno not in ONCE:
                return self._work(turn, work)
            earlier = told_before(turn.db, turn.request, self._personality)
            if earlier is not None:
                return earlier
            told = self._work(turn, work)
        except Refused as refused:
            return Told(_REFUSED, refused.words, None)
        remember(turn.db, turn.request, told, turn.at)
        return told

    def _work(self, turn: Turn, work: Callable[[Turn], Output]) -> Told:
        """Do the transaction; a refusal takes back whatever it had begun. Raises :class:`PutOff`."""
        try:
            with turn.db.begin_nested():
                return Told(_DONE, "", work(turn))
        except PutOff:
            raise
        except Refused as refused:
            return Told(_REFUSED, refused.words, None)
        except ValidationError as invalid:
            return Told(_REFUSED, f"FSI-交易报文不正确：{_fault(invalid)}", None)

    # --- the transactions ------------------------------------------------------------------------------

    def _sign_in(self, turn: Turn) -> Output:
        sign_no = desk.enter(turn.db, turn.request, turn.at)
        return {"signinoutb": {"sign_time": turn.at, "sign_no": sign_no, "exp_content": self._signature.offer(turn.now)}}

    def _sign_out(self, turn: Turn) -> Output:
        desk.leave(turn.db, turn.request)
        return {"signoutoutb": {"sign_time": turn.at}}

    def _preview(self, turn: Turn) -> Output:
        claim, insured = settlements.preview(turn.db, turn.request, self._policy_of, turn.at)
        return answers.previewed(claim, insured)

    def _settle(self, turn: Turn) -> Output:
        booked, claim = settlements.settle(turn.db, turn.request, self._policy_of, turn.at)
        return answers.settled(booked, people.insured_of(turn.db, booked.psn_no), claim)

    def _reverse(self, turn: Turn) -> Output:
        booked = settlements.reverse(turn.db, turn.request, turn.at)
        statements.refuse_cleared(turn.db, setl_id=booked.original)
        return answers.booked(booked, people.insured_of(turn.db, booked.psn_no))

    def _register(self, turn: Turn) -> Output:
        opened = visits.register(turn.db, turn.request, self._policy_of, turn.at)
        return {"data": {"mdtrt_id": opened.mdtrt_id, "psn_no": opened.psn_no, "ipt_otp_no": opened.ipt_otp_no, "exp_content": None}}

    def _upload(self, turn: Turn) -> Output:
        copies = self._personality.answers_copies
        return {"result": uploads.upload(turn.db, turn.request, self._policy_of, answers_copies=copies)}

    def _dry_run(self, turn: Turn) -> Output:
        priced = outpatient.dry_run(turn.db, turn.request, self._policy_of, turn.at)
        return answers.batch_previewed(priced, turn.request.msgid)

    def _settle_batch(self, turn: Turn) -> Output:
        booked = outpatient.settle(turn.db, turn.request, self._policy_of, turn.at)
        return answers.booked(booked, people.insured_of(turn.db, booked.psn_no))

    def _correct(self, turn: Turn) -> Output:
        if settlements.correct(turn.db, turn.request, turn.at):
            statements.refuse_cleared(turn.db, msgid=str(turn.request.input["data"]["omsgid"]))
        return None

    def _refresh(self, turn: Turn) -> Output:
        query = extension.RefreshQuery.model_validate(turn.request.input.get("data"))
        held = people.card_of(turn.db, query.card_no, card_sn=query.card_sn, psn_no=query.psn_no)
        people.refuse_if_reported(held, turn.at)
        policy = policy_in_force(self._policy_of, people.insured_of(turn.db, query.psn_no).admdvs, turn.at)
        if policy.offline_account != "allowance":
            raise Refused(_NO_EXTENSION)
        self._keep(turn, query)
        holder = allowances.Holder(query.psn_no, query.card_no)
        granted = allowances.grant(turn.db, holder, query.record.record(), policy, limit_fen=query.limit_fen, at=turn.at)
        members = {name: getattr(granted, name) for name in ("generation", "grant_fen", "not_after", "available_fen")}
        return {"grant": members}

    def _see(self, turn: Turn) -> Output:
        query = extension.CardSeen.model_validate(turn.request.input.get("data"))
        people.card_of(turn.db, query.card_no, card_sn=query.card_sn, psn_no=query.psn_no)
        self._keep(turn, query)
        allowances.observe(turn.db, allowances.Holder(query.psn_no, query.card_no), query.record.record(), turn.at)
        return {"seen": {"available_fen": balance_fen(turn.db, available(query.psn_no))}}

    def _hotlist(self, turn: Turn) -> Output:
        extension.HotlistQuery.model_validate(turn.request.input.get("data"))
        return {"hotlist": self._signature.hotlist(turn.db, turn.now)}

    def _shake_hands(self, turn: Turn) -> Output:
        told = extension.ChainTold.model_validate(turn.request.input.get("data"))
        verdict = chains.shake(turn.db, turn.request.fixmedins_code, told, turn.at)
        return {"chain": self._signature.checkpoint(turn.request.fixmedins_code, told, verdict, turn.now)}

    def _tell_readings(self, turn: Turn) -> Output:
        query = extension.ReadingsQuery.model_validate(turn.request.input.get("data"))
        people.card_of(turn.db, query.card_no, card_sn=query.card_sn)
        return {"readings": [read.model_dump() for read in readings.of(turn.db, query)]}

    def _refill(self, turn: Turn) -> Output:
        lost = extension.Refill.model_validate(turn.request.input.get("data"))
        refill.refuse_unless_lost(turn.db, turn.request, lost.checkpoint, self._signature.public_key)
        told = refill.NOTHING
        if lost.settlement is not None:
            told = refill.settle(turn.db, turn.request, lost.settlement, self._policy_of)
        if lost.grant is not None:
            told = refill.grant(turn.db, lost.grant, self._policy_of)
        return {"refill": {"state": told}}

    def _keep(self, turn: Turn, seen: extension.CardSeen) -> None:
        readings.keep(turn.db, (seen.psn_no, seen.card_no), seen.record, msgid=turn.request.msgid, at=turn.at)


def _fault(error: ValueError) -> str:
    """Say which member is wrong, and nothing of what stood in it."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])} {first['type']}"
    return "JSON"


def _envelope(told: Told, now: datetime, reference: str) -> bytes:
    moment = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}"
    members = {
        "infcode": told.infcode,
        "inf_refmsgid": reference or None,
        "refmsg_time": moment,
        "respond_time": moment,
        "enctype": None,
        "signtype": None,
        "cainfo": None,
        "warn_msg": None,
        "err_msg": told.err_msg,
        "output": told.output,
    }
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
