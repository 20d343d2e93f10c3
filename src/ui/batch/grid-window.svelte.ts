// Which of many tiles are on the screen: only those exist in the page, whatever their number.

/** What the grid is made of, in CSS pixels. */
export interface GridShape {
  readonly minWidth: number;
  readonly rowHeight: number;
  readonly gap: number;
}

/** Rows kept ready above and below the screen. */
const SPARE_ROWS = 2;

export class GridWindow {
  #shape: GridShape;
  #total: () => number;
  #width = $state(0);
  #above = $state(0);
  #screen = $state(0);
  #columns = $derived.by(() =>
    Math.max(1, Math.floor((this.#width + this.#shape.gap) / (this.#shape.minWidth + this.#shape.gap))),
  );
  #pitch = $derived.by(() => this.#shape.rowHeight + this.#shape.gap);
  #firstRow = $derived.by(() => Math.max(0, Math.floor(this.#above / this.#pitch) - SPARE_ROWS));
  #shownRows = $derived.by(() => Math.ceil(this.#screen / this.#pitch) + 2 * SPARE_ROWS + 1);

  constructor(shape: GridShape, total: () => number) {
    this.#shape = shape;
    this.#total = total;
  }

  get columns(): number {
    return this.#columns;
  }

  /** The height of all rows together. */
  get height(): number {
    return Math.max(0, Math.ceil(this.#total() / this.#columns) * this.#pitch - this.#shape.gap);
  }

  /** How far down the first row that exists lies. */
  get offset(): number {
    return this.#firstRow * this.#pitch;
  }

  /** The first tile that exists. */
  get from(): number {
    return Math.min(this.#firstRow * this.#columns, Math.max(0, this.#total() - 1));
  }

  /** How many tiles exist from there on. */
  get limit(): number {
    return Math.max(0, Math.min(this.#total() - this.from, this.#shownRows * this.#columns));
  }

  /** Tells the window where its element is: its width, and how much of it has scrolled out above a screen of this height. */
  place(width: number, above: number, screen: number): void {
    this.#width = width;
    this.#above = Math.max(0, above);
    this.#screen = screen;
  }
}

/** Keeps a window placed while its element scrolls and changes size: one reading of the layout a frame. */
export function placed(grid: GridWindow): (element: HTMLElement) => () => void {
  return (element) => {
    let frame = 0;
    const place = () => {
      frame = 0;
      const box = element.getBoundingClientRect();
      grid.place(box.width, -box.top, window.innerHeight);
    };
    const soon = () => {
      frame ||= requestAnimationFrame(place);
    };
    const observer = new ResizeObserver(soon);
    observer.observe(element);
    addEventListener('scroll', soon, { passive: true, capture: true });
    addEventListener('resize', soon, { passive: true });
    place();
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      removeEventListener('scroll', soon, { capture: true });
      removeEventListener('resize', soon);
    };
  };
}
