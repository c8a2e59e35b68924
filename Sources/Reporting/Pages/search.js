// Goes from counterexample to counterexample: by keys, by a click on a cell, by the page's address.
(() => {
  const cells = [...document.querySelectorAll('td a')];
  const traces = [...document.querySelectorAll('.trace')];
  const uses = [...document.querySelectorAll('[data-cells]')];
  const items = cells.length ? cells : traces;
  const root = document.documentElement;
  let at = 0;

  const nameOf = (item) => (cells.length ? item.getAttribute('href').slice(1) : item.id);
  // Of a cell, its design and row: uses have them.
  const ends = (item) => item.id.split('/').filter((_, index) => index != 1).join('/');
  const show = (item) => {
    at = items.indexOf(item);
    for (const each of cells) {
      each.classList.toggle('on', each == item);
      each.tabIndex = each == item ? 0 : -1;
    }
    for (const each of traces) each.classList.toggle('on', each.id == nameOf(item));
    for (const each of uses) each.classList.toggle('on', each.dataset.cells == ends(item));
    const number = at + 1 + ' of ' + items.length;
    document.getElementById('say').textContent = item.getAttribute('aria-label') || number;
  };
  const go = (item) => {
    if (!item) return;
    show(item);
    if (cells.length) item.focus();
    else item.scrollIntoView({ block: 'start' });
    history.replaceState(null, '', '#' + item.id);
  };
  // The cell that is nearest in a direction.
  const beside = (x, y) => {
    const here = items[at].getBoundingClientRect();
    const found = cells.map((cell) => {
      const there = cell.getBoundingClientRect();
      const [right, down] = [there.x - here.x, there.y - here.y];
      const isThere = x ? right * x > 0 && Math.abs(down) < 4 : down * y > 0 && Math.abs(right) < 4;
      return { cell, far: isThere ? Math.abs(right + down) : Infinity };
    });
    found.sort((one, other) => one.far - other.far);
    if (found.length && found[0].far < Infinity) go(found[0].cell);
  };
  const follow = () => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const item =
      items.find((each) => each.id == wanted) || items.find((each) => nameOf(each) == wanted);
    if (item) go(item);
    return !!item;
  };
  const theme = () => {
    const isDark = matchMedia('(prefers-color-scheme:dark)').matches;
    const now = root.dataset.theme || (isDark ? 'dark' : 'light');
    root.dataset.theme = now == 'dark' ? 'light' : 'dark';
  };

  const next = () => go(items[at + 1]);
  const back = () => go(items[at - 1]);
  const keys = {
    n: next, j: next, b: back, k: back, t: theme,
    Home: () => go(items[0]), End: () => go(items[items.length - 1]),
  };
  const arrows = {
    ArrowLeft: () => beside(-1, 0), ArrowRight: () => beside(1, 0),
    ArrowUp: () => beside(0, -1), ArrowDown: () => beside(0, 1),
  };
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Elsewhere arrows scroll.
    const isInTable = cells.includes(document.activeElement);
    const action = keys[event.key] || (isInTable && arrows[event.key]);
    if (!action || !items.length) return;
    event.preventDefault();
    action();
  });
  for (const name of 'bnt') {
    const button = document.getElementById(name);
    if (button) button.addEventListener('click', keys[name]);
  }
  for (const cell of cells) {
    cell.addEventListener('click', (event) => {
      event.preventDefault();
      go(cell);
    });
  }
  root.classList.toggle('one', cells.length > 0);
  addEventListener('hashchange', follow);
  if (!follow() && items.length) show(items[0]);
})();
