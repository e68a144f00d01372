// <imt-assistant>: the launcher, the panel and all that can be pressed.
import { Conversation, stored } from './conversation.js';
import { dayOf, h, link, messageRow, svg, transcript, waitingRow } from './messages.js';
import { sheet, texts } from './look.js';

const LIMIT = 2000;
const TAB = 'imt-assistant tab';
const NARROW = matchMedia('(max-width: 480px), (max-height: 460px)');
const MOUSE = matchMedia('(pointer: fine)');
const BUBBLE = 'M2 3h20v15H12l-5 4v-4H2z';
const button = (id, onclick, label, ...content) => h('button', { id, type: 'button', onclick, 'aria-label': content.length ? label : null }, content.length ? content : label);

class ImtAssistant extends HTMLElement {
  static observedAttributes = ['language', 'title', 'title-es', 'greeting', 'greeting-es', 'color', 'privacy'].map((name) => `data-${name}`);

  #rows = new Map();
  #tab = stored.get('sessionStorage', TAB) ?? { read: 0 };
  #channel = new BroadcastChannel(TAB);

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    this.conversation = new Conversation(this.dataset.server ?? new URL('..', import.meta.url).href, this.language);
    this.panel = h('dialog', { class: 'panel', 'aria-labelledby': 'title', onkeydown: (event) => this.#escape(event), oncancel: () => this.close() });
    this.ask = h('dialog', { class: 'ask', 'aria-labelledby': 'question' });
    this.front = h('section');
    this.list = h('ol');
    [this.live, this.aside] = [0, 1].map(() => h('div', { class: 'sr', 'aria-live': 'polite' }));
    this.input = h('textarea', { id: 'input', rows: 1, 'aria-describedby': 'hint count', oninput: () => this.#count(), onkeydown: (event) => event.key === 'Enter' && !event.shiftKey && !event.isComposing && this.#submit(event) });
    this.shadowRoot.append(this.front, this.panel, this.ask, this.aside);
    this.#listen();
    this.#build();
    if (this.#tab.open && !NARROW.matches) this.open(false);
    this.#emit('ready');
  }

  attributeChangedCallback() {
    if (this.shadowRoot) this.#build();
  }

  get language() {
    return /^es/i.test(this.#tab.language ?? this.dataset.language ?? (document.documentElement.lang || navigator.language)) ? 'es' : 'en';
  }

  set language(language) {
    if (language === this.language) return;
    this.#remember({ language });
    this.#channel.postMessage({ language });
    this.#build();
    this.#emit('language', { language });
    if (this.conversation.spoke) this.conversation.send({ text: this.t.switch });
    else if (this.conversation.id) this.conversation.erase().catch(() => {});
  }

  get t() { return texts[this.language]; }
  get unread() { return this.conversation.messages.filter(({ seq, author }) => seq > this.#tab.read && author !== 'visitor').length; }

  #given(name) { return (this.language === 'es' && this.dataset[`${name}Es`]) || this.dataset[name]; }
  #emit(name, detail) { this.dispatchEvent(new CustomEvent(`imt:${name}`, { detail, bubbles: true })); }

  #remember(changes) {
    Object.assign(this.#tab, changes);
    stored.set('sessionStorage', TAB, this.#tab);
  }

  #listen() {
    const { conversation } = this;
    const draw = () => this.#draw();
    conversation.addEventListener('change', draw);
    conversation.addEventListener('reset', () => { draw(); if (this.panel.open) this.#begin(); });
    conversation.addEventListener('gone', () => this.#say(this.t.gone));
    conversation.addEventListener('message', ({ detail: { message: { seq, author, topics, text }, fresh } }) => {
      this.#emit('message', { seq, author, topics });
      if (fresh && author !== 'visitor') this.#say(this.panel.open ? `${this.t[author]}: ${text}` : this.t.unread(this.unread));
    });
    for (const name of ['online', 'offline']) addEventListener(name, draw);
    document.addEventListener('visibilitychange', draw);
    NARROW.addEventListener('change', () => { if (this.panel.open) { this.panel.close(); this.#show(); } });
    document.addEventListener('click', (event) => {
      const opener = event.target.closest('[data-imt-open]');
      if (!opener) return;
      event.preventDefault();
      this.open();
      if (opener.dataset.imtOpen) this.#write(opener.dataset.imtOpen);
    });
    this.#channel.onmessage = ({ data }) => {
      this.#remember(data);
      this.#build();
    };
  }

  #build() {
    const { t } = this;
    const focused = this.shadowRoot.activeElement?.id;
    const title = this.#given('title') ?? t.title;
    const greeting = this.#given('greeting');
    const { color, privacy } = this.dataset;
    if (color) this.style.setProperty('--imt-accent', color);
    this.lang = this.conversation.language = this.language;
    this.badge = h('span', { class: 'badge', 'aria-hidden': 'true' });
    this.launcher = button('launcher', () => this.open(), title, svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: BUBBLE })), title, this.badge);
    this.teaser = h('div', { class: 'teaser' }, greeting, button('dismiss', () => { this.#remember({ teased: true }); this.#draw(); this.launcher.focus(); }, t.dismiss, '✕'));
    this.front.ariaLabel = title;
    this.front.replaceChildren(this.teaser, this.launcher);
    this.heading = h('h2', { id: 'title', tabindex: -1 }, title);
    this.status = h('p');
    this.more = button('more', () => this.#toggleMenu(this.menu.hidden), t.menu, '⋮');
    this.more.ariaExpanded = false;
    this.menu = h('div', { class: 'menu', hidden: true }, ['fresh', 'download', 'print', 'erase'].map((name) => button(name, () => { this.#toggleMenu(false); this[name](); }, t[name])));
    this.typing = h('p', { class: 'typing' });
    this.quick = h('div', { class: 'quick', role: 'group', 'aria-label': t.choices });
    this.log = h('div', { id: 'log', class: 'log', tabindex: 0, role: 'region', 'aria-label': t.log }, this.list, this.typing, this.quick);
    this.counter = h('p', { id: 'count' });
    this.input.placeholder = t.write;
    this.panel.replaceChildren(
      h('div', { id: 'head' }, h('div', {}, this.heading, this.status), h('nav', {}, h('button', { id: 'other', type: 'button', lang: t.otherLanguage, onclick: () => { this.language = t.otherLanguage; } }, t.other),
          this.more, button('close', () => this.close(), t.close, '✕'))),
      this.menu, this.log,
      h('form', { onsubmit: (event) => this.#submit(event) }, h('label', { class: 'sr', for: 'input' }, t.write), this.input, h('button', {}, t.send),
        h('p', { id: 'hint' }, t.hint, ' ', privacy && link(new URL(privacy, location).href, t.privacy)), this.counter),
      this.live);
    this.#rows.clear();
    this.offered = null;
    this.#count();
    this.#draw();
    this.shadowRoot.getElementById(focused)?.focus();
  }

  open(focus = true) {
    if (this.panel.open) return;
    this.opener = document.activeElement;
    this.#show(focus);
    this.#remember({ open: true, teased: true });
    this.#begin();
    this.#draw();
    this.log.scrollTop = this.log.scrollHeight;
    this.#emit('open');
  }

  #show(focus = true) {
    if (NARROW.matches) this.panel.showModal();
    else this.panel.setAttribute('open', '');
    if (focus) (MOUSE.matches ? this.input : this.heading).focus();
  }

  close() {
    if (!this.panel.open) return;
    this.panel.close();
    this.#remember({ open: false });
    this.#draw();
    this.opener.focus();
    if ([document.body, this].includes(document.activeElement)) this.launcher.focus();
    this.#emit('close');
  }

  #begin() {
    this.conversation.start().catch(() => setTimeout(() => this.panel.open && this.#begin(), 3000));
  }

  #escape(event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    if (this.menu.hidden) this.close();
    else this.#toggleMenu(false);
  }

  #toggleMenu(open) {
    this.menu.hidden = !open;
    this.more.ariaExpanded = open;
    (open ? this.menu.firstChild : this.more).focus();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text && this.#count() >= 0) {
      this.#write('');
      this.conversation.send({ text });
    }
    this.input.focus();
  }

  #write(text) {
    this.input.value = text;
    this.#count();
  }

  #count() {
    const { length } = [...this.input.value.trim()];
    const left = LIMIT - length;
    this.counter.textContent = left < 0 ? this.t.over(-left) : `${length} / ${LIMIT}`;
    this.counter.hidden = !length;
    this.input.ariaInvalid = left < 0;
    if (left < 100 && left % 20 === 0) this.#say(left < 0 ? this.t.over(-left) : this.t.left(left));
    return left;
  }

  send(text) {
    this.open();
    return this.conversation.send({ text });
  }

  async fresh() {
    if (!this.conversation.spoke || await this.#confirm('fresh')) this.conversation.forget();
  }

  async erase() {
    if (!await this.#confirm('erase')) return;
    try {
      await this.conversation.erase();
      this.#say(this.t.erased);
      this.#emit('deleted');
    } catch {
      this.#say((this.status.textContent = this.t.eraseFailed));
    }
  }

  get #transcript() { return transcript(this.conversation, this.t, this.language); }

  download() {
    const href = URL.createObjectURL(new Blob(['\ufeff', this.#transcript]));
    h('a', { href, download: 'imt.txt' }).click();
    setTimeout(() => URL.revokeObjectURL(href), 9e3);
  }

  print() {
    const frame = h('iframe', { class: 'sr', 'aria-hidden': 'true', tabindex: -1 });
    this.shadowRoot.append(frame);
    const { contentDocument: { body }, contentWindow } = frame;
    body.style.whiteSpace = 'pre-wrap';
    body.append(this.#transcript);
    contentWindow.onafterprint = () => setTimeout(() => frame.remove());
    contentWindow.print();
  }

  #confirm(what) {
    const { t, ask } = this;
    const end = (answer, label) => button(answer, () => ask.close(answer), label);
    ask.replaceChildren(h('h2', { id: 'question' }, t[`${what}Ask`]), h('p', {}, t[`${what}Text`]), end('no', t.cancel), end('yes', t[`${what}Yes`]));
    ask.returnValue = '';
    ask.showModal();
    return new Promise((resolve) => { ask.onclose = () => resolve(ask.returnValue === 'yes'); });
  }

  #say(text) {
    const piece = h('p', {}, text);
    (this.panel.open ? this.live : this.aside).append(piece);
    setTimeout(() => piece.remove(), 9e3);
  }

  #draw() {
    const { t, conversation, panel: { open } } = this;
    const { typing, owner, reached, loaded, id, last } = conversation;
    if (loaded && this.#tab.of !== id) this.#remember({ of: id, read: last });
    if (open && !document.hidden && last > this.#tab.read) {
      this.#remember({ read: last });
      this.#channel.postMessage({ of: id, read: last });
    }
    this.#drawRows();
    this.#offer(conversation);
    this.typing.hidden = !typing;
    this.typing.replaceChildren(h('i'), h('i'), h('i'), ` ${t[typing]} ${t.typing}`);
    this.status.textContent = !navigator.onLine ? t.offline : !reached ? t.lost : owner === 'staff' ? t.byStaff : t.byAssistant;
    const count = open ? 0 : this.unread;
    this.badge.hidden = !count;
    this.badge.textContent = count;
    this.launcher.hidden = open;
    this.launcher.ariaLabel = `${this.heading.textContent}. ${t.open}${count ? `. ${t.unread(count)}` : ''}`;
    this.teaser.hidden = open || this.#tab.teased || !this.#given('greeting');
    if (count !== this.counted) this.#emit('unread', { count });
    this.counted = count;
  }

  #drawRows() {
    const { t, language, conversation } = this;
    const rows = new Map();
    const add = (key, make) => rows.set(key, this.#rows.get(key) ?? make());
    for (const message of conversation.messages) {
      const day = dayOf(message.at, language);
      if (!rows.has(day)) add(day, () => h('li', { class: 'day' }, day));
      add(message.seq, () => messageRow(message, t, language));
    }
    for (const item of conversation.outbox) {
      const state = item.state !== 'failed' && !(conversation.reached && navigator.onLine) ? 'waiting' : item.state === 'waiting' ? 'sending' : item.state;
      add(item.client_id + state, () => waitingRow({ ...item, state }, t, language, () => conversation.retry(item)));
    }
    const fresh = [...rows.keys()].find((key) => !this.#rows.has(key));
    const all = [...rows.values()];
    for (const row of [...this.list.children]) if (!all.includes(row)) row.remove();
    all.forEach((row, index) => row === this.list.children[index] || this.list.insertBefore(row, this.list.children[index]));
    this.#rows = rows;
    if (fresh) this.log.scrollTop = rows.get(fresh).offsetTop - 10;
  }

  #offer({ messages, outbox }) {
    const after = messages.slice(messages.findLastIndex(({ author }) => author === 'visitor') + 1);
    const { seq, choices = [] } = (!outbox.length && after.findLast((message) => message.choices.length)) || {};
    if (seq === this.offered) return;
    this.offered = seq;
    this.quick.replaceChildren(...choices.map(({ id, title }) => button(id, () => {
      this.conversation.send({ choice: id, title });
      (MOUSE.matches ? this.input : this.log).focus();
    }, title)));
  }
}

customElements.define('imt-assistant', ImtAssistant);
