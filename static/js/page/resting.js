/** How long a pointer stands still before what came with it goes, in milliseconds. */
const REST = 2500;

/**
 * Marks a region while a pointer moves in it: what comes with the pointer while presenting leaves the picture its room once the pointer rests, or a key is pressed.
 * @param {HTMLElement} region @param {HTMLElement} tools what stays while the pointer is on it
 */
export function tellPointing(region, tools) {
  let resting = 0;
  const rest = () => {
    clearTimeout(resting);
    region.removeAttribute('data-pointing');
  };
  region.addEventListener('pointermove', () => {
    clearTimeout(resting);
    region.toggleAttribute('data-pointing', true);
    if (!tools.matches(':hover')) resting = setTimeout(rest, REST);
  });
  region.addEventListener('pointerleave', rest);
  addEventListener('keydown', rest);
}
