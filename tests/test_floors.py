"""Imports only go down; the world (disk, network, printing) stays on its floor."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "community"

# floor of each module or package; a module may import from lower floors, and from its own floor
# where that makes no cycle
FLOORS = {
    0: {"types", "reported", "linked", "contracts", "errors"},
    1: {"ids", "addresses", "tables", "spool", "text", "dates", "headers", "marks", "quotes", "threads", "flat", "html",
        "codebook", "lexicon", "xml", "measures", "vectors"},
    2: {"records", "mail", "tabular", "readers", "coding", "coders", "learned", "judges", "results", "linking", "privacy",
        "labels", "discovery", "estimators", "scheduling"},
    3: {"rows", "matching", "analysis", "pipeline", "summaries", "prevalence", "units", "quality"},
    4: {"stores", "exporters", "sources", "pages", "archives", "compression", "scale", "locks", "files", "charts",
        "fetching", "timers", "run_log", "label_files", "quality_charts", "quality_pages"},
    5: {"plugins", "config", "assembly", "retrieval", "mapping", "shown", "api", "checkup", "cli", "cli_parts", "cli_ledger", "cli_quality", "cli_schedule", "planning", "ledgers", "evaluation",
        "__init__", "__main__"},
}  # fmt: skip


def floor_of(module: str) -> int:
    for floor, members in FLOORS.items():
        if module in members:
            return floor
    raise AssertionError(f"community.{module} stands on no floor: add it to FLOORS")


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def top(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    """Top-level modules of ours that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "community":
                found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("community.")}
    return found - {"__version__"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_only_go_down(path: Path) -> None:
    here = floor_of(top(path))
    for name in imported(path):
        assert floor_of(name) <= here, f"{path.name} imports community.{name} from above"


@pytest.mark.parametrize("kind", ["readers", "coders", "exporters"])
def test_plug_ins_do_not_import_each_other(kind: str) -> None:
    folder = PACKAGE / kind
    public = {p.stem for p in folder.glob("*.py") if not p.stem.startswith("_")}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == f"community.{kind}":
                assert not {a.name for a in node.names} & public, path
            if isinstance(node, ast.ImportFrom) and node.module:
                assert node.module not in {f"community.{kind}.{name}" for name in public}, path


def calls(path: Path) -> set[str]:
    """Names of the functions that a file calls: ``print``, ``sys.exit``, ``open`` …"""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_shell_prints_and_only_the_world_opens_files(path: Path) -> None:
    floor, used = floor_of(top(path)), calls(path)
    if floor < 5:
        assert not used & {"print", "sys.exit", "exit"}, path
    if floor < 4:
        assert not used & {"open", "datetime.now", "time.time", "random.random"}, path
    assert not used & {"eval", "exec", "pickle.load", "pickle.loads", "os.system"}, path


def functions() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found.append((f"{path.relative_to(PACKAGE)}:{node.name}", node))
    return found


def test_functions_are_short_and_take_few_parameters() -> None:
    """Caps of the house: 60 lines, 95 % within 40, 6 parameters; the command line's options are
    parameters by typer's nature."""
    lengths = []
    for name, node in functions():
        length = (node.end_lineno or 0) - node.lineno + 1
        args = node.args
        count = len(args.posonlyargs) + len(args.args) + len(args.kwonlyargs)
        count -= bool(args.args) and args.args[0].arg in ("self", "cls")
        lengths.append(length)
        assert length <= 60, f"{name} has {length} lines"
        assert count <= 6 or name.startswith("cli"), f"{name} takes {count} parameters"
    assert sorted(lengths)[int(len(lengths) * 0.95)] <= 40


def test_modules_are_small() -> None:
    sizes = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in modules()}
    for path, size in sizes.items():
        assert size <= 420, f"{path} has {size} lines"
    assert sorted(sizes.values())[len(sizes) // 2] <= 180
