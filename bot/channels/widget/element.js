// <imt-assistant>: the launcher, the panel and all that can be pressed.
import { Conversation, stored } from './conversation.js';
import { button, h, link, Log, svg, transcript } from './messages.js';
import { sheet, texts } from './look.js';

const LIMIT = 2000;
const TAB = 'imt-assistant tab';
const NARROW = matchMedia('(max-width: 480px), (max-height: 460px)');
const MOUSE = matchMedia('(pointer: fine)');
const BUBBLE = 'M2 3h20v15H12l-5 4v-4H2z';

class ImtAssistant extends HTMLElement {
  static observedAttributes = ['language', 'title', 'title-es', 'greeting', 'greeting-es', 'color', 'privacy'].map((name) => `data-${name}`);

  #tab = stored.get('sessionStorage', TAB) ?? { read: 0 };
  #channel = new BroadcastChannel(TAB);

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    this.conversation = new Conversation(this.dataset.server ?? new URL('..', import.meta.url).href, this.language);
    this.panel = h('dialog', { class: 'panel', 'aria-labelledby': 'title', onkeydown: (event) => this.#escape(event), oncancel: () => this.close() });
    this.ask = h('dialog', { class: 'ask', 'aria-labelledby': 'question' });
    this.front = h('section');
    [this.live, this.aside] = [0, 1].map(() => h('div', { class: 'sr', 'aria-live': 'polite' }));
    this.input = h('textarea', { id: 'input', rows: 1, 'aria-describedby': 'hint count', oninput: () => { this.#count(); this.conversation.type(); }, onkeydown: (event) => event.key === 'Enter' && !event.shiftKey && !event.isComposing && this.#submit(event) });
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
  get #news() { return this.conversation.messages.filter(({ seq, author }) => seq > this.#tab.read && author !== 'visitor'); }
  get unread() { return this.#news.length; }

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
      if (fresh && author !== 'visitor') this.#say(this.panel.open ? `${this.t[author]}: ${text}` : `${this.t.unread} ${this.unread}`);
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
      if (data.language) this.#build();
      else this.#draw();
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
    const other = button('other', () => { this.language = other.lang; }, t.other);
    other.lang = t.otherLanguage;
    this.more = button('more', () => this.#toggleMenu(this.menu.hidden), t.menu, '⋮');
    this.more.ariaExpanded = false;
    this.menu = h('div', { class: 'menu', hidden: true }, ['fresh', 'download', 'print', 'erase'].map((name) => button(name, () => { this.#toggleMenu(false); this[name](); }, t[name])));
    this.log = new Log(t, this.language, this.conversation, () => (MOUSE.matches ? this.input : this.log.element).focus());
    this.counter = h('p', { id: 'count' });
    this.input.placeholder = t.write;
    this.panel.replaceChildren(
      h('div', { id: 'head' }, this.heading, h('nav', {}, other, this.more, button('close', () => this.close(), t.close, '✕')), this.status),
      this.menu, this.log.element,
      h('form', { onsubmit: (event) => this.#submit(event) }, h('label', { class: 'sr', for: 'input' }, t.write), this.input, h('button', {}, t.send),
        h('p', { id: 'hint' }, t.hint, ' ', privacy && link(new URL(privacy, location).href, t.privacy)), this.counter),
      this.live);
    this.#count();
    this.#draw();
    this.shadowRoot.getElementById(focused)?.focus();
  }

  open(focus = true) {
    if (this.panel.open) return;
    this.opener = document.activeElement;
    this.log.show(this.#news[0]?.seq);
    this.#show(focus);
    this.#remember({ open: true, teased: true });
    this.#begin();
    this.#draw();
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
    this.counter.textContent = left < 0 ? `${this.t.over} ${-left}` : `${length} / ${LIMIT}`;
    this.counter.hidden = !length;
    this.input.ariaInvalid = left < 0;
    if (left < 100 && left % 20 === 0) this.#say(left < 0 ? this.counter.textContent : `${this.t.left} ${left}`);
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
    ask.replaceChildren(h('h2', { id: 'question' }, t[what]), h('p', {}, t[`${what}Text`]),
      h('form', { method: 'dialog' }, h('button', {}, t.cancel), h('button', { id: 'yes', value: 'yes' }, t[`${what}Yes`])));
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
    const { owner, loaded, id, last } = conversation;
    if (loaded && this.#tab.of !== id) this.#remember({ of: id, read: last });
    if (open && !document.hidden && last > this.#tab.read) {
      this.#remember({ read: last });
      this.#channel.postMessage({ of: id, read: last });
    }
    this.log.draw();
    this.status.textContent = !conversation.online ? t.lost : owner === 'staff' ? t.byStaff : t.byAssistant;
    const count = open ? 0 : this.unread;
    this.badge.hidden = !count;
    this.badge.textContent = count;
    this.launcher.hidden = open;
    this.launcher.ariaLabel = `${this.heading.textContent}. ${t.open}${count ? `. ${t.unread} ${count}` : ''}`;
    this.teaser.hidden = open || this.#tab.teased || !this.#given('greeting');
    if (count !== this.counted) this.#emit('unread', { count });
    this.counted = count;
  }
}

customElements.define('imt-assistant', ImtAssistant);
