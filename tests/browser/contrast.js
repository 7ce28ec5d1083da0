/**
 * Every text on the page whose contrast with what is painted under it falls short, one line each. Under a text lie the backgrounds of its ancestors, and in
 * the picture every filled rectangle and circle that was painted before it at its middle. Controls that are switched off are left out, as WCAG does.
 */
(least) => {
  const SWITCHED_OFF = ':disabled, [aria-disabled="true"]';
  const channels = (text) => {
    const found = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    if (text.startsWith('color(srgb')) return [found[0] * 255, found[1] * 255, found[2] * 255, found[3] ?? 1];
    return [found[0], found[1], found[2], found[3] ?? 1];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const opacity = (element) => {
    let share = 1;
    for (let at = element; at; at = at.parentElement) share *= Number(getComputedStyle(at).opacity);
    return share;
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(channels(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const shapes = [...document.querySelectorAll('.stage-picture rect, .stage-picture circle')].map((shape) => ({ shape, box: shape.getBoundingClientRect(), style: getComputedStyle(shape) }))
    .filter(({ box, style }) => box.width > 0 && style.fill !== 'none');
  const painted = (text, box) => {
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const under = shapes.filter(({ shape, box: { left, top, right, bottom } }) => left <= x && x <= right && top <= y && y <= bottom
      && shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING);
    return under.reduce((below, { shape, style }) => {
      const [r, g, b, a] = channels(style.fill);
      return over([r, g, b, a * Number(style.fillOpacity) * opacity(shape)], below);
    }, ground(text.closest('.stage-picture')));
  };
  const faults = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element || element.closest('script, style, noscript, math, title, .visually-hidden, .skips') || element.closest(SWITCHED_OFF)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const drawn = element instanceof SVGElement && element.closest('.stage-picture');
    if (box.width === 0 || element.getBoundingClientRect().width === 0 || getComputedStyle(element).visibility === 'hidden') continue;
    const style = getComputedStyle(element);
    const below = drawn ? painted(element, box) : ground(element);
    const [r, g, b, a] = channels(drawn ? style.fill : style.color);
    const found = ratio(over([r, g, b, a * opacity(element)], below), below);
    if (found < least - 0.005) faults.add(`${found.toFixed(2)}: ${element.closest('[class]')?.getAttribute('class') ?? element.tagName} "${node.data.trim().slice(0, 24)}"`);
  }
  return [...faults];
}
