/**
 * A list of buttons of which Tab reaches one, and arrows walk the rest.
 * @param {HTMLElement} root
 */
export function createWalkedList(root) {
  /** @type {HTMLButtonElement[]} */
  let items = [];
  let at = -1;

  /** @param {number} index */
  function stand(index) {
    at = Math.min(Math.max(index, 0), items.length - 1);
    items.forEach((item, place) => {
      item.tabIndex = place === at ? 0 : -1;
      item.toggleAttribute('data-here', place === at && item.matches(':focus, [data-here]'));
    });
  }

  root.addEventListener('focusin', (event) => {
    const index = items.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    if (index < 0) return;
    for (const item of items) item.removeAttribute('data-here');
    items[index].toggleAttribute('data-here', true);
    stand(index);
  });
  root.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || !items.includes(/** @type {HTMLButtonElement} */ (event.target))) return;
    items[Math.min(Math.max(at + by, 0), items.length - 1)].focus();
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    /** Other items; the focus stays in the list where it was in it. @param {HTMLButtonElement[]} next */
    set(next) {
      const focused = items.includes(/** @type {HTMLButtonElement} */ (document.activeElement));
      items = next;
      stand(at);
      if (focused) items[at]?.focus();
    },
    /** Goes to the next item, from the last to the first, without the focus. @returns {HTMLButtonElement | undefined} */
    next() {
      const here = items.findIndex((item) => item.hasAttribute('data-here'));
      for (const item of items) item.removeAttribute('data-here');
      const item = items[(here + 1) % items.length];
      item?.toggleAttribute('data-here', true);
      if (item) stand(items.indexOf(item));
      return item;
    },
  };
}
