/* What front.py does in the page. Evaluated once; times are in milliseconds. */
({
  /** One of the page's own modules, the very one that runs in it. */
  own: (path) => import(new URL(path, document.querySelector('script[type=module]').src)),

  /** From a painted picture to random events by a script, until the new one and all panels beside it stand and are laid out. */
  async leap(rounds) {
    return measure.moments(rounds, async (seq) => {
      const from = performance.now();
      await gradlight.seek(seq);
      document.body.getBoundingClientRect();
      return performance.now() - from;
    });
  },

  /**
   * The work from a moved slider until the picture of a random event stands and is laid out: at once and in the frame that shows it, the wait for that frame left out.
   * An Error where anything of the picture is drawn later.
   */
  async seek(rounds) {
    const slider = document.querySelector('[data-timeline]');
    const late = new MutationObserver(() => undefined);
    return measure.moments(rounds, async (seq) => {
      let begun = 0;
      requestAnimationFrame(() => (begun = performance.now()));
      const from = performance.now();
      slider.value = seq;
      slider.dispatchEvent(new Event('input'));
      for (let turn = 0; turn < 100; turn += 1) await null; // all that waits for no frame
      const at = performance.now() - from;
      const within = await new Promise((shown) => requestAnimationFrame(() => {
        document.body.getBoundingClientRect();
        shown(performance.now() - begun);
      }));
      late.observe(document.querySelector('.scene'), { subtree: true, childList: true, attributes: true, characterData: true });
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      if (late.takeRecords().length > 0) throw new Error('the picture did not stand');
      late.disconnect();
      return at + within;
    });
  },

  /** What a measure finds at random events, each from a painted picture. */
  async moments(rounds, measured) {
    const { last } = gradlight.state();
    const times = [];
    let random = 7;
    for (let round = 0; round < rounds; round += 1) {
      random = (random * 1103515245 + 12345) % 2147483648;
      for (let frame = 0; frame < 2; frame += 1) await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
      document.body.getBoundingClientRect();
      times.push(await measured(Math.floor((random / 2147483648) * last)));
    }
    return times;
  },

  /** From one moved element to the task after its frame: the least that a picture takes here, where the page is empty. */
  async floor(rounds) {
    const element = document.body.appendChild(document.createElement('p'));
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now();
      element.style.marginLeft = `${round}px`;
      await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
      times.push(performance.now() - from);
    }
    return times;
  },

  /** Cards that change their place while time moves, and how many there are. */
  async moved() {
    const places = () => new Map([...document.querySelectorAll('.card')].filter((card) => card.getAttribute('display') !== 'none').map((card) => [card.dataset.card, card.getAttribute('transform')]));
    const { last } = gradlight.state();
    await gradlight.seek(last);
    const end = places();
    let moved = 0;
    for (let at = 0; at < last; at += Math.ceil(last / 40)) {
      await gradlight.seek(at);
      for (const [id, place] of places()) if (end.has(id) && place !== end.get(id)) moved += 1;
    }
    return [moved, end.size];
  },

  /** Frames a second while the camera moves. */
  async pan() {
    const picture = document.querySelector('.stage-picture');
    const box = picture.getBoundingClientRect();
    const at = (kind, x) => (kind === 'mousedown' ? picture : window).dispatchEvent(new MouseEvent(kind, { clientX: box.x + x, clientY: box.y + 300, view: window, bubbles: true }));
    at('mousedown', 400);
    const from = performance.now();
    let frames = 0;
    while (performance.now() - from < 2000) {
      at('mousemove', 400 + (frames % 60) * 4);
      await new Promise(requestAnimationFrame);
      frames += 1;
    }
    at('mouseup', 400);
    return frames / 2;
  },

  /** Frames a second while the run plays from its start. */
  async play() {
    await gradlight.seek(0);
    await gradlight.set('speed', 4);
    void gradlight.play();
    const from = performance.now();
    let frames = 0;
    while (performance.now() - from < 3000) {
      await new Promise(requestAnimationFrame);
      frames += 1;
    }
    await gradlight.pause();
    await gradlight.set('speed', 1);
    return frames / 3;
  },

  /**
   * Of the middle of three rounds: the bare bytes of a run, its messages cut and nothing done with them, these parsed and let go, its events read and reduced, the longest batch;
   * and how many events there are.
   */
  async stream(source) {
    const { startRun, readEvents } = await measure.own('page/runs.js');
    const { messagesOf } = await measure.own('page/messages.js');
    const { Trace } = await measure.own('state/trace.js');
    const started = await startRun(source);
    for await (const batch of readEvents(started)) void batch;
    let longest = 0;
    let count = 0;
    const asked = () => fetch(started.events, { cache: 'no-store' });
    const ways = [
      async () => (await asked()).arrayBuffer(),
      async () => {
        for await (const message of messagesOf((await asked()).body)) void message;
      },
      async () => {
        for await (const message of messagesOf((await asked()).body)) JSON.parse(message);
      },
      async () => {
        const trace = new Trace();
        longest = 0;
        for await (const { events, json } of readEvents({ ...started, stream: null })) {
          const begun = performance.now();
          trace.push(events, json);
          longest = Math.max(longest, performance.now() - begun);
        }
        count = trace.events.length;
      },
    ];
    await ways[0]();
    const rounds = [];
    for (let round = 0; round < 3; round += 1) {
      const times = [];
      for (const way of ways) {
        const from = performance.now();
        await way();
        times.push(performance.now() - from);
      }
      rounds.push([...times, longest]);
    }
    return [...rounds.sort((a, b) => a[3] - b[3])[1], count];
  },

  /** The longest task of a run, drawing included (0: none took over 50 ms), and its events. */
  async block(source) {
    let longest = 0;
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
    });
    observer.observe({ type: 'longtask' });
    await gradlight.run(source);
    await new Promise((done) => setTimeout(done, 200));
    observer.disconnect();
    return [longest, gradlight.state().last + 1];
  },

  /** From a key to the frame that shows a number on the first tensor's card. */
  shown(number) {
    return new Promise((resolve) => {
      let typed = 0;
      addEventListener('keydown', () => (typed = performance.now()), { once: true, capture: true });
      const look = () => (document.querySelector('[data-tensor="0"]')?.textContent.includes(number) ? resolve(performance.now() - typed) : requestAnimationFrame(look));
      look();
    });
  },

  /** What the Worker takes for a layout, in seconds, once it is warm; null where it has no answer by the deadline. */
  async layout(boxes, links, deadline) {
    const { Layout } = await measure.own('stage/layout.js');
    const { sketchLayout } = await measure.own('stage/sketch.js');
    const layout = new Layout({ deadline });
    await layout.place(boxes.slice(0, 2), []);
    const from = performance.now();
    const places = await layout.place(boxes, links);
    const taken = (performance.now() - from) / 1000;
    layout.close();
    return JSON.stringify(places) === JSON.stringify(sketchLayout(boxes, links)) ? null : taken;
  },

  /** The bytes of the one file that carries the run. */
  file: async () => (await gradlight.export('html')).size,
});
