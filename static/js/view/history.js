// Keeps the address in step with the state: browsers allow only so many writes, so at most one in 300 ms.
"use strict";

Brandscape.makeHistory = ({ read, now, later, write }) => {
  const LEAST = 300; // milliseconds between two writes
  let last = -Infinity;
  let isWaiting = false;
  let isStep = false;

  function record() {
    isWaiting = false;
    last = now();
    write(read(), isStep);
    isStep = false;
  }

  return {
    // The state has changed; with `step`, Back is to lead to what it was before.
    remember({ step = false } = {}) {
      isStep = isStep || step;
      if (isWaiting) return;
      isWaiting = true;
      later(record, Math.max(0, LEAST - (now() - last)));
    },
  };
};
