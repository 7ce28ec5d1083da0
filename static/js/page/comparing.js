import { createStage } from '../stage/stage.js';
import { createSigns } from '../stage/signs.js';
import { placeTogether } from '../stage/together.js';
import { requestOf } from '../stage/scene.js';
import { measureWithCanvas } from '../stage/text.js';
import { align, stepBeside } from '../state/alignment.js';
import { differencesBetween, marksAt } from '../state/differences.js';
import { createDifferences } from './differences.js';
import { html, need } from './dom.js';
import { onLanguage, t } from './language.js';
import { createStrip } from './strip.js';

/**
 * @typedef {import('../state/alignment.js').Run} Run
 * @typedef {import('../stage/stage.js').Trace} Trace
 * @typedef {{page: import('./session.js').PageStore, stage: ReturnType<typeof createStage>, folding: ReturnType<typeof import('./folding.js').createFolding>, editor: import('./editor.js').Editor, seek: (seq: number) => Promise<unknown>, select: (tensor: number | null) => void}} Parts
 */

/** An id of a card or badge: its kind, its number, and which twin or group it is. */
const ID = /^([tf])(\d+)(.*)$/;

/**
 * A run is kept, and whatever the program becomes stands below it: both graphs laid out as one, both timelines in one order, and what differs as marks and as a list.
 * @param {Run} kept @param {Parts} parts
 */
export function createComparison(kept, { page, stage, folding, seek, select }) {
  const steered = /** @type {import('../stage/together.js').Steered} */ (stage.layout);
  const box = html('div', { class: 'kept-stage' });
  const words = [html('p', { class: 'pane-name', 'data-pane': 'kept' }), html('p', { class: 'pane-name', 'data-pane': 'now' })];
  const strip = createStrip({ onSeek: (index) => void seek(page.value.trace.steps[index].to) });
  const element = html('div', { class: 'comparison' }, box, words[0], strip.element, words[1]);
  need('#stage').before(element); // it stands above, and Tab comes to it first
  const measure = measureWithCanvas();
  let aligned = align(kept, now());
  /** The size of the plan that both share. */
  let size = '';
  /** Where the kept graph goes beside the one below it. @type {{boxes: string, places: import('../stage/layout.js').Places} | null} */
  let laid = null;

  const above = createStage(box, {
    layout: { place: (boxes, links) => (laid?.boxes === idsOf(boxes) ? Promise.resolve(laid.places) : steered.placeAlone(boxes, links)), warm() {}, close() {} },
    translate: (key, args) => t(key === 'stage.name' ? 'compare.kept' : key, /** @type {Record<string, string | number>} */ (args)), source: () => kept.source, brief: () => true, folds: folding.folds,
    onSelect: (tensor) => choose(tensor === null ? null : aligned.tensors.get(tensor) ?? null, tensor),
  });
  const signs = [createSigns(box), createSigns(need('#stage'))];
  const list = createDifferences(need('[data-differences]'), { onChoose: ({ before, after }) => choose(after, before), onEnd: () => page.set({ kept: null }), onKeep: () => page.set({ kept: now() }) });

  /** @returns {Run} */
  function now() {
    return { trace: page.value.trace, source: page.value.ran };
  }

  /** The event of the kept run that stands beside the page's cursor. */
  function beside() {
    const { trace, cursor, last } = page.value;
    if (cursor >= last) return kept.trace.last;
    return cursor < 0 ? -1 : kept.trace.steps[stepBeside(aligned, trace.stepAt(cursor))].to;
  }

  /** @type {NonNullable<import('../stage/together.js').Steered['steer']>} */
  const steer = (boxes, links, place) => {
    if (page.value.view === 'backward') return null;
    const part = kept.trace.scenes[kept.trace.sceneAt(beside())];
    const request = requestOf(kept.trace, part, folding.folds, measure);
    return placeTogether(request, { boxes, links }, partner, place).then(([places, others]) => {
      laid = { boxes: idsOf(request.boxes), places };
      void show(true).then(fit);
      return others;
    });
  };

  /** The box of the run below that is one of the kept run. @param {string} id */
  function partner(id) {
    const [, kind, number, rest] = ID.exec(id) ?? [];
    const other = (kind === 't' ? aligned.tensors : aligned.functions).get(Number(number));
    return other === undefined ? null : `${kind}${other}${rest}`;
  }

  /** Draws the kept run at the moment that stands beside the page's. @param {boolean} [anew] its places are others */
  async function show(anew = false) {
    const { playing, speed, view } = page.value;
    const cursor = beside();
    mark();
    if (anew) await above.fold({ ...folding.folds });
    await above.graph(view === 'backward' ? 'backward' : 'teaching');
    await above.show(kept.trace, { cursor, animate: playing, speed });
    frame();
  }

  function mark() {
    const { trace, cursor } = page.value;
    const found = kept.trace.peek(beside(), (old) => trace.peek(cursor, (state) => marksAt(aligned, old, state)));
    signs[0].show(found.before);
    signs[1].show(found.after);
    strip.move(trace.last < 0 ? 0 : trace.stepAt(cursor));
  }

  /** A plan of another size is looked at anew. */
  function fit() {
    const next = laid ? `${laid.places.width} ${laid.places.height}` : '';
    if (next === size) return;
    size = next;
    stage.open();
  }

  /** Both look at the same part of the same plan, whichever of them is moved. */
  const frame = () => above.camera.join(stage.camera);
  const cameras = [{ of: stage, to: above }, { of: above, to: stage }].map(({ of, to }) => {
    const observer = new MutationObserver(() => to.camera.join(of.camera));
    observer.observe(of.look((scene) => scene), { attributeFilter: ['transform'] });
    return observer;
  });

  /** @param {number | null} after @param {number | null} before */
  function choose(after, before) {
    const { trace, cursor, last } = page.value;
    above.select(before ?? (after === null ? null : aligned.back.get(after) ?? null));
    select(after);
    const here = after === null || trace.peek(cursor, ({ tensors }) => tensors.has(after));
    void Promise.resolve(here ? null : seek(last)).then(() => reveal(after === null ? above : stage, after ?? before));
  }

  /** Brings a card into view; the other picture follows. @param {ReturnType<typeof createStage>} picture @param {number | null} tensor */
  function reveal({ camera, positions }, tensor) {
    const place = positions().find((one) => one.tensor === tensor);
    if (!place) return;
    const [x, y] = camera.transform.invert([place.x, place.y]);
    const way = camera.distance(x, y);
    if (way.x !== 0 || way.y !== 0) camera.pan(way.x, way.y);
  }

  /** The program below became another. */
  function realign() {
    aligned = align(kept, now());
    tell();
  }

  function tell() {
    list.show(differencesBetween(aligned, kept, now()));
    strip.show(aligned, kept.trace, page.value.trace);
    words[0].textContent = t('compare.kept');
    words[1].textContent = t('compare.now');
    above.refresh();
  }

  const ends = [
    onLanguage(tell),
    page.subscribe((value, changed) => {
      if (changed.has('trace')) realign();
      if (changed.has('display')) above.view(value.display);
      if (changed.has('folds')) void show(true);
      else if (changed.has('trace') || changed.has('cursor') || changed.has('view')) void show();
      if (changed.has('theme')) above.refresh();
      if (changed.has('selected')) above.select(value.selected === null ? null : aligned.back.get(value.selected) ?? null);
    }),
  ];

  above.view(page.value.display);
  tell();
  steered.steer = steer;
  const open = folding.take({ ...folding.folds }).then(() => show());

  return {
    open,
    next: list.next,
    close() {
      for (const end of ends) end();
      steered.steer = null;
      for (const one of cameras) one.disconnect();
      for (const one of signs) one.close();
      above.close();
      element.remove();
      list.close();
      void folding.take({ ...folding.folds }).then(() => stage.open());
    },
  };
}

/** @param {{id: string}[]} boxes */
const idsOf = (boxes) => boxes.map(({ id }) => id).join();
