/**
 * What the style sheets make of a drawn element, looked up once for all elements that they cannot tell apart: in the words of SVG 1.1, whose numbers have no units, whose
 * weights are whole hundreds and whose colours know no transparency, for programs such as PowerPoint read no others.
 * @typedef {{key: string, hidden: boolean, written: [string, string][]}} Styled  `key` is what styles look at in an element and its ancestors; `written` are its styles as attributes
 */

const SHAPE_STYLES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'opacity'];
const TEXT_STYLES = ['font-family', 'font-size', 'font-weight', 'font-style', 'text-decoration-line'];
const DEFAULTS = new Map([['stroke', 'none'], ['opacity', '1'], ['fill-opacity', '1'], ['stroke-dasharray', 'none'], ['stroke-linecap', 'butt'], ['font-style', 'normal'], ['text-decoration-line', 'none']]);
/** What an element says of itself, where no style sheet says otherwise. */
export const OWN = new Set(['opacity', 'fill-opacity', 'stroke-width', 'stroke-dasharray']);
/** Attributes that place or describe an element: no style depends on them. */
const UNSTYLED = new Set([
  ...OWN, 'd', 'x', 'y', 'width', 'height', 'rx', 'cx', 'cy', 'r', 'transform', 'text-anchor', 'xml:space', 'data-tensor', 'data-function', 'data-edge', 'data-card',
  'id', 'role', 'tabindex', 'aria-label', 'aria-roledescription', 'aria-hidden',
]);

export class Styles {
  /** @type {Map<string, Styled>} */
  #known = new Map();

  /** @param {Element} element @param {string} above the key of its parent */
  of(element, above) {
    let key = `${above}/${element.tagName}`;
    for (const { name, value } of element.attributes) if (!UNSTYLED.has(name)) key += ` ${name}=${value}`;
    let styled = this.#known.get(key);
    if (styled === undefined) {
      styled = { key, ...read(element) };
      this.#known.set(key, styled);
    }
    return styled;
  }
}

/** @param {Element} element @returns {{hidden: boolean, written: [string, string][]}} */
function read(element) {
  const style = getComputedStyle(element);
  if (style.display === 'none') return { hidden: true, written: [] };
  const { tagName } = element;
  const text = tagName === 'text' || tagName === 'tspan';
  const names = tagName === 'g' ? ['opacity'] : tagName === 'title' ? [] : text ? [...SHAPE_STYLES, ...TEXT_STYLES] : SHAPE_STYLES;
  /** @type {[string, string][]} */
  const written = [];
  for (const name of names) {
    const value = style.getPropertyValue(name);
    if (value === '' || DEFAULTS.get(name) === value || (OWN.has(name) && element.hasAttribute(name))) continue;
    if (name.startsWith('stroke-') && style.stroke === 'none') continue;
    if (name === 'fill' || name === 'stroke') written.push(...paintOf(name, value));
    else if (name === 'font-family') written.push([name, familiesOf(value)]);
    else if (name === 'font-weight') written.push([name, String(Math.round(Number(value) / 100) * 100)]);
    else written.push([name === 'text-decoration-line' ? 'text-decoration' : name, value.replaceAll('px', '').replaceAll(', ', ' ')]);
  }
  const rounded = tagName === 'rect' ? Number.parseFloat(style.rx) : Number.NaN;
  if (Number.isFinite(rounded) && rounded !== Number(element.getAttribute('rx') ?? 0)) written.push(['rx', String(rounded)]);
  return { hidden: false, written };
}

/** A colour as every program reads it. @param {'fill' | 'stroke'} name @param {string} value @returns {[string, string][]} */
export function paintOf(name, value) {
  const [, red, green, blue, alpha] = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(value) ?? [];
  if (red === undefined) return [[name, value]];
  const hex = [red, green, blue].map((part) => Number(part).toString(16).padStart(2, '0')).join('');
  return [[name, `#${hex}`], ...(alpha === undefined ? [] : [/** @type {[string, string]} */ ([`${name}-opacity`, alpha])])];
}

/** Families without those that only browsers know. @param {string} value */
function familiesOf(value) {
  const names = value.replaceAll('"', "'").split(',').map((name) => name.trim());
  return names.filter((name) => !/^(system-ui|ui-monospace|math)$/.test(name)).join(', ');
}
