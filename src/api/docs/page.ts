// The page as HTML, made of the document. Whatever is said in that is text here.

import type { Json } from '../../task/index.ts';

interface Operation {
  summary: string;
  parameters?: { name: string; in: string; schema: { enum?: string[]; examples?: string[]; description?: string } }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

interface Document {
  info: { title: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> };
}

export function pageOf(document: object): string {
  const { info, paths, components } = document as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(path, method.toUpperCase(), operation)),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${escape(name)}"><summary><code>${escape(name)}</code></summary>${code(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)}: REST</title>
<link rel="stylesheet" href="/api/docs.css">
<script src="/api/docs.js" defer></script>
</head>
<body>
<main>
<h1>${escape(info.title)}: REST</h1>
<p>${escape(info.description)} The OpenAPI document: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
<h2>Routes</h2>
${operations.join('\n')}
<h2>Schemas</h2>
${schemas.join('\n')}
</main>
</body>
</html>
`;
}

function operationOf(path: string, method: string, operation: Operation): string {
  const { summary, parameters = [], requestBody, responses } = operation;
  const schema = requestBody?.content['application/json']?.schema;
  return `<details class="call">
<summary><b>${method}</b> <code>${escape(path)}</code> <span>${marked(summary)}</span></summary>
<form data-method="${method}" data-path="${escape(path)}">
${parameters.map(inputOf).join('\n')}
${schema === undefined ? '' : `<label><span>body</span><textarea name="body" rows="6" spellcheck="false">{}</textarea></label>`}
<button>Send</button>
<output aria-live="polite"></output>
</form>
${schema === undefined ? '' : `<h3>Body</h3>${code(schema)}`}
<h3>Responses</h3>
<dl>${Object.entries(responses).map(answerOf).join('')}</dl>
</details>`;
}

function inputOf({ name, in: place, schema }: NonNullable<Operation['parameters']>[number]): string {
  const hint = schema.examples?.[0] ?? schema.enum?.join(' · ') ?? '';
  const required = place === 'path' ? ' required' : '';
  return `<label><span>${escape(name)}</span><input name="${escape(name)}" data-in="${escape(place)}" placeholder="${escape(hint)}"${required}></label>`;
}

function answerOf([status, { description, content = {} }]: [string, Operation['responses'][string]]): string {
  const [shape] = Object.values(content) as { schema?: Json }[];
  const isRefusal = Number(status) >= 400;
  return `<dt>${escape(status)}</dt><dd>${marked(description)}${isRefusal || shape?.schema === undefined ? '' : code(shape.schema)}</dd>`;
}

function code(schema: Json): string {
  return `<pre>${escape(JSON.stringify(schema, null, 2))}</pre>`;
}

/** Text in which what stands between backticks is code. */
function marked(text: string): string {
  return escape(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
