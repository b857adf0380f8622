// A walk through the months: what was posted until one of them, or in it alone, by a slider or as it plays.
"use strict";

Brandscape.makeTimeWalk = ({ root, words, formats, later, say, filterPanel }) => {
  const STEP = 900; // milliseconds that a month stays while it plays
  const part = (name) => root.querySelector(`[data-${name}]`);
  const [button, bar, play, slider, name, how, count] = ["times", "time", "time-play", "time-month", "time-name", "time-how", "count"].map(part);
  const { months } = filterPanel;
  const last = months.count - 1;
  const nameOf = (place, isShort) => formats.month(months.dayOf(place), isShort);
  let running = 0; // the walk that plays; 0 for none
  let started = 0;

  button.hidden = months.count < 2;
  slider.max = String(last);

  function setPlaying(is) {
    running = is ? (started += 1) : 0;
    play.setAttribute("aria-label", is ? words.pause : words.play);
    play.classList.toggle("is-playing", is);
    count.setAttribute("aria-live", is ? "off" : "polite"); // the month is said instead
  }
  // Puts the walk at a month; null ends it.
  function put(time) {
    filterPanel.setTime(time);
    if (running && time) say(nameOf(time.at));
  }
  function step(walk) {
    const { time } = filterPanel.chosen;
    if (walk !== running) return;
    if (!root.isConnected || document.hidden || !time) { setPlaying(false); return; }
    if (time.at < last) put({ ...time, at: time.at + 1 });
    if (filterPanel.chosen.time.at < last) later(() => step(walk), STEP); else setPlaying(false);
  }

  button.addEventListener("click", () => {
    setPlaying(false);
    put(filterPanel.chosen.time ? null : { at: last, during: false });
    if (filterPanel.chosen.time) play.focus();
  });
  play.addEventListener("click", () => {
    if (running) { setPlaying(false); return; }
    const { time } = filterPanel.chosen;
    setPlaying(true);
    if (time.at === last) put({ ...time, at: 0 });
    const walk = running;
    later(() => step(walk), STEP);
  });
  slider.addEventListener("input", () => { setPlaying(false); put({ ...filterPanel.chosen.time, at: Number(slider.value) }); });
  how.addEventListener("change", () => put({ ...filterPanel.chosen.time, during: how.value === "during" }));

  return {
    // Shows the time that is chosen now.
    update() {
      const { time } = filterPanel.chosen;
      if (!time) setPlaying(false);
      bar.hidden = !time;
      button.setAttribute("aria-pressed", String(Boolean(time)));
      if (!time) return;
      slider.value = String(time.at);
      slider.setAttribute("aria-valuetext", nameOf(time.at));
      name.textContent = nameOf(time.at, true);
      how.value = time.during ? "during" : "until";
    },
  };
};
