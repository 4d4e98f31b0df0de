// Loaded before the page is drawn, so that components which need script are styled for it from the start.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("nhsuk-frontend-supported");
