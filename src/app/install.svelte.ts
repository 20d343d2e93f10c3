// Installing the app: by the browser's own offer where it makes one, else by steps that a person can follow.

import { DEVICE } from './device-words.ts';

/** `offered`: `prompt` asks. `by-hand`: `steps` says how. */
export type InstallState = 'installed' | 'offered' | 'by-hand';

/** https://wicg.github.io/manifest-incubations/#beforeinstallpromptevent-interface */
interface Offer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

export class Install {
  #offer = $state.raw<Offer>();
  #isInstalled = $state(isStandalone());
  #state = $derived.by((): InstallState => {
    if (this.#isInstalled) return 'installed';
    return this.#offer === undefined ? 'by-hand' : 'offered';
  });

  constructor() {
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.#offer = event as Offer;
    });
    addEventListener('appinstalled', () => {
      this.#isInstalled = true;
    });
  }

  get state(): InstallState {
    return this.#state;
  }

  /** How it is done here, where the browser makes no offer. */
  get steps(): string {
    return stepsFor(navigator.userAgent);
  }

  /** Shows the browser's question. An offer serves once. */
  async prompt(): Promise<void> {
    const offer = this.#offer;
    this.#offer = undefined;
    await offer?.prompt();
  }
}

function isStandalone(): boolean {
  return matchMedia('(display-mode: standalone)').matches;
}

/** What a browser calls itself is all that tells where its menu is. */
export function stepsFor(userAgent: string): string {
  if (/iPhone|iPad/.test(userAgent)) return DEVICE.steps.safariPhone;
  if (/Android.*Firefox/.test(userAgent)) return DEVICE.steps.firefoxPhone;
  if (/Macintosh.*Version\/[\d.]+ Safari/.test(userAgent)) return DEVICE.steps.safariMac;
  if (/Chrom(e|ium)\//.test(userAgent)) return DEVICE.steps.chromium;
  return DEVICE.steps.none;
}
