"""Cut GitHub's public GraphQL schema down to KEPT and all that its arguments need; README.md says how to call it."""

import hashlib
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    Node,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

# Of objects and interfaces these fields, with all their arguments; input types and scalars whole.
KEPT: dict[str, tuple[str, ...]] = {
    "Query": ("repository",),
    "Mutation": ("createCommitOnBranch",),
    "Repository": ("ref",),
    "Ref": ("name", "target"),
    "GitObject": ("oid",),
    "Commit": ("oid", "file"),
    "TreeEntry": ("mode", "oid", "path", "type"),
    "CreateCommitOnBranchPayload": ("clientMutationId", "commit", "ref"),
}
BUILT_IN = ("Boolean", "Float", "ID", "Int", "String")
# Not needed to validate a message: prose, and the directives of GitHub's own documentation.
NOTHING: dict[str, Any] = {"description": None, "directives": ()}


class Bare(Visitor):
    def leave(self, node: Node, *_: object) -> Node:
        own = {one.name for one in fields(node)}
        return replace(node, **{name: value for name, value in NOTHING.items() if name in own})


class Names(Visitor):
    """The types that a definition names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
        self.found.append(node.name.value)


def cut(full: DocumentNode) -> str:
    known = {one.name.value: one for one in full.definitions if isinstance(one, TypeDefinitionNode)}
    found: dict[str, TypeDefinitionNode] = {}
    waiting = list(KEPT)
    while waiting:
        name = waiting.pop()
        if name in found or name in BUILT_IN:
            continue
        found[name] = visit(_chosen(known[name]), Bare())
        names = Names()
        visit(found[name], names)
        waiting += names.found
    return "\n\n".join(print_ast(found[name]) for name in sorted(found)) + "\n"


def _chosen(node: TypeDefinitionNode) -> TypeDefinitionNode:
    if not isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        return node
    wanted = KEPT[node.name.value]
    return replace(
        node,
        fields=tuple(one for one in node.fields or () if one.name.value in wanted),
        interfaces=tuple(one for one in node.interfaces or () if one.name.value in KEPT),
    )


def main(source: Path, target: Path) -> None:
    text = source.read_bytes()
    target.write_text(cut(parse(text.decode(), no_location=True)))
    sys.stdout.write(f"{hashlib.sha256(text).hexdigest()}  {source.name}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
