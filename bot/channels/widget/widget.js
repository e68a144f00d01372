// What a website embeds.
(async ({ src, dataset }) => {
  await import(new URL('widget/element.js', src));
  const element = document.createElement('imt-assistant');
  Object.assign(element.dataset, dataset);
  document.body.append(element);
})(document.currentScript);
