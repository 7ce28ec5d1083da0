/**
 * Where the camera looks: at a new graph once, then where a person wants; along with the step where a graph is too large to be read whole.
 * @typedef {import('./camera.js').Extent} Extent
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 */
import { easeTravel } from './ease.js';

const FOLLOW_MS = 260;
/** Left around a graph: above it for what hangs over a leaf. */
const ROOM = { x: 5, above: 28, below: 12, beside: 14 };
/** What a graph may stand out of view and still count as whole, in its own measure. */
const SLACK = 12;
/** Cards are large enough at so many times the scale at which they can be read. */
const ENOUGH = 1.3;
/** The scale below which cards are no longer told apart. */
const LEAST = 0.25;
const NOWHERE = { left: 0, top: 0, width: 0, height: 0 };

/** Left around the way of an edge, for the gradient that comes back beside it. */
const LANE_ROOM = 6;

/** What was found of a geometry: it is asked for at each move. @type {WeakMap<Geometry, Extent>} */
const extents = new WeakMap();

/** The part of the scene that a graph takes, with room for tabs and notes. @param {Geometry | undefined} geometry @returns {Extent} */
function extentOf(geometry) {
  if (!geometry) return NOWHERE;
  const extent = extents.get(geometry) ?? extentAround([...geometry.cards.values(), ...geometry.badges.values(), ...geometry.floors.map((floor) => floor.frame), ...geometry.regions.flatMap((region) => region.frames)], [...geometry.bounds.values()]);
  extents.set(geometry, extent);
  return extent;
}

/** A move of the picture that leaves no room empty beside a graph that is larger than the view. @param {number} way @param {{from: number, size: number}} graph @param {{from: number, size: number}} view */
function shortened(way, graph, view) {
  if (graph.size <= view.size) return way;
  const [before, behind] = [view.from - graph.from, graph.from + graph.size - view.from - view.size];
  return way > 0 ? Math.min(way, Math.max(0, before)) : Math.max(way, -Math.max(0, behind));
}

/** A move of the picture that takes in all of a part that has room in the view. @param {number} way @param {{from: number, size: number}} part @param {{from: number, size: number}} view */
function taking(way, part, view) {
  const [least, most] = [view.from - part.from, view.from + view.size - part.from - part.size];
  return least > most ? way : Math.max(least, Math.min(most, way));
}

/** The first of some frames, with those of the others that have room in the view beside it, the nearest first. @param {Frame[]} frames @param {{width: number, height: number}} room @returns {Frame} */
function together([first, ...others], room) {
  const away = (/** @type {Frame} */ { x, y, width, height }) => Math.hypot(x + width / 2 - first.x - first.width / 2, y + height / 2 - first.y - first.height / 2);
  return others.sort((one, other) => away(one) - away(other)).reduce((box, frame) => {
    const [left, top] = [Math.min(box.x, frame.x), Math.min(box.y, frame.y)];
    const both = { x: left, y: top, width: Math.max(box.x + box.width, frame.x + frame.width) - left, height: Math.max(box.y + box.height, frame.y + frame.height) - top };
    return both.width <= room.width && both.height <= room.height ? both : box;
  }, first);
}

/** Around boxes, and around the edges that swing out further. @param {Frame[]} boxes @param {import('./curve.js').Rect[]} ways @returns {Extent} */
function extentAround(boxes, ways) {
  if (boxes.length === 0) return NOWHERE;
  const most = (/** @type {(box: Frame) => number} */ side) => boxes.reduce((found, box) => Math.max(found, side(box)), -Infinity);
  const left = ways.reduce((found, way) => Math.min(found, way.left - LANE_ROOM), -most((box) => -box.x) - ROOM.x);
  const right = ways.reduce((found, way) => Math.max(found, way.right + LANE_ROOM), most((box) => box.x + box.width) + ROOM.x);
  const top = ways.reduce((found, way) => Math.min(found, way.top - LANE_ROOM), -most((box) => -box.y) - ROOM.above);
  const bottom = ways.reduce((found, way) => Math.max(found, way.bottom + LANE_ROOM), most((box) => box.y + box.height) + ROOM.below);
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * @param {HTMLElement} container
 * @param {ReturnType<typeof import('./camera.js').createCamera>} camera
 * @param {() => Geometry | undefined} geometry of the graph that is drawn
 */
export function createAim(container, camera, geometry) {
  /** Who aims: the stage, a person who asked for the whole graph, or a person's hand. @type {'stage' | 'whole' | 'hand'} */
  let by = 'stage';
  let following = false;
  let readable = 0;
  /** Where the last step happened, the card that runs first. @type {Frame[]} */
  let subject = [];

  /** Kept, for to ask for a style lays the page out. @type {import('./camera.js').Scales | null} */
  let known = null;

  /** The least scale at which cards can be read in this theme and room, and the largest one that a small graph is given. */
  function scales() {
    if (known !== null) return known;
    const style = getComputedStyle(container);
    return (known = { readable: Number(style.getPropertyValue('--stage-readable')) || 0.6, largest: Number(style.getPropertyValue('--stage-largest')) || 1.35 });
  }

  /** All of the graph; of one too large for its cards to be told apart, as much as can be, around the step. */
  function fit() {
    const extent = extentOf(geometry());
    camera.look(extent, scales(), { least: LEAST, at: subject.length > 0 ? subject[0].x + subject[0].width / 2 : extent.left });
    by = 'whole';
    following = false;
  }

  /** How a graph is seen as a whole. @type {import('./scene.js').Look} */
  function seen(given) {
    const { readable: least, largest } = scales();
    const extent = extentOf(given);
    const share = camera.share(extent);
    const [wide, high] = [camera.share({ ...extent, height: 1 }), camera.share({ ...extent, width: 1 })];
    return { share, across: wide === share, enough: Math.min(least * ENOUGH, largest), whole: camera.isWhole(extent, least), sight: Math.min(1, wide / least) * Math.min(1, high / least) };
  }

  /** What a graph has to stand in, in as many rows as it takes. @returns {import('./rows.js').Page} */
  const page = () => camera.page(scales(), { x: ROOM.x, y: ROOM.above + ROOM.below });

  /** The first look at a graph: all of it where it can be read, else its beginning. */
  function open() {
    const wanted = scales();
    readable = wanted.readable;
    following = !camera.start(extentOf(geometry()), wanted);
    if (following) seeFirst();
    by = 'stage';
  }

  /** Whether a part of the scene is in view, under no words or buttons, as far as it matters. @param {Extent} extent */
  function sees({ left, top, width, height }) {
    const { view, open: clear } = camera;
    return {
      across: left > view.left - SLACK && left + width < view.left + view.width + SLACK,
      down: clear !== null && top > clear.y - SLACK && top + height < clear.y + clear.height + SLACK,
    };
  }

  /** A graph that is higher than the stage begins where its first card is. */
  function seeFirst() {
    const first = [...(geometry()?.cards.values() ?? [])].reduce((found, frame) => (found && found.x <= frame.x ? found : frame), /** @type {Frame | undefined} */ (undefined));
    if (first) camera.pan(0, camera.distance(first.x + first.width / 2, first.y + first.height / 2).y);
  }

  /** How far the picture must go for a frame to be well in view: in no direction in which all of the graph is, and no further than the graph goes. @param {Frame} frame */
  function wayTo(frame) {
    const way = camera.distance(frame.x + frame.width / 2, frame.y + frame.height / 2);
    const extent = extentOf(geometry());
    const { across, down } = sees(extent);
    const { view, scale, open: clear } = camera;
    const wide = { from: frame.x - ROOM.beside, size: frame.width + ROOM.beside * 2 };
    const tall = { from: frame.y - ROOM.above, size: frame.height + ROOM.above + ROOM.below };
    return {
      x: across ? 0 : shortened(taking(way.x / scale, wide, { from: view.left, size: view.width }), { from: extent.left, size: extent.width }, { from: view.left, size: view.width }) * scale,
      y: down || clear === null ? 0 : shortened(taking(way.y / scale, tall, { from: clear.y, size: clear.height }), { from: extent.top, size: extent.height }, { from: clear.y, size: clear.height }) * scale,
    };
  }

  /** How far the picture must go for the last step to be well in view. */
  function wayToSubject() {
    const { view, open: clear } = camera;
    return wayTo(together(subject, { width: view.width - ROOM.beside * 2, height: (clear ?? view).height - ROOM.above - ROOM.below }));
  }

  /** The stage has another size: what the camera was asked for, it does again. */
  function again() {
    known = null;
    camera.measure();
    if (by === 'whole') fit();
    if (by !== 'stage') return;
    open();
    if (!following || subject.length === 0) return;
    const way = wayToSubject();
    camera.pan(way.x, way.y);
  }

  return {
    fit,
    open,
    again,
    seen,
    page,
    /**
     * A graph that was whole where the stage looked, and has grown out of view, is looked at anew. A function that goes there, from 0 to 1; null where the view stays.
     * @returns {((share: number) => void) | null}
     */
    widen() {
      const extent = extentOf(geometry());
      const { across, down } = sees(extent);
      if (by !== 'stage' || following || (across && down)) return null;
      const from = camera.transform;
      open();
      const to = camera.transform;
      camera.between(from, to, 0);
      return (share) => camera.between(from, to, easeTravel(share));
    },
    /** The theme may have changed the size at which cards can be read: then true. */
    refresh() {
      known = null;
      const changed = scales().readable !== readable;
      if (changed) again();
      return changed;
    },
    /** Whether the camera stands where a person put it. */
    get held() {
      return by === 'hand';
    },
    /** From now on the camera stays where a person puts it. */
    hold() {
      by = 'hand';
    },
    get lost() {
      return camera.lost(extentOf(geometry()));
    },
    /** Brings a frame well into view; nothing moves in a direction in which all of the graph is seen. @param {Frame} frame */
    reveal(frame) {
      const way = wayTo(frame);
      camera.pan(way.x, way.y);
    },
    /**
     * Goes along to where a step happens, and where it leads as far as both have room, unless a person holds the camera; by a short move where frames are given.
     * @param {Frame[]} step the card that runs first
     * @param {{frames: import('./frames.js').Animation, speed: () => number} | null} moving
     */
    async follow(step, moving) {
      if (step.length > 0) subject = step;
      if (step.length === 0 || !following || by !== 'stage') return;
      const way = wayToSubject();
      if (way.x === 0 && way.y === 0) return;
      if (!moving) return camera.pan(way.x, way.y);
      let gone = 0;
      await moving.frames.run(FOLLOW_MS, (time) => {
        const share = easeTravel(time / FOLLOW_MS);
        camera.pan(way.x * (share - gone), way.y * (share - gone));
        gone = share;
      }, moving.speed);
    },
  };
}
