"""What people do to code that they hand in as their own."""

import ast
import builtins
import keyword
import re


def renamed(source):
    """Every name that its author chose is another one; the task's own names stay."""
    tree = ast.parse(source)
    bound = {node.id for node in ast.walk(tree) if _is_made(node)}
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    helpers = {name for name in functions if not name.startswith("__")} - {"loss", "grad"}
    fresh = {name: f"renamed_{i}" for i, name in enumerate(sorted(bound | helpers))}
    return re.sub(r"(?<!\.)\b[A-Za-z_]\w*\b", _from(fresh), source)


def _is_made(node):
    is_new = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    return is_new and node.id not in dir(builtins) and not keyword.iskeyword(node.id)


def _from(fresh):
    return lambda found: fresh.get(found.group(), found.group())


def reformatted(source):
    """As another formatter would lay it out, quotes and brackets included."""
    return ast.unparse(ast.parse(source))


def commented(source):
    """A remark above every line that begins a statement of a module, and doc strings."""
    lines = []
    for line in source.splitlines():
        indent = re.match(r" *", line).group()
        lines += [f"{indent}# {len(lines)}: here we go on"] * bool(line.strip()) + [line]
    return "\n".join(lines) + "\n"


def annotated(source):
    """With types at every parameter and result."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = ast.parse("tuple[float, ...]", mode="eval").body
            for argument in node.args.args:
                argument.annotation = ast.parse("np.ndarray", mode="eval").body
    return ast.unparse(tree)


def reordered(source):
    """Imports first, then functions and classes from the last to the first."""
    tree = ast.parse(source)
    heads = [node for node in tree.body if not _is_definition(node)]
    definitions = [node for node in tree.body if _is_definition(node)]
    tree.body = [*heads, *reversed(definitions)]
    return ast.unparse(tree)


def _is_definition(node):
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


def sprinkled(source):
    """With a line of its own at the beginning of every function, which does nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body.insert(0, ast.parse("started = True").body[0])
    return ast.unparse(ast.fix_missing_locations(tree))


def merged(source, other):
    """The larger half of `source`'s statements, in front of what another person wrote."""
    tree, rest = ast.parse(source), ast.parse(other)
    sized = sorted(filter(_is_definition, tree.body), key=lambda node: -len(ast.unparse(node)))
    copied = sized[: max(1, (len(sized) + 1) // 2)]
    names = {node.name for node in copied}
    others = [node for node in rest.body if getattr(node, "name", None) not in names]
    rest.body = [*[node for node in others if not _is_definition(node)], *copied]
    rest.body += [node for node in others if _is_definition(node)]
    return ast.unparse(rest)


DISGUISES = {
    "as it is": lambda source: source,
    "renamed": renamed,
    "reformatted": reformatted,
    "commented": commented,
    "annotated": annotated,
    "functions reordered": reordered,
    "with lines of its own": sprinkled,
    "all of it": lambda source: commented(sprinkled(reordered(annotated(renamed(source))))),
}
