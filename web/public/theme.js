// Runs before the first paint so a chosen theme never flashes.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('mecum.theme');
  } catch (_) {
    chosen = null;
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
