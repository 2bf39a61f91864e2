"""By what a person is known: a card, an identity number, a token of the e-certificate; and the decoding component that issues tokens.

The component is simulated: a code lives a minute on its owner's phone, as random as real ones look, and is exchanged once for a token
that stands for the person at one institution. Real components differ by bureau; its form is that of :mod:`nhsa.ecert`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from clearing import people
from clearing.errors import Refused
from clearing.people import Insured
from clearing.pricing import PolicyOf, policy_in_force
from clearing.schema import ecert_code, ecert_token
from config.entropy import Entropy
from nhsa import codes
from nhsa.envelope import Request

CODE_S = 60
TOKEN_S = 30 * 60
"""How long a code and a token count, in seconds: values of this component, no rule is public."""
_CODE_DIGITS, _TOKEN_BYTES = 28, 24
_FORM = "%Y-%m-%d %H:%M:%S"
_NO_CODE = "请使用医保电子凭证二维码"
_CODE_OVER = "二维码已失效，请刷新后再扫"
_TOKEN_OVER = "电子凭证令牌已失效，请重新扫码"  # noqa: S105 - words
_NOT_HERE = "本统筹区不支持该就诊凭证"


def show(db: Connection, insured: Insured, entropy: Entropy, at: str) -> str:
    """Return the code that a person's phone shows from now on."""
    drawn = int.from_bytes(entropy.token(_CODE_DIGITS, f"ecert/code/{insured.psn_no}/{at}"))
    code = str(drawn % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)
    db.execute(delete(ecert_code).where(ecert_code.c.psn_no == insured.psn_no))
    db.execute(insert(ecert_code).values(code=code, psn_no=insured.psn_no, until=_later(at, CODE_S)))
    return code


def exchange(db: Connection, scanned: str, fixmedins_code: str, entropy: Entropy, at: str) -> str:
    """Return a token for a scanned code, which counts once. Raises :class:`Refused` for anything else."""
    found = db.execute(select(ecert_code).where(ecert_code.c.code == scanned)).mappings().first()
    if found is None:
        raise Refused(_NO_CODE)
    db.execute(delete(ecert_code).where(ecert_code.c.code == scanned))
    if found["until"] < at:
        raise Refused(_CODE_OVER)
    token = entropy.token(_TOKEN_BYTES, f"ecert/token/{scanned}").hex()
    db.execute(delete(ecert_token).where(ecert_token.c.until < at))
    db.execute(insert(ecert_token).values(token=token, psn_no=found["psn_no"], fixmedins_code=fixmedins_code, until=_later(at, TOKEN_S)))
    return token


def presented(
    db: Connection, request: Request, policy_of: PolicyOf, at: str, *, psn_no: str, cert_type: str, cert_no: str
) -> tuple[Insured, str]:
    """Return the person and the number of the card that was presented, empty with another certificate. Raises :class:`Refused`."""
    insured = people.insured_of(db, psn_no)
    if cert_type == codes.CARD:
        return insured, people.card_of(db, cert_no, psn_no=insured.psn_no).card_no
    if whose(db, request, policy_of, at, cert_type=cert_type, cert_no=cert_no) != insured:
        raise Refused("就诊凭证与人员编号不符")
    return insured, ""


def whose(db: Connection, request: Request, policy_of: PolicyOf, at: str, *, cert_type: str, cert_no: str) -> Insured:
    """Return whose a certificate is that is no card. Raises :class:`Refused`, also where the area does not take it."""
    if cert_type not in policy_in_force(policy_of, request.mdtrtarea_admvs, at).certificates:
        raise Refused(_NOT_HERE)
    if cert_type == codes.IDENTITY_CARD:
        return people.insured_by_certno(db, cert_no)
    of_token = (ecert_token.c.token == cert_no, ecert_token.c.fixmedins_code == request.fixmedins_code, ecert_token.c.until >= at)
    psn_no = db.execute(select(ecert_token.c.psn_no).where(*of_token)).scalar()
    if psn_no is None:
        raise Refused(_TOKEN_OVER)
    return people.insured_of(db, psn_no)


def _later(at: str, seconds: int) -> str:
    moment = datetime.strptime(at, _FORM) + timedelta(seconds=seconds)  # noqa: DTZ007 - China time, as the interface writes it
    return moment.strftime(_FORM)
