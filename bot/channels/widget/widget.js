// What a website embeds.
(async (script) => {
  await import(new URL('widget/element.js', script.src));
  const element = document.createElement('imt-assistant');
  Object.assign(element.dataset, script.dataset);
  document.body.append(element);
})(document.currentScript ?? document.querySelector('script[src$="/widget.js"]'));
