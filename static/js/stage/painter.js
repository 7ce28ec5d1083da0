/** A scene painted on a canvas, with the document's own fonts, so that no letter comes late. */

const STRIKE = { height: 0.3, width: 0.07 };

/**
 * Paints a part of a scene over the whole of a canvas.
 * @param {HTMLCanvasElement} canvas @param {import('./display.js').Item[]} items
 * @param {{left: number, top: number, width: number, height: number, ground: string}} part `ground` is the colour behind it, or empty
 */
export function paint(canvas, items, { left, top, width, height, ground }) {
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: ground === '' });
  if (!context) throw new Error('expected a browser that can draw on a canvas');
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 1;
  if (ground === '') context.clearRect(0, 0, canvas.width, canvas.height);
  else {
    context.fillStyle = ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  const base = new DOMMatrix().scale(canvas.width / width, canvas.height / height).translate(-left, -top);
  for (const item of items) {
    const place = base.multiply(item.matrix);
    for (const mark of item.marks) {
      context.setTransform(mark.matrix.isIdentity ? place : place.multiply(mark.matrix));
      if (mark.kind === 'shape') paintShape(context, mark, item.opacity * mark.opacity, ground === '');
      else paintText(context, mark, item.opacity * mark.opacity);
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {import('./display.js').Shape & {fillOpacity: number}} shape @param {number} opacity @param {boolean} clear nothing is behind the picture */
function paintShape(context, { path, ground, fill, stroke, width, cap, dashes, fillOpacity }, opacity, clear) {
  if (fill !== 'none') {
    context.globalAlpha = opacity * fillOpacity;
    context.fillStyle = fill;
    if (ground && clear) context.globalCompositeOperation = 'destination-out';
    context.fill(path);
    context.globalCompositeOperation = 'source-over';
  }
  if (stroke === 'none') return;
  context.globalAlpha = opacity;
  context.strokeStyle = stroke;
  context.lineWidth = width;
  context.lineCap = cap;
  context.setLineDash(dashes);
  context.stroke(path);
}

/** A text in one line, its parts after one another. @param {CanvasRenderingContext2D} context @param {import('./display.js').Words & {fillOpacity: number}} text @param {number} opacity */
function paintText(context, { x, y, share, runs, halo, reach, fillOpacity }, opacity) {
  const widths = runs.map(({ font, words }) => {
    context.font = font;
    return context.measureText(words).width;
  });
  let at = x - share * widths.reduce((sum, width) => sum + width, 0);
  runs.forEach((run, index) => {
    context.font = run.font;
    context.globalAlpha = opacity * run.opacity * fillOpacity;
    context.fillStyle = run.fill;
    if (halo !== 'none') {
      Object.assign(context, { strokeStyle: halo, lineWidth: reach, lineJoin: 'round' });
      context.setLineDash([]);
      context.strokeText(run.words, at, y);
    }
    context.fillText(run.words, at, y);
    if (run.struck) {
      const size = Number.parseFloat(/([\d.]+)px/.exec(run.font)?.[1] ?? '12');
      context.fillRect(at, y - size * STRIKE.height, widths[index], size * STRIKE.width);
    }
    at += widths[index];
  });
}
