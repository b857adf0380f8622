// A range of days or of likes: bars that count, two handles that go from bin to bin, two fields for exact ends.
"use strict";

// `toText` and `toValue` lead from a value to what its field holds and back; `onchange` gets [from, to] or null.
Brandscape.makeRange = ({ element, bins, words, number, toText, toValue, onchange }) => {
  const { starts, low, high } = bins;
  const last = starts.length - 1;
  const slides = [...element.querySelectorAll("[data-slide]")];
  const ends = [...element.querySelectorAll("[data-end]")];
  const unknown = element.querySelector("[data-unknown]");
  const bars = starts.map(() => element.querySelector("[data-bars]").appendChild(document.createElement("i")));
  const endOf = (bin) => (bin === last ? high : starts[bin + 1] - 1);
  const binOf = (value) => Math.max(0, starts.findLastIndex((start) => start <= value));

  const tell = (from, to) => onchange(from <= low && to >= high ? null : [from, to]);
  slides.forEach((slide, side) => {
    slide.max = String(last);
    slide.addEventListener("input", () => {
      const [one, other] = slides.map(({ value }) => Number(value));
      // a handle pushes the other along rather than pass it
      const [from, to] = side ? [Math.min(one, other), other] : [one, Math.max(one, other)];
      tell(Math.max(starts[from], low), endOf(to));
    });
  });
  ends.forEach((end, side) => {
    [end.min, end.max] = [toText(low), toText(high)];
    end.addEventListener("change", () => {
      const values = ends.map(({ value }, at) => { const given = toValue(value); return Number.isFinite(given) ? Math.max(0, given) : [low, high][at]; });
      if (values[0] > values[1]) values[1 - side] = values[side];
      tell(values[0], values[1]);
    });
  });
  element.querySelector("[data-any]").addEventListener("click", () => onchange(null));

  return {
    // What is chosen, and how many each bin would show; the last of `counts` are those without a value.
    show(chosen, counts) {
      const [from, to] = chosen || [low, high];
      const most = Math.max(1, ...counts.subarray(0, starts.length));
      bars.forEach((bar, bin) => {
        bar.style.height = `${counts[bin] ? Math.max(4, (counts[bin] / most) * 100) : 0}%`;
        bar.className = endOf(bin) >= from && starts[bin] <= to ? "is-in" : "";
      });
      [slides[0].value, slides[1].value] = [binOf(from), binOf(to)];
      [ends[0].value, ends[1].value] = [toText(Math.max(from, low)), toText(Math.min(to, high))];
      unknown.hidden = !chosen || !counts[starts.length];
      unknown.textContent = words.left_out.replace("{count}", number(counts[starts.length]));
    },
  };
};
