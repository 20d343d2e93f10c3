// Sends what a form says, and shows the answer as text.

for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form);
  });
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const output = form.querySelector('output');
  const body = form.querySelector('textarea');
  const { method = 'GET' } = form.dataset;
  output.textContent = '…';
  try {
    const init =
      body === null ? { method } : { method, body: body.value, headers: { 'content-type': 'application/json' } };
    await show(await fetch(urlOf(form), init), output);
  } catch (error) {
    output.textContent = String(error);
  }
}

/** @param {HTMLFormElement} form */
function urlOf(form) {
  let path = form.dataset.path ?? '';
  const query = new URLSearchParams();
  for (const { name, value, dataset } of form.querySelectorAll('input')) {
    if (dataset.in === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== '') query.append(name, value);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

/**
 * @param {Response} response
 * @param {HTMLElement} output
 */
async function show(response, output) {
  const said = `${response.status} ${response.statusText}\n`;
  const disposition = response.headers.get('content-disposition');
  if (disposition !== null) {
    const blob = await response.blob();
    output.textContent = `${said}${disposition}\n${blob.size} bytes`;
    return;
  }
  const text = await response.text();
  output.textContent = said + readable(text);
}

/** @param {string} text */
function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
