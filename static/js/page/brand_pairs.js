// One pair of brands at a time, chosen by two lists or by the address.
"use strict";

Brandscape.starters.push((page) => {
  const section = page.querySelector("[data-pairs]");
  const chooser = section && section.querySelector("[data-chooser]");
  if (!chooser) return;
  const pairs = [...section.querySelectorAll(".pair")];
  const [one, other] = chooser.querySelectorAll("select");
  const brandsOf = (pair) => pair.dataset.brands.split(" ");
  const isOf = (pair, ...brands) => brands.every((brand) => brandsOf(pair).includes(brand));

  function show(chosen) {
    for (const pair of pairs) pair.hidden = pair !== chosen;
    // only brands that the first can be set beside
    for (const option of other.options) {
      option.disabled = option.hidden = option.value === one.value || !pairs.some((pair) => isOf(pair, one.value, option.value));
    }
    other.value = brandsOf(chosen).find((brand) => brand !== one.value);
  }
  function choose() {
    const chosen = pairs.find((pair) => one.value !== other.value && isOf(pair, one.value, other.value));
    show(chosen || pairs.find((pair) => isOf(pair, one.value)));
  }
  // The pair that the address names; whether it names one.
  function follow() {
    const named = pairs.find((pair) => `#${pair.id}` === location.hash);
    if (!named) return false;
    one.value = brandsOf(named)[0];
    show(named);
    section.scrollIntoView();
    return true;
  }

  chooser.hidden = false;
  one.addEventListener("change", choose);
  other.addEventListener("change", choose);
  window.addEventListener("hashchange", follow);
  if (!follow()) {
    one.value = brandsOf(pairs[0])[0];
    show(pairs[0]);
  }
});
