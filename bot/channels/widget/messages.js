// Messages, with cards, map and bars.
const SVG = 'http://www.w3.org/2000/svg';

const make = (create) => (tag, attributes = {}, ...children) => {
  const element = create(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(9).filter(Boolean));
  return element;
};

export const h = make((tag) => document.createElement(tag));
export const svg = make((tag) => document.createElementNS(SVG, tag));
export const button = (id, onclick, label, ...content) => h('button', { id, type: 'button', onclick, 'aria-label': content.length ? label : null }, content.length ? content : label);

export const link = (href, ...children) => (/^(https?:|mailto:|tel:)/i.test(href) ? h('a', { href, target: '_blank' }, children) : h('span', {}, children));

const linked = (text) => text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/i)
  .map((part, odd) => (odd % 2 ? link(part.includes('://') ? part : `mailto:${part}`, part) : part));

const TOGETHER = 10000; // what comes so soon after a message belongs to it
const CHARTS = ['employer_roi', 'employer_cost', 'employer_wage_schedule'];
const timeOf = (at, locale) => h('time', { datetime: at }, new Date(at).toLocaleTimeString(`${locale}-US`, { hour: 'numeric', minute: '2-digit' }));

// What is new is shown from its start, also while pictures are drawn.
export class Log {
  #rows = new Map();
  #start; // the row in view, until the reader moves
  #until = 0;

  constructor(t, language, conversation, goOn) {
    Object.assign(this, { t, language, conversation, goOn });
    this.list = h('ol');
    this.typing = h('p', { class: 'typing' });
    this.quick = h('div', { class: 'quick', role: 'group', 'aria-label': t.choices });
    const moved = () => { this.#start = null; };
    this.element = h('div', { id: 'log', tabindex: 0, role: 'region', 'aria-label': t.log, onpointerdown: moved, onwheel: moved, onkeydown: moved }, this.list, this.typing, this.quick);
    const observer = new ResizeObserver(() => this.#start?.scrollIntoView());
    for (const part of [this.element, ...this.element.children]) observer.observe(part);
  }

  show(seq) { this.#start = this.#rows.get(seq) ?? this.list.lastChild; }

  draw() {
    const { typing } = this.conversation;
    this.#drawRows();
    this.#offer(this.conversation);
    this.typing.hidden = !typing;
    this.typing.replaceChildren(h('i'), h('i'), h('i'), ` ${this.t[typing]} ${this.t.typing}`);
  }

  #drawRows() {
    const { t, language, list, element, conversation } = this;
    const [end, edge] = [list, element].map((part) => part.getBoundingClientRect().bottom);
    const before = this.#rows;
    const rows = this.#rows = new Map();
    let atEnd = end < Math.min(edge, innerHeight) + 50;
    const add = (key, make, at) => {
      const row = before.get(key) ?? make();
      rows.set(key, row);
      if (before.has(key)) return;
      if (row.className === 'visitor') [this.#start, this.#until, atEnd] = [row, 0, true];
      else if (atEnd && Date.parse(at) > this.#until) [this.#start, this.#until, atEnd] = [row, Date.parse(at) + TOGETHER, !before.size];
    };
    for (const message of conversation.messages) {
      const day = dayOf(message.at, language);
      if (!rows.has(day)) add(day, () => h('li', { class: 'day' }, day));
      add(message.seq, () => messageRow(message, t, language), message.at);
    }
    for (const item of conversation.outbox) {
      const state = item.state !== 'failed' && !conversation.online ? 'waiting' : item.state === 'waiting' ? 'sending' : item.state;
      add(item.client_id + state, () => waitingRow({ ...item, state }, t, language, () => { conversation.retry(item); this.goOn(); }));
    }
    for (const [key, row] of before) if (!rows.has(key)) row.remove();
    [...rows.values()].forEach((row, index) => row === list.children[index] || list.insertBefore(row, list.children[index]));
  }

  #offer({ messages, outbox, owner }) {
    const after = messages.slice(messages.findLastIndex(({ author }) => author === 'visitor') + 1);
    const { seq, choices = [] } = (owner === 'assistant' && !outbox.length && after.findLast((message) => message.choices.length)) || {};
    if (seq === this.offered) return;
    this.offered = seq;
    this.quick.replaceChildren(...choices.map(({ id, title }) => button(id, () => { this.conversation.send({ choice: id, title }); this.goOn(); }, title)));
  }
}

function messageRow({ author, text, cards = [], sources = [], topics = [], at, language: lang }, t, locale) {
  return h('li', { class: author },
    h('small', {}, t[author]),
    text && h('div', { class: 'bubble', lang }, linked(text)),
    cards.length && later(officeMap(cards, t)),
    cards.map((card, index) => officeCard(card, index + 1, t)),
    topics.some((topic) => CHARTS.includes(topic)) && later(chart(topics, locale)),
    sources.length && sourceList(sources, t),
    h('small', {}, timeOf(at, locale), author === 'visitor' && ` · ${t.sent}`));
}

const sourceList = (sources, t) => h('details', {}, h('summary', {}, t.sources), sources.map((source) => h('p', {}, link(source.url, source.title), ` (${dated(source, t)})`)));

const dated = ({ date }, t) => (date ?? 'n.d.').replace('n.d.', t.undated);

const waitingRow = ({ text, title, at, state, detail }, t, locale, retry) => h('li', { class: 'visitor' },
  h('small', {}, t.visitor),
  h('div', { class: 'bubble' }, linked(text ?? title)),
  h('small', { class: state }, timeOf(at, locale), ` · ${t[state]}`, detail && `: ${detail} `,
    ['failed', 'waiting'].includes(state) && h('button', { type: 'button', onclick: retry }, t.retry)));

const dayOf = (at, locale) => new Date(at).toLocaleDateString(`${locale}-US`, { dateStyle: 'full' });

function officeCard({ name, kind, state, zip, miles, street, city, phone, email, website, map_link: map }, number, t) {
  const place = [street?.value, city?.value, [state, zip].filter(Boolean).join(' ')].filter(Boolean).join(', ');
  const line = (label, shown, value) => shown && [h('dt', {}, label), h('dd', {}, value(shown.value), shown.confirm && h('small', {}, ` (${caution(shown, t)})`))];
  return h('div', { class: 'card' },
    h('h3', {}, h('b', {}, number), name),
    h('p', {}, t[kind], miles != null && kind !== 'national' && ` · ${t.miles(miles)}`),
    h('dl', {},
      line(street ? t.address : t.city, street ?? city, () => place),
      line(t.phone, phone, (value) => link(`tel:${value.replace(/[^\d+]/g, '')}`, value)),
      line(t.email, email, (value) => link(`mailto:${value}`, value)),
      line(t.website, website, (value) => link(value, value.replace(/^https?:\/\/(www\.)?|\/.*/g, '')))),
    map && link(map, t.map, h('span', { class: 'sr' }, `: ${name}`)));
}

const caution = ({ source_date: date }, t) => (/^\d{4}/.test(date) ? `${t.dated} ${date.slice(0, 4)}, ` : '') + t.confirm;

function later(drawn) {
  const place = h('div');
  drawn.then((picture) => picture && place.append(picture), () => {});
  return place;
}

export const transcript = ({ messages }, t, locale) => [t.transcript, ...messages.map(({ author, text, cards = [], sources = [], at }) => [
  `${t[author]}, ${new Date(at).toLocaleString(`${locale}-US`)}`, text, ...cards.map(({ name, map_link: map }) => `${name} ${map ?? ''}`),
  ...sources.map((source) => `[${source.title}, ${dated(source, t)}: ${source.url}]`),
].join('\n'))].join('\n\n');

const fetched = {};
const data = (name) => (fetched[name] ??= fetch(new URL(name, import.meta.url)).then((answer) => answer.json()));

const WIDTH = 340;
const HEIGHT = 230;

// A corner, then the steps from corner to corner, in 1/20 of a degree.
const rings = (outline) => outline.map((ring) => {
  let [x, y] = [0, 0];
  return [...ring.matchAll(/(-?\d+) ?(-?\d+)/g)].map(([, east, north]) => [(x += +east) / 20, (y += +north) / 20]);
});

function bounds(points) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
}

function projection(points) {
  const [west, east, south, north] = bounds(points);
  const narrow = Math.cos(((south + north) * Math.PI) / 360);
  const scale = Math.min((WIDTH - 70) / (east - west) / narrow, (HEIGHT - 50) / (north - south));
  return ([x, y]) => [WIDTH / 2 + (x - (west + east) / 2) * narrow * scale, HEIGHT / 2 - (y - (south + north) / 2) * scale].map(Math.round);
}

async function officeMap(cards, t) {
  const near = cards.map((card, index) => ({ ...card, number: index + 1 })).filter(({ kind }) => kind !== 'national');
  const placed = near.filter(({ latitude }) => latitude).map(({ number, latitude, longitude }) => ({ number, point: [longitude, latitude] }));
  const states = Object.entries(await data('states.json')).map(([code, outline]) => [code, rings(outline)]);
  const home = states.find(([code]) => code === near[0]?.state);
  if (!home) return null;
  const at = projection([...home[1].flat(), ...placed.map(({ point }) => point)]);
  return h('figure', { class: 'map' }, svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${t.mapOf}: ${near.map(({ number, name, state }) => `${number}: ${name}, ${state}`).join('; ')}` },
    states.map(([code, outline]) => svg('path', {
      class: near.some(({ state }) => state === code) && 'served', d: outline.map((ring) => `M${ring.map(at).join('L')}Z`).join(''),
    })),
    states.map(([code, outline]) => stateCode(code, outline[0].map(at))),
    pins(placed, at)));
}

function stateCode(code, outline) {
  const [west, east, north, south] = bounds(outline);
  return east - west > 24 && svg('text', { x: (west + east) / 2, y: (south + north) / 2 }, code);
}

function pins(placed, at) {
  const taken = [];
  return placed.map(({ number, point }) => {
    let [x, y] = at(point);
    while (taken.some(([a, b]) => Math.hypot(a - x, b - y) < 20)) x += 21;
    taken.push([x, y]);
    return [svg('circle', { cx: x, cy: y, r: 10 }), svg('text', { class: 'pin', x, y: y + 4 }, number)];
  });
}

async function chart(topics, locale) {
  const { charts, facts, words } = await data('figures.json');
  const t = words[locale];
  const parts = charts.map((one) => chartPart(one, facts, t, one.topics.some((topic) => topics.includes(topic))));
  const input = h('input', { type: 'number', min: 1, max: 999, value: 1, oninput: () => show() });
  const show = () => parts.forEach((part) => part.show(Math.min(999, Math.max(1, input.valueAsNumber | 0))));
  show();
  return h('figure', {}, h('h3', {}, t.heading), h('p', {}, t.promise), h('label', {}, t.count, ' ', input), parts.map(({ element }) => element));
}

function chartPart({ id, bars, facts: cited }, facts, t, open) {
  const own = t[id];
  const [said, picture] = [h('output'), h('div')];
  const say = ({ low, high }, n) => [low, high].filter(Boolean).map((value) => money(value * n)).join(` ${t.to} `) + own.unit;
  const show = (n) => {
    const rows = bars.map((bar) => [own[bar.id], say(bar, n), bar]);
    said.textContent = `${t.for[+(n > 1)].replace('{n}', n)}: ${rows.map(([, value]) => value).join(' → ')}`;
    picture.replaceChildren(barPicture(rows, own.title));
  };
  return { show, element: h('details', { open }, h('summary', {}, own.title), said, picture, h('p', {}, own.limits), sourceList(cited.map((fact) => facts[fact]), t)) };
}

const money = (value) => `$${value.toLocaleString('en-US', { minimumFractionDigits: value % 1 && 2 })}`;

function barPicture(rows, title) {
  const scale = 280 / Math.max(...rows.map(([,, { low, high = low }]) => high));
  return svg('svg', { viewBox: `0 0 280 ${rows.length * 60}`, role: 'img', 'aria-label': `${title}. ${rows.map(([label, value]) => `${label}: ${value}`).join('. ')}` },
    rows.map(([label, value, { low, high }], index) => svg('g', { transform: `translate(0 ${index * 60})` },
      svg('text', { y: 14 }, label), svg('text', { class: 'value', y: 31 }, value),
      svg('rect', { class: 'track', y: 37, width: 280, height: 14, rx: 4 }),
      svg('rect', { x: high ? low * scale : 0, y: 37, width: (high ? high - low : low) * scale, height: 14, rx: 4 }))));
}
