// One conversation with the server; docs/embed.md says how.
const STALLED = 40000; // keep-alives come every 15 s

const pause = (ms, signal) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  signal.addEventListener('abort', resolve);
});

export const stored = {
  get(area, key) { try { return JSON.parse(globalThis[area].getItem(key)); } catch { return null; } },
  set(area, key, value) { try { globalThis[area].setItem(key, JSON.stringify(value)); } catch {} },
};

export class Conversation extends EventTarget {
  #following = new AbortController();
  #flushing = false;
  #typingTimer;
  #told = 0;

  constructor(server, language) {
    super();
    Object.assign(this, { server, language, key: `imt-assistant ${server}` });
    this.#adopt(this.#known);
    addEventListener('storage', () => this.#renew());
    addEventListener('online', () => this.#follow());
    document.addEventListener('visibilitychange', () => this.#follow());
  }

  get #known() { return stored.get('localStorage', this.key) ?? { id: null, token: null }; }
  get last() { return this.messages.length; }
  get online() { return this.reached && navigator.onLine; }
  get spoke() { return this.outbox.length > 0 || this.messages.some(({ author }) => author === 'visitor'); }

  #emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }

  #renew() { if (this.#known.id !== this.id) this.#adopt(this.#known, this.id ? [] : this.outbox); }

  #adopt(identity, outbox = []) {
    const waiting = stored.get('sessionStorage', this.key);
    if (waiting?.id === identity.id && !outbox.length) outbox = waiting.outbox.map((item) => (item.state === 'failed' ? item : { ...item, state: 'waiting' }));
    Object.assign(this, { messages: [], owner: 'assistant', typing: null, reached: true, loaded: false, outbox }, identity);
    this.#emit('reset');
    this.#follow();
    this.flush();
  }

  #save() {
    const { id, outbox } = this;
    stored.set('sessionStorage', this.key, { id, outbox });
    this.#emit('change');
  }

  async start() {
    const begin = async () => {
      this.#renew();
      if (this.id) return;
      const { id, token, messages, owner } = await this.#json('', { method: 'POST', body: { language: this.language, page: location.origin + location.pathname } });
      stored.set('localStorage', this.key, { id, token });
      Object.assign(this, { id, token, owner, loaded: true });
      this.#take(messages);
      this.#follow();
    };
    if (!this.id) await (navigator.locks?.request(this.key, begin) ?? begin());
  }

  send(said) {
    const client_id = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('');
    this.outbox.push({ ...said, client_id, at: new Date().toISOString(), state: 'waiting' });
    this.#save();
    this.flush();
  }

  retry(item) {
    item.state = 'waiting';
    this.flush();
  }

  async flush() {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      for (let item; (item = this.outbox.find(({ state }) => state === 'waiting'));) {
        await this.start();
        if (this.outbox.includes(item)) await this.#deliver(item);
      }
    } catch (error) {
      if (!this.#isOver(error)) this.#reach(false);
      setTimeout(() => this.flush(), error.wait || 3000);
    }
    this.#flushing = false;
  }

  async #deliver(item) {
    const { client_id, text, choice } = item;
    item.state = 'sending';
    this.#emit('change');
    try {
      await this.#json(`/${this.id}/messages`, { method: 'POST', body: { client_id, text, choice } });
      item.state = 'sent';
      if (this.owner === 'assistant') this.#type('assistant');
      // Not back on the stream: something on the way holds it up.
      setTimeout(() => this.outbox.includes(item) && this.#poll(0).catch(() => {}), 5000);
    } catch (error) {
      item.state = 'waiting';
      if (!(error.status < 500) || [401, 404, 410, 429].includes(error.status)) throw error;
      Object.assign(item, { state: 'failed', detail: error.message });
    }
    this.#reach(true);
    this.#save();
  }

  // Staff see that, not what.
  type() {
    if (this.owner !== 'staff' || this.#told > Date.now()) return;
    this.#told = Date.now() + 3000;
    this.#fetch(`/${this.id}/typing`, { method: 'POST' }).catch(() => {});
  }

  async erase() {
    if (this.id) await this.#json(`/${this.id}`, { method: 'DELETE' }).catch((error) => { if (!this.#isOver(error)) throw error; });
    this.forget();
  }

  forget(outbox = []) {
    stored.set('localStorage', this.key, null);
    stored.set('sessionStorage', this.key, null);
    this.#adopt(this.#known, outbox);
  }

  // Only while looked at: browsers allow few connections.
  async #follow() {
    this.#following.abort();
    if (!this.id || document.hidden) return;
    const { signal } = (this.#following = new AbortController());
    for (let misses = 0, delay = 300; !signal.aborted; await pause(delay, signal)) {
      try {
        if (misses || !this.loaded) await this.#poll(misses < 2 ? 0 : 25, signal);
        delay = 300;
        if (misses < 2) {
          misses += 1;
          await this.#stream(signal, () => { misses = 0; });
        }
      } catch (error) {
        if (signal.aborted || this.#isOver(error)) return;
        if (!(error.status < 500)) this.#reach(false);
        delay = error.wait || Math.min(delay * 2, 15000);
      }
    }
  }

  async #poll(wait, signal) {
    const { messages, owner } = await this.#json(`/${this.id}/messages?after=${this.last}&wait=${wait}`, { signal });
    if (signal?.aborted) return;
    this.owner = owner;
    this.#take(messages);
    this.#reach(true);
  }

  async #stream(outer, alive) {
    const own = new AbortController();
    const stop = () => own.abort();
    outer.addEventListener('abort', stop);
    let timer = setTimeout(stop, STALLED);
    try {
      const { body } = await this.#fetch(`/${this.id}/stream`, { signal: own.signal, headers: { 'Last-Event-ID': this.last } });
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = '', part; !(part = await reader.read()).done;) {
        clearTimeout(timer);
        timer = setTimeout(stop, STALLED);
        alive();
        this.#reach(true);
        const events = (rest + part.value).replaceAll('\r', '').split('\n\n');
        rest = events.pop();
        for (const event of events) await this.#hear(event, outer);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #hear(event, signal) {
    const field = (name) => event.match(`(?:^|\n)${name}: ?(.*)`)?.[1];
    const data = JSON.parse(field('data') || '{}');
    if (signal.aborted) return;
    switch (field('event')) {
      case 'deleted': this.forget(); break;
      case 'typing': this.#type(data.author); break;
      case 'owner': Object.assign(this, { owner: data.owner, typing: null }); this.#emit('change'); break;
      case 'message':
        if (data.seq > this.last + 1) await this.#poll(0, signal);
        else this.#take([data]);
    }
  }

  #take(messages) {
    const fresh = this.loaded;
    this.loaded = true;
    for (const message of messages.filter(({ seq }) => seq > this.last)) {
      this.messages.push(message);
      this.outbox = this.outbox.filter((item) => item.client_id !== message.client_id);
      if (['assistant', 'staff'].includes(message.author)) this.typing = null;
      this.#emit('message', { message, fresh });
    }
    this.#save();
  }

  #type(author) {
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.#type(null), 20000);
    this.typing = author;
    this.#emit('change');
  }

  #reach(reached) {
    const changed = this.reached !== reached;
    this.reached = reached;
    if (changed) this.#emit('change');
    if (changed && reached) this.flush();
  }

  #isOver({ status }) {
    if (!this.id || ![401, 404, 410].includes(status)) return false;
    this.forget(this.outbox.filter(({ state }) => state === 'waiting').map(({ choice, title, ...item }) => ({ text: title, ...item })));
    this.#emit('gone');
    return true;
  }

  async #fetch(path, { body, headers, ...options }) {
    const response = await fetch(`${this.server}api/conversations${path}`, {
      ...options,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
      cache: 'no-store',
    });
    if (response.ok) return response;
    const { detail } = await response.json().catch(() => ({}));
    throw Object.assign(new Error(detail ?? ''), { status: response.status, wait: response.headers.get('retry-after') * 1000 });
  }

  async #json(path, options) {
    const response = await this.#fetch(path, options);
    return response.status === 204 ? null : response.json();
  }
}
