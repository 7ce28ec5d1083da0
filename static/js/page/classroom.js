/** A class behind one address is not held to what one person may ask: its link, `/#class=TOKEN`, makes each student count alone. */

/** The token that this page was opened with, for as long as it is open. @type {string | null} */
let joined = null;

/** Where a class comes together: the page, with the class's token where this page was opened with one. @param {string} origin */
export const classAddress = (origin) => `${origin}/${joined === null ? '' : `#${new URLSearchParams({ class: joined })}`}`;

/** The token in an address's fragment, where no server and no log sees it. @param {string} hash @returns {string | null} */
export function tokenOf(hash) {
  return hash.startsWith('#class=') ? new URLSearchParams(hash.slice(1)).get('class') || null : null;
}

/**
 * The token in the page's address has been handed in, once, and stands there no longer.
 * @param {{location: Location, history: History, fetch: (address: string, options: RequestInit) => Promise<unknown>}} page
 */
export async function joinClass({ location, history, fetch }) {
  const token = tokenOf(location.hash);
  if (token === null) return;
  joined = token;
  history.replaceState(null, '', location.pathname + location.search);
  const body = JSON.stringify({ token });
  await fetch('/api/class', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }).catch(() => null);
}
