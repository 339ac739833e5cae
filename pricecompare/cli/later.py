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


COMMANDS = Later(
    {
        "audit": "cli.audit:audit",
        "backup": "cli.operations:backup_command",
        "basket": "cli.baskets:basket",
        "demo": "cli.server:demo",
        "doctor": "cli.operations:doctor_command",
        "dump": "cli.dumps:dump_command",
        "equivalents": "cli.packs:equivalents",
        "export": "cli.exports:export",
        "flag": "cli.flag:flag",
        "flags": "cli.questions:flags",
        "groups": "cli.packs:groups",
        "guards": "cli.uploads:guards",
        "history": "cli.history:history",
        "import": "cli.imports:import_command",
        "index": "cli.index_report:index",
        "init": "cli.imports:init",
        "key": "cli.keys:key",
        "layout": "cli.layouts:layout",
        "offers": "cli.questions:offers",
        "online-gaps": "cli.gaps:online_gaps",
        "openapi": "cli.server:openapi",
        "rebuild": "cli.imports:rebuild_command",
        "release": "cli.uploads:release",
        "reports": "cli.citizens:reports",
        "restore": "cli.operations:restore_command",
        "retention": "cli.operations:retention_command",
        "retract": "cli.uploads:retract",
        "rule": "cli.ruling:rule",
        "search": "cli.searching:search",
        "serve": "cli.server:serve",
        "specs": "cli.packs:specs",
        "statistics": "cli.statistics:statistics",
        "suggest": "cli.searching:suggest",
        "upgrade": "cli.operations:upgrade_command",
        "uploads": "cli.uploads:uploads",
        "user": "cli.users:user",
        "world": "world.__main__:main",
    }
)
