"""Text of a `.bicep` or `.bicepparam` file → syntax tree.

    file      = (NL | statement NL)* END
    statement = decorator* declaration

One method for each declaration; `docs/grammar.md` of Azure/bicep is the whole grammar. Errors are
collected: after one, reading goes on at the next line that begins a statement.

Source of the grammar: Azure/bicep, docs/grammar.md, src/Bicep.Core/Parsing/Parser.cs and
ParamsParser.cs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn, TypeAlias

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.model.source import Place, SourceFile
from preflight.read.bicep.cursor import LEVEL, TooDeep
from preflight.read.bicep.hints import meant
from preflight.read.bicep.lexer import END, LEFT, MAX_TOKENS, NAME, NEWLINE, TEXT, Tokens, tokenize
from preflight.read.bicep.problems import together
from preflight.read.bicep.syntax import (
    Assertion,
    Assignment,
    Condition,
    Decorator,
    Expression,
    Extends,
    Extension,
    ExtensionConfiguration,
    File,
    Function,
    FunctionParameter,
    Import,
    ImportedName,
    Loop,
    Metadata,
    Module,
    Name,
    Object,
    Output,
    Parameter,
    Resource,
    Statement,
    TargetScope,
    Test,
    Text,
    TypeDeclaration,
    Using,
    Variable,
)
from preflight.read.bicep.types import TypeParser

_ERRORS_FOUND = 200
"""Errors after which a file is read no further; several may stand on one line."""
MAX_LENGTH = 4_000_000
"""Most characters of a file: ARM takes no larger template."""


def parse_bicep(source: SourceFile) -> File:
    """Parse a `.bicep` file.

    Raises:
        SyntaxProblem: it does not parse; `others` holds the errors after the first.
        LimitExceeded: it is too long, or nests too deeply.
    """
    return _Parser(_tokens(source), _TEMPLATE).file(source)


def parse_parameters(source: SourceFile) -> File:
    """Parse a `.bicepparam` file; raises what `parse_bicep` raises."""
    return _Parser(_tokens(source), _PARAMETERS).file(source)


def _tokens(source: SourceFile) -> Tokens:
    """Split a file; raises `LimitExceeded` where it is too long."""
    if len(source.text) > MAX_LENGTH:
        raise LimitExceeded(
            f"the file has {len(source.text):,} characters; {MAX_LENGTH:,} are read",
            help="split it into modules: a template that ARM takes has 4 MB at most",
            where=Place(source=source, offset=0),
        )
    tokens = tokenize(source.text)
    if tokens.kinds[-1] != END:
        raise LimitExceeded(
            f"the file has more than {MAX_TOKENS:,} words and marks",
            help="split it into modules",
            where=Place(source=source, offset=tokens.starts[-1]),
        )
    return tokens


class _Parser(TypeParser):
    """Parses declarations, and collects what is wrong with them."""

    __slots__ = ("_errors", "_statements")

    def __init__(self, tokens: Tokens, statements: Mapping[str, _Statement]) -> None:
        super().__init__(tokens)
        self._statements = statements
        self._errors: list[SyntaxProblem] = []

    def file(self, source: SourceFile) -> File:
        """Parse `file = (NL | statement NL)* END`."""
        statements: list[Statement] = []
        try:
            self._file(statements)
        except TooDeep as deep:
            deep.problem.where = Place(source=source, offset=deep.offset)
            raise deep.problem from None
        self._raise_errors(source)
        return File(source.text, tuple(statements), len(self._kinds))

    def _file(self, statements: list[Statement]) -> None:
        kinds = self._kinds
        while (kind := kinds[self._at]) != END:
            if kind == NEWLINE:
                self._at += 1
                continue
            try:
                statements.append(self._statement())
                if kinds[self._at] not in {NEWLINE, END}:
                    self._fail("the end of the line")
            except SyntaxProblem as problem:
                self._errors.append(problem)
                if len(self._errors) == _ERRORS_FOUND:
                    return
                self._recover()

    def _raise_errors(self, source: SourceFile) -> None:
        """Raise the first error, with the others, one for each line; the lexer's are among them."""
        known = {error.offset for error in self._errors}
        errors = self._errors + [
            SyntaxProblem(problem.message, offset=problem.offset, help=problem.help)
            for problem in self._problems
            if problem.offset not in known
        ]
        if not errors:
            return
        for error in errors:
            error.where = Place(source=source, offset=error.offset)
        raise together(list(errors))

    def _recover(self) -> None:
        """Go to the next line that begins a statement."""
        kinds = self._kinds
        self._depth, self._in_hole = 0, False
        while kinds[self._at] != END:
            if kinds[self._at] == NEWLINE and self._begins_statement(self._at + 1):
                return
            self._at += 1

    def _begins_statement(self, at: int) -> bool:
        start = self._starts[at]
        first = self._starts[at - 1] + len(self._texts[at - 1]) == start
        line = self._texts[at - 1]
        if not first or line[-1:] not in {"\n", "\r"}:
            return False
        return self._kinds[at] == "@" or (
            self._kinds[at] == NAME
            and self._texts[at] in self._statements
            and self._kinds[at + 1] not in {":", "."}
        )

    def _statement(self) -> Statement:
        """Parse `statement = decorator* declaration`."""
        start = self._starts[self._at]
        decorators = self.decorators()
        self._newlines()
        word = self._texts[self._at] if self._kinds[self._at] == NAME else ""
        parse = self._statements.get(word)
        if parse is None:
            self._fail_statement(decorators)
        self._at += 1
        return parse(self, decorators, start)

    def _fail_statement(self, decorators: tuple[Decorator, ...]) -> NoReturn:
        what = "a declaration after the decorator" if decorators else "a statement"
        word = self._texts[self._at] if self._kinds[self._at] == NAME else ""
        advice = meant(word, self._statements)
        if word in _TEMPLATE or word in _PARAMETERS:
            kind = "`.bicep`" if word in _TEMPLATE else "`.bicepparam`"
            advice = f"`{word}` belongs in a {kind} file"
        self._fail(what, advice)

    def _assigned(self) -> Expression:
        """Parse `"=" expression`."""
        self._take("=")
        return self.expression()

    def _plain_only(self, decorators: tuple[Decorator, ...], what: str) -> None:
        if decorators:
            self._refuse(f"{what} takes no decorator", at=decorators[0].start)

    def target_scope(self, decorators: tuple[Decorator, ...], start: int) -> TargetScope:
        """Parse `"targetScope" "=" expression`."""
        self._plain_only(decorators, "`targetScope`")
        value = self._assigned()
        return TargetScope(value, start, value.end)

    def metadata(self, decorators: tuple[Decorator, ...], start: int) -> Metadata:
        """Parse `"metadata" NAME "=" expression`."""
        name = self._name("the name of the metadata")
        value = self._assigned()
        return Metadata(decorators, name, value, start, value.end)

    def parameter(self, decorators: tuple[Decorator, ...], start: int) -> Parameter:
        """Parse `"param" NAME type ["=" expression]`."""
        name = self._name("the name of the parameter")
        kind = self.declared_type()
        default = self._assigned() if self._kinds[self._at] == "=" else None
        if default is None and self._kinds[self._at] not in {NEWLINE, END}:
            self._fail("`=` and a default value, or the end of the line")
        return Parameter(decorators, name, kind, default, start, self._end())

    def variable(self, decorators: tuple[Decorator, ...], start: int) -> Variable:
        """Parse `"var" NAME [type] "=" expression`."""
        name = self._name("the name of the variable")
        typed = self._kinds[self._at] not in {"=", NEWLINE, END}
        kind = self.declared_type() if typed else None
        value = self._assigned()
        return Variable(decorators, name, kind, value, start, value.end)

    def type_declaration(self, decorators: tuple[Decorator, ...], start: int) -> TypeDeclaration:
        """Parse `"type" NAME "=" type`."""
        name = self._name("the name of the type")
        self._take("=")
        kind = self.declared_type()
        return TypeDeclaration(decorators, name, kind, start, kind.end)

    def function(self, decorators: tuple[Decorator, ...], start: int) -> Function:
        """Parse `"func" NAME "(" parameters ")" type "=>" NL* expression`."""
        name = self._name("the name of the function")
        self._take("(")
        self._newlines()
        parameters: list[FunctionParameter] = []
        while self._kinds[self._at] != ")":
            parameter = self._name("the name of a parameter")
            kind = self.declared_type()
            parameters.append(FunctionParameter(parameter, kind, parameter.start, kind.end))
            self._argument_separator(")")
        self._take(")")
        output = self.declared_type()
        self._take("=>")
        self._newlines()
        body = self.expression()
        return Function(decorators, name, tuple(parameters), output, body, start, body.end)

    def _nested_resource(self) -> Resource:
        start = self._starts[self._at]
        decorators = self.decorators()
        self._newlines()
        self._keyword("resource")
        return self.resource(decorators, start)

    def resource(self, decorators: tuple[Decorator, ...], start: int) -> Resource:
        """Parse `"resource" NAME string ["existing"] "=" body`."""
        name = self._name("the name of the resource")
        kind = self._string("the type of the resource, like 'Microsoft.Web/sites@2023-12-01',")
        existing = self._is_word("existing")
        if existing:
            self._at += 1
        body = self._body(resources=True)
        return Resource(decorators, name, kind, existing, body, start, body.end)

    def module(self, decorators: tuple[Decorator, ...], start: int) -> Module:
        """Parse `"module" NAME string "=" body`."""
        name = self._name("the name of the module")
        path = self._string("the path of the module")
        body = self._body(resources=False)
        return Module(decorators, name, path, body, start, body.end)

    def _string(self, what: str) -> Text:
        if self._kinds[self._at] not in {TEXT, LEFT}:
            self._fail(f"{what} in single quotes")
        return self.text()

    def _body(self, *, resources: bool) -> Object | Condition | Loop:
        """Parse `"=" NL* (object | condition | loop)`; only a condition stands on the next line."""
        self._take("=")
        if self._kinds[self._at] == NEWLINE and self._is_word("if", 1):
            self._at += 1
        self._enter()
        kind = self._kinds[self._at]
        body: Object | Condition | Loop
        if kind == "[":
            body = self.loop(body=True, resources=resources)
        elif kind == "{" or self._is_word("if"):
            body = self.declared_body(resources=resources)
        else:
            self._fail("`{`, `[` or `if`")
        self._depth -= LEVEL
        return body

    def test(self, decorators: tuple[Decorator, ...], start: int) -> Test:
        """Parse `"test" NAME string "=" object`."""
        name = self._name("the name of the test")
        path = self._string("the path of the file to test")
        self._take("=")
        body = self.object()
        return Test(decorators, name, path, body, start, body.end)

    def output(self, decorators: tuple[Decorator, ...], start: int) -> Output:
        """Parse `"output" NAME type "=" expression`."""
        name = self._name("the name of the output")
        kind = self.declared_type(output=True)
        value = self._assigned()
        return Output(decorators, name, kind, value, start, value.end)

    def assertion(self, decorators: tuple[Decorator, ...], start: int) -> Assertion:
        """Parse `"assert" NAME "=" expression`."""
        name = self._name("the name of the assertion")
        value = self._assigned()
        return Assertion(decorators, name, value, start, value.end)

    def importing(self, decorators: tuple[Decorator, ...], start: int) -> Import | Extension:
        """Parse `"import" (list | "*" "as" NAME) "from" string`; with a string, an extension."""
        kind = self._kinds[self._at]
        if kind in {TEXT, LEFT}:
            return self.extension(decorators, start)
        names: list[ImportedName] = []
        wildcard: Name | None = None
        if kind == "*":
            self._at += 1
            self._keyword("as")
            wildcard = self._name("a name for the import")
        elif kind == "{":
            self._at += 1
            self._newlines()
            while self._kinds[self._at] != "}":
                names.append(self._imported_name())
                self._separator("}")
            self._at += 1
        else:
            self._fail("`{` or `*` after `import`")
        self._keyword("from")
        path = self._string("the path of a file")
        return Import(decorators, tuple(names), wildcard, path, start, path.end)

    def _imported_name(self) -> ImportedName:
        """Parse `(NAME | string) ["as" NAME]`; a string needs the second part."""
        named = self._kinds[self._at] == NAME
        name = self._name() if named else self._string("the name of an exported symbol")
        alias = None
        if self._is_word("as"):
            self._at += 1
            alias = self._name("a name after `as`")
        elif not named:
            self._fail("`as` and a name")
        return ImportedName(name, alias, name.start, self._end())

    def extension(self, decorators: tuple[Decorator, ...], start: int) -> Extension:
        """Parse `"extension" (NAME | string) ["with" object] ["as" NAME]`."""
        named = self._kinds[self._at] == NAME
        specification = self._name() if named else self._string("the name of an extension")
        configuration = self._configuration()
        alias = None
        if self._is_word("as"):
            self._at += 1
            alias = self._name("a name after `as`")
        return Extension(decorators, specification, configuration, alias, start, self._end())

    def _configuration(self) -> Object | None:
        if not self._is_word("with"):
            return None
        self._at += 1
        return self.object()

    def using(self, decorators: tuple[Decorator, ...], start: int) -> Using:
        """Parse `"using" (string | "none") ["with" object]`."""
        self._plain_only(decorators, "`using`")
        path = None
        if self._is_word("none"):
            self._at += 1
        else:
            path = self._string("the path of a template, or `none`,")
        return Using(path, self._configuration(), start, self._end())

    def extends(self, decorators: tuple[Decorator, ...], start: int) -> Extends:
        """Parse `"extends" string`."""
        self._plain_only(decorators, "`extends`")
        path = self._string("the path of a parameter file")
        return Extends(path, start, path.end)

    def assignment(self, decorators: tuple[Decorator, ...], start: int) -> Assignment:
        """Parse `"param" NAME "=" expression`."""
        self._plain_only(decorators, "a parameter's value")
        name = self._name("the name of a parameter")
        value = self._assigned()
        return Assignment(name, value, start, value.end)

    def extension_configuration(
        self, decorators: tuple[Decorator, ...], start: int
    ) -> ExtensionConfiguration:
        """Parse `"extensionConfig" NAME "with" object`."""
        self._plain_only(decorators, "`extensionConfig`")
        alias = self._name("the alias of an extension")
        configuration = self._configuration()
        if configuration is None:
            self._fail("`with` and an object")
        return ExtensionConfiguration(alias, configuration, start, configuration.end)


_Statement: TypeAlias = Callable[[_Parser, tuple[Decorator, ...], int], Statement]
_BOTH: Mapping[str, _Statement] = {
    "extension": _Parser.extension,
    "import": _Parser.importing,
    "type": _Parser.type_declaration,
    "var": _Parser.variable,
}
_TEMPLATE: Mapping[str, _Statement] = {
    **_BOTH,
    "assert": _Parser.assertion,
    "func": _Parser.function,
    "metadata": _Parser.metadata,
    "module": _Parser.module,
    "output": _Parser.output,
    "param": _Parser.parameter,
    "resource": _Parser.resource,
    "targetScope": _Parser.target_scope,
    "test": _Parser.test,
}
_PARAMETERS: Mapping[str, _Statement] = {
    **_BOTH,
    "extends": _Parser.extends,
    "extensionConfig": _Parser.extension_configuration,
    "param": _Parser.assignment,
    "using": _Parser.using,
}
