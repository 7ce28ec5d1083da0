/**
 * `window.gradlight`: what a script, a test or a page that embeds this one can do. Everything here has a button and a key too.
 * @typedef {{bench: import('./workbench.js').Workbench, stage: ReturnType<typeof import('../stage/stage.js').createStage>}} Parts
 */

/** @param {Promise<Parts>} started */
export function createHandle(started) {
  /** @type {Parts | null} */
  let parts = null;
  const ready = started.then((made) => {
    parts = made;
  });
  /** @template T @param {(parts: Parts) => T} act */
  const after = (act) => started.then(act);
  return {
    ready,
    /** @param {string} [source] */
    run: (source) => after(({ bench }) => bench.run(source, { at: Infinity })),
    /** @param {number} seq */
    seek: (seq) => after(({ bench }) => bench.seek(seq)),
    /** @param {number} by */
    step: (by) => after(({ bench }) => bench.step(by)),
    play: () => after(({ bench }) => bench.play()),
    pause: () => after(({ bench }) => bench.pause()),
    state: () => (parts ? snapshot(parts) : null),
    /** @param {string} format @param {Partial<import('./exports.js').Options>} [options] what is not given is as it is on show */
    export: (format, options) => after(async ({ bench, stage }) => {
      const [{ exportAs }, { optionsOf, subjectOf }] = await Promise.all([import('./exports.js'), import('./subject.js')]);
      return exportAs(format, subjectOf(bench, stage), optionsOf(bench, options));
    }),
    /** @param {string} name @param {unknown} value */
    set: (name, value) => after(({ bench }) => bench.set(name, value)),
  };
}

/** What the stage shows at the cursor, as plain JSON. @param {Parts} parts */
function snapshot({ bench, stage }) {
  const { trace, cursor, last } = bench.page.value;
  const state = trace.at(cursor);
  const places = new Map(stage.positions().map((place) => [place.tensor, place]));
  const { failure } = bench.page.value;
  const error = failure ? failure.trace.at(failure.trace.last).error : state.error;
  return structuredClone({
    cursor, last, phase: state.phase, scene: state.scene,
    tensors: [...state.tensors.values()].map(({ tensor, name, value, grad, is_leaf, requires_grad }) => {
      const place = places.get(tensor);
      return { tensor, name, value, grad, is_leaf, requires_grad, visible: place !== undefined, x: place?.x ?? null, y: place?.y ?? null };
    }),
    functions: [...state.functions.values()].map((applied) => ({ function: applied.function, name: applied.name, saved: applied.saved, freed: applied.freed })),
    printed: state.printed,
    error: error && { line: error.line, column: error.column, error: error.error, message: error.message, hint: error.hint },
  });
}
