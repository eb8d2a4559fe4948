import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The text of a file as TypeScript; of a Svelte component only its scripts, on the lines where they stand. */
function sourceText(path) {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.svelte')) return text;
  const blank = (part) => part.replace(/[^\n]/g, ' ');
  let end = 0;
  let source = '';
  for (const script of text.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)) {
    source += blank(text.slice(end, script.index) + script[1]) + script[2];
    end = script.index + script[1].length + script[2].length;
  }
  return source;
}

/**
 * The imports of one TypeScript, JavaScript or Svelte file: `{ specifier, typeOnly, line }`.
 * `import { type A } from 'x'` counts as a value import, because under `verbatimModuleSyntax` the module is still loaded.
 */
export function importsOf(path) {
  const file = ts.createSourceFile(
    path,
    sourceText(path),
    ts.ScriptTarget.Latest,
    true,
    path.endsWith('.svelte') ? ts.ScriptKind.TS : undefined,
  );
  const found = [];
  const add = (literal, typeOnly) => {
    const line = file.getLineAndCharacterOfPosition(literal.getStart()).line + 1;
    found.push({ specifier: literal.text, typeOnly, line });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0])) {
      const dynamic = node.expression.kind === ts.SyntaxKind.ImportKeyword;
      const required = ts.isIdentifier(node.expression) && node.expression.text === 'require';
      if (dynamic || required) add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
