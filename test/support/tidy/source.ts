// Reads from a file's syntax what the house rules ask about. Parsed, so that words in comments and strings do not count.

import ts from 'typescript';

export interface Source {
  /** Whatever the file names as another: imports, re-exports, `import()`, types, and `new URL(..., import.meta.url)`. */
  imports: string[];
  /** Uses of the clock, of randomness and of timers, such as `Date.now`. */
  ambient: string[];
  /** `enum`, and casts to `any`. */
  shortcuts: string[];
}

const AMBIENT_MEMBERS = ['Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID', 'crypto.getRandomValues'];
const TIMERS = ['setTimeout', 'setInterval'];

export function readSource(path: string, text: string): Source {
  const code = path.endsWith('.svelte') ? scriptsOf(text) : text;
  const source: Source = { imports: [], ambient: [], shortcuts: [] };
  const visit = (node: ts.Node): void => {
    source.imports.push(...importOf(node));
    source.ambient.push(...ambientOf(node));
    source.shortcuts.push(...shortcutOf(node));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS));
  return source;
}

function scriptsOf(text: string): string {
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '').join('\n');
}

function importOf(node: ts.Node): string[] {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : [];
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return literal(node.arguments[0]);
  const isUrl = ts.isNewExpression(node) && node.expression.getText() === 'URL';
  return isUrl && node.arguments?.[1]?.getText() === 'import.meta.url' ? literal(node.arguments[0]) : [];
}

function literal(node: ts.Node | undefined): string[] {
  return node !== undefined && ts.isStringLiteralLike(node) ? [node.text] : [];
}

function ambientOf(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node)) {
    const member = withoutGlobal(node.getText());
    return AMBIENT_MEMBERS.includes(member) ? [member] : [];
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return ['new Date()'];
  if (!ts.isCallExpression(node)) return [];
  const callee = withoutGlobal(node.expression.getText());
  return TIMERS.includes(callee) ? [callee] : [];
}

function withoutGlobal(name: string): string {
  return name.replace(/^(globalThis|self|window)\./, '');
}

function shortcutOf(node: ts.Node): string[] {
  if (ts.isEnumDeclaration(node)) return ['enum'];
  const isCast = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);
  return isCast && node.type.kind === ts.SyntaxKind.AnyKeyword ? ['cast to any'] : [];
}
