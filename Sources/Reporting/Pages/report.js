// Shows the scenarios of the chosen verdicts that have the sought text.
(() => {
  const rows = [...document.querySelectorAll('.results tbody tr')];
  const buttons = [...document.querySelectorAll('[aria-pressed]')];
  const find = document.getElementById('find');
  const show = () => {
    const isOn = (verdict) =>
      buttons.some((each) =>
        each.dataset.verdict == verdict && each.getAttribute('aria-pressed') == 'true');
    const wanted = find.value.toLowerCase();
    let count = 0;
    for (const row of rows) {
      const isShown =
        wanted ? row.textContent.toLowerCase().includes(wanted) : isOn(row.dataset.verdict);
      row.hidden = !isShown;
      if (isShown) count += 1;
    }
    document.getElementById('shown').textContent = count + ' of ' + rows.length;
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', button.getAttribute('aria-pressed') != 'true');
      show();
    });
  }
  find.addEventListener('input', show);
  addEventListener('keydown', (event) => {
    if (event.key != '/' || document.activeElement == find) return;
    event.preventDefault();
    find.focus();
  });
  show();
})();
