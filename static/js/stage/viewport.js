/**
 * How the graph is looked at: camera and aim, what lies around the picture, and what is drawn of a graph that is larger than the view.
 * @typedef {import('./scene.js').Scene} Shown
 */
import { createAim } from './aim.js';
import { createEdges, moveTowards } from './beyond.js';
import { createCamera } from './camera.js';
import { createLegend } from './legend.js';
import { createMinimap } from './minimap.js';

const CULLED_FROM = 200;

/**
 * @param {HTMLElement} container
 * @param {SVGSVGElement} picture
 * @param {import('./drawing.js').Drawing} drawing
 * @param {{translate: import('./picture.js').Translate, shown: () => Shown | null, onZoom: (scale: number) => void, onSettled: () => void, onRoom: () => void}} options `onSettled`: a person asked for another view, and it stands; `onRoom`: the stage has another size, or cards are read at another one
 */
export function createViewport(container, picture, drawing, { translate, shown, onZoom, onSettled, onRoom }) {
  const camera = createCamera(picture, drawing.parent, (scale, byHand) => {
    if (byHand) aim.hold();
    showAround();
    legend.avoid();
    cull();
    onZoom(scale);
  });
  const aim = createAim(container, camera, () => shown()?.geometry);
  const legend = createLegend(container, translate, camera);
  const minimap = createMinimap(container, (x, y) => {
    const { left, top, width, height } = camera.view;
    aim.hold();
    camera.pan((left + width / 2 - x) * camera.scale, (top + height / 2 - y) * camera.scale);
  });
  const edges = createEdges(container, translate, { onMove: pan, onFit: fit });

  /** Where in the graph the view is. */
  function showAround() {
    const here = shown();
    minimap.frame(camera.view);
    edges.show(camera.view, camera.open?.y ?? 0, camera.scale, here?.geometry ?? null, here !== null && here.graph.cards.length > 0 && aim.lost);
  }

  const isLarge = () => (shown()?.graph.cards.length ?? 0) >= CULLED_FROM;
  let culling = 0;
  /** In a large graph only what is in view is painted. */
  function cull() {
    if (culling !== 0 || !isLarge()) return;
    culling = requestAnimationFrame(() => {
      culling = 0;
      drawing.cull(camera.view);
    });
  }

  /** Another graph stands, or the same in other colours. */
  function draw() {
    const here = shown();
    if (here) minimap.draw(here.geometry, here.graph);
    showAround();
  }

  /** @param {import('./beyond.js').Side} side */
  function pan(side) {
    aim.hold();
    camera.pan(...moveTowards(side, camera.view, camera.scale));
    onSettled();
  }

  function fit() {
    aim.fit();
    onSettled();
  }

  const observer = new ResizeObserver(() => {
    aim.again();
    cull();
    onSettled();
    onRoom();
  });
  observer.observe(container);

  return {
    camera,
    aim,
    draw,
    showAround,
    /** What is out of view of a large graph is left out of the next picture. */
    crop() {
      if (isLarge()) drawing.crop(camera.view);
    },
    /** Makes a file of the whole picture, also of what is out of view. @template T @param {() => T} make @returns {T} */
    whole(make) {
      drawing.cull(null);
      const made = make();
      cull();
      return made;
    },
    /** What the picture holds. */
    explain: legend.show,
    /** The language or the theme is another. */
    refresh() {
      edges.name();
      if (!shown()) return;
      if (aim.refresh()) onRoom();
      draw();
    },
    fit,
    /** Shows more of the graph towards a side. */
    pan,
    /** Looks at the graph as at a new one: all of it where it can be read. */
    open() {
      aim.again();
      aim.open();
      onSettled();
    },
    /** @param {number} factor */
    zoom(factor) {
      aim.hold();
      camera.zoom(factor);
    },
    close() {
      observer.disconnect();
      for (const one of [minimap, legend, edges]) one.remove();
    },
  };
}
