"""Commands that are loaded when they are asked for: what nobody asks for is waited for by nobody."""

from importlib import import_module
from typing import Any

import click


class Later(dict[str, Any]):
    """Commands by name, each kept as the module and the variable that it is in until it is first wanted."""

    def __getitem__(self, name: str) -> click.Command:
        kept = super().__getitem__(name)
        if isinstance(kept, str):
            module, _, variable = kept.partition(":")
            kept = self[name] = getattr(import_module(f"pricecompare.{module}"), variable)
        command: click.Command = kept
        return command

    def get(self, name: str, default: Any = None) -> Any:
        """Return a command, or `default` for a name that none has."""
        return self[name] if name in self else default

    def items(self) -> Any:
        """Return all names with their commands."""
        return [(name, self[name]) for name in self]


SECTIONS: dict[str, dict[str, str]] = {
    "Ask": {
        "search": "cli.searching:search",
        "suggest": "cli.searching:suggest",
        "offers": "cli.questions:offers",
        "basket": "cli.baskets:basket",
        "equivalents": "cli.packs:equivalents",
        "statistics": "cli.statistics:statistics",
        "history": "cli.history:history",
        "online-gaps": "cli.gaps:online_gaps",
    },
    "Take in": {
        "import": "cli.imports:import_command",
        "uploads": "cli.uploads:uploads",
        "retract": "cli.uploads:retract",
        "release": "cli.uploads:release",
        "guards": "cli.uploads:guards",
        "layout": "cli.layouts:layout",
        "groups": "cli.packs:groups",
        "specs": "cli.packs:specs",
        "reports": "cli.citizens:reports",
    },
    "Regulate": {
        "flags": "cli.questions:flags",
        "flag": "cli.flag:flag",
        "rule": "cli.ruling:rule",
        "index": "cli.index_report:index",
        "export": "cli.exports:export",
        "audit": "cli.audit:audit",
    },
    "Run": {
        "init": "cli.imports:init",
        "serve": "cli.server:serve",
        "key": "cli.keys:key",
        "user": "cli.users:user",
        "doctor": "cli.operations:doctor_command",
        "backup": "cli.operations:backup_command",
        "restore": "cli.operations:restore_command",
        "upgrade": "cli.operations:upgrade_command",
        "retention": "cli.operations:retention_command",
        "rebuild": "cli.imports:rebuild_command",
        "dump": "cli.dumps:dump_command",
    },
    "Try and develop": {
        "demo": "cli.server:demo",
        "world": "world.__main__:main",
        "openapi": "cli.server:openapi",
    },
}
"""Every command, in the order in which help shows them: as module and variable."""

COMMANDS = Later({name: at for section in SECTIONS.values() for name, at in section.items()})
