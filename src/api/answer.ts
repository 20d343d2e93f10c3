// Answers and their headers.

/** No answer is a page, whatever a browser may think of its content, and none is kept. */
const GUARDED = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return guarded(streamed(JSON.stringify(body)), { 'content-type': 'application/json', ...headers }, status);
}

const encoder = new TextEncoder();

/** Chromium makes a Blob in the browser's process of any other body that a service worker answers with: that takes longer. */
function streamed(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(encoder.encode(text));
      controller.close();
    },
  });
}

/** An answer of any kind, under the strictest policy unless the headers say another. */
export function guarded(body: BodyInit | null, headers: Readonly<Record<string, string>>, status = 200): Response {
  return new Response(body, { status, headers: { ...GUARDED, ...headers } });
}

/** A file to be saved, and never to be shown: it may be a page with a script in it. */
export function download(file: File): Response {
  return save(file, file.name, isMediaType(file.type) ? file.type : 'application/octet-stream');
}

function isMediaType(type: string): boolean {
  return /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(type);
}

/** Something to be saved under a name that is safe. */
export function save(content: Blob, name: string, type: string): Response {
  return guarded(content, {
    'content-type': type,
    'content-length': String(content.size),
    'content-disposition': dispositionOf(name),
  });
}

/** The name in ASCII for old clients, and whole for all others (RFC 6266, RFC 8187). */
function dispositionOf(name: string): string {
  const given = name.toWellFormed().split(/[/\\]/).at(-1)?.slice(0, 200).toWellFormed() ?? '';
  const known = given === '' || /^\.+$/.test(given) ? 'download' : given;
  const ascii = known.replace(/[^\w .()+-]/g, '_');
  const encoded = encodeURIComponent(known).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
