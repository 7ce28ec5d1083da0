import { recall, remember } from './preferences.js';

/** @typedef {'light' | 'dark' | 'projector'} Theme */

/** @type {readonly Theme[]} */
export const THEMES = ['light', 'dark', 'projector'];

const dark = matchMedia('(prefers-color-scheme: dark)');

/** @param {unknown} value @returns {value is Theme} */
export function isTheme(value) {
  return THEMES.some((theme) => theme === value);
}

/** The theme a person chose, else the one the system asks for. @returns {Theme} */
export function preferredTheme() {
  const saved = recall('theme');
  return isTheme(saved) ? saved : dark.matches ? 'dark' : 'light';
}

/** @param {Theme} theme */
export function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

/** @param {Theme} theme */
export function chooseTheme(theme) {
  remember('theme', theme);
  showTheme(theme);
}

/** Calls back when the system's wish changes and no choice was made. @param {(theme: Theme) => void} changed */
export function followSystem(changed) {
  dark.addEventListener('change', () => {
    if (!isTheme(recall('theme'))) changed(preferredTheme());
  });
}
