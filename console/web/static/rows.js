// A table of dossiers by keyboard: which row's link has the focus, the next one, the one before, open it.

export function rowsIn(place) {
  const links = () => [...place.querySelectorAll("a[data-code]")];
  const current = () => links().find((link) => link === document.activeElement);

  function go(step) {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    all[next].focus();
  }

  const keys = {
    next_row: () => go(1),
    previous_row: () => go(-1),
    open_row: () => {
      const link = current();
      if (!link) return false;
      link.click();
    },
  };
  return { links, current, keys };
}
