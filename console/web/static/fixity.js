// While a run goes on its page is fetched anew, unless somebody is about to use the form.
const SECONDS = 10;
setInterval(() => {
  if (document.hidden || document.activeElement?.closest("form")) return;
  location.reload();
}, SECONDS * 1000);
