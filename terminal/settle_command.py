"""``yibao settle CASE``: price one case file and say, in national names and yuan, who pays what and why."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from config.case_file import Case, CaseMalformed, read_case
from config.pack_file import load_pack
from config.regions import policy_for
from settlement.errors import OperatorError, Refusal
from settlement.plain import one_line
from settlement.split import carried, price
from terminal.priced import Answer, priced, readable, refused

if TYPE_CHECKING:
    import argparse

    from settlement.bill import Bill
    from settlement.policy import Policy

SCHEMA = "yibao.settle/1"
EXIT_OK, EXIT_DIFFERS, EXIT_CONFIGURATION, EXIT_REFUSED = 0, 1, 3, 6


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``settle`` to the commands of ``yibao``."""
    parser = subparsers.add_parser("settle", help="price one case file · 试算一个案例", description="Price one case file · 试算一个案例")
    parser.add_argument("case", type=Path, metavar="CASE", nargs="?", help="case file, TOML or JSON (docs/case-format.md) · 案例文件")
    parser.add_argument("--check-pack", type=Path, metavar="FILE", help="only validate a region pack · 只检查政策包")
    what_if = "re-price past settlements by a candidate pack · 用候选政策包重算以往结算"
    parser.add_argument("--what-if", type=Path, metavar="PACK", help=what_if)
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")), help="whose journal · 账本所在目录")
    parser.add_argument("--pack", type=Path, metavar="FILE", help="price by this region pack · 用指定的政策包")
    parser.add_argument("--json", action="store_true", help="write JSON · 输出 JSON")
    parser.add_argument("--explain", action="store_true", help="say why, step by step · 逐步说明")
    parser.set_defaults(run=run, usage=parser.error)


def run(args: argparse.Namespace) -> int:
    """Price the case. 0 priced · 1 an expectation of the case differs · 3 case or pack unusable · 6 refused."""
    try:
        if args.check_pack is not None:
            return _check(args.check_pack, as_json=args.json)
        if args.what_if is not None:
            return _what_if(args.what_if, args.data_dir, as_json=args.json)
        if args.case is None:
            args.usage("CASE, --check-pack FILE, or --what-if PACK")
        case = read_case(args.case)
        pack_file = args.pack or case.pack
        packs = [load_pack(path) if path else None for path in (pack_file, case.catalogue)]
        answers = _answers(case, *packs, explain=args.explain)
    except OperatorError as error:
        sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
        if args.json:
            said = {"code": error.code, "zh": error.say("zh"), "en": error.say("en"), "details": error.details}
            _write_json({"outcome": "unusable", "error": said})
        return EXIT_CONFIGURATION
    if args.json:
        _write_json(answers[0] if len(answers) == 1 else {"visits": answers})
    else:
        sys.stdout.write("\n".join(map(readable, answers)))
    if answers[-1]["outcome"] == "refused":
        return EXIT_REFUSED
    return EXIT_DIFFERS if any(answer["differences"] for answer in answers) else EXIT_OK


def _check(path: Path, *, as_json: bool) -> int:
    """Say of a pack that it loads, and how far its values may be trusted. Raises :class:`config.pack_file.PackMalformed`."""
    policy = load_pack(path)
    by_status = policy.by_status()
    if as_json:
        _write_json({"outcome": "sound", "pack": policy.pack, "values": {status: list(keys) for status, keys in by_status.items()}})
        return EXIT_OK
    lines = [f"{policy.pack}  {one_line(policy.name)}"]
    for status, keys in by_status.items():
        lines += [f"  {status:<12}{len(keys):>5}", *(f"    ? {one_line(key)}" for key in keys if status != "confirmed")]
    sys.stdout.write("\n".join(lines) + "\n")
    return EXIT_OK


def _what_if(path: Path, directory: Path, *, as_json: bool) -> int:
    """Say what a candidate pack would have changed. Raises :class:`OperatorError` for a pack or a journal that cannot be read."""
    from config.clock import SystemClock  # noqa: PLC0415 - the journal is loaded when asked for
    from config.entropy import SystemEntropy  # noqa: PLC0415 - see above
    from offline_queue.journal import Journal  # noqa: PLC0415 - see above
    from terminal.progress_bar import ProgressBar  # noqa: PLC0415 - see above
    from terminal.what_if import readable as report_of  # noqa: PLC0415 - see above
    from terminal.what_if import what_if  # noqa: PLC0415 - see above

    candidate = load_pack(path)
    bar = ProgressBar(sys.stderr, os.environ)
    with Journal(directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
        try:
            answer = what_if(journal, candidate, lambda done, total: bar.show("重算 / re-pricing", done, total)).answer()
        finally:
            bar.clear()
    if as_json:
        _write_json(answer)
    else:
        sys.stdout.write(report_of(answer))
    return EXIT_OK


def _answers(case: Case, pack: Policy | None, catalogue: Policy | None, *, explain: bool) -> list[Answer]:
    """Price the visits in order, each with what the one before left; a refusal is the last answer."""
    answers: list[Answer] = []
    benefit = case.benefit
    for visit in case.visits:
        place = catalogue or (pack if not visit.insuplc_admdvs else None) or _policy(case, visit.bill, visit.bill.admdvs)
        policy = pack or (_policy(case, visit.bill, visit.insuplc_admdvs) if visit.insuplc_admdvs else place)
        for found in (place, policy):
            if isinstance(found, Refusal):
                return [*answers, refused(found, visit.bill, visit.expect, pack="")]
        assert not isinstance(place, Refusal)
        assert not isinstance(policy, Refusal)
        _refuse_unknown_conditions(case, visit.bill, policy)
        bill = replace(visit.bill, admdvs=visit.bill.admdvs or place.admdvs, begntime=visit.bill.begntime or policy.effective)
        split = price(bill, policy, benefit, catalogue=place, use_account=visit.use_account)
        if isinstance(split, Refusal):
            return [*answers, refused(split, bill, visit.expect, pack=policy.pack)]
        answers.append(priced(split, bill, visit.expect, explain=explain))
        benefit = carried(benefit, bill, split)
    return answers


def _policy(case: Case, bill: Bill, admdvs: str) -> Policy | Refusal:
    for key, given in (("admdvs", admdvs), ("date", bill.begntime)):
        if not given:
            cure_zh, cure_en = "补上这一项，或用 --pack 指定政策包。", "Add it, or name a pack with --pack."
            raise CaseMalformed(file=case.file, key=key, cure_zh=cure_zh, cure_en=cure_en)
    return policy_for(admdvs, bill.begntime)


def _refuse_unknown_conditions(case: Case, bill: Bill, policy: Policy) -> None:
    """Refuse a word that the pack does not know: it would silently change nothing."""
    said = {"conditions": bill.conditions, "person_conditions": case.benefit.conditions}
    said |= {f"line[{line.feedetl_sn}].conditions": line.conditions for line in bill.lines}
    for key, words in said.items():
        if not set(words) <= set(policy.conditions):
            known = ", ".join(policy.conditions) or "—"
            cure_zh, cure_en = f"政策包 {policy.pack} 只认：{known}。", f"Pack {policy.pack} knows: {known}."
            raise CaseMalformed(file=case.file, key=key, cure_zh=cure_zh, cure_en=cure_en)


def _write_json(answer: Answer) -> None:
    sys.stdout.write(json.dumps({"schema": SCHEMA, **answer}, ensure_ascii=False, indent=2) + "\n")
