// Goes from step to step: by keys, by a click on a column, by the page's address.
(() => {
  const byName = (name) => document.getElementById(name);
  const panels = [...document.querySelectorAll('section')];
  const columns = [...document.querySelectorAll('.cols path')];
  const root = document.documentElement;
  const first = Math.max(0, panels.findIndex((each) => each.classList.contains('on')));
  let at = first;
  // What a row is stays in sight, over what scrolls away.
  const picture = document.querySelector('.picture');
  const names = picture.querySelector('.names');

  const reveal = (box) => {
    const left = box.x - names.getBBox().width - picture.scrollLeft;
    const right = box.x + box.width - picture.clientWidth - picture.scrollLeft;
    if (left < 0) picture.scrollLeft += left;
    else if (right > 0) picture.scrollLeft += Math.min(right, left);
    picture.scrollIntoView({ block: 'nearest' });
  };
  const go = (wanted, isQuiet) => {
    at = Math.max(0, Math.min(panels.length - 1, wanted));
    const step = panels[at].id.slice(1);
    panels.forEach((each, index) => each.classList.toggle('on', index == at));
    columns.forEach((each) => each.classList.toggle('on', each.dataset.step == step));
    byName('say').textContent = 'step ' + step + ' of ' + document.body.dataset.count;
    if (isQuiet) return;
    byName('all').textContent = panels[at].innerText.split('\n').join(' ');
    const column = columns.find((each) => each.dataset.step == step);
    if (column) reveal(column.getBBox());
    history.replaceState(null, '', '#s' + step);
  };
  const follow = () => {
    const index = panels.findIndex((each) => '#' + each.id == location.hash);
    if (index >= 0) go(index);
    return index >= 0;
  };
  const theme = () => {
    const isDark = matchMedia('(prefers-color-scheme:dark)').matches;
    const now = root.dataset.theme || (isDark ? 'dark' : 'light');
    root.dataset.theme = now == 'dark' ? 'light' : 'dark';
  };

  const next = () => go(at + 1);
  const back = () => go(at - 1);
  const keys = {
    n: next, j: next, ArrowRight: next, b: back, k: back, ArrowLeft: back,
    Home: () => go(0), End: () => go(panels.length - 1), c: () => go(first), t: theme,
  };
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const name of 'bnct') {
    const button = byName(name);
    if (button) button.addEventListener('click', keys[name]);
  }
  columns.forEach((column) =>
    column.addEventListener('click', () =>
      go(panels.findIndex((each) => each.id == 's' + column.dataset.step))));
  picture.addEventListener('scroll', () =>
    names.setAttribute('transform', 'translate(' + picture.scrollLeft + ')'));
  addEventListener('hashchange', follow);
  if (!follow()) go(at, true);
})();
