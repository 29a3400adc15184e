"""Compiling templates: what is the same on every page is worked out once, not again in each row of a list."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape


class _Translator(NodeTransformer):
    """Puts the words themselves in the place of `_("…")`: an environment speaks one language."""

    def __init__(self, environment: Environment) -> None:
        self._translate: Any = environment.globals["_"]

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        match node:
            case nodes.Call(
                node=nodes.Name(name="_"),
                args=[nodes.Const(value=str(text))],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                return nodes.Const(self._translate(text), lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 (Jinja's name)
        # Jinja, which joins constants at once, would take the words for text that isn't escaped yet.
        return node


class _Compiler(CodeGenerator):
    """Writes a template's code, with its words in it and with `printed` where Jinja has `escape`."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        super().visit_Template(_Translator(self.environment).visit(node), frame)

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.printed(")


class _Context(Context):
    """Calls macros straight away; Jinja looks at everything it calls for what it wants to be given."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 (no argument is called so)
        if type(__obj) is Macro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(__self.eval_ctx, *args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class DeskEnvironment(Environment):
    """An environment of Jinja for templates of one language, all of them HTML and escaped."""

    code_generator_class = _Compiler
    context_class = _Context

    @staticmethod
    def printed(value: Any) -> Markup:
        """Return a value as HTML; what is HTML already isn't copied."""
        return value if type(value) is Markup else escape(value)
