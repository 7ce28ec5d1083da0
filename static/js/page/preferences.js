/** What a person chose, kept in this browser. Where storage is refused (private windows, embeds) choices last for the visit. */

const PREFIX = 'gradlight.';

/** @param {string} name @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    return;
  }
}
