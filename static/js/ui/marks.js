// The mark of a picture that stands for more than it shows: of a video, or of a post of several images, which it counts.
"use strict";

Brandscape.addMark = (holder, records, post) => {
  const [isVideo, count] = [records.isVideo(post), records.imagesOf(post).length];
  if (!isVideo && count < 2) return;
  const mark = holder.appendChild(document.createElement("span"));
  mark.className = isVideo ? "mark mark--video" : "mark";
  mark.setAttribute("aria-hidden", "true"); // the format is told in words beside it
  if (!isVideo) mark.textContent = count;
};
