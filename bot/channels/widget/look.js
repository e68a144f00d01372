// Looks and texts.
export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {
  --accent: var(--imt-accent, #0b4f8a);
  --on-accent: var(--imt-on-accent, lch(from var(--accent) calc((49.44 - l) * infinity) 0 0));
  --surface: var(--imt-surface, #fff); --text: var(--imt-text, #1b2733); --muted: #526070; --soft: #eff3f7;
  --line: 1px solid #8593a3; --link: #0a4a85; --radius: var(--imt-radius, 14px); --offset: var(--imt-offset, 20px);
  position: fixed; z-index: var(--imt-z-index, 2147483000); --sides: var(--offset) var(--offset) auto; inset: auto var(--sides);
  font: max(1rem, 16px)/1.5 var(--imt-font, system-ui, sans-serif); color: var(--text); color-scheme: light; text-align: start;
}
:host([data-side=left]) { --sides: auto var(--offset) var(--offset); }
* { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none !important; }
ol { list-style: none; }
button, textarea, input { font: inherit; color: inherit; border: 0; background: none; border-radius: var(--radius); }
button { cursor: pointer; min-width: 40px; min-height: 40px; padding: 4px 12px; text-align: start; }
button:hover { text-decoration: underline; }
a, summary { color: var(--link); }
svg { display: block; fill: currentColor; }
button svg { width: 24px; } nav button, #dismiss { font-size: 1.1em; font-weight: 700; } #other { font-size: .9em; font-weight: 400; }
h2 { flex: 1; font-size: 1.1em; line-height: 1.25; outline: 0; }
h3 { font-size: 1em; }
small { font-size: .8em; color: var(--muted); }
:focus-visible { outline: 3px solid #111; outline-offset: 1px; box-shadow: 0 0 0 2px #fff; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); border: 0; }
#launcher, form button, .visitor .bubble, #head, .card b, #yes { background: var(--accent); color: var(--on-accent); border: 1px solid transparent; }
#launcher { display: flex; align-items: center; gap: 10px; margin-inline-start: auto; padding: 14px 20px; border-radius: 28px; font-weight: 600; }
.badge { padding: 0 9px; border-radius: 13px; background: #a30f1a; color: #fff; }
.teaser, dialog, .card, figure, .quick button, .ask button { border: var(--line); border-radius: var(--radius); background: var(--surface); color: inherit; }
.teaser { display: flex; align-items: center; max-width: 300px; margin-bottom: 10px; padding: 6px 2px 6px 14px; }
#launcher, .teaser, dialog { box-shadow: 0 4px 24px #0005; }
.panel { position: fixed; inset: auto var(--sides); width: var(--imt-width, 400px); height: var(--imt-height, 680px); max-height: calc(100vh - 40px); overflow: hidden; }
.panel[open] { display: flex; flex-direction: column; }
#head { display: flex; flex-wrap: wrap; align-items: center; padding: 6px 6px 10px 16px; }
#head p { width: 100%; font-size: .8em; line-height: 1.35; }
nav { display: flex; }
nav button { padding: 8px; }
.menu { border-bottom: var(--line); background: var(--soft); }
.menu button { display: block; width: 100%; padding: 8px 16px; }
#log { flex: 1; min-height: 0; overflow-y: auto; padding: 14px; position: relative; overflow-wrap: anywhere; }
#log:focus-visible, nav :focus-visible, .menu :focus-visible { outline-offset: -3px; }
li { display: flex; flex-direction: column; align-items: flex-start; margin-bottom: 14px; scroll-margin: 10px; }
li.visitor { align-items: flex-end; }
.day { align-items: center; font-size: .8em; color: var(--muted); }
li > div { width: 100%; }
li > .bubble { width: auto; max-width: 92%; padding: 9px 13px; border-radius: var(--radius); background: var(--soft); white-space: pre-line; }
.visitor .bubble a { color: inherit; }
.system .bubble { border: var(--line); }
small.failed, #input[aria-invalid=true] ~ #count { color: #a30f1a; }
small button { min-height: 24px; padding: 0 6px; color: var(--link); text-decoration: underline; }
details { width: 100%; font-size: .9em; }
summary { cursor: pointer; padding: 5px 2px; }
.card, figure { padding: 12px 14px; margin-top: 8px; font-size: .94em; }
.card b { display: inline-block; width: 24px; margin-inline-end: 8px; border-radius: 12px; text-align: center; }
.card p { margin-bottom: 6px; color: var(--muted); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 10px; margin-bottom: 6px; }
.quick { display: flex; flex-wrap: wrap; gap: 8px; }
.quick button, .ask button { border-color: var(--accent); padding: 6px 14px; color: var(--link); }
.typing, form p { font-size: .8em; color: var(--muted); }
.typing { margin-bottom: 12px; }
i { display: inline-block; width: 8px; height: 8px; margin: 0 2px; border-radius: 4px; background: var(--muted); animation: 1s infinite beat; }
@keyframes beat { 50% { opacity: .2; } }
.panel form { display: grid; grid-template-columns: 1fr auto; gap: 6px 8px; padding: 10px 12px; border-top: var(--line); }
textarea { min-width: 0; resize: none; field-sizing: content; min-height: 46px; max-height: 130px; padding: 10px 12px; }
textarea, input { border: var(--line); }
form button { align-self: end; min-height: 46px; font-weight: 600; }
.ask { margin: auto; width: min(340px, 100% - 32px); padding: 20px; }
.ask button { margin: 16px 8px 0 0; }
figure p, details p { margin: 6px 0; }
input { width: 5em; margin-inline-start: 4px; min-height: 40px; padding: 4px 8px; }
output { font-weight: 600; }
figure svg { width: 100%; font-size: 12px; margin: 6px 0; fill: var(--text); }
rect, circle { fill: var(--accent); stroke: var(--muted); } .track { fill: var(--soft); stroke: none; } .value, .pin { font-weight: 700; }
.map { padding: 0; overflow: hidden; background: #dfeaf2; } .map svg { margin: 0; } .map path { fill: #f8f7f2; stroke: #8593a3; stroke-width: .7; } .map .served { fill: #cfe0ee; }
.map text { text-anchor: middle; } circle { stroke: #fff; stroke-width: 2; } .map .pin { fill: var(--on-accent); }
@media (max-width: 480px), (max-height: 460px) {
  .teaser { display: none; }
  .panel { inset: 0; width: 100%; height: 100%; max-width: none; max-height: none; border: 0; border-radius: 0; }
}
@media (max-height: 460px) { .panel[open] { display: block; overflow-y: auto; } #log { overflow: visible; } }
@media (prefers-reduced-motion) { i { animation: none; } }
@media (forced-colors: active) {
  .bubble { border: 1px solid; }
  svg { forced-color-adjust: none; } figure svg { fill: CanvasText; } .track, .map path { fill: Canvas; } rect, circle { fill: Highlight; } .map .served { fill: Canvas; stroke-width: 3; } .map .pin { fill: HighlightText; }
  i { background: CanvasText; }
}
`);

const en = {
  title: 'IMT assistant', open: 'Open chat', close: 'Close chat', dismiss: 'Dismiss', unread: 'New messages:',
  assistant: 'Assistant', staff: 'Person', system: 'Notice', visitor: 'You',
  byAssistant: 'A program answers. You can ask for a person.', byStaff: 'You are talking with a person.',
  lost: 'No connection. Messages will be sent later.',
  other: 'Español', otherLanguage: 'es', switch: 'In English, please.', menu: 'More options',
  fresh: 'New conversation', download: 'Download the transcript', print: 'Print', erase: 'Delete my conversation',
  freshText: 'This one cannot be opened here again. Download it to keep it.',
  eraseText: 'It is erased for good, also on our server.',
  freshYes: 'Start', eraseYes: 'Delete', cancel: 'Cancel', erased: 'Deleted.',
  eraseFailed: 'Not deleted. Please try again.', gone: 'A new conversation begins.',
  log: 'Conversation', choices: 'Suggested replies', write: 'Your message', send: 'Send',
  hint: 'Please do not write Social Security or ID numbers here.', privacy: 'Privacy',
  left: 'Characters left:', over: 'Too long by',
  sending: 'Sending…', waiting: 'Waiting for a connection', sent: 'Sent', failed: 'Not sent', retry: 'Try again', typing: 'is writing…',
  sources: 'Where this comes from', undated: 'no date',
  regional: 'IMT partner', state_agency: 'State apprenticeship office', national: 'National office',
  miles: (n) => (n < 1.5 ? 'about a mile from you, or less' : `about ${Math.round(n)} miles from you`),
  address: 'Address', city: 'City', phone: 'Phone', email: 'E-mail', website: 'Website', map: 'Open a map', mapOf: 'Map of the offices',
  confirm: 'confirm before you go', dated: 'from', transcript: 'Conversation with the IMT assistant',
};

const es = {
  title: 'Asistente del IMT', open: 'Abrir el chat', close: 'Cerrar el chat', dismiss: 'Quitar', unread: 'Mensajes nuevos:',
  assistant: 'Asistente', staff: 'Persona', system: 'Aviso', visitor: 'Usted',
  byAssistant: 'Responde un programa. Puede hablar con una persona.', byStaff: 'Está hablando con una persona.',
  lost: 'Sin conexión. Los mensajes se enviarán después.',
  other: 'English', otherLanguage: 'en', switch: 'En español, por favor.', menu: 'Más opciones',
  fresh: 'Nueva conversación', download: 'Descargar la conversación', print: 'Imprimir', erase: 'Borrar mi conversación',
  freshText: 'Esta ya no podrá abrirse aquí. Descárguela para guardarla.',
  eraseText: 'Se borra para siempre, también en nuestro servidor.',
  freshYes: 'Empezar', eraseYes: 'Borrar', cancel: 'Cancelar', erased: 'Se borró.',
  eraseFailed: 'No se pudo borrar. Intente de nuevo.', gone: 'Empieza una conversación nueva.',
  log: 'Conversación', choices: 'Respuestas sugeridas', write: 'Su mensaje', send: 'Enviar',
  hint: 'Por favor, no escriba aquí números de Seguro Social ni de identificación.', privacy: 'Privacidad',
  left: 'Caracteres restantes:', over: 'Sobran',
  sending: 'Enviando…', waiting: 'Esperando la conexión', sent: 'Enviado', failed: 'No se envió', retry: 'Intentar de nuevo', typing: 'está escribiendo…',
  sources: 'De dónde sale esto', undated: 'sin fecha',
  regional: 'Organización socia del IMT', state_agency: 'Oficina estatal de aprendizaje', national: 'Oficina nacional',
  miles: (n) => (n < 1.5 ? 'a una milla de usted o menos' : `a unas ${Math.round(n)} millas de usted`),
  address: 'Dirección', city: 'Ciudad', phone: 'Teléfono', email: 'Correo', website: 'Sitio web', map: 'Abrir un mapa', mapOf: 'Mapa de las oficinas',
  confirm: 'confirme antes de ir', dated: 'dato de', transcript: 'Conversación con el asistente del IMT',
};

export const texts = { en, es };
