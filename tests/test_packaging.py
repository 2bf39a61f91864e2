"""What is installed, tracked and promised: packages, commands, requirement sets, Makefile and READMEs."""

from __future__ import annotations

import gettext
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution, entry_points, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
SCRIPTS: dict[str, str] = PROJECT["project"]["scripts"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
READMES = ("README.md", "README.zh.md")
INDEX_ADDRESS = re.compile(r"--(extra-)?index-url|--find-links|/simple/?[\s\"']|registry\s*=")
MACHINE_PATH = re.compile(r"(?<![\w.$}>])/(tmp|work|root|home|Users)/[\w.-]+")
PERSON_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\d)")


def tracked() -> list[Path]:
    """List the files that git keeps; skip where there is no repository, as in an unpacked archive."""
    done = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S607 - git as found
    if done.returncode:
        pytest.skip("no git repository here")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_matching(pattern: re.Pattern[str], *, skipped: frozenset[str] = frozenset()) -> list[str]:
    """Name each tracked line in which the pattern occurs."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if path.name not in skipped
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_wheel_lists_every_package_of_the_checkout() -> None:
    """A new top-level package is named in the wheel, in the contracts and in the type check, or it is forgotten."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert found == set(PACKAGES)
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == found
    assert found < set(PROJECT["tool"]["mypy"]["files"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(build, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """What is built has every tracked file of the packages, region packs too, and no other top-level name."""
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}

    ours = {path.relative_to(ROOT).as_posix() for path in tracked() if path.relative_to(ROOT).parts[0] in PACKAGES}

    assert set() == ours - held
    assert set(PACKAGES) == {name.partition("/")[0] for name in held}


def test_the_wheel_speaks_chinese(wheel: zipfile.ZipFile) -> None:
    """The compiled words of the screen are in it: a counter has no tools to compile them."""
    spoken = gettext.GNUTranslations(wheel.open("terminal/locale/zh_CN/LC_MESSAGES/yibao.mo"))

    assert "[正常]" == spoken.gettext("[OK]")


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_belongs_to_us_alone(package: str) -> None:
    """No other distribution installs a package of the same name: it would overwrite ours without a word."""
    owners = set(packages_distributions().get(package, ["yibao-terminal"]))
    site = distribution("pip").locate_file("")

    assert {"yibao-terminal"} == owners
    assert not Path(str(site), package).exists()


def test_the_installed_version_is_the_declared_one() -> None:
    """The environment holds this checkout."""
    assert PROJECT["project"]["version"] == distribution("yibao-terminal").version


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_command_resolves(script: str) -> None:
    """Every console script is installed and names a function that exists."""
    (entry,) = entry_points(group="console_scripts", name=script)

    assert SCRIPTS[script] == entry.value
    assert callable(entry.load())


@pytest.mark.parametrize("name", ["run", "test", "pcsc", "pcsc-build"])
def test_each_requirement_is_pinned_and_hashed(name: str) -> None:
    """A set installs the same bytes everywhere."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line.strip()]

    assert requirements
    assert [] == [line[:60] for line in requirements if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]


def test_run_and_test_sets_agree() -> None:
    """What both sets name, they name in the same version."""
    pins = {
        name: dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")))
        for name in ("run", "test")
    }

    both = pins["run"].keys() & pins["test"].keys()

    assert {name: pins["run"][name] for name in both} == {name: pins["test"][name] for name in both}


def test_a_counter_needs_no_compiler() -> None:
    """The reader library stands in a set of its own."""
    for name in ("run", "test"):
        assert "pyscard" not in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def test_what_the_project_needs_is_in_the_run_set() -> None:
    """Every dependency that the wheel declares is pinned for the counter."""
    pinned = set(re.findall(r"(?m)^([\w.-]+)==", (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")))

    assert set() == {re.split(r"[<>=]", need)[0] for need in PROJECT["project"]["dependencies"]} - pinned


def test_no_index_address_is_tracked() -> None:
    """Where packages come from belongs to the machine, never to the repository."""
    assert [] == lines_matching(INDEX_ADDRESS, skipped=frozenset({"test_packaging.py"}))


def test_no_machine_path_is_tracked() -> None:
    """The checkout works wherever it lies."""
    assert [] == lines_matching(MACHINE_PATH, skipped=frozenset({"test_packaging.py"}))


def test_no_valid_citizen_number_is_tracked() -> None:
    """Whatever has the form of a citizen number fails its check digit or lies in an area that does not exist (99)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix in {".py", ".toml", ".md", ".json"}
        for match in PERSON_NUMBER.finditer(path.read_text(encoding="utf-8", errors="replace"))
        if not match[0].startswith("99")
        and "10X98765432"[sum(int(digit) * weight for digit, weight in zip(match[0], weights, strict=False)) % 11] == match[0][-1]
    ]

    assert [] == found


def test_each_target_has_its_line_of_help() -> None:
    """``make help`` names every target that a person may call, and no other."""
    phony = set(re.findall(r"(?m)^\.PHONY: (.*)$", MAKEFILE)[0].split())
    helped = set(re.findall(r"(?m)^([a-z-]+):.*## \S", MAKEFILE))

    assert phony == helped


@pytest.mark.parametrize("name", READMES)
def test_readme_names_what_exists(name: str) -> None:
    """Every ``make`` target, command and relative link of a README is there."""
    text = (ROOT / name).read_text(encoding="utf-8")

    targets = set(re.findall(r"(?m)(?:^|`)make ([a-z-]+)", text))
    commands = set(re.findall(r"(?m)^\| `([a-z-]+)` \|", text))
    links = set(re.findall(r"\]\(([^)#:]+)\)", text))

    assert set() == targets - set(re.findall(r"(?m)^([a-z-]+):", MAKEFILE))
    assert set(SCRIPTS) == commands
    assert [] == [link for link in links if not (ROOT / link).exists()]


def test_both_readmes_say_the_same_things() -> None:
    """The two languages have the same headings, code blocks and tables."""
    shapes = [
        [
            re.sub(r"[^#`|].*", "", line)
            for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
            if line.startswith(("#", "```", "|"))
        ]
        for name in READMES
    ]

    assert shapes[0] == shapes[1]


def test_ci_calls_the_readmes_test_command() -> None:
    """What runs on a submission is what a newcomer is told to run."""
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
