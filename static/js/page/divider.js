import { need } from './dom.js';
import { recall, remember } from './preferences.js';

const STAGE_LEAST = 320;
const MARGIN = 16;
const SIDES = /** @type {const} */ ({
  left: { property: '--left-width', panel: '.program', sign: 1, least: 240 },
  right: { property: '--right-width', panel: '.inspector', sign: -1, least: 232 },
});

/**
 * The borders of the side panels can be dragged, or moved by the arrow keys; a double click or Home brings the page's own width back.
 */
export function createDividers() {
  for (const [side, { property, panel, sign, least }] of Object.entries(SIDES)) {
    const divider = need(`[data-divider="${side}"]`);
    const beside = need(panel);
    const other = need(side === 'left' ? '.inspector' : '.program');

    /** @param {number | null} width null: the page's own */
    const set = (width) => {
      const most = Math.max(innerWidth - other.offsetWidth - STAGE_LEAST, least);
      if (width === null) document.documentElement.style.removeProperty(property);
      else document.documentElement.style.setProperty(property, `${Math.round(Math.min(Math.max(width, least), most))}px`);
      tell();
    };
    const tell = () => {
      divider.setAttribute('aria-valuemin', String(least));
      divider.setAttribute('aria-valuemax', String(Math.max(innerWidth - other.offsetWidth - STAGE_LEAST, least)));
      divider.setAttribute('aria-valuenow', String(beside.offsetWidth));
    };
    const keep = () => remember(`width-${side}`, document.documentElement.style.getPropertyValue(property));

    divider.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      const from = event.clientX;
      const width = beside.offsetWidth;
      divider.setPointerCapture(event.pointerId);
      /** @param {PointerEvent} moved */
      const move = (moved) => set(width + sign * (moved.clientX - from));
      divider.addEventListener('pointermove', move);
      divider.addEventListener('lostpointercapture', () => {
        divider.removeEventListener('pointermove', move);
        keep();
      }, { once: true });
    });
    divider.addEventListener('dblclick', () => {
      set(null);
      keep();
    });
    divider.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? sign * MARGIN : event.key === 'ArrowLeft' ? -sign * MARGIN : null;
      if (step === null && event.key !== 'Home') return;
      event.preventDefault();
      event.stopPropagation();
      set(step === null ? null : beside.offsetWidth + step);
      keep();
    });
    const kept = Number.parseFloat(recall(`width-${side}`) ?? '');
    if (kept > 0) set(kept);
    new ResizeObserver(tell).observe(beside);
  }
}
