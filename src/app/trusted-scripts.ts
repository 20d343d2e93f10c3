// The one policy by which a text becomes the address of a script, where the browser asks for one: this site's own, and no other.
// Import it before anything that starts a worker.
// Source: https://w3c.github.io/trusted-types/dist/spec/#default-policy-hdr

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): unknown;
}

const { trustedTypes } = window as { trustedTypes?: TrustedTypes };

trustedTypes?.createPolicy('default', {
  createScriptURL: (url) => {
    if (new URL(url, location.href).origin === location.origin) return url;
    throw new TypeError('Only scripts of this site are allowed.');
  },
});
