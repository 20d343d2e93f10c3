// What a person sees of Errand: the state classes, the places, and the components that a host puts on its page.

export { Board, getBoard, type Links, setBoard } from './board.svelte.ts';
export { default as EngineState } from './engine/EngineState.svelte';
export { type Host, setHost, type ThemeChoice } from './host.ts';
export { default as DropTarget } from './intake/DropTarget.svelte';
export { DEFAULT_OPTIONS, type ImageOptions } from './intake/image-options.ts';
export { Intake, type IntakeGiven, setIntake } from './intake/intake.svelte.ts';
export { default as RecentMenu } from './list/RecentMenu.svelte';
export { addressOf, filterOf } from './list/list-filter.ts';
export { default as NoticeBanner } from './notices/NoticeBanner.svelte';
export { default as ToastStack } from './notices/ToastStack.svelte';
export { default as PaletteHost } from './palette/PaletteHost.svelte';
export { default as Icon } from './parts/Icon.svelte';
export { default as Popover } from './parts/Popover.svelte';
export { type Place, placeAt, PLACES } from './places.ts';
export { PALETTE } from './words/palette.ts';
export { PLACE } from './words/places.ts';
export { ENGINE, INTAKE } from './words.ts';
